/** A disk in memory, for the browser: filled from the phone's folder at the start. */
import type { Disk, DiskStat } from './types'

/** A file or a folder. */
export type Entry = { readonly bytes: Uint8Array; readonly modifiedAt: number } | 'directory'

export class MemoryDisk implements Disk {
  private readonly entries = new Map<string, Entry>([['', 'directory']])

  /** `files`: base64 by path; a path that ends with `/` is an empty folder. */
  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const [path, base64] of Object.entries(files)) {
      if (path.endsWith('/')) this.mkdir(path.slice(0, -1), true)
      else {
        this.mkdir(parentOf(path), true)
        this.write(path, Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)))
      }
    }
  }

  export(): Record<string, string> {
    return Object.fromEntries(
      [...this.entries].filter(([path]) => path !== '').map(([path, entry]) => {
        if (entry === 'directory') return [`${path}/`, '']
        let binary = ''
        for (const byte of entry.bytes) binary += String.fromCharCode(byte)
        return [path, btoa(binary)]
      }),
    )
  }

  read(path: string, from = 0, length = Infinity): Uint8Array {
    return this.file(path).bytes.subarray(from, from + length)
  }

  write(path: string, bytes: Uint8Array): void {
    if (this.entries.get(parentOf(path)) !== 'directory') throw failure('ENOENT')
    if (this.entries.get(path) === 'directory') throw failure('EISDIR')
    this.put(path, { bytes: bytes.slice(), modifiedAt: Date.now() })
  }

  append(path: string, bytes: Uint8Array): void {
    const before = this.file(path).bytes
    const joined = new Uint8Array(before.length + bytes.length)
    joined.set(before)
    joined.set(bytes, before.length)
    this.put(path, { bytes: joined, modifiedAt: Date.now() })
  }

  unlink(path: string): void {
    this.file(path)
    this.remove(path)
  }

  rename(from: string, to: string): void {
    const entry = this.entries.get(from)
    if (!entry || this.entries.get(parentOf(to)) !== 'directory') throw failure('ENOENT')
    for (const [path, inner] of [...this.entries]) {
      if (path !== from && !path.startsWith(`${from}/`)) continue
      this.remove(path)
      this.put(to + path.slice(from.length), inner)
    }
  }

  mkdir(path: string, recursive: boolean): void {
    if (this.entries.has(path)) {
      if (recursive && this.entries.get(path) === 'directory') return
      throw failure('EEXIST')
    }
    if (this.entries.get(parentOf(path)) !== 'directory') {
      if (!recursive) throw failure('ENOENT')
      this.mkdir(parentOf(path), true)
    }
    this.put(path, 'directory')
  }

  rmdir(path: string, recursive: boolean): void {
    const names = this.readdir(path)
    if (names.length > 0 && !recursive) throw failure('ENOTEMPTY')
    for (const inner of [...this.entries.keys()]) if (inner === path || inner.startsWith(`${path}/`)) this.remove(inner)
  }

  readdir(path: string): string[] {
    const entry = this.entries.get(path)
    if (!entry) throw failure('ENOENT')
    if (entry !== 'directory') throw failure('ENOTDIR')
    return [...this.entries.keys()].filter((inner) => inner !== '' && parentOf(inner) === path).map((inner) => inner.slice(inner.lastIndexOf('/') + 1)).sort()
  }

  stat(path: string): DiskStat | undefined {
    const entry = this.entries.get(path)
    if (!entry) return undefined
    return entry === 'directory' ? { isDirectory: true, size: 0, modifiedAt: 0 } : { isDirectory: false, size: entry.bytes.length, modifiedAt: entry.modifiedAt }
  }

  /** All files and folders, by path; the root is ''. */
  protected list(): Iterable<[string, Entry]> {
    return this.entries
  }

  protected entry(path: string): Entry | undefined {
    return this.entries.get(path)
  }

  /** Every change of the disk is a `put` or a `remove`. */
  protected put(path: string, entry: Entry): void {
    this.entries.set(path, entry)
  }

  protected remove(path: string): void {
    this.entries.delete(path)
  }

  private file(path: string): { readonly bytes: Uint8Array; readonly modifiedAt: number } {
    const entry = this.entries.get(path)
    if (!entry) throw failure('ENOENT')
    if (entry === 'directory') throw failure('EISDIR')
    return entry
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

function failure(code: string): Error {
  return Object.assign(new Error(code), { code })
}
