/** What a running mini program reads from files. */
import type { Disk } from '../../simulator/runtime/types'

export class Reads {
  bytes = 0

  /** Wraps the phone's disk and counts reads: for the option `disk` of a start. */
  readonly counted = (disk: Disk): Disk => ({
    ...disk,
    read: (path) => {
      const read = disk.read(path)
      this.bytes += read.length
      return read
    },
  })
}
