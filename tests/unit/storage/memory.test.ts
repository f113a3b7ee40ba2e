import { createMemoryKeyValue, MemoryDisk } from '@/src/storage/memory'
import { describeAdapter } from './suite'

describeAdapter('in memory', () => {
  const disk = new MemoryDisk()
  return { open: () => createMemoryKeyValue(disk), fail: (failure) => (disk.failing = failure) }
})
