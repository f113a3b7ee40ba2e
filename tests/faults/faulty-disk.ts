/** A phone's disk that fails on demand: it refuses writes, or loses power in the middle of one. Reads always work. */
import type { Disk } from '../../simulator/runtime/types'
import type { Random } from './random'

/** `full`: no more bytes. `broken`: no changes at all. */
export type DiskFailure = 'full' | 'broken'

/** The folder of the program's files. Everything else counts as WeChat's own database, whose writes are atomic. */
const FILES = 'usr/'

export class FaultyDisk implements Disk {
  /** The number of refused changes. */
  refused = 0
  private failing: { readonly how: DiskFailure; readonly share: number } | undefined
  private tear: { readonly share: number; readonly then: () => void } | undefined
  private isOff = false

  constructor(
    private readonly disk: Disk,
    private readonly random: Random,
  ) {}

  /** From now on this share of the affected changes is refused. */
  fail(how: DiskFailure, share: number): void {
    this.failing = { how, share }
  }

  heal(): void {
    this.failing = undefined
  }

  /** During the next write of a file the power fails, with `share` of it on the disk. Then `then` is called, and nothing is written any more. */
  tearNext(share: number, then: () => void): void {
    this.tear = { share, then }
  }

  /** The program on this disk is dead: its remaining writes do not happen. */
  off(): void {
    this.isOff = true
    this.tear = undefined
  }

  read = (path: string, from?: number, length?: number) => this.disk.read(path, from, length)
  readdir = (folder: string) => this.disk.readdir(folder)
  stat = (path: string) => this.disk.stat(path)

  write = (path: string, bytes: Uint8Array) => this.change(path, (written) => this.disk.write(path, written), bytes)
  append = (path: string, bytes: Uint8Array) => this.change(path, (written) => this.disk.append(path, written), bytes)
  unlink = (path: string) => this.change(path, () => this.disk.unlink(path))
  rename = (from: string, to: string) => this.change(to, () => this.disk.rename(from, to))
  mkdir = (folder: string, recursive: boolean) => this.change(folder, () => this.disk.mkdir(folder, recursive))
  rmdir = (folder: string, recursive: boolean) => this.change(folder, () => this.disk.rmdir(folder, recursive))

  private strike(share: number): void {
    if (this.random() >= share) return
    this.refused++
    throw failure(this.failing?.how === 'full' ? 'ENOSPC' : 'EIO')
  }

  private change(path: string, run: (bytes: Uint8Array) => void, bytes?: Uint8Array): void {
    if (this.isOff) throw failure('EIO')
    const { tear } = this
    if (tear && bytes && path.startsWith(FILES)) {
      run(bytes.subarray(0, Math.floor(bytes.length * tear.share)))
      this.off()
      tear.then()
      throw failure('EIO')
    }
    // A full disk still deletes and renames.
    if (this.failing && (this.failing.how !== 'full' || bytes !== undefined)) this.strike(this.failing.share)
    run(bytes ?? new Uint8Array())
  }
}

function failure(code: 'EIO' | 'ENOSPC'): Error {
  return Object.assign(new Error(`the disk fails: ${code}`), { code })
}
