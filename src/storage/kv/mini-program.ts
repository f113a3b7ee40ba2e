/**
 * Storage of the WeChat mini program: logs, the indexes and amendments are files under the user data path (200 MB). Everything else is in storage keys (10 MB
 * together, 1 MB each), which are faster to list. WeChat has no transaction over both, so a commit that fails halfway undoes its writes. Only one instance of
 * a mini program runs on a device, so a history never changes its owner.
 */
import { parseJsonText } from '@/src/chat/util/json-text'
import type { KeyValue, Listed, Write } from './key-value'
import { createSafeFiles, type Undo } from './mini-files'
import { asPromise, asStorageError, takenBack, type MiniFiles, type MiniStorage } from './mini-platform'
import { StorageError } from '../port'
import { createSerial } from './serial'

export interface MiniPlatform {
  readonly fs: MiniFiles
  readonly storage: MiniStorage
  /** The folder for the files, without a slash at its end. */
  readonly root: string
}

/** The prefix of the storage keys, so that they do not collide with settings. */
const PREFIX = 'history/'

export function createMiniKeyValue({ fs, storage, root }: MiniPlatform): KeyValue {
  const files = createSafeFiles(fs)
  // A reader must not see a file between the steps of its replacement.
  const inTurn = createSerial()

  const isFile = (key: string) => /^(log|index|ids|amendments)\//.test(key)
  const path = (key: string) => `${root}/${key}`

  function attempt<T>(work: () => Promise<T>): Promise<T> {
    return inTurn(async () => {
      try {
        return await work()
      } catch (error) {
        throw asStorageError(error)
      }
    })
  }

  async function list(key: string, when?: 'at-once'): Promise<Listed> {
    if (isFile(key)) return when === 'at-once' ? files.readAtOnce(path(key)) : files.read(path(key))
    const text = storage.getStorageSync(PREFIX + key)
    const value = parseJsonText(text)
    return { value, appended: [], unreadable: value === undefined && text !== '' ? 1 : 0 }
  }

  async function read(key: string): Promise<unknown> {
    return (await list(key)).value
  }

  async function keysIn(folder: string): Promise<string[]> {
    if (isFile(folder)) return (await files.list(path(folder.slice(0, -1)))).map((name) => folder + name)
    const { keys } = storage.getStorageInfoSync()
    return keys.filter((key) => key.startsWith(PREFIX + folder)).map((key) => key.slice(PREFIX.length))
  }

  async function put(key: string, text: string): Promise<Undo> {
    if (isFile(key)) return files.replace(path(key), text)
    const former = storage.getStorageSync(PREFIX + key)
    await setRecord(key, text)
    return () => (typeof former === 'string' && former !== '' ? setRecord(key, former) : removeRecord(key))
  }

  function append(key: string, values: readonly unknown[]): Promise<Undo> {
    if (!isFile(key)) throw new StorageError('failed', `nothing is appended to the storage key ${key}`)
    return files.append(path(key), values)
  }

  async function setRecord(key: string, text: string): Promise<void> {
    await asPromise((done) => storage.setStorage({ key: PREFIX + key, data: text, ...done }))
  }

  async function removeRecord(key: string): Promise<void> {
    await asPromise((done) => storage.removeStorage({ key: PREFIX + key, ...done }))
  }

  async function remove(key: string): Promise<void> {
    await (isFile(key) ? files.remove(path(key)) : removeRecord(key))
  }

  async function clear(folder: string): Promise<void> {
    if (isFile(folder)) await files.removeFolder(path(folder.slice(0, -1)))
    else for (const key of await keysIn(folder)) await removeRecord(key)
  }

  /** Undoes the writes, the last one first. */
  async function takeBack(undos: Undo[]): Promise<void> {
    for (const undo of undos.reverse()) await undo()
  }

  async function commit(writes: readonly Write[]): Promise<void> {
    const undos: Undo[] = []
    try {
      for (const write of writes) {
        if (write.type === 'put') undos.push(await put(write.key, JSON.stringify(write.value)))
        else if (write.type === 'append') undos.push(await append(write.key, write.values))
        else if (write.type === 'delete') await remove(write.key)
        else await clear(write.folder)
      }
    } catch (error) {
      throw await takenBack(error, () => takeBack(undos))
    }
  }

  return {
    isAlone: true,
    get: (key) => attempt(() => read(key)),
    list: (key, when) => attempt(() => list(key, when)),
    names: (folder) => attempt(async () => [...new Set((await keysIn(folder)).map((key) => key.slice(folder.length).split('/', 1)[0] ?? ''))]),
    entries: (folder) =>
      attempt(async () => {
        const entries: Array<readonly [string, unknown]> = []
        for (const key of await keysIn(folder)) if (!key.includes('/', folder.length)) entries.push([key, await read(key)])
        return entries
      }),
    commit: (writes) => attempt(() => commit(writes)),
  }
}
