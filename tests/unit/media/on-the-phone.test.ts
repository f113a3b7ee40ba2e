/** Files on the phone, over WeChat's own calls: what waits to be sent, and what a hostile store answers to a download. */
import { createHash } from 'node:crypto'
import { createServer, type RequestListener, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLocalFiles } from '@/src/more/media/local-files'
import { openShelf } from '@/src/more/media/shelf'
import { useFolder } from '../../support/folder'
import { wxPhone } from '../../support/wx-phone'

const folder = useFolder()
let phone: ReturnType<typeof wxPhone>

beforeEach(() => {
  const storage = new Map<string, string>()
  phone = wxPhone(folder())
  vi.stubGlobal('wx', phone.wx)
  vi.stubGlobal('uni', { getStorageSync: (key: string) => storage.get(key) ?? '', setStorageSync: (key: string, text: string) => void storage.set(key, text), removeStorageSync: (key: string) => void storage.delete(key) })
})
afterEach(() => vi.unstubAllGlobals())

/** The path of a temporary file of this many bytes. */
async function temporary(bytes: number): Promise<string> {
  phone.give({ name: 'a.bin', bytes: new Uint8Array(bytes) })
  const { tempFiles } = (await phone.wx['chooseMessageFile']!({ count: 1 })) as { tempFiles: { path: string }[] }
  return tempFiles[0]!.path
}

describe('the files that wait to be sent', () => {
  it('are copied as long as they fit, and then stay where WeChat put them', async () => {
    const files = createLocalFiles(250)
    const keys = [await files.keep(await temporary(100)), await files.keep(await temporary(100)), await files.keep(await temporary(100))]
    expect(keys.map((key) => key.startsWith('temp:'))).toEqual([false, false, true])
    expect(await Promise.all(keys.map((key) => files.size(key)))).toEqual([100, 100, 100])
  })

  it('take the place of those that the store has too, the first one first', async () => {
    const files = createLocalFiles(250)
    const [first, second] = [await files.keep(await temporary(100)), await files.keep(await temporary(100))]
    files.sent(first)
    files.sent(second)
    expect(await files.keep(await temporary(100))).not.toMatch(/^temp:/)
    await expect(files.size(first)).rejects.toMatchObject({ failure: 'file-lost' })
    expect(await files.size(second)).toBe(100)
    // Also after a restart.
    expect(await createLocalFiles(250).keep(await temporary(150))).not.toMatch(/^temp:/)
    await expect(files.size(second)).rejects.toMatchObject({ failure: 'file-lost' })
  })
})

const sha256Of = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

describe('a download', () => {
  let server: Server
  afterEach(() => void server.close())

  async function loading(answer: RequestListener, { bytes = 100, sha256 = sha256Of(Buffer.alloc(bytes)) } = {}) {
    server = createServer(answer).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const shelf = openShelf()
    const loaded = await shelf.fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/f/a`, 'a.jpg', { bytes, sha256 }, () => undefined).catch((error: unknown) => error)
    return { loaded, names: await shelf.names(), others: await shelf.others() }
  }

  it('is here if it has the length and the SHA-256 that its message says', async () => {
    const { loaded, names, others } = await loading((_request, response) => response.end(Buffer.alloc(100)))
    expect([loaded, names]).toEqual([expect.stringMatching(/media-cache\/a\.jpg$/), ['a.jpg']])
    // Only of what is not in the cache.
    expect(others).toBe(0)
    await createLocalFiles().keep(await temporary(70))
    expect(await openShelf().others()).toBe(70)
  })

  it.each<[string, RequestListener, string]>([
    ['a shorter file', (_request, response) => response.end(Buffer.alloc(99)), 'file-store'],
    ['a page with status 200', (_request, response) => response.end('<html>Sign in</html>'), 'file-store'],
    ['a connection that breaks off', (_request, response) => (response.writeHead(200, { 'Content-Length': 100 }), response.write('x'), setImmediate(() => response.destroy())), 'offline'],
    ['that it is gone', (_request, response) => response.writeHead(410).end('{"error":"gone"}'), 'file-lost'],
    ['that it is out of order', (_request, response) => response.writeHead(503).end('busy'), 'offline'],
    ['that it is another program', (_request, response) => response.writeHead(403).end(), 'file-store'],
  ])('that answers %s leaves nothing on the phone', async (_what, answer, failure) => {
    const { loaded, names } = await loading(answer)
    expect([loaded, names]).toMatchObject([{ failure }, []])
  })

  it.each([1, 600_000, 20 * 1024 * 1024])('of %i bytes with another SHA-256 leaves nothing on the phone', async (bytes) => {
    const { loaded, names } = await loading((_request, response) => response.end(Buffer.alloc(bytes, 1)), { bytes })
    expect([loaded, names]).toMatchObject([{ failure: 'file-store', message: 'the file is another one' }, []])
  })

  it('above 20 MB is checked for its length alone', async () => {
    const bytes = 20 * 1024 * 1024 + 1
    const { names } = await loading((_request, response) => response.end(Buffer.alloc(bytes, 1)), { bytes })
    expect(names).toEqual(['a.jpg'])
  })

  it('that is longer than its message says leaves nothing on the phone', async () => {
    const { loaded, names } = await loading((_request, response) => response.end(Buffer.alloc(5_000_000)))
    expect([loaded, names]).toMatchObject([{ name: 'MediaError' }, []])
  })
})
