/** A store of the team's own: what its function gets, and what becomes of what it answers. */
import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { StoredFile, Upload } from '@/src/chat/media/stored-file'
import { uploadToOwnStore } from '@/src/more/media/own-store'
import { MediaError, type LocalFiles } from '@/src/more/media/port'
import { UploadRefused, type FileToUpload, type Uploader } from '@/src/platform/uploader'

const BYTES = Buffer.alloc(1_200_000, 'a picture ')
const UPLOAD: Upload = { local: 'k1', kind: 'image', mime: 'image/png', name: 'a.png' }
const STORED: StoredFile = { url: 'https://cdn.example/a.png', mime: 'image/png', bytes: 1_200_000, sha256: 'a'.repeat(64), width: 40, height: 30 }

const files: Pick<LocalFiles, 'size' | 'address' | 'read'> = {
  size: async () => BYTES.length,
  address: async (key) => `wxfile://usr/${key}`,
  read: async (_key, from, to) => new Uint8Array(BYTES.subarray(from, to)).buffer,
}

function upload(uploader: Uploader): Promise<unknown> {
  vi.stubEnv('VITE_MEDIA_HOSTS', 'cdn.example')
  const progress = { onProgress: () => undefined, onStart: () => undefined }
  return uploadToOwnStore(uploader, UPLOAD, files as LocalFiles, progress).catch((error: unknown) => error)
}

afterEach(() => vi.unstubAllEnvs())

it('gives the file, its bytes and their SHA-256 to the function, and takes what that answers', async () => {
  let given: FileToUpload | undefined
  let part: ArrayBuffer | undefined
  let digest = ''
  const stored = await upload(async (file) => {
    given = file
    part = await file.read(10, 20)
    digest = await file.sha256()
    return { ...STORED, owner: 'x' } as StoredFile
  })
  expect(stored).toEqual(STORED)
  expect(given).toMatchObject({ kind: 'image', mime: 'image/png', name: 'a.png', bytes: 1_200_000, address: 'wxfile://usr/k1' })
  expect(Buffer.from(part!).toString()).toBe('a picture ')
  expect(digest).toBe(createHash('sha256').update(BYTES).digest('hex'))
})

describe('fails', () => {
  it.each<[string, unknown]>([
    ['no answer', undefined],
    ['an answer without a SHA-256', { ...STORED, sha256: undefined }],
    ['an address that is none of https', { ...STORED, url: 'http://cdn.example/a.png' }],
    ['an address of a host that no reader may load from', { ...STORED, url: 'https://other.example/a.png' }],
    ['an address on the file server that there is none of', { ...STORED, url: `/f/${'x'.repeat(22)}` }],
  ])('with %s as with a store that is out of order', async (_what, answer) => {
    expect(await upload(async () => answer as StoredFile)).toMatchObject({ name: 'MediaError', failure: 'file-store' })
  })

  it.each<[string, Error, string]>([
    ['the reason that the function gives', new UploadRefused('file-too-large'), 'file-too-large'],
    ['no network', new UploadRefused('offline', 'request:fail'), 'offline'],
    ['an error of its own', new TypeError('x is undefined'), 'file-store'],
    ['a file that is gone', new MediaError('file-lost', 'gone'), 'file-lost'],
  ])('with %s', async (_what, error, failure) => {
    expect(await upload(() => Promise.reject(error))).toMatchObject({ name: 'MediaError', failure })
  })
})
