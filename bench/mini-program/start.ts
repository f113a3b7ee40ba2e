/** The start of a program: what it reads and sends until its first page can be read, and how long that takes. */
import { performance } from 'node:perf_hooks'
import { startInNode, type StartOptions } from '../../tests/miniprogram/harness/driver'
import type { Disk } from '../../tests/miniprogram/harness/runtime/types'
import { until } from './cost'

export interface FirstPaint {
  /** Of all that was sent by then. */
  readonly calls: number
  readonly bytes: number
  /** From files, by then. */
  readonly readBytes: number
  /** From the launch, the start of the platform's own framework included. */
  readonly ms: number
  /** Of these, what the program's own code took. */
  readonly ownMs: number
}

/** @param testId what stands on the first page once it is there */
export async function firstPaint(options: StartOptions, testId = 'conversation-row'): Promise<FirstPaint> {
  let readBytes = 0
  const counting = (disk: Disk): Disk => ({
    ...disk,
    read: (path) => {
      const bytes = disk.read(path)
      readBytes += bytes.length
      return bytes
    },
  })
  const began = performance.now()
  const phone = await startInNode({ ...options, disk: counting })
  try {
    const ms = await until(phone, async () => (await phone.count(testId)) > 0, began)
    const { calls, bytes, log } = await phone.stats()
    return { calls, bytes, readBytes, ms, ownMs: log.at(-1)?.atMs ?? 0 }
  } finally {
    await phone.close()
  }
}
