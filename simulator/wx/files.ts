/** wx.getFileSystemManager(): files under wx.env.USER_DATA_PATH, with WeChat's errors and messages. */
import type { Disk, DiskLimits, DiskStat, HostParts, TextCodec } from '../runtime/types'
import type { Problems } from '../runtime/problems'
import { asyncApi, durably, syncApi, WxFailure, type Options } from './callbacks'

export const USER_DATA_PATH = 'wxfile://usr'
export const FILES_FOLDER = 'usr'

/** The definition shared by the sync and the asynchronous function of one name. The sync one takes the arguments in this order. */
interface Operation {
  readonly parameters: readonly string[]
  run(options: Options): unknown
  /** The field of the asynchronous result. '' adds no field. */
  readonly answer?: string
}

export function fileSystemManager(problems: Problems, disk: Disk, codec: TextCodec, limits: DiskLimits, settled?: HostParts['settled']): Record<string, unknown> {
  disk.mkdir(FILES_FOLDER, true)
  const operations = fileOperations(disk, codec, limits)
  const manager: Record<string, unknown> = {}
  for (const [name, { parameters, run, answer }] of Object.entries(operations)) {
    // Functions without a result change the disk, except `access`, which need not wait.
    manager[name] = asyncApi(problems, name, answer ? (options) => ({ [answer]: run(options) }) : durably(settled, (options) => void run(options)))
    manager[`${name}Sync`] = syncApi(`${name}Sync`, (...args: unknown[]) => run(Object.fromEntries(parameters.map((parameter, index) => [parameter, args[index]]))))
  }
  return manager
}

function fileOperations(disk: Disk, codec: TextCodec, limits: DiskLimits): Record<string, Operation> {
  /** Counted on the first write: a phone stores this number, and does not read thousands of files at a program's start. */
  let used: number | undefined

  /** Throws if it would not fit. Call it before writing `more` bytes in place of `instead`. */
  function reserve(more: number, instead: number): void {
    used ??= sizeOf(disk, FILES_FOLDER)
    if (used + more - instead > limits.files) throw new WxFailure('the maximum size of the file storage limit is exceeded', 1300202)
    used += more - instead
  }

  return {
    readFile: {
      parameters: ['filePath', 'encoding', 'position', 'length'],
      answer: 'data',
      run: ({ filePath, encoding, position, length }) => {
        const bytes = attempt(`open '${String(filePath)}'`, () => disk.read(locate(filePath)))
        const start = typeof position === 'number' ? position : 0
        return decode(codec, bytes.subarray(start, typeof length === 'number' ? start + length : undefined), encoding)
      },
    },
    writeFile: {
      parameters: ['filePath', 'data', 'encoding'],
      run: ({ filePath, data, encoding }) => {
        const path = locate(filePath)
        const bytes = encode(codec, data, encoding)
        const before = disk.stat(path)?.size ?? 0
        reserve(bytes.length, before)
        attempt(`open '${String(filePath)}'`, () => disk.write(path, bytes), () => reserve(before, bytes.length))
      },
    },
    appendFile: {
      parameters: ['filePath', 'data', 'encoding'],
      run: ({ filePath, data, encoding }) => {
        const path = locate(filePath)
        if (!disk.stat(path)) throw noEntry(`open "${String(filePath)}"`)
        const bytes = encode(codec, data, encoding)
        reserve(bytes.length, 0)
        attempt(`open "${String(filePath)}"`, () => disk.append(path, bytes), () => reserve(0, bytes.length))
      },
    },
    unlink: {
      parameters: ['filePath'],
      run: ({ filePath }) => {
        const path = locate(filePath)
        const size = disk.stat(path)?.size ?? 0
        attempt(`'${String(filePath)}'`, () => disk.unlink(path))
        reserve(0, size)
      },
    },
    rename: {
      parameters: ['oldPath', 'newPath'],
      run: ({ oldPath, newPath }) => {
        const replaced = disk.stat(locate(newPath))
        attempt(`rename '${String(oldPath)}' -> '${String(newPath)}'`, () => disk.rename(locate(oldPath), locate(newPath)))
        reserve(0, replaced?.size ?? 0)
      },
    },
    mkdir: {
      parameters: ['dirPath', 'recursive'],
      run: ({ dirPath, recursive }) => {
        const path = locate(dirPath)
        if (disk.stat(path)) throw new WxFailure(`file already exists ${String(dirPath)}`, 1301005)
        attempt(`mkdir '${String(dirPath)}'`, () => disk.mkdir(path, recursive === true))
      },
    },
    rmdir: {
      parameters: ['dirPath', 'recursive'],
      run: ({ dirPath, recursive }) => {
        const path = locate(dirPath)
        const size = sizeOf(disk, path)
        attempt(`rmdir '${String(dirPath)}'`, () => disk.rmdir(path, recursive === true))
        reserve(0, size)
      },
    },
    readdir: {
      parameters: ['dirPath'],
      answer: 'files',
      run: ({ dirPath }) => attempt(`'${String(dirPath)}'`, () => disk.readdir(locate(dirPath))),
    },
    stat: {
      parameters: ['path', 'recursive'],
      answer: 'stats',
      run: ({ path }) => {
        const stat = disk.stat(locate(path))
        if (!stat) throw noEntry(`'${String(path)}'`)
        return statsOf(stat)
      },
    },
    access: {
      parameters: ['path'],
      run: ({ path }) => {
        if (!disk.stat(locate(path))) throw noEntry(`'${String(path)}'`)
      },
    },
  }
}

/** The path on the disk. Only paths under USER_DATA_PATH are allowed. */
function locate(path: unknown): string {
  if (typeof path !== 'string') throw new WxFailure('parameter error: filePath should be String')
  const inside = path === USER_DATA_PATH ? '' : path.startsWith(`${USER_DATA_PATH}/`) ? path.slice(USER_DATA_PATH.length + 1) : undefined
  if (inside === undefined || inside.split('/').includes('..')) throw new WxFailure(`permission denied, open ${path}`, 1301000)
  return [FILES_FOLDER, ...inside.split('/').filter(Boolean)].join('/')
}

function attempt<Result>(what: string, run: () => Result, undo: () => void = () => undefined): Result {
  try {
    return run()
  } catch (error) {
    undo()
    const code = (error as { code?: unknown }).code
    if (code === 'ENOENT') throw noEntry(what)
    if (code === 'EISDIR' || code === 'EPERM') throw new WxFailure(`illegal operation on a directory, ${what}`, 1301003)
    if (code === 'ENOTDIR') throw new WxFailure(`not a directory, ${what}`, 1300020)
    if (code === 'ENOTEMPTY') throw new WxFailure(`directory not empty, ${what}`, 1300066)
    throw error
  }
}

function noEntry(what: string): WxFailure {
  return new WxFailure(`no such file or directory, ${what}`, 1300002)
}

function statsOf(stat: DiskStat): Options {
  const seconds = Math.floor(stat.modifiedAt / 1000)
  return {
    mode: stat.isDirectory ? 0o40755 : 0o100644,
    size: stat.size,
    lastAccessedTime: seconds,
    lastModifiedTime: seconds,
    isDirectory: () => stat.isDirectory,
    isFile: () => !stat.isDirectory,
  }
}

function encode(codec: TextCodec, data: unknown, encoding: unknown): Uint8Array {
  if (typeof data !== 'string') {
    if (Object.prototype.toString.call(data) === '[object ArrayBuffer]') return new Uint8Array(data as ArrayBuffer)
    throw new WxFailure('invalid data, data should be String or ArrayBuffer')
  }
  checkEncoding(encoding)
  return codec.encode(data)
}

function decode(codec: TextCodec, bytes: Uint8Array, encoding: unknown): string | ArrayBuffer {
  if (encoding === undefined || encoding === '') return new Uint8Array(bytes).buffer
  checkEncoding(encoding)
  return codec.decode(bytes)
}

function checkEncoding(encoding: unknown): void {
  if (encoding !== undefined && encoding !== '' && encoding !== 'utf8' && encoding !== 'utf-8') throw new WxFailure(`invalid encoding "${String(encoding)}"`)
}

function sizeOf(disk: Disk, path: string): number {
  const stat = disk.stat(path)
  if (!stat) return 0
  return stat.isDirectory ? disk.readdir(path).reduce((sum, name) => sum + sizeOf(disk, `${path}/${name}`), 0) : stat.size
}
