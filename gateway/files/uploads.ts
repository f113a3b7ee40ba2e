/** The uploads on disk, as tus sees them: one file for each, which grows. Only the catalog and the file's size say how far it has come. */
import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rm, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { DataStore, ERRORS, Upload } from '@tus/server'
import type { Catalog, UploadRecord } from './catalog'
import { FileRefusal, isDiskFull, isMissing } from './refusal'

/** Hashes that are kept for uploads that pause; for others the file is read once more at the end. */
const HASHES_MAX = 200

/** 32 letters and digits that the server has chosen: nothing else is ever part of a path. */
const UPLOAD_ID = /^[\da-f]{32}$/

export interface UploadsOptions {
  readonly folder: string
  readonly catalog: Catalog
  /** What the upload is, from its metadata; throws a {@link FileRefusal}. */
  readonly admit: (upload: Upload) => Promise<UploadRecord>
  readonly isExpired: (record: UploadRecord) => boolean
  /** Told when an upload is deleted by its owner, with the bytes that had arrived. */
  readonly onRemoved: (id: string, record: UploadRecord, received: number) => Promise<void>
}

interface RunningHash {
  readonly hash: Hash
  /** Bytes in it. */
  at: number
}

export class Uploads extends DataStore {
  override extensions = ['creation', 'creation-with-upload', 'termination']
  private readonly hashes = new Map<string, RunningHash>()

  constructor(private readonly options: UploadsOptions) {
    super()
  }

  path(id: string): string {
    if (!UPLOAD_ID.test(id)) throw new FileRefusal('unknown')
    return join(this.options.folder, id)
  }

  /** The record of an upload that has not expired. Throws a {@link FileRefusal}. */
  async record(id: string): Promise<UploadRecord> {
    const record = UPLOAD_ID.test(id) ? await this.options.catalog.upload(id) : undefined
    if (!record || this.options.isExpired(record)) throw new FileRefusal('unknown')
    return record
  }

  /** Bytes that have arrived. */
  async received(id: string): Promise<number> {
    try {
      return (await stat(this.path(id))).size
    } catch (error) {
      if (isMissing(error)) return 0
      throw error
    }
  }

  override async create(upload: Upload): Promise<Upload> {
    const record = await this.options.admit(upload)
    const handle = await open(this.path(upload.id), 'wx', 0o600)
    await handle.close()
    await this.options.catalog.putUpload(upload.id, record)
    return upload
  }

  override async getUpload(id: string): Promise<Upload> {
    const record = await this.record(id)
    if (record.refused) throw ERRORS.FILE_NO_LONGER_EXISTS
    const offset = record.stored ? record.length : await this.received(id)
    return new Upload({ id, size: record.length, offset, creation_date: new Date(record.at).toISOString() })
  }

  override async write(stream: Readable, id: string, offset: number): Promise<number> {
    const running = this.hashAt(id, offset)
    const handle = await open(this.path(id), 'r+')
    let at = offset
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        const written = writeAll(handle, chunk, at)
        // While the disk writes.
        running?.hash.update(chunk)
        await written.catch((error: unknown) => {
          this.hashes.delete(id)
          throw error
        })
        at += chunk.length
        if (running) running.at = at
      }
      return at
    } catch (error) {
      throw isDiskFull(error) ? new FileRefusal('full') : error
    } finally {
      await handle.close()
    }
  }

  override async remove(id: string): Promise<void> {
    const record = await this.record(id)
    const received = await this.received(id)
    await this.forget(id)
    await this.options.onRemoved(id, record, record.stored ? record.length : received)
  }

  /** Deletes the bytes and the record. */
  async forget(id: string): Promise<void> {
    await this.discard(id)
    await this.options.catalog.deleteUpload(id)
  }

  /** Deletes the bytes, and keeps the record. */
  async discard(id: string): Promise<void> {
    this.hashes.delete(id)
    // With the file that was made of it, if it was refused after that.
    for (const path of [this.path(id), `${this.path(id)}.new`]) await rm(path, { force: true })
  }

  /** The SHA-256 of a complete upload, while its file is as it arrived. */
  async sha256(id: string, length: number): Promise<string> {
    const running = this.hashes.get(id)
    this.hashes.delete(id)
    return running?.at === length ? running.hash.digest('hex') : sha256Of(this.path(id))
  }

  /** The hash of the bytes before `offset`, to go on with; undefined if it is not known. */
  private hashAt(id: string, offset: number): RunningHash | undefined {
    const known = this.hashes.get(id)
    this.hashes.delete(id)
    const running = offset === 0 ? { hash: createHash('sha256'), at: 0 } : known
    if (!running || running.at !== offset) return undefined
    this.hashes.set(id, running)
    const [oldest] = this.hashes.keys()
    if (this.hashes.size > HASHES_MAX && oldest !== undefined) this.hashes.delete(oldest)
    return running
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer, at: number): Promise<void> {
  let from = 0
  while (from < bytes.length) from += (await handle.write(bytes, from, bytes.length - from, at + from)).bytesWritten
}

/** Reads the file piece by piece. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash)
  return hash.digest('hex')
}
