/** Uploads to a file store by tus 1.0, resumed after a lost connection or a restart. */
import BaseUpload from 'tus-js-client/lib.esm/upload.js'
import type { DetailedError, HttpRequest as TusRequest, HttpResponse as TusResponse, HttpStack, PreviousUpload, UploadOptions as TusOptions, UrlStorage } from 'tus-js-client'
import type { Upload } from '@/src/chat/media/stored-file'
import { clock } from '@/src/chat/time/clock'
import type { FileServer } from '@/src/rtm/port'
import { request, type HttpMethod, type HttpResponse } from './http'
import { refusalOf } from './answers'
import { dropNote, note, noted } from '@/src/platform/device-notes'
import { MediaError, type LocalFiles, type UploadOptions } from './port'

/** The bytes of the first request of an upload: what memory holds, and what a progress bar moves by. */
const CHUNK_BYTES = 512 * 1024
/** A request that took less, ms, is followed by one of twice its bytes. */
const QUICK_MS = 1_000
/** The bytes of a request at most. */
let chunkMaxBytes = 2 * 1024 * 1024
// #ifdef H5
chunkMaxBytes = 8 * 1024 * 1024
// #endif

/** uni-app's storage, where the address of an upload that is under way is kept under its file's key. */
const KEPT = 'rtm-upload:'

/** Resolves to the address of the upload once the store has all bytes. Rejects with MediaError. */
export function uploadBytes(server: FileServer, bearer: string, { local, kind, mime, name }: Upload, files: LocalFiles, { onProgress, onStart }: UploadOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    let sentAt = 0
    const options: TusOptions & { readonly fileReader: object } = {
      ...BaseUpload.defaultOptions,
      endpoint: `${server.base}/files`,
      metadata: { kind, mime, name },
      headers: { Authorization: `Bearer ${bearer}` },
      overridePatchMethod: true,
      chunkSize: CHUNK_BYTES,
      onChunkComplete(bytes) {
        const took = clock.elapsed() - sentAt
        sentAt = clock.elapsed()
        // The library looks here before each request.
        if (took < QUICK_MS) options.chunkSize = Math.min(bytes * 2, chunkMaxBytes)
      },
      // The outbox decides when to try again.
      retryDelays: [],
      onShouldRetry: () => false,
      storeFingerprintForResuming: true,
      fingerprint: async () => local,
      urlStorage: new KeptAddresses(),
      httpStack: new UniHttpStack(server.base),
      fileReader: { openFile: async () => sourceOf(files, local) },
      onProgress: (sent, total) => onProgress(total === 0 || total === null ? 0 : sent / total),
      onError: (error) => reject(asMediaError(error)),
      onSuccess: () => resolve(upload.url ?? ''),
    }
    // The key names the file: the options read it.
    const upload = new BaseUpload(local as unknown as Blob, options)
    const begin = async () => {
      const [previous] = await upload.findPreviousUploads()
      if (previous) upload.resumeFromPreviousUpload(previous)
      onStart(() => {
        void upload.abort()
        reject(new MediaError('offline', 'the upload was stopped'))
      })
      sentAt = clock.elapsed()
      upload.start()
    }
    begin().catch((error: unknown) => reject(asMediaError(error)))
  })
}

/** The upload of this file is over: a later one begins from the start. */
export function forgetUpload(local: string): void {
  dropNote(KEPT + local)
}

async function sourceOf(files: LocalFiles, local: string) {
  const size = await files.size(local)
  return {
    size,
    async slice(start: number, end: number) {
      const bytes = await files.read(local, start, Math.min(end, size))
      // The library knows Blobs, which have a size.
      return { value: Object.assign(bytes, { size: bytes.byteLength }), done: end >= size }
    },
    close: () => undefined,
  }
}

/** tus-js-client wraps what its request or its reader threw. */
function asMediaError(error: unknown): MediaError {
  if (error instanceof MediaError) return error
  const { originalResponse, causingError } = error as Partial<DetailedError>
  if (causingError instanceof MediaError) return causingError
  if (originalResponse) return refusalOf({ status: originalResponse.getStatus(), body: originalResponse.getBody() })
  return new MediaError('file-store', error instanceof Error ? error.message : String(error))
}

class KeptAddresses implements UrlStorage {
  async findAllUploads(): Promise<PreviousUpload[]> {
    return []
  }

  async findUploadsByFingerprint(local: string): Promise<PreviousUpload[]> {
    const uploadUrl = noted(KEPT + local)
    return uploadUrl !== undefined ? [{ size: null, metadata: {}, creationTime: '', urlStorageKey: local, uploadUrl, parallelUploadUrls: null }] : []
  }

  async removeUpload(local: string): Promise<void> {
    forgetUpload(local)
  }

  async addUpload(local: string, { uploadUrl }: PreviousUpload): Promise<string> {
    if (uploadUrl !== null) note(KEPT + local, uploadUrl)
    return local
  }
}

class UniHttpStack implements HttpStack {
  constructor(private readonly base: string) {}

  createRequest(method: string, url: string): TusRequest {
    return new UniRequest(method as HttpMethod, this.onServer(url))
  }

  getName(): string {
    return 'uni.request'
  }

  /** An address that an earlier session kept may have another host: it was the same store's. */
  private onServer(url: string): string {
    return url.replace(/^https?:\/\/[^/]*/, this.base)
  }
}

class UniRequest implements TusRequest {
  private readonly headers: Record<string, string> = {}
  private abortRequest: () => void = () => undefined

  constructor(
    private readonly method: HttpMethod,
    private readonly url: string,
  ) {}

  getMethod(): string {
    return this.method
  }

  getURL(): string {
    return this.url
  }

  setHeader(name: string, value: string): void {
    this.headers[name] = value
  }

  getHeader(name: string): string | undefined {
    return this.headers[name]
  }

  /** uni.request tells no progress: the library reports each chunk. */
  setProgressHandler(): void {
    return undefined
  }

  async send(body: unknown = null): Promise<TusResponse> {
    const data = body instanceof ArrayBuffer ? { body } : {}
    // Without it WeChat says that a request is JSON, which tus refuses.
    if (this.method === 'POST') this.headers['Content-Type'] ??= 'application/offset+octet-stream'
    const response = await request({ method: this.method, url: this.url, headers: this.headers, ...data }, (abort) => (this.abortRequest = abort))
    return new UniResponse(response)
  }

  async abort(): Promise<void> {
    this.abortRequest()
  }

  getUnderlyingObject(): unknown {
    return undefined
  }
}

class UniResponse implements TusResponse {
  constructor(private readonly response: HttpResponse) {}

  getStatus(): number {
    return this.response.status
  }

  getHeader(name: string): string | undefined {
    return this.response.headers[name.toLowerCase()]
  }

  getBody(): string {
    return this.response.body
  }

  getUnderlyingObject(): unknown {
    return undefined
  }
}
