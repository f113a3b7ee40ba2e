/** The product's own storage over a phone's folder, without a running program: to write data of an earlier run, or to read it. */
import { createStorage } from '../../src/storage/history/create-storage'
import { createMiniKeyValue } from '../../src/storage/kv/mini-program'
import type { MiniFailure, MiniFiles, MiniStorage } from '../../src/storage/kv/mini-platform'
import type { Storage } from '../../src/storage/port'
import { FolderDisk } from '../../simulator/drive/folder-disk'
import { Problems } from '../../simulator/runtime/problems'
import { fileSystemManager } from '../../simulator/wx/files'
import { PhoneFiles, USER_DATA_PATH } from '../../simulator/wx/phone-files'
import { storageApi } from '../../simulator/wx/storage'

const MIB = 1_048_576
const LIMITS = { storageKey: MIB, storage: 10 * MIB, files: 200 * MIB }
const encoder = new TextEncoder()
const decoder = new TextDecoder()
const codec = { encode: (text: string) => encoder.encode(text), decode: (bytes: Uint8Array) => decoder.decode(bytes) }

interface Callbacks {
  success: (result: never) => void
  fail: (failure: MiniFailure) => void
}
type Sync = (...args: readonly unknown[]) => unknown

export interface DiskStorage {
  /** The result of `openStorage()` for a program on this phone. */
  readonly storage: Storage
  /** `uni.setStorageSync`. */
  setKey(key: string, data: string): void
  /** `uni.getStorageSync`: '' for a missing value. */
  key(key: string): unknown
}

const noDigest = () => Promise.reject(new Error('no digest here'))

/** Uses WeChat's synchronous calls for the asynchronous ones: no task per file for thousands of files. */
export function openDiskStorage(dir: string): DiskStorage {
  const disk = new FolderDisk(dir)
  const problems = new Problems()
  const manager = fileSystemManager(problems, new PhoneFiles(disk, LIMITS), { codec, digest: noDigest }) as Record<string, Sync>
  const keys = storageApi(problems, disk, codec, LIMITS) as Record<string, Sync>
  const call = (api: Record<string, Sync>, name: string, { success, fail }: Callbacks, args: readonly unknown[], answer?: string) => {
    let result: unknown
    try {
      result = api[`${name}Sync`]?.(...args)
    } catch (error) {
      const { errMsg, errno } = error as MiniFailure
      if (errMsg === undefined) throw error
      return fail({ errMsg, errno })
    }
    success((answer ? { [answer]: result } : {}) as never)
  }
  const fs: MiniFiles = {
    readFileSync: (filePath, encoding) => manager['readFileSync']?.(filePath, encoding) as string,
    readFile: ({ filePath, encoding, ...done }) => call(manager, 'readFile', done, [filePath, encoding], 'data'),
    writeFile: ({ filePath, data, encoding, ...done }) => call(manager, 'writeFile', done, [filePath, data, encoding]),
    appendFile: ({ filePath, data, encoding, ...done }) => call(manager, 'appendFile', done, [filePath, data, encoding]),
    rename: ({ oldPath, newPath, ...done }) => call(manager, 'rename', done, [oldPath, newPath]),
    unlink: ({ filePath, ...done }) => call(manager, 'unlink', done, [filePath]),
    readdir: ({ dirPath, ...done }) => call(manager, 'readdir', done, [dirPath], 'files'),
    mkdir: ({ dirPath, recursive, ...done }) => call(manager, 'mkdir', done, [dirPath, recursive]),
    rmdir: ({ dirPath, recursive, ...done }) => call(manager, 'rmdir', done, [dirPath, recursive]),
  }
  const storage: MiniStorage = {
    getStorageInfoSync: () => keys['getStorageInfoSync']?.() as { keys: string[] },
    getStorageSync: (key) => keys['getStorageSync']?.(key),
    setStorage: ({ key, data, ...done }) => call(keys, 'setStorage', done, [key, data]),
    removeStorage: ({ key, ...done }) => call(keys, 'removeStorage', done, [key]),
  }
  return {
    storage: createStorage(createMiniKeyValue({ fs, storage, root: `${USER_DATA_PATH}/history` })),
    key: (key) => keys['getStorageSync']?.(key),
    setKey: (key, data) => void keys['setStorageSync']?.(key, data),
  }
}
