import { parseJsonText } from '@/src/chat/util/json-text'
import { isOwner, type KeyValue } from '@/src/storage/kv/key-value'
import { StorageError, type StorageFailure } from '@/src/storage/port'

/** The data that outlives a KeyValue in memory, as a disk outlives a process. */
export class MemoryDisk {
  readonly texts = new Map<string, string>()
  readonly appended = new Map<string, string[]>()
  /** While set, every commit fails with it. */
  failing: StorageFailure | undefined
  /** While set, every commit fails before its last write: the others are done. */
  isTearing = false
  /** Whether what is under a key cannot be read. */
  isUnreadable: (key: string) => boolean = () => false
}

/** Stores everything in memory. */
export function createMemoryKeyValue(disk = new MemoryDisk()): KeyValue {
  const keys = () => new Set([...disk.texts.keys(), ...disk.appended.keys()])

  function remove(key: string): void {
    disk.texts.delete(key)
    disk.appended.delete(key)
  }

  function append(key: string, texts: readonly string[]): void {
    const appended = disk.appended.get(key)
    if (appended) appended.push(...texts)
    else disk.appended.set(key, [...texts])
  }

  return {
    async get(key) {
      return parseJsonText(disk.texts.get(key))
    },

    async list(key) {
      if (disk.isUnreadable(key)) throw new StorageError('failed', 'list: unreadable')
      const text = disk.texts.get(key)
      const value = parseJsonText(text)
      const appended = (disk.appended.get(key) ?? []).map(parseJsonText)
      const whole = appended.filter((each) => each !== undefined)
      return { value, appended: whole, unreadable: appended.length - whole.length + (text !== undefined && value === undefined ? 1 : 0) }
    },

    async entries(folder) {
      const inFolder = [...disk.texts].filter(([key]) => key.startsWith(folder) && !key.includes('/', folder.length))
      return inFolder.map(([key, text]) => [key, parseJsonText(text)] as const)
    },

    async names(folder) {
      return [...new Set([...keys()].filter((key) => key.startsWith(folder)).map((key) => key.slice(folder.length).split('/', 1)[0] ?? ''))]
    },

    async commit(writes, owner) {
      if (disk.failing) throw new StorageError(disk.failing, `commit: ${disk.failing}`)
      if (owner && !isOwner(disk.texts.get(owner.key), owner)) throw new StorageError('taken-over', 'another program writes this')
      const serialized = writes.map((write) => {
        if (write.type === 'put') return [JSON.stringify(write.value)]
        return write.type === 'append' ? write.values.map((value) => JSON.stringify(value)) : []
      })
      writes.forEach((write, i) => {
        if (disk.isTearing && i === writes.length - 1) throw new StorageError('failed', 'commit: torn')
        const texts = serialized[i] ?? []
        if (write.type === 'put') {
          remove(write.key)
          disk.texts.set(write.key, texts[0] ?? '')
        } else if (write.type === 'append') append(write.key, texts)
        else if (write.type === 'delete') remove(write.key)
        else for (const key of keys()) if (key.startsWith(write.folder)) remove(key)
      })
    },
  }
}
