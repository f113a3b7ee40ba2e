/** The server of tus 1.0 (`@tus/server`), with the errors of the file server. */
import { MemoryLocker, Server, type Upload } from '@tus/server'
import { FileRefusal, type RefusalCode } from './refusal'
import type { Uploads } from './uploads'

/** A newer request for an upload waits this long for the end of the one before, in ms: its client has lost it. */
const LOCK_DRAIN_MS = 100
const EXPOSED_HEADERS = ['Retry-After']

/** What tus answers by itself, as our codes. */
const CODES = new Map<number, RefusalCode>([
  [404, 'unknown'],
  [410, 'gone'],
  [413, 'too-large'],
  [423, 'busy'],
])

export interface TusOptions {
  readonly uploads: Uploads
  /** Throws a {@link FileRefusal}. */
  readonly userOf: (authorization: string | undefined) => string
  readonly checkOwner: (id: string, uid: string) => Promise<void>
  readonly isAllowedOrigin: (origin: string) => boolean
  readonly onFailure: (error: unknown) => void
}

export class TusServer extends Server {
  constructor({ uploads, userOf, checkOwner, isAllowedOrigin, onFailure }: TusOptions) {
    super({
      path: '/files',
      datastore: uploads,
      relativeLocation: true,
      lockDrainTimeout: LOCK_DRAIN_MS,
      allowedOrigins: isAllowedOrigin,
      exposedHeaders: EXPOSED_HEADERS,
      locker: new MemoryLocker(),
      async onIncomingRequest(request, id) {
        const uid = userOf(request.headers.get('authorization') ?? undefined)
        // A new upload has no owner yet: `onUploadCreate` names it.
        if (request.method !== 'POST') await checkOwner(id, uid)
      },
      onUploadCreate: async (request, upload: Upload) => ({ metadata: { ...upload.metadata, uid: userOf(request.headers.get('authorization') ?? undefined) } }),
      onResponseError(_request, error) {
        if (error instanceof FileRefusal) return { status_code: error.status, body: JSON.stringify(error.body) }
        if ('status_code' in error) return undefined
        onFailure(error)
        return { status_code: 500, body: JSON.stringify(new FileRefusal('failed').body) }
      },
    })
  }

  /** Every error is JSON, those of tus too. */
  override write(...[context, headers, status, body]: Parameters<Server['write']>): ReturnType<Server['write']> {
    if (status < 400) return super.write(context, headers, status, body)
    const isOurs = body?.startsWith('{')
    const json = isOurs ? body : JSON.stringify({ error: CODES.get(status) ?? 'protocol', why: body?.trim() })
    headers.set('Content-Type', 'application/json; charset=utf-8')
    headers.set('Cache-Control', 'no-store')
    const { retryAfterMs }: { retryAfterMs?: number } = JSON.parse(json ?? '{}')
    if (retryAfterMs !== undefined) headers.set('Retry-After', String(Math.ceil(retryAfterMs / 1_000)))
    return super.write(context, headers, status, json)
  }
}
