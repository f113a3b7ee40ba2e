/** wx.getFileSystemManager(): WeChat's functions over the files of the program, with its errors and messages. */
import type { Disk, DiskStat, HostParts } from '../runtime/types'
import type { Problems } from '../runtime/problems'
import { asyncApi, durably, syncApi, WxFailure, type Options } from './callbacks'
import { decodeText, encodeText } from './encodings'
import { attempt, noEntry, type PhoneFiles } from './phone-files'

/** What the functions need of the host. */
export type FileHost = Pick<HostParts, 'codec' | 'digest' | 'settled'>

/** The definition shared by the sync and the asynchronous function of one name. The sync one takes the arguments in this order. */
interface Operation {
  readonly parameters: readonly string[]
  run(options: Options): unknown
  /** The field of the asynchronous result. '' adds no field. */
  readonly answer?: string
  /** It changes the disk. Default: without an `answer`. */
  readonly changes?: boolean
}

export function fileSystemManager(problems: Problems, files: PhoneFiles, host: FileHost): Record<string, unknown> {
  const { settled } = host
  const manager: Record<string, unknown> = {}
  for (const [name, { parameters, run, answer, changes = !answer }] of Object.entries(fileOperations(files, host))) {
    const result = (options: Options): Options | void => (answer ? { [answer]: run(options) } : void run(options))
    // `access` changes nothing, and need not wait either.
    manager[name] = asyncApi(problems, name, changes ? durably(settled, result) : result)
    manager[`${name}Sync`] = syncApi(`${name}Sync`, (...args: unknown[]) => run(Object.fromEntries(parameters.map((parameter, index) => [parameter, args[index]]))))
  }
  manager['getFileInfo'] = asyncApi(problems, 'getFileInfo', async ({ filePath, digestAlgorithm = 'md5' }) => {
    const bytes = files.read(filePath)
    return { size: bytes.length, digest: await host.digest(String(digestAlgorithm), bytes) }
  })
  manager['removeSavedFile'] = asyncApi(problems, 'removeSavedFile', durably(settled, ({ filePath }) => files.removeSaved(filePath)))
  return manager
}

function fileOperations(files: PhoneFiles, { codec }: FileHost): Record<string, Operation> {
  const { disk } = files
  const bytesOf = (data: unknown, encoding: unknown): Uint8Array => {
    if (typeof data === 'string') return encodeText(codec, data, encoding)
    if (Object.prototype.toString.call(data) === '[object ArrayBuffer]') return new Uint8Array(data as ArrayBuffer)
    throw new WxFailure('invalid data, data should be String or ArrayBuffer')
  }
  return {
    readFile: {
      parameters: ['filePath', 'encoding', 'position', 'length'],
      answer: 'data',
      run: ({ filePath, encoding, position, length }) => {
        const bytes = partOf(files, filePath, position, length)
        return encoding === undefined || encoding === '' ? new Uint8Array(bytes).buffer : decodeText(codec, bytes, encoding)
      },
    },
    writeFile: { parameters: ['filePath', 'data', 'encoding'], run: ({ filePath, data, encoding }) => files.write(filePath, bytesOf(data, encoding)) },
    appendFile: { parameters: ['filePath', 'data', 'encoding'], run: ({ filePath, data, encoding }) => files.append(filePath, bytesOf(data, encoding)) },
    copyFile: { parameters: ['srcPath', 'destPath'], run: ({ srcPath, destPath }) => files.write(destPath, files.read(srcPath)) },
    saveFile: {
      parameters: ['tempFilePath', 'filePath'],
      answer: 'savedFilePath',
      changes: true,
      run: ({ tempFilePath, filePath }) => files.save(tempFilePath, filePath),
    },
    unlink: {
      parameters: ['filePath'],
      run: ({ filePath }) => {
        const path = files.locate(filePath)
        const size = disk.stat(path)?.size ?? 0
        attempt(`'${String(filePath)}'`, () => disk.unlink(path))
        files.reserve(0, size)
      },
    },
    rename: {
      parameters: ['oldPath', 'newPath'],
      run: ({ oldPath, newPath }) => {
        const replaced = disk.stat(files.locate(newPath))
        attempt(`rename '${String(oldPath)}' -> '${String(newPath)}'`, () => disk.rename(files.locate(oldPath), files.locate(newPath)))
        files.reserve(0, replaced?.size ?? 0)
      },
    },
    mkdir: {
      parameters: ['dirPath', 'recursive'],
      run: ({ dirPath, recursive }) => {
        const path = files.locate(dirPath)
        if (disk.stat(path)) throw new WxFailure(`file already exists ${String(dirPath)}`, 1301005)
        attempt(`mkdir '${String(dirPath)}'`, () => disk.mkdir(path, recursive === true))
      },
    },
    rmdir: {
      parameters: ['dirPath', 'recursive'],
      run: ({ dirPath, recursive }) => {
        const path = files.locate(dirPath)
        const size = files.sizeOf(path)
        attempt(`rmdir '${String(dirPath)}'`, () => disk.rmdir(path, recursive === true))
        files.reserve(0, size)
      },
    },
    readdir: {
      parameters: ['dirPath'],
      answer: 'files',
      run: ({ dirPath }) => attempt(`'${String(dirPath)}'`, () => disk.readdir(files.locate(dirPath))),
    },
    stat: {
      parameters: ['path', 'recursive'],
      answer: 'stats',
      run: ({ path, recursive }) => {
        const stat = disk.stat(files.locateSource(path))
        if (!stat) throw noEntry(`'${String(path)}'`)
        return recursive === true && stat.isDirectory ? allStats(disk, files.locateSource(path)) : statsOf(stat)
      },
    },
    access: {
      parameters: ['path'],
      run: ({ path }) => {
        if (!disk.stat(files.locateSource(path))) throw noEntry(`'${String(path)}'`)
      },
    },
  }
}

/** The bytes from `position` on. A range that leaves the file is refused; some versions of WeChat on Android fill it with zeros instead. */
function partOf(files: PhoneFiles, path: unknown, position: unknown, length: unknown): Uint8Array {
  if (position === undefined && length === undefined) return files.read(path)
  const size = files.size(path)
  const from = position === undefined ? 0 : Number(position)
  const wanted = length === undefined ? size - from : Number(length)
  const isInside = Number.isInteger(from) && Number.isInteger(wanted) && from >= 0 && wanted >= 1 && from + wanted <= size
  if (!isInside) throw new WxFailure(`Invalid argument, position ${String(position)} length ${String(length)} of ${size}`, 1300022)
  return files.read(path, from, wanted)
}

/** Of a folder and all in it, with paths that begin at the folder. */
function allStats(disk: Disk, folder: string, path = ''): { readonly path: string; readonly stats: Options }[] {
  const stat = disk.stat(folder)
  if (!stat) return []
  const inside = stat.isDirectory ? disk.readdir(folder).flatMap((name) => allStats(disk, `${folder}/${name}`, `${path}/${name}`)) : []
  return [{ path: path || '/', stats: statsOf(stat) }, ...inside]
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
