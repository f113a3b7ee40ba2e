/**
 * The files of one mini program: its own under USER_DATA_PATH, temporary ones, which are gone at the next start, and saved ones. WeChat has one limit for the
 * first and the last together, and none that a program could reach for the temporary ones.
 */
import type { Disk, DiskLimits } from '../runtime/types'
import { WxFailure } from './callbacks'

export const USER_DATA_PATH = 'wxfile://usr'
export const FILES_FOLDER = 'usr'
const TEMPORARY_FOLDER = 'tmp'
export const SAVED_FOLDER = 'store'

export class PhoneFiles {
  /** Counted on the first write: a phone stores this number, and does not read thousands of files at a program's start. */
  private used: number | undefined
  private lastNumber = 0

  constructor(
    readonly disk: Disk,
    private readonly limits: DiskLimits,
  ) {
    disk.mkdir(FILES_FOLDER, true)
    if (disk.stat(TEMPORARY_FOLDER)) disk.rmdir(TEMPORARY_FOLDER, true)
  }

  /** The place on the disk of a path that may be written. Only those under USER_DATA_PATH may. */
  locate(path: unknown): string {
    if (typeof path !== 'string') throw new WxFailure('parameter error: filePath should be String')
    const inside = path === USER_DATA_PATH ? '' : path.startsWith(`${USER_DATA_PATH}/`) ? path.slice(USER_DATA_PATH.length + 1) : undefined
    if (inside === undefined || inside.split('/').includes('..')) throw new WxFailure(`permission denied, open ${path}`, 1301000)
    return [FILES_FOLDER, ...inside.split('/').filter(Boolean)].join('/')
  }

  /** The place on the disk of a path that is only read: also a temporary or a saved file. */
  locateSource(path: unknown): string {
    const [, name, folder] = /^wxfile:\/\/((tmp|store)_[\w.-]+)$/.exec(String(path)) ?? []
    return name === undefined ? this.locate(path) : `${folder ?? ''}/${name}`
  }

  isTemporary(path: unknown): boolean {
    return this.locateSource(path).startsWith(`${TEMPORARY_FOLDER}/`)
  }

  /** All of a file, or a part of it. */
  read(path: unknown, from?: number, length?: number): Uint8Array {
    const place = this.locateSource(path)
    return attempt(`open '${String(path)}'`, () => this.disk.read(place, from, length))
  }

  /** Bytes. */
  size(path: unknown): number {
    const stat = this.disk.stat(this.locateSource(path))
    if (!stat) throw noEntry(`'${String(path)}'`)
    return stat.size
  }

  /** Creates or replaces a file under USER_DATA_PATH. */
  write(path: unknown, bytes: Uint8Array): void {
    const place = this.locate(path)
    const before = this.disk.stat(place)?.size ?? 0
    this.reserve(bytes.length, before)
    attempt(`open '${String(path)}'`, () => this.disk.write(place, bytes), () => this.reserve(before, bytes.length))
  }

  append(path: unknown, bytes: Uint8Array): void {
    const place = this.locate(path)
    if (!this.disk.stat(place)) throw noEntry(`open "${String(path)}"`)
    this.reserve(bytes.length, 0)
    attempt(`open "${String(path)}"`, () => this.disk.append(place, bytes), () => this.reserve(0, bytes.length))
  }

  /** The path of a new temporary file. */
  addTemporary(bytes: Uint8Array, extension: string): string {
    this.disk.mkdir(TEMPORARY_FOLDER, true)
    const name = this.nameOf('tmp', extension)
    this.disk.write(`${TEMPORARY_FOLDER}/${name}`, bytes)
    return `wxfile://${name}`
  }

  /** Moves a temporary file to `filePath`, or to where WeChat keeps saved files. The new path. */
  save(temporary: unknown, filePath: unknown): string {
    if (!this.isTemporary(temporary) || !this.disk.stat(this.locateSource(temporary))) throw new WxFailure('tempFilePath file not exist', 1300002)
    const bytes = this.read(temporary)
    const extension = /\.(\w+)$/.exec(String(temporary))?.[1] ?? 'unknown'
    const name = this.nameOf('store', extension)
    if (filePath === undefined) {
      this.reserve(bytes.length, 0)
      this.disk.mkdir(SAVED_FOLDER, true)
      attempt(`open '${name}'`, () => this.disk.write(`${SAVED_FOLDER}/${name}`, bytes), () => this.reserve(0, bytes.length))
    } else this.write(filePath, bytes)
    this.disk.unlink(this.locateSource(temporary))
    return filePath === undefined ? `wxfile://${name}` : String(filePath)
  }

  /** Removes what {@link save} has kept. */
  removeSaved(path: unknown): void {
    const place = this.locateSource(path)
    if (!place.startsWith(`${SAVED_FOLDER}/`) || !this.disk.stat(place)) throw new WxFailure('file not exist', 1300002)
    const size = this.size(path)
    this.disk.unlink(place)
    this.reserve(0, size)
  }

  /** Throws if it would not fit. Call it before writing `more` bytes in place of `instead`. */
  reserve(more: number, instead: number): void {
    this.used ??= this.sizeOf(FILES_FOLDER) + this.sizeOf(SAVED_FOLDER)
    if (this.used + more - instead > this.limits.files && more > instead) throw new WxFailure('the maximum size of the file storage limit is exceeded', 1300202)
    this.used += more - instead
  }

  /** The bytes in a folder of the disk, or of one file. */
  sizeOf(place: string): number {
    const stat = this.disk.stat(place)
    if (!stat) return 0
    return stat.isDirectory ? this.disk.readdir(place).reduce((sum, name) => sum + this.sizeOf(`${place}/${name}`), 0) : stat.size
  }

  /** A path of an earlier start must not lead to a file of this one. */
  private nameOf(kind: 'tmp' | 'store', extension: string): string {
    return `${kind}_${Math.random().toString(36).slice(2, 10)}${++this.lastNumber}.${extension}`
  }
}

export function attempt<Result>(what: string, run: () => Result, undo: () => void = () => undefined): Result {
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

export function noEntry(what: string): WxFailure {
  return new WxFailure(`no such file or directory, ${what}`, 1300002)
}
