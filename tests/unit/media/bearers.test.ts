/** Uploads from a phone to a real file server, by what its bearers are worth. */
import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { NoBearer } from '@/src/chat/media/no-bearer'
import type { StoredFile } from '@/src/chat/media/stored-file'
import { createMedia } from '@/src/more/media'
import type { FileServer as FileServerPort } from '@/src/rtm/port'
import { issueBearer } from '../../../gateway/files/bearer'
import { startFileServer, type FileServer } from '../../../gateway/files/server'
import { createLogger } from '../../../gateway/logger'
import { useFolder } from '../../support/folder'
import { samplePicture, wxPhone } from '../../support/wx-phone'

const KEY = randomBytes(32)
const folder = useFolder()
let phone: ReturnType<typeof wxPhone>
let server: FileServer

beforeEach(async () => {
  server = await startFileServer({ folder: `${folder()}/server`, key: KEY, port: 0, log: createLogger('error') })
  phone = wxPhone(`${folder()}/phone`)
  const storage = new Map<string, string>()
  vi.stubGlobal('wx', phone.wx)
  vi.stubGlobal('uni', { request: phone.wx['request'], getStorageSync: (key: string) => storage.get(key) ?? '', setStorageSync: (key: string, text: string) => void storage.set(key, text), removeStorageSync: (key: string) => void storage.delete(key) })
})
afterEach(async () => {
  vi.unstubAllGlobals()
  await server.close()
})

const good = () => issueBearer(KEY, 'alice', Date.now()).bearer
const bad = () => issueBearer(randomBytes(32), 'alice', Date.now()).bearer

/** Uploads a picture with these bearers, one after the other. `refused`: those that the server refused, as it was asked for others. */
async function upload(...bearers: (() => string | undefined)[]): Promise<{ stored: unknown; refused: (string | undefined)[] }> {
  const refused: (string | undefined)[] = []
  let last: string | undefined
  const port: FileServerPort = {
    base: `http://127.0.0.1:${server.port}`,
    bearer: async (refusedOne) => {
      if (last !== undefined && refusedOne !== last) return last
      if (refusedOne !== undefined) refused.push(refusedOne)
      return (last = bearers.shift()!())
    },
  }
  phone.give({ name: 'a.png', bytes: await samplePicture(40, 30, 'png') })
  const { tempFiles } = (await phone.wx['chooseMessageFile']!({ count: 1 })) as { tempFiles: { path: string }[] }
  const media = createMedia()
  const local = await media.files.keep(tempFiles[0]!.path)
  const stored = await media.upload(port, { local, kind: 'image', mime: 'image/png', name: 'a.png' }, { onProgress: () => undefined, onStart: () => undefined }).catch((error: unknown) => error)
  return { stored, refused }
}

it('a bearer that is refused is replaced once, in the upload itself', async () => {
  const first = bad()
  const { stored, refused } = await upload(() => first, good)
  expect((stored as StoredFile).url).toMatch(/^\/f\//)
  expect(refused).toEqual([first])
})

it('a second one that is refused ends the upload, and says that the store is out of order', async () => {
  const { stored } = await upload(bad, bad)
  expect(stored).toMatchObject({ name: 'MediaError', failure: 'file-store' })
})

it('a service that gives none at the moment is tried again later, one that gives none at all is not', async () => {
  const none = () => {
    throw new NoBearer('no connection')
  }
  expect((await upload(none)).stored).toMatchObject({ name: 'MediaError', failure: 'offline' })
  expect((await upload(() => undefined)).stored).toMatchObject({ name: 'MediaError', failure: 'file-store' })
})
