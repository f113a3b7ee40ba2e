/** The rules of the file server: who may upload what, what becomes of a complete upload, and how long files stay. */
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Upload } from '@tus/server'
import type { Clock } from '../../src/chat/time/clock'
import type { Logger } from '../logger'
import { Serial } from '../serial'
import { issueBearer, readBearer, type Bearer } from './bearer'
import { FolderBytes, type FileBytes, type Found } from './bytes'
import { Catalog, type AddressRecord, type UploadRecord } from './catalog'
import { UNKNOWN_MIME } from './identify'
import { inspect } from './inspect'
import { disposition, readMetadata } from './metadata'
import { DAY_MS, FILE_LIMITS, type FileLimits, type FileOptions } from './options'
import { FileRefusal, isDiskFull } from './refusal'
import type { StoredFile } from './stored'
import { Turns } from './turns'
import { Uploads } from './uploads'

const ADDRESS_BYTES = 16
const ADDRESS = /^[\w-]{22}$/
/** How often old files are looked for, in ms. */
const SWEEP_MS = 3_600_000
/** How long an address is known to be gone, in days. After that it is unknown. */
const GONE_DAYS = 365
/** Types that a browser would run: a download of them has no type. */
const ACTIVE = /^(text\/|application\/(xhtml|xml|javascript|ecmascript|mathml)|image\/svg)|\+xml$/

export interface FileServiceOptions extends FileOptions {
  /** Where everything is kept. Without it: in a temporary folder, which goes at the end. */
  readonly folder?: string
  readonly clock: Clock
  readonly log: Logger
  readonly key: Buffer
  /** Where the bytes are. Default: in the folder. */
  readonly bytes?: FileBytes
}

/** A file for a reader. */
export interface Delivered {
  readonly record: AddressRecord
  readonly mime: string
  readonly disposition: string
  readonly found: Found
}

interface Parts {
  readonly catalog: Catalog
  readonly uploads: Uploads
  readonly bytes: FileBytes
}

export class FileService {
  readonly limits: FileLimits
  private readonly byUpload = new Serial()
  private readonly byHash = new Serial()
  private readonly byUser = new Serial()
  /** Uploads that are not finished: their user and length. */
  private readonly open = new Map<string, { readonly uid: string; readonly length: number }>()
  private readonly decoders: Turns
  private parts: Promise<Parts> | undefined
  private temporary: string | undefined
  private sweptAt: number | undefined
  private sweeping: Promise<void> = Promise.resolve()

  constructor(private readonly options: FileServiceOptions) {
    this.limits = { ...FILE_LIMITS, ...options.limits, bytes: { ...FILE_LIMITS.bytes, ...options.limits?.bytes } }
    this.decoders = new Turns(this.limits.decoders, this.limits.waitingPictures, () => new FileRefusal('busy', { retryAfterMs: 5_000 }))
  }

  bearer(uid: string): Bearer {
    return issueBearer(this.options.key, uid, this.options.clock.now())
  }

  /** Returns the user id of a valid bearer. Throws a {@link FileRefusal}. */
  userOf(authorization: string | undefined): string {
    const [, bearer] = /^Bearer ([\w.-]+)$/.exec(authorization ?? '') ?? []
    const uid = bearer === undefined ? undefined : readBearer(this.options.key, bearer, this.options.clock.now())
    if (uid === undefined) throw new FileRefusal('bearer')
    return uid
  }

  /** Opens the folder, at the first call. Rejects with a sentence for a person. */
  prepare(): Promise<Parts> {
    this.parts ??= this.start()
    return this.parts
  }

  /** Checks that the upload is the user's. Throws a {@link FileRefusal}. */
  async checkOwner(id: string, uid: string): Promise<void> {
    const { uploads } = await this.prepare()
    if ((await uploads.record(id)).uid !== uid) throw new FileRefusal('owner')
  }

  /** Gives a complete upload its address. Asked again, it resolves to the same. Rejects with a {@link FileRefusal}. */
  async finish(id: string, uid: string): Promise<StoredFile> {
    await this.checkOwner(id, uid)
    return this.byUpload.run(id, () => this.finishOnce(id))
  }

  /** Another address of the same bytes, for another owner. */
  async again(url: unknown, uid: string): Promise<StoredFile> {
    const { catalog } = await this.prepare()
    const address = typeof url === 'string' && url.startsWith('/f/') ? url.slice('/f/'.length) : ''
    const { sha256 } = await this.known(address)
    return this.byHash.run(sha256, async () => {
      const record = await this.known(address)
      await this.count(uid, { bytes: 0, addresses: 1 })
      const now = this.options.clock.now()
      const next = newAddress()
      await catalog.link(next, { ...record, uid, at: now, usedAt: now })
      return storedFile(next, record)
    })
  }

  /** Takes an address of the user's own back. The bytes go with their last address. */
  async recall(address: string, uid: string): Promise<void> {
    const record = await this.known(address)
    if (record.uid !== uid) throw new FileRefusal('owner')
    await this.unlink(address, record)
  }

  /** Resolves to what a reader gets. Rejects with `unknown` or `gone`. */
  async deliver(address: string): Promise<Delivered> {
    const { catalog, bytes } = await this.prepare()
    const record = await this.known(address)
    const delivery = { mime: ACTIVE.test(record.mime) ? UNKNOWN_MIME : record.mime, disposition: disposition(record.kind, record.name) }
    const found = await bytes.find(record.sha256, delivery)
    if (!found) throw new FileRefusal('gone')
    const now = this.options.clock.now()
    if (now - record.usedAt >= DAY_MS) {
      // Only if it still leads there: a recall in between must not be undone.
      await this.byHash.run(record.sha256, async () => {
        if (await catalog.address(address)) await catalog.touch(address, record, now)
      })
    }
    return { record, found, ...delivery }
  }

  /** Deletes what is too old, at most once an hour. */
  sweep(): Promise<void> {
    const now = this.options.clock.elapsed()
    const isDue = this.parts !== undefined && (this.sweptAt === undefined || now - this.sweptAt >= SWEEP_MS)
    if (isDue) {
      this.sweptAt = now
      this.sweeping = this.sweeping.then(() => this.deleteOld())
    }
    return this.sweeping
  }

  async close(): Promise<void> {
    const parts = await this.parts?.catch(() => undefined)
    await Promise.allSettled([this.byUpload.idle(), this.sweeping])
    await Promise.all([this.byHash.idle(), this.byUser.idle()])
    await parts?.catalog.close()
    await parts?.bytes.close()
    if (this.temporary !== undefined) await rm(this.temporary, { recursive: true, force: true })
  }

  private async start(): Promise<Parts> {
    const bucket = await this.openBucket()
    const folder = this.options.folder ?? (this.temporary = await mkdtemp(join(tmpdir(), 'gateway-files-')))
    try {
      for (const name of ['uploads', 'bytes']) await mkdir(join(folder, name), { recursive: true, mode: 0o700 })
      const catalog = await Catalog.open(join(folder, 'catalog'))
      const bytes = this.options.bytes ?? bucket ?? new FolderBytes(join(folder, 'bytes'))
      const uploads = new Uploads({
        folder: join(folder, 'uploads'),
        catalog,
        admit: (upload) => this.admit(upload),
        isExpired: ({ at }) => this.options.clock.now() - at > this.limits.uploadMs,
        onRemoved: (id, record, received) => this.cancelled(id, record, received),
      })
      await this.clean(folder, { catalog, bytes, uploads })
      return { catalog, uploads, bytes }
    } catch (error) {
      throw new Error(`the folder for files, ${folder}, cannot be opened: ${reasonOf(error)}`, { cause: error })
    }
  }

  /** The SDK is loaded with a bucket only. */
  private async openBucket(): Promise<FileBytes | undefined> {
    const { s3, log } = this.options
    if (!s3) return undefined
    const { S3Bytes } = await import('./s3-bytes')
    const bucket = new S3Bytes(s3, log)
    await bucket.check()
    return bucket
  }

  /** Deletes what a killed process has left: uploads without a record, and bytes without an address. */
  private async clean(folder: string, { catalog, bytes }: Parts): Promise<void> {
    for await (const [id, record] of catalog.uploads()) if (!record.stored && !record.refused) this.open.set(id, record)
    for (const name of await readdir(join(folder, 'uploads'))) if (!this.open.has(name)) await rm(join(folder, 'uploads', name), { recursive: true, force: true })
    for await (const sha256 of bytes.all()) if (!(await catalog.hasBytes(sha256))) await bytes.remove(sha256)
    for await (const sha256 of catalog.loose()) await this.removeLoose(sha256, { catalog, bytes })
  }

  /** Called with the length and the metadata of a new upload. */
  private async admit({ id, size, metadata }: Upload): Promise<UploadRecord> {
    const uid = metadata?.uid ?? ''
    const described = readMetadata(metadata)
    if (size === undefined || !Number.isSafeInteger(size) || size < 1) throw new FileRefusal('protocol')
    const max = this.limits.bytes[described.kind]
    if (size > max) throw new FileRefusal('too-large', { max })
    const opened = [...this.open.values()]
    if (opened.filter((upload) => upload.uid === uid).length >= this.limits.openUploads) throw new FileRefusal('busy', { retryAfterMs: 60_000 })
    await this.checkRoom(size + opened.reduce((sum, { length }) => sum + length, 0))
    await this.count(uid, { bytes: size, addresses: 1 })
    const record = { uid, ...described, length: size, at: this.options.clock.now() }
    this.open.set(id, record)
    return record
  }

  /** @param bytes that are still to be written, at most */
  private async checkRoom(bytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.options.folder ?? this.temporary ?? tmpdir())
    if (bavail * bsize - bytes < this.limits.freeBytes) throw new FileRefusal('full')
  }

  /** Counts against the day's quota of the user. */
  private count(uid: string, { bytes, addresses }: { bytes: number; addresses: number }): Promise<void> {
    return this.byUser.run(uid, async () => {
      const { catalog } = await this.prepare()
      const now = this.options.clock.now()
      const day = Math.floor(now / DAY_MS)
      const used = await catalog.usage(day, uid)
      const next = { bytes: Math.max(0, used.bytes + bytes), addresses: Math.max(0, used.addresses + addresses) }
      if (next.bytes > this.limits.bytesPerDay || next.addresses > this.limits.addressesPerDay) throw new FileRefusal('quota', { retryAfterMs: (day + 1) * DAY_MS - now })
      await catalog.putUsage(day, uid, next)
    })
  }

  private async cancelled(id: string, { uid, length }: UploadRecord, received: number): Promise<void> {
    this.open.delete(id)
    if (received < length) await this.count(uid, { bytes: received - length, addresses: -1 })
  }

  private async finishOnce(id: string): Promise<StoredFile> {
    const { catalog, uploads } = await this.prepare()
    const record = await uploads.record(id)
    if (record.stored) return record.stored
    if (record.refused) throw new FileRefusal(record.refused)
    if ((await uploads.received(id)) !== record.length) throw new FileRefusal('incomplete')
    try {
      return await this.store(id, record)
    } catch (error) {
      if (isDiskFull(error)) throw new FileRefusal('full')
      if (!(error instanceof FileRefusal) || error.status >= 500) throw error
      // The same bytes would be refused again: only the reason is kept.
      await catalog.putUpload(id, { ...record, refused: error.code })
      this.open.delete(id)
      await uploads.discard(id)
      throw error
    }
  }

  private async store(id: string, record: UploadRecord): Promise<StoredFile> {
    const { catalog, uploads, bytes } = await this.prepare()
    const { uid, kind, name } = record
    const upload = uploads.path(id)
    const { facts, path } = await inspect({ path: upload, target: `${upload}.new`, record, limits: this.limits, decoders: this.decoders, sha256: () => uploads.sha256(id, record.length) })
    if (!(await this.isAccepted({ ...facts, uid, kind, name, path }))) throw new FileRefusal('refused')
    return this.byHash.run(facts.sha256, async () => {
      await catalog.loosen(facts.sha256)
      await bytes.put(facts, path)
      const now = this.options.clock.now()
      const address = newAddress()
      const stored = storedFile(address, facts)
      await catalog.link(address, { ...facts, uid, kind, name, at: now, usedAt: now }, [id, { ...record, stored }])
      this.open.delete(id)
      await uploads.discard(id)
      return stored
    })
  }

  private async isAccepted(file: Parameters<NonNullable<FileOptions['check']>>[0]): Promise<boolean> {
    const { check, log } = this.options
    if (!check) return true
    try {
      return await check(file)
    } catch (error) {
      log.error('the check of a file failed', { error, kind: file.kind })
      throw new FileRefusal('busy', { retryAfterMs: 10_000 })
    }
  }

  private async known(address: string): Promise<AddressRecord> {
    const { catalog } = await this.prepare()
    const record = ADDRESS.test(address) ? await catalog.address(address) : undefined
    if (record) return record
    throw new FileRefusal(ADDRESS.test(address) && (await catalog.isGone(address)) ? 'gone' : 'unknown')
  }

  private async unlink(address: string, record: AddressRecord): Promise<void> {
    const { catalog, bytes } = await this.prepare()
    await this.byHash.run(record.sha256, async () => {
      await catalog.unlink(address, record, this.options.clock.now())
      await this.removeLoose(record.sha256, { catalog, bytes })
    })
  }

  /** Removes bytes that have no address. If the store cannot, the next sweep tries again. To be called in the turn of the hash. */
  private async removeLoose(sha256: string, { catalog, bytes }: Pick<Parts, 'catalog' | 'bytes'>): Promise<void> {
    try {
      if (!(await catalog.hasBytes(sha256))) await bytes.remove(sha256)
      await catalog.settle(sha256)
    } catch (error) {
      this.options.log.error('deleting the bytes of a file failed', { error })
    }
  }

  private async deleteOld(): Promise<void> {
    const { catalog, uploads, bytes } = await this.prepare()
    const now = this.options.clock.now()
    for await (const [id, { at }] of catalog.uploads()) {
      if (now - at <= this.limits.uploadMs) continue
      await this.byUpload.run(id, () => uploads.forget(id))
      this.open.delete(id)
    }
    const unusedBefore = now - this.limits.unusedDays * DAY_MS
    for await (const [address, record] of catalog.addresses()) if (record.usedAt < unusedBefore) await this.unlink(address, record)
    for await (const sha256 of catalog.loose()) await this.byHash.run(sha256, () => this.removeLoose(sha256, { catalog, bytes }))
    await catalog.forget(Math.floor(now / DAY_MS), now - GONE_DAYS * DAY_MS)
  }
}

function newAddress(): string {
  return randomBytes(ADDRESS_BYTES).toString('base64url')
}

function storedFile(address: string, { mime, bytes, sha256, width, height, ms }: Omit<StoredFile, 'url'>): StoredFile {
  return { url: `/f/${address}`, mime, bytes, sha256, width, height, ms }
}

/** LevelDB gives its reason as the cause of an error that only says what failed. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error ? cause.message : String(cause)
}
