/**
 * `wx.getFileSystemManager()` and the storage calls of `wx` over a real folder, with WeChat's errors, and with faults on demand. Everything is on the disk: a
 * second one over the same folder is the same mini program, restarted.
 */
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MiniFailure, MiniFiles, MiniStorage } from '@/src/storage/kv/mini-platform'

/** The folder in which a mini program may write. */
export const USER_DATA_PATH = 'wxfile://usr'

export const NO_SUCH_FILE: MiniFailure = { errMsg: 'fail no such file or directory', errno: 1_300_002 }
export const FILES_FULL: MiniFailure = { errMsg: 'fail the maximum size of the file storage limit is exceeded', errno: 1_300_202 }
export const STORAGE_FULL: MiniFailure = { errMsg: 'fail exceed storage max size 10Mb' }
export const SYSTEM_ERROR: MiniFailure = { errMsg: 'fail system error', errno: 1_300_201 }

/** The fault of one operation: it fails, or it fails after writing half of the text. */
export type Fault = { readonly failure: MiniFailure; readonly torn?: boolean } | undefined

interface Options {
  success?: (result: any) => void
  fail?: (failure: MiniFailure) => void
}

export class WxDisk {
  /** The number of changes so far. */
  operations = 0
  /** Called before each change. `what`: its path or key. */
  fault: (operation: string, count: number, what: string) => Fault = () => undefined
  /** Whether this device renames over an existing file. */
  renamesOver = true

  readonly root = `${USER_DATA_PATH}/history`
  private readonly files: string
  /** One line of JSON per change of a storage key, `[key, data]`, or `[key]` if it was removed. */
  private readonly storageFile: string
  private readonly keys = new Map<string, string>()

  constructor(folder: string) {
    this.files = join(folder, 'usr')
    this.storageFile = join(folder, 'storage')
    mkdirSync(this.files, { recursive: true })
    const changes = existsSync(this.storageFile) ? readFileSync(this.storageFile, 'utf8').split('\n').slice(0, -1) : []
    for (const line of changes) this.apply(...(JSON.parse(line) as [string, string?]))
  }

  readonly fs: MiniFiles = {
    readFileSync: (filePath) => {
      try {
        return readFileSync(this.existing(filePath), 'utf8')
      } catch (error) {
        if (error instanceof Error) throw error
        // WeChat throws an Error with the data of `fail`.
        const failure = error as MiniFailure
        throw Object.assign(new Error(failure.errMsg), failure, { errMsg: `readFileSync:${failure.errMsg}` })
      }
    },
    readFile: ({ filePath, ...o }) => this.answer('readFile', o, () => ({ data: readFileSync(this.existing(filePath), 'utf8') })),
    readdir: ({ dirPath, ...o }) => this.answer('readdir', o, () => ({ files: readdirSync(this.existing(dirPath)) })),
    writeFile: ({ filePath, data, ...o }) =>
      this.change('writeFile', filePath, o, (fault) => {
        this.existing(filePath.slice(0, filePath.lastIndexOf('/')))
        if (fault?.torn) writeFileSync(this.at(filePath), data.slice(0, data.length / 2))
        if (fault) throw fault.failure
        writeFileSync(this.at(filePath), data)
      }),
    appendFile: ({ filePath, data, ...o }) =>
      this.change('appendFile', filePath, o, (fault) => {
        const file = this.existing(filePath)
        if (fault?.torn) appendFileSync(file, data.slice(0, data.length / 2))
        if (fault) throw fault.failure
        appendFileSync(file, data)
      }),
    rename: ({ oldPath, newPath, ...o }) =>
      this.change('rename', newPath, o, () => {
        const from = this.existing(oldPath)
        if (!this.renamesOver && existsSync(this.at(newPath))) throw { errMsg: 'fail file already exists', errno: 1_301_005 }
        renameSync(from, this.at(newPath))
      }),
    unlink: ({ filePath, ...o }) => this.change('unlink', filePath, o, () => unlinkSync(this.existing(filePath))),
    mkdir: ({ dirPath, recursive, ...o }) =>
      this.change('mkdir', dirPath, o, () => {
        if (existsSync(this.at(dirPath))) throw { errMsg: 'fail file already exists', errno: 1_301_005 }
        mkdirSync(this.at(dirPath), { recursive })
      }),
    rmdir: ({ dirPath, recursive, ...o }) => this.change('rmdir', dirPath, o, () => rmSync(this.existing(dirPath), { recursive })),
  }

  readonly storage: MiniStorage = {
    getStorageInfoSync: () => ({ keys: [...this.keys.keys()] }),
    getStorageSync: (key) => this.keys.get(key) ?? '',
    setStorage: ({ key, data, ...o }) => this.change('setStorage', key, o, () => this.store(key, data)),
    removeStorage: ({ key, ...o }) => this.change('removeStorage', key, o, () => this.store(key)),
  }

  /** The names of all files, with their folders. */
  list(): string[] {
    return readdirSync(this.files, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(this.files, name)).isFile())
  }

  /** The real path of a `wxfile://usr` path. */
  at(path: string): string {
    if (!path.startsWith(`${USER_DATA_PATH}/`)) throw { errMsg: 'fail permission denied, cannot access file path', errno: 1_301_000 }
    return join(this.files, path.slice(USER_DATA_PATH.length))
  }

  private existing(path: string): string {
    if (!existsSync(this.at(path))) throw { ...NO_SUCH_FILE, errMsg: `${NO_SUCH_FILE.errMsg} ${path}` }
    return this.at(path)
  }

  private store(...change: [key: string, data?: string]): void {
    appendFileSync(this.storageFile, `${JSON.stringify(change)}\n`)
    this.apply(...change)
  }

  private apply(key: string, data?: string): void {
    if (data === undefined) this.keys.delete(key)
    else this.keys.set(key, data)
  }

  private change(operation: string, what: string, options: Options, work: (fault: Fault) => void): void {
    const fault = this.fault(operation, ++this.operations, what)
    this.answer(operation, options, () => {
      if (fault && operation !== 'writeFile' && operation !== 'appendFile') throw fault.failure
      work(fault)
    })
  }

  private answer(operation: string, { success, fail }: Options, work: () => unknown): void {
    setImmediate(() => {
      let result: unknown
      try {
        result = work()
      } catch (error) {
        if (error instanceof Error) throw error
        const failure = error as MiniFailure
        return fail?.({ ...failure, errMsg: `${operation}:${failure.errMsg}` })
      }
      success?.(result ?? { errMsg: `${operation}:ok` })
    })
  }
}
