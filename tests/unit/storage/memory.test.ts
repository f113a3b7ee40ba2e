import { createMemoryKeyValue, MemoryDisk } from '../../support/memory-key-value'
import { describeAdapter } from './suite'

describeAdapter('in memory', () => {
  const disk = new MemoryDisk()
  return { open: () => createMemoryKeyValue(disk), fail: (failure) => (disk.failing = failure) }
})
