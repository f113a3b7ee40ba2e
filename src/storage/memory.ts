import { parseJsonText } from './json-text'
import type { KeyValue } from './key-value'
import { StorageError, type StorageFailure } from './port'

/** What outlives a KeyValue in memory, as a disk outlives a process. */
export class MemoryDisk {
  readonly texts = new Map<string, string>()
  /** While set, every commit fails so. */
  failing: StorageFailure | undefined
}

/** Keeps everything while the program runs: for tests, and where a device has no storage. */
export function createMemoryKeyValue(disk = new MemoryDisk()): KeyValue {
  return {
    async get(key) {
      return parseJsonText(disk.texts.get(key))
    },

    async entries(folder) {
      const inFolder = [...disk.texts].filter(([key]) => key.startsWith(folder) && !key.includes('/', folder.length))
      return inFolder.map(([key, text]) => [key, parseJsonText(text)] as const)
    },

    async commit(writes) {
      const texts = writes.map((write) => (write.type === 'put' ? JSON.stringify(write.value) : ''))
      if (disk.failing) throw new StorageError(disk.failing, `commit: ${disk.failing}`)
      writes.forEach((write, i) => {
        if (write.type === 'put') disk.texts.set(write.key, texts[i] ?? '')
        else if (write.type === 'delete') disk.texts.delete(write.key)
        else for (const key of [...disk.texts.keys()]) if (key.startsWith(write.folder)) disk.texts.delete(key)
      })
    },
  }
}
