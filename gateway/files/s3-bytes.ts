/** The bytes of files in a bucket of an S3-compatible store. Readers are redirected to it. Loaded only with a bucket: the SDK is large. */
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { Logger } from '../logger'
import type { Delivery, FileBytes, Found } from './bytes'
import { FileRefusal } from './refusal'
import type { S3Settings } from './s3-settings'
import type { StoredFacts } from './stored'
import { Turns } from './turns'

/** How long a presigned address can be used, in s. */
const ADDRESS_S = 600
const PART_BYTES = 8 * 1024 * 1024
/** The most that S3 allows. */
const PARTS_MAX = 10_000
/** Of one file at a time; with {@link PUTS_MAX} and {@link PART_BYTES}: 64 MB in memory at most. */
const PARTS_AT_A_TIME = 2
/** The others wait. */
const PUTS_MAX = 4
const RETRY_MS = 10_000
const PATIENCE = { connectionTimeout: 5_000, socketTimeout: 30_000 }
/** An object that is written and deleted at the start, to see that the settings are right. */
const PROBE = 'probe'

export class S3Bytes implements FileBytes {
  private readonly store: S3Client
  private readonly reader: S3Client
  private readonly puts = new Turns(PUTS_MAX, 500, () => new FileRefusal('busy', { retryAfterMs: RETRY_MS }))

  constructor(
    private readonly settings: S3Settings,
    private readonly log: Logger,
  ) {
    const { endpoint, publicEndpoint = endpoint } = settings
    this.store = clientOf(settings, endpoint)
    this.reader = clientOf(settings, publicEndpoint)
  }

  /** Rejects with a sentence for a person if the store refuses the settings. One that cannot be reached may be back later. */
  async check(): Promise<void> {
    const { bucket, prefix } = this.settings
    const probe = { Bucket: bucket, Key: prefix + PROBE }
    try {
      await this.store.send(new PutObjectCommand({ ...probe, Body: Buffer.from(PROBE), ContentType: 'application/octet-stream' }))
      await this.store.send(new DeleteObjectCommand(probe))
    } catch (error) {
      const status = statusOf(error)
      if (status !== undefined && status < 500) throw new Error(`the bucket ${bucket} cannot be used: the store answers ${status} ${nameOf(error)}`, { cause: error })
      this.log.warn('the store of files cannot be reached: until it can, files are not stored', { bucket, error })
    }
  }

  async put({ sha256, bytes }: StoredFacts, path: string): Promise<void> {
    const place = this.place(sha256)
    await this.tried('storing a file', () =>
      this.puts.run(async () => {
        if ((await this.lengthOf(sha256)) === bytes) return
        const upload = new Upload({
          client: this.store,
          // An object that is reached without a presigned address is a download without a type.
          params: { ...place, Body: createReadStream(path), ContentType: 'application/octet-stream', ContentDisposition: 'attachment' },
          partSize: Math.max(PART_BYTES, Math.ceil(bytes / PARTS_MAX)),
          queueSize: PARTS_AT_A_TIME,
        })
        await upload.done()
      }),
    )
    await rm(path, { force: true })
  }

  /** An address that can be used for ten minutes. Nothing is asked of the store. */
  async find(sha256: string, { mime, disposition }: Delivery): Promise<Found> {
    const command = new GetObjectCommand({
      ...this.place(sha256),
      ResponseContentType: mime,
      ResponseContentDisposition: disposition,
      ResponseCacheControl: `private, max-age=${ADDRESS_S}`,
    })
    return { redirect: await getSignedUrl(this.reader, command, { expiresIn: ADDRESS_S }) }
  }

  async remove(sha256: string): Promise<void> {
    await this.store.send(new DeleteObjectCommand(this.place(sha256)))
  }

  /** None: a bucket may have objects of others, and a new data folder must not empty it. */
  async *all(): AsyncGenerator<string> {}

  async close(): Promise<void> {
    this.store.destroy()
    this.reader.destroy()
  }

  private place(sha256: string): { Bucket: string; Key: string } {
    return { Bucket: this.settings.bucket, Key: `${this.settings.prefix}${sha256.slice(0, 2)}/${sha256}` }
  }

  /** Undefined if there is no such object. */
  private async lengthOf(sha256: string): Promise<number | undefined> {
    try {
      return (await this.store.send(new HeadObjectCommand(this.place(sha256)))).ContentLength
    } catch (error) {
      // Without the right to list the bucket, AWS says 403 for a missing object.
      if (statusOf(error) === 404 || statusOf(error) === 403) return undefined
      throw error
    }
  }

  /** A store that fails is busy for the client, which asks again. */
  private async tried(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (error instanceof FileRefusal) throw error
      this.log.error(`${what} failed`, { error, bucket: this.settings.bucket })
      throw new FileRefusal('busy', { retryAfterMs: RETRY_MS })
    }
  }
}

function clientOf({ region, pathStyle, accessKeyId, secretAccessKey }: S3Settings, endpoint: string | undefined): S3Client {
  return new S3Client({
    region,
    endpoint,
    forcePathStyle: pathStyle,
    credentials: { accessKeyId, secretAccessKey },
    // Not every compatible store knows the checksums that the SDK adds by default.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // A store that says nothing for longer is down.
    requestHandler: PATIENCE,
  })
}

function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error)
}
