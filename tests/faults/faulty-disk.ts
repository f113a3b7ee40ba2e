/** A phone's disk that fails on demand: refuses writes, or loses power in the middle of one. What it can still read it reads. */
import type { Disk } from '../miniprogram/harness/runtime/types'
import type { Random } from './random'

/** Where the files of the program are; what lies elsewhere stands for WeChat's own database, whose writes are whole or not at all. */
const FILES = 'usr/'

export class FaultyDisk implements Disk {
  /** How many writes were refused. */
  refused = 0
  private failing: { readonly how: 'full' | 'broken'; readonly share: number } | undefined
  private tear: { readonly share: number; readonly then: () => void } | undefined
  private isOff = false

  constructor(
    private readonly disk: Disk,
    private readonly random: Random,
  ) {}

  /** From now on this share of all writes is refused. */
  fail(how: 'full' | 'broken', share: number): void {
    this.failing = { how, share }
  }

  heal(): void {
    this.failing = undefined
  }

  /** In the next write of a file the power goes, when `share` of it is on the disk; then `then` is called, and nothing is written any more. */
  tearNext(share: number, then: () => void): void {
    this.tear = { share, then }
  }

  /** The program that used this disk is dead: what it still tries does not happen. */
  off(): void {
    this.isOff = true
    this.tear = undefined
  }

  read = (path: string) => this.disk.read(path)
  readdir = (folder: string) => this.disk.readdir(folder)
  stat = (path: string) => this.disk.stat(path)

  write = (path: string, bytes: Uint8Array) => this.change(path, (written) => this.disk.write(path, written), bytes)
  append = (path: string, bytes: Uint8Array) => this.change(path, (written) => this.disk.append(path, written), bytes)
  unlink = (path: string) => this.change(path, () => this.disk.unlink(path))
  rename = (from: string, to: string) => this.change(to, () => this.disk.rename(from, to))
  mkdir = (folder: string, recursive: boolean) => this.change(folder, () => this.disk.mkdir(folder, recursive))
  rmdir = (folder: string, recursive: boolean) => this.change(folder, () => this.disk.rmdir(folder, recursive))

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
    const isHit = this.failing && (this.failing.how === 'broken' || bytes !== undefined)
    if (this.failing && isHit && this.random() < this.failing.share) {
      this.refused++
      throw failure(this.failing.how === 'full' ? 'ENOSPC' : 'EIO')
    }
    run(bytes ?? new Uint8Array())
  }
}

function failure(code: 'EIO' | 'ENOSPC'): Error {
  return Object.assign(new Error(`the disk fails: ${code}`), { code })
}
