/** The part of WeChat's API that storage uses: of `wx.getFileSystemManager()` and of `wx` itself, and the meaning of their errors. */
import { StorageError } from '../port'

/** The argument of `fail`: it always has `errMsg`, and `errno` since base library 2.30. */
export interface MiniFailure {
  readonly errMsg: string
  readonly errno?: number
}

interface Callbacks<R> {
  success: (result: R) => void
  fail: (failure: MiniFailure) => void
}

export interface MiniFiles {
  /** Throws the argument of readFile's `fail` as an error. */
  readFileSync(filePath: string, encoding: 'utf8'): string | ArrayBuffer
  readFile(options: { filePath: string; encoding: 'utf8' } & Callbacks<{ data: string | ArrayBuffer }>): void
  writeFile(options: { filePath: string; data: string; encoding: 'utf8' } & Callbacks<unknown>): void
  appendFile(options: { filePath: string; data: string; encoding: 'utf8' } & Callbacks<unknown>): void
  rename(options: { oldPath: string; newPath: string } & Callbacks<unknown>): void
  unlink(options: { filePath: string } & Callbacks<unknown>): void
  readdir(options: { dirPath: string } & Callbacks<{ files: string[] }>): void
  mkdir(options: { dirPath: string; recursive: boolean } & Callbacks<unknown>): void
  rmdir(options: { dirPath: string; recursive: boolean } & Callbacks<unknown>): void
}

export interface MiniStorage {
  getStorageInfoSync(): { keys: string[] }
  /** '' if the key is missing. */
  getStorageSync(key: string): unknown
  setStorage(options: { key: string; data: string } & Callbacks<unknown>): void
  removeStorage(options: { key: string } & Callbacks<unknown>): void
}

/** The error for a failed call. */
class MiniError extends Error {
  override readonly name = 'MiniError'
  constructor(readonly failure: MiniFailure) {
    super(failure.errMsg)
  }
}

/** Wraps one call of WeChat's in a promise. `start` passes it the callbacks. */
export function asPromise<R>(start: (callbacks: Callbacks<R>) => void): Promise<R> {
  return new Promise((resolve, reject) => start({ success: resolve, fail: (failure) => reject(new MiniError(failure)) }))
}

/** Wraps one synchronous call of WeChat's. It throws the same error as the asynchronous one. */
export function atOnce<R>(call: () => R): R {
  try {
    return call()
  } catch (error) {
    const { errMsg, errno, message } = error as Partial<MiniFailure & Error>
    throw new MiniError({ errMsg: errMsg ?? String(message ?? error), ...(errno === undefined ? {} : { errno }) })
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof MiniError && (error.failure.errno === 1_300_002 || /no such file|not exist|data not found/i.test(error.message))
}

export function isExisting(error: unknown): boolean {
  return error instanceof MiniError && (error.failure.errno === 1_301_005 || /already exists/i.test(error.message))
}

/** Files may have 200 MB together, storage keys 10 MB together and 1 MB each. */
const FULL = /exceed|size limit|no space|quota/i
const UNAVAILABLE = /permission denied|not mounted|not supported?/i

export function asStorageError(error: unknown): StorageError {
  if (error instanceof StorageError) return error
  // The synchronous calls throw errors with the same texts.
  const message = error instanceof Error ? error.message : errMsgOf(error)
  if (FULL.test(message)) return new StorageError('full', message, error)
  if (UNAVAILABLE.test(message)) return new StorageError('unavailable', message, error)
  return new StorageError('failed', message, error)
}

/** The error of a write that failed for `reason`, after `undo` has undone it. It says if that failed too. */
export async function takenBack(reason: unknown, undo: () => Promise<void>): Promise<StorageError> {
  const { failure, message, originalError } = asStorageError(reason)
  try {
    await undo()
    return new StorageError(failure, message, originalError)
  } catch (error) {
    return new StorageError(failure, `${message}; taking back what was written failed: ${asStorageError(error).message}`, originalError)
  }
}

function errMsgOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'errMsg' in error ? String(error.errMsg) : String(error)
}
