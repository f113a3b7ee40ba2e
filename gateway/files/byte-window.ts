/** Reads numbers and short pieces of a file, which is never in memory as a whole: parsers of pictures, sound and video walk through it. */
import { open, type FileHandle } from 'node:fs/promises'

const WINDOW_BYTES = 64 * 1024

/** The file does not have the form that its type requires. */
export class Malformed extends Error {
  override readonly name = 'Malformed'
}

export class ByteWindow {
  private window = Buffer.alloc(0)
  private start = 0

  private constructor(
    private readonly handle: FileHandle,
    readonly size: number,
  ) {}

  /** Opens the file for the time of `work`. */
  static async over<T>(path: string, work: (file: ByteWindow) => Promise<T>, flags: 'r' | 'r+' = 'r'): Promise<T> {
    const handle = await open(path, flags)
    try {
      return await work(new ByteWindow(handle, (await handle.stat()).size))
    } finally {
      await handle.close()
    }
  }

  /** Returns `length` bytes, at most 64 KB. Rejects with {@link Malformed} where the file has fewer. */
  async bytes(at: number, length: number): Promise<Buffer> {
    if (at < 0 || length > WINDOW_BYTES || at + length > this.size) throw new Malformed('ends too early')
    if (at < this.start || at + length > this.start + this.window.length) {
      const wanted = Math.min(WINDOW_BYTES, this.size - at)
      const { buffer, bytesRead } = await this.handle.read(Buffer.alloc(wanted), 0, wanted, at)
      if (bytesRead < length) throw new Malformed('ends too early')
      this.window = buffer.subarray(0, bytesRead)
      this.start = at
    }
    return this.window.subarray(at - this.start, at - this.start + length)
  }

  async text(at: number, length: number): Promise<string> {
    return (await this.bytes(at, length)).toString('latin1')
  }

  async uint8(at: number): Promise<number> {
    return (await this.bytes(at, 1)).readUInt8()
  }

  async uint16(at: number): Promise<number> {
    return (await this.bytes(at, 2)).readUInt16BE()
  }

  async uint32(at: number): Promise<number> {
    return (await this.bytes(at, 4)).readUInt32BE()
  }

  /** Of 64 bits: beyond the safe integers it is malformed. */
  async uint64(at: number): Promise<number> {
    const value = (await this.bytes(at, 8)).readBigUInt64BE()
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Malformed('a number is too large')
    return Number(value)
  }

  /** Where `byte` comes next, from `at` on; -1 if it does not. */
  async indexOf(byte: number, at: number): Promise<number> {
    for (let from = at; from < this.size; ) {
      const piece = await this.bytes(from, Math.min(WINDOW_BYTES, this.size - from))
      const found = piece.indexOf(byte)
      if (found >= 0) return from + found
      from += piece.length
    }
    return -1
  }

  /** Needs the flags `r+`. */
  async write(at: number, bytes: Buffer): Promise<void> {
    for (let done = 0; done < bytes.length; ) done += (await this.handle.write(bytes, done, bytes.length - done, at + done)).bytesWritten
    // The window may be out of date.
    this.window = Buffer.alloc(0)
  }

  /** Writes zeros from `at` to `end`. */
  async clear(at: number, end: number): Promise<void> {
    const zeros = Buffer.alloc(Math.min(WINDOW_BYTES, Math.max(0, end - at)))
    for (let from = at; from < end; from += zeros.length) await this.write(from, zeros.subarray(0, Math.min(zeros.length, end - from)))
  }
}
