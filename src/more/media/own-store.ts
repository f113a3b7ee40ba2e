/** Uploads to a store of the team's own. Nothing that its function answers is trusted: it goes into messages. */
import { readFields, type StoredFile, type Upload } from '@/src/chat/media/stored-file'
import { isRecord } from '@/src/chat/util/checks'
import { mayLoad } from '@/src/platform/media-hosts'
import { UploadRefused, type Uploader } from '@/src/platform/uploader'
import { MediaError, type LocalFiles, type UploadOptions } from './port'
import { sha256Of } from './sha256'

/** Rejects with MediaError. */
export async function uploadToOwnStore(uploader: Uploader, { local, kind, mime, name }: Upload, files: LocalFiles, { onProgress, onStart }: UploadOptions): Promise<StoredFile> {
  const [bytes, address] = await Promise.all([files.size(local), files.address(local)])
  const read = (from: number, to: number) => files.read(local, from, to)
  const file = { kind, mime, name, bytes, address, read, sha256: () => sha256Of(bytes, read) }
  const answer: unknown = await uploader(file, { onProgress, onStart }).catch((error: unknown) => {
    if (error instanceof MediaError) throw error
    throw new MediaError(error instanceof UploadRefused ? error.failure : 'file-store', error instanceof Error ? error.message : String(error))
  })
  const stored = isRecord(answer) ? readFields(answer, ['url', 'mime', 'bytes', 'sha256'], ['width', 'height', 'ms']) : undefined
  if (!stored) throw new MediaError('file-store', 'the uploader answered no file: url, mime, bytes and sha256 are needed')
  if (!mayLoad(stored.url)) throw new MediaError('file-store', `the host of ${stored.url} is not in VITE_MEDIA_HOSTS`)
  return stored
}
