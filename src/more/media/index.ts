/** The media engine: files on this device, and their way to the store. */
import { AGAIN } from '@/src/chat/media/again'
import { NoBearer } from '@/src/chat/media/no-bearer'
import type { StoredFile, Upload } from '@/src/chat/media/stored-file'
import { orElse } from '@/src/chat/util/or-else'
import type { FileServer } from '@/src/rtm/port'
import { BEARER_REFUSED, refusalOf, storedFileIn } from './answers'
import { request, type HttpRequest, type HttpResponse } from './http'
import { createFileCache } from './cache'
import { createLocalFiles } from './local-files'
import { uploadToOwnStore } from './own-store'
import { BearerRefused, MediaError, type Media, type UploadOptions } from './port'
import { forgetUpload, uploadBytes } from './uploads'

export { MediaError } from './port'

export function createMedia(): Media {
  const files = createLocalFiles()
  return {
    files,
    cache: createFileCache(),
    async upload(store, upload, options) {
      if (typeof store === 'function') return uploadToOwnStore(store, upload, files, options)
      return upload.local.startsWith(AGAIN) ? again(store, upload.local.slice(AGAIN.length)) : uploadFile(store, upload, options)
    },
    async remove(server, url) {
      const response = await asked(server, { method: 'DELETE', url: server.base + url })
      if (response.status !== 204 && response.status !== 404 && response.status !== 410) throw refusalOf(response)
    },
  }

  async function uploadFile(server: FileServer, upload: Upload, options: UploadOptions): Promise<StoredFile> {
    const address = await withBearer(server, (bearer) => uploadBytes(server, bearer, upload, files, options))
    const stored = storedFileIn(await asked(server, { method: 'POST', url: `${address}/finish`, ...json({}) }))
    forgetUpload(upload.local)
    return stored
  }
}

function json(body: object): Pick<HttpRequest, 'headers' | 'body'> {
  return { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
}

/** Another address of the file at `url`. */
async function again(server: FileServer, url: string): Promise<StoredFile> {
  return storedFileIn(await asked(server, { method: 'POST', url: `${server.base}/files/again`, ...json({ url }) }))
}

/** The answer to a request with a bearer. */
function asked(server: FileServer, what: HttpRequest): Promise<HttpResponse> {
  return withBearer(server, async (bearer) => {
    const response = await request({ ...what, headers: { ...what.headers, Authorization: `Bearer ${bearer}` } })
    if (response.status === BEARER_REFUSED) throw refusalOf(response)
    return response
  })
}

/** Runs `work` with a bearer, and with another one if the server refuses that. Rejects with MediaError. */
async function withBearer<Result>(server: FileServer, work: (bearer: string) => Promise<Result>): Promise<Result> {
  const bearer = await bearerOf(server)
  try {
    return await work(bearer)
  } catch (error) {
    if (!(error instanceof BearerRefused)) throw error
    return work(await bearerOf(server, bearer))
  }
}

async function bearerOf(server: FileServer, refused?: string): Promise<string> {
  const bearer = await orElse(NoBearer, () => server.bearer(refused), ({ message }) => {
    throw new MediaError('offline', message)
  })
  if (bearer === undefined) throw new MediaError('file-store', 'there is no bearer for the file store')
  return bearer
}
