/** The media engine: files on this device, and their way to the store. */
import { AGAIN } from '@/src/chat/media/again'
import type { StoredFile, Upload } from '@/src/chat/media/stored-file'
import type { FileServer } from '@/src/rtm/port'
import { BEARER_REFUSED, refusalOf, storedFileIn } from './answers'
import { request, type HttpRequest, type HttpResponse } from './http'
import { createFileCache } from './cache'
import { createLocalFiles } from './local-files'
import type { Media, UploadOptions } from './port'
import { forgetUpload, uploadBytes } from './uploads'

export { MediaError } from './port'

export function createMedia(): Media {
  const files = createLocalFiles()
  return {
    files,
    cache: createFileCache(),
    upload: (server, upload, options) => (upload.local.startsWith(AGAIN) ? again(server, upload.local.slice(AGAIN.length)) : uploadFile(server, upload, options)),
    async remove(server, url) {
      const response = await asked(server, { method: 'DELETE', url: server.base + url })
      if (response.status !== 204 && response.status !== 404 && response.status !== 410) throw refusalOf(response)
    },
  }

  async function uploadFile(server: FileServer, upload: Upload, options: UploadOptions): Promise<StoredFile> {
    const address = await uploadBytes(server, await server.bearer(), upload, files, options)
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

/** The answer to a request with a bearer, and with another one if the server refuses that. */
async function asked(server: FileServer, what: HttpRequest): Promise<HttpResponse> {
  const bearer = await server.bearer()
  const ask = (token: string) => request({ ...what, headers: { ...what.headers, Authorization: `Bearer ${token}` } })
  const response = await ask(bearer)
  return response.status === BEARER_REFUSED ? ask(await server.bearer(bearer)) : response
}
