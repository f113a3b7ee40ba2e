/** Files over HTTP: uploads, addresses, and who may do what. */
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { BEARER_LIFETIME_MS, issueBearer, readBearer } from '../../../gateway/files/bearer'
import { createLogger } from '../../../gateway/logger'
import type { FileOptions } from '../../../gateway/files/options'
import { startFileServer } from '../../../gateway/files/server'
import type { Gateway } from '../../../gateway/server'
import { ask, FileClient } from '../../support/file-client'
import { STEPPED, useGateways } from '../../support/gateways'
import { TestClock } from '../../support/test-clock'

const KEY = Buffer.alloc(32, 7)
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const DAY_MS = 24 * 3_600_000
const quiet = createLogger('error')

describe('files', () => {
  const gateways = useGateways()
  const folders: string[] = []
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
  })

  async function dataFolder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'files-test-'))
    folders.push(folder)
    return folder
  }

  const start = (files: FileOptions = {}, options: object = {}) => gateways.start({ files: { key: KEY, ...files }, ...options })
  const person = (gateway: Gateway, uid: string, now = Date.now()) => FileClient.with(gateway, issueBearer(KEY, uid, now).bearer)
  /** The number of files below a folder. */
  async function countIn(folder: string): Promise<number> {
    const names = await readdir(folder, { recursive: true })
    const stats = await Promise.all(names.map((name) => stat(join(folder, name))))
    return stats.filter((each) => each.isFile()).length
  }

  it('are uploaded in pieces, finished, and loaded without a bearer', async () => {
    const gateway = await start()
    const alice = await FileClient.login(gateway, 'alice')
    const bytes = randomBytes(300_000)
    const created = await alice.create({ length: bytes.length, name: '报告.txt' })
    expect(created).toMatchObject({ status: 201, headers: { location: expect.stringMatching(/^\/files\/[\da-f]{32}$/) } })
    const upload = created.headers.location!
    expect(await alice.finish(upload)).toMatchObject({ status: 409, json: { error: 'incomplete' } })
    expect(await alice.append(upload, 0, bytes.subarray(0, 100_000))).toMatchObject({ status: 204, headers: { 'upload-offset': '100000' } })
    expect(await alice.append(upload, 0, bytes.subarray(0, 10))).toMatchObject({ status: 409 })
    expect(await alice.ask(upload, { method: 'HEAD' })).toMatchObject({ status: 200, headers: { 'upload-offset': '100000', 'upload-length': '300000', 'tus-resumable': '1.0.0' } })
    expect(await alice.append(upload, 100_000, bytes.subarray(100_000))).toMatchObject({ status: 204 })
    const { status, json } = await alice.finish(upload)
    expect(status).toBe(200)
    expect(json).toEqual({ url: expect.stringMatching(/^\/f\/[\w-]{22}$/), mime: 'text/plain', bytes: 300_000, sha256: sha256(bytes) })
    expect((await alice.finish(upload)).json).toEqual(json)

    const loaded = await ask(gateway, json.url)
    expect(loaded.body.equals(bytes)).toBe(true)
    expect(loaded).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': '300000',
        'accept-ranges': 'bytes',
        'cache-control': 'private, max-age=31536000, immutable',
        etag: `"${json.sha256}"`,
        'content-disposition': `attachment; filename="__.txt"; filename*=UTF-8''${encodeURIComponent('报告')}.txt`,
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
      },
    })
  })

  it('keep the bytes of a request that was cut off', async () => {
    const gateway = await start()
    const alice = person(gateway, 'alice')
    const bytes = randomBytes(200_000)
    const { headers } = await alice.create({ length: bytes.length })
    const upload = headers.location!
    const socket = connect(gateway.port, gateway.host)
    socket.on('error', () => undefined).resume()
    socket.write(
      `PATCH ${upload} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${alice.bearer}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n` +
        `Content-Type: application/offset+octet-stream\r\nContent-Length: 200000\r\n\r\n`,
    )
    await new Promise((resolve) => socket.write(bytes.subarray(0, 150_000), resolve))
    socket.end()
    await once(socket, 'close')
    // How much of it had arrived is what the server says.
    const offset = Number((await alice.ask(upload, { method: 'HEAD' })).headers['upload-offset'])
    expect(offset).toBeGreaterThan(0)
    expect(await alice.append(upload, offset, bytes.subarray(offset))).toMatchObject({ status: 204 })
    expect((await alice.finish(upload)).json).toMatchObject({ sha256: sha256(bytes) })
  })

  it.each([
    ['bytes=0-9', 206, 'bytes 0-9/1000', 10],
    ['bytes=990-', 206, 'bytes 990-999/1000', 10],
    ['bytes=-5', 206, 'bytes 995-999/1000', 5],
    ['bytes=1000-', 416, 'bytes */1000', 0],
    ['bytes=5-2', 416, 'bytes */1000', 0],
    // Several ranges, and nonsense: all of it.
    [`bytes=${Array.from({ length: 1_000 }, (_, at) => `${at}-${at}`).join(',')}`, 206, 'bytes 0-999/1000', 1_000],
    ['bytes=0-1,500-501', 200, undefined, 1_000],
    ['lines=0-9', 200, undefined, 1_000],
  ])('answer the range %.30s with %i', async (range, status, contentRange, length) => {
    const gateway = await start()
    const { json } = await person(gateway, 'alice').upload(randomBytes(1_000))
    const answer = await ask(gateway, json.url, { headers: { Range: range } })
    expect(answer).toMatchObject({ status, body: { length } })
    expect(answer.headers['content-range']).toBe(contentRange)
    expect((await ask(gateway, json.url, { method: 'HEAD' })).headers['content-length']).toBe('1000')
  })

  it('are not sent again to a reader that has them', async () => {
    const gateway = await start()
    const { json } = await person(gateway, 'alice').upload(randomBytes(1_000))
    expect(await ask(gateway, json.url, { headers: { 'If-None-Match': `"${json.sha256}"` } })).toMatchObject({ status: 304, body: { length: 0 } })
  })

  describe('a bearer', () => {
    it('comes with the answer to a login, also of a resumed session, and on request', async () => {
      const gateway = await start()
      const alice = await gateways.login(gateway, 'alice')
      const { files } = alice.frames[0]!
      expect(readBearer(KEY, files.bearer, Date.now())).toBe('alice')
      expect(files.until - Date.now()).toBeGreaterThan(BEARER_LIFETIME_MS - 60_000)
      expect(await alice.ask({ t: 'bearer' })).toMatchObject({ t: 'ok', bearer: expect.any(String), until: expect.any(Number) })
      alice.ws.terminate()
      const back = await gateways.login(gateway, 'alice', { resume: { secret: alice.secret, channels: [] } })
      expect(readBearer(KEY, back.frames[0]!.files.bearer, Date.now())).toBe('alice')
    })

    it('is missing at a gateway without a file server', async () => {
      const gateway = await gateways.start({ files: false })
      const alice = await gateways.login(gateway, 'alice')
      expect(alice.frames[0]).not.toHaveProperty('files')
      expect(await alice.ask({ t: 'bearer' })).toMatchObject({ t: 'err', code: 1 })
      expect(await ask(gateway, '/files', { method: 'OPTIONS' })).toMatchObject({ status: 405 })
    })

    const good = issueBearer(KEY, 'alice', Date.now()).bearer
    const forged = Buffer.from(JSON.stringify({ u: 'bob', e: Date.now() + 1e6, v: 1 })).toString('base64url')
    it.each([
      ['none', undefined],
      ['an empty one', 'Bearer '],
      ['no bearer', `Basic ${good}`],
      ['one that has expired', `Bearer ${issueBearer(KEY, 'alice', Date.now() - BEARER_LIFETIME_MS - 1).bearer}`],
      ['one of another key', `Bearer ${issueBearer(Buffer.alloc(32, 8), 'alice', Date.now()).bearer}`],
      ['one with another content', `Bearer ${forged}.${good.split('.')[1]}`],
      ['one without a signature', `Bearer ${good.split('.')[0]}.`],
      ['one with a third part', `Bearer ${good}.x`],
      ['a long one', `Bearer ${'a'.repeat(10_000)}.${'b'.repeat(43)}`],
    ])('is required everywhere but for loading: %s', async (_what, authorization) => {
      const gateway = await start()
      const { json, headers } = await person(gateway, 'alice').upload(randomBytes(10))
      const headersOf = { ...(authorization !== undefined && { Authorization: authorization }), 'Tus-Resumable': '1.0.0', 'Upload-Length': '5', 'Upload-Metadata': 'kind ZmlsZQ==' }
      const upload = `/files/${'a'.repeat(32)}`
      for (const [method, path] of [['POST', '/files'], ['HEAD', upload], ['PATCH', upload], ['DELETE', upload], ['POST', `${upload}/finish`], ['POST', '/files/again'], ['DELETE', json.url]]) {
        expect([method, path, (await ask(gateway, path!, { method, headers: headersOf })).status]).toEqual([method, path, 401])
      }
      expect(headers).toBeDefined()
      expect((await ask(gateway, json.url)).status).toBe(200)
    })
  })

  it("another user's upload is out of reach", async () => {
    const gateway = await start()
    const [alice, mallory] = [person(gateway, 'alice'), person(gateway, 'mallory')]
    const { headers } = await alice.create({ length: 5 })
    const upload = headers.location!
    expect(await mallory.append(upload, 0, Buffer.from('hello'))).toMatchObject({ status: 403, json: { error: 'owner' } })
    expect(await mallory.ask(upload, { method: 'HEAD' })).toMatchObject({ status: 403 })
    expect(await mallory.ask(upload, { method: 'DELETE' })).toMatchObject({ status: 403, json: { error: 'owner' } })
    expect(await mallory.finish(upload)).toMatchObject({ status: 403, json: { error: 'owner' } })
    await alice.append(upload, 0, Buffer.from('hello'))
    const { json } = await alice.finish(upload)
    expect(await mallory.ask(json.url, { method: 'DELETE' })).toMatchObject({ status: 403, json: { error: 'owner' } })
    expect((await ask(gateway, json.url)).body.toString()).toBe('hello')
  })

  it('a user cannot take the name of another by metadata', async () => {
    const gateway = await start()
    const mallory = person(gateway, 'mallory')
    const metadata = `kind ${Buffer.from('file').toString('base64')},uid ${Buffer.from('alice').toString('base64')}`
    const { headers } = await mallory.ask('/files', { method: 'POST', headers: { 'Upload-Length': '5', 'Upload-Metadata': metadata } })
    expect(await person(gateway, 'alice').ask(headers.location!, { method: 'HEAD' })).toMatchObject({ status: 403 })
  })

  it('bytes go with the last of their addresses', async () => {
    const folder = await dataFolder()
    const gateway = await start({}, { dataDir: folder })
    const [alice, bob] = [person(gateway, 'alice'), person(gateway, 'bob')]
    const bytes = randomBytes(5_000)
    const first = (await alice.upload(bytes)).json
    const second = (await alice.upload(bytes)).json
    const third = (await bob.again(first.url)).json
    expect(new Set([first.url, second.url, third.url]).size).toBe(3)
    expect(third).toMatchObject({ sha256: first.sha256, bytes: 5_000, mime: 'text/plain' })
    expect(await countIn(join(folder, 'files', 'bytes'))).toBe(1)
    for (const [owner, url] of [[alice, first.url], [alice, second.url]] as const) {
      expect(await owner.ask(url, { method: 'DELETE' })).toMatchObject({ status: 204 })
      expect(await ask(gateway, url)).toMatchObject({ status: 410, json: { error: 'gone' } })
      expect(await owner.ask(url, { method: 'DELETE' })).toMatchObject({ status: 410 })
      expect(await bob.again(url)).toMatchObject({ status: 410 })
    }
    expect((await ask(gateway, third.url)).body.equals(bytes)).toBe(true)
    expect(await bob.ask(third.url, { method: 'DELETE' })).toMatchObject({ status: 204 })
    expect(await countIn(join(folder, 'files', 'bytes'))).toBe(0)
  })

  it('survive a restart: addresses, unfinished uploads, answers and bearers', async () => {
    const folder = await dataFolder()
    const options = { dataDir: folder }
    const first = await gateways.start(options)
    const before = await FileClient.login(first, 'alice')
    const bytes = randomBytes(2_000)
    const { headers } = await before.create({ length: bytes.length })
    await before.append(headers.location!, 0, bytes.subarray(0, 500))
    const { headers: done } = await before.create({ length: 5 })
    await before.append(done.location!, 0, Buffer.from('hello'))
    const { json } = await before.finish(done.location!)
    // Of an upload that a killed gateway never recorded, and bytes without an address.
    await writeFile(join(folder, 'files', 'uploads', 'f'.repeat(32)), 'lost')
    await first.close()

    const gateway = await gateways.start(options)
    const alice = FileClient.with(gateway, before.bearer)
    expect((await ask(gateway, json.url)).body.toString()).toBe('hello')
    expect((await alice.finish(done.location!)).json).toEqual(json)
    expect(await alice.append(headers.location!, 500, bytes.subarray(500))).toMatchObject({ status: 204 })
    expect((await alice.finish(headers.location!)).json).toMatchObject({ sha256: sha256(bytes) })
    expect(await countIn(join(folder, 'files', 'uploads'))).toBe(0)
    expect((await stat(join(folder, 'files-key'))).mode & 0o077).toBe(0)
  })

  it('leave nothing behind without a data folder', async () => {
    const left = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('gateway-files-'))
    const before = await left()
    const gateway = await start()
    await person(gateway, 'alice').upload(randomBytes(10))
    expect((await left()).length).toBeGreaterThan(before.length)
    await gateway.close()
    expect((await left()).filter((name) => !before.includes(name))).toEqual([])
  })

  it('an upload that its owner deletes is gone, and gives its share of the quota back', async () => {
    const gateway = await start({ limits: { bytesPerDay: 1_000 } })
    const alice = person(gateway, 'alice')
    for (let round = 0; round < 3; round++) {
      const { headers } = await alice.create({ length: 900 })
      expect(await alice.create({ length: 900 })).toMatchObject({ status: 429, json: { error: 'quota', retryAfterMs: expect.any(Number) } })
      expect(await alice.ask(headers.location!, { method: 'DELETE' })).toMatchObject({ status: 204 })
      expect(await alice.ask(headers.location!, { method: 'HEAD' })).toMatchObject({ status: 404 })
    }
  })

  it('have limits: by kind, by day and by number', async () => {
    const clock = new TestClock()
    const gateway = await start({ limits: { bytes: { image: 10, voice: 20, video: 30, file: 40, avatar: 5 }, bytesPerDay: 100, openUploads: 3 } }, { clock, timing: STEPPED })
    const alice = person(gateway, 'alice', clock.now())
    for (const [kind, max] of Object.entries({ image: 10, voice: 20, video: 30, file: 40, avatar: 5 })) {
      expect(await alice.create({ kind, length: max + 1 })).toMatchObject({ status: 413, json: { error: 'too-large', max } })
    }
    for (let at = 0; at < 3; at++) expect(await alice.create({ length: 20 })).toMatchObject({ status: 201 })
    const busy = await alice.create({ length: 20 })
    expect(busy).toMatchObject({ status: 503, json: { error: 'busy' }, headers: { 'retry-after': '60' } })
    expect(await person(gateway, 'bob', clock.now()).create({ length: 20 })).toMatchObject({ status: 201 })
  })

  it('the quota is free again the next day', async () => {
    const clock = new TestClock()
    const gateway = await start({ limits: { bytesPerDay: 100 } }, { clock, timing: STEPPED })
    const alice = person(gateway, 'alice', clock.now())
    expect(await alice.create({ length: 60 })).toMatchObject({ status: 201 })
    const { json } = await alice.create({ length: 60 })
    await clock.advance(json.retryAfterMs - 1)
    expect(await person(gateway, 'alice', clock.now()).create({ length: 60 })).toMatchObject({ status: 429 })
    await clock.advance(1)
    expect(await person(gateway, 'alice', clock.now()).create({ length: 60 })).toMatchObject({ status: 201 })
  })

  it('are deleted when they were not loaded for 180 days', async () => {
    const clock = new TestClock()
    const folder = await dataFolder()
    const server = await startFileServer({ port: 0, key: KEY, folder, clock, log: quiet })
    try {
      const load = async (url: string) => (await ask(server, url)).status
      const alice = FileClient.with(server, issueBearer(KEY, 'alice', clock.now()).bearer)
      const used = (await alice.upload(Buffer.from('used'))).json
      const unused = (await alice.upload(Buffer.from('unused'))).json
      await clock.advance(100 * DAY_MS)
      expect(await load(used.url)).toBe(200)
      await clock.advance(80 * DAY_MS)
      await server.service.sweep()
      expect(await countIn(join(folder, 'bytes'))).toBe(2)
      await clock.advance(2 * DAY_MS)
      await server.service.sweep()
      expect([await load(used.url), await load(unused.url)]).toEqual([200, 410])
      expect(await countIn(join(folder, 'bytes'))).toBe(1)
    } finally {
      await server.close()
    }
  })

  it('are refused before a byte is sent when the disk is full', async () => {
    const gateway = await start({ limits: { freeBytes: Number.MAX_SAFE_INTEGER } })
    expect(await person(gateway, 'alice').create({ length: 5 })).toMatchObject({ status: 507, json: { error: 'full' } })
  })

  describe('hostile requests', () => {
    it.each([
      ['without tus', { 'Tus-Resumable': '' }, 412],
      ['of another tus', { 'Tus-Resumable': '9.9.9' }, 400],
      ['without a length', { 'Upload-Length': undefined }, 400],
      ...['-1', '1e3', '0x10', '1.5', 'NaN', '', ' ', '5, 6'].map((length): [string, object, number] => [`with the length ${JSON.stringify(length)}`, { 'Upload-Length': length }, 400]),
      ['of no byte', { 'Upload-Length': '0' }, 400],
      ['of a huge length', { 'Upload-Length': '9007199254740991' }, 413],
      ['of a length beyond all numbers', { 'Upload-Length': '9'.repeat(300) }, 400],
      ['of a length that is to come', { 'Upload-Length': undefined, 'Upload-Defer-Length': '1' }, 501],
      ['of parts', { 'Upload-Concat': 'partial' }, 501],
      ['without metadata', { 'Upload-Metadata': '' }, 400],
      ['of an unknown kind', { 'Upload-Metadata': 'kind aGFjaw==' }, 400],
      ['of a kind that every object has', { 'Upload-Metadata': `kind ${Buffer.from('constructor').toString('base64')}` }, 400],
      ['with metadata that is no base64', { 'Upload-Metadata': 'kind !!!' }, 400],
      ['with the same key twice', { 'Upload-Metadata': 'kind ZmlsZQ==,kind ZmlsZQ==' }, 400],
    ])('%s are refused in JSON', async (_what, headers, status) => {
      const gateway = await start()
      const all: Record<string, unknown> = { 'Upload-Length': '5', 'Upload-Metadata': 'kind ZmlsZQ==', ...headers }
      for (const [name, value] of Object.entries(all)) if (value === undefined || (name === 'Tus-Resumable' && value === '')) delete all[name]
      const answer = await ask(gateway, '/files', { method: 'POST', headers: { Authorization: `Bearer ${person(gateway, 'alice').bearer}`, ...('Tus-Resumable' in headers ? {} : { 'Tus-Resumable': '1.0.0' }), ...(all as any) } })
      expect([answer.status, typeof answer.json?.error]).toEqual([status, 'string'])
    })

    it.each(['-1', '1.5', '6', 'x', '9007199254740993', '5, 0'])('that append at %s are refused', async (offset) => {
      const gateway = await start()
      const alice = person(gateway, 'alice')
      const { headers } = await alice.create({ length: 5 })
      const answer = await alice.ask(headers.location!, { method: 'PATCH', headers: { 'Upload-Offset': offset, 'Content-Type': 'application/offset+octet-stream' }, body: 'hello' })
      expect(answer.status === 400 || answer.status === 409).toBe(true)
      expect(await alice.ask(headers.location!, { method: 'HEAD' })).toMatchObject({ headers: { 'upload-offset': '0' } })
    })

    it('that append more than was declared change nothing', async () => {
      const gateway = await start()
      const alice = person(gateway, 'alice')
      const { headers } = await alice.create({ length: 5 })
      expect(await alice.append(headers.location!, 0, Buffer.from('hello!'))).toMatchObject({ status: 413, json: { error: 'too-large' } })
      const chunked = { 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream', 'Transfer-Encoding': 'chunked' }
      expect((await alice.ask(headers.location!, { method: 'PATCH', headers: chunked, body: 'hello and more' })).status).toBe(413)
      const { status } = await alice.finish(headers.location!)
      expect([200, 409]).toContain(status)
    })

    it.each([
      ...['/files/..', '/files/../catalog', '/files/..%2fcatalog', '/files/%2e%2e/catalog/CURRENT', '/files/%00', '/files/__proto__', `/files/${'A'.repeat(32)}`, `/files/${'a'.repeat(5_000)}`],
      ...['/f/', '/f/..', '/f/../files', '/f/%2e%2e%2fcatalog', '/f/..%5c..', '/f/__proto__', '/f/%', `/f/${'.'.repeat(22)}`, `/f/${'a'.repeat(22)}/x`, `/f/${'a'.repeat(22)}`, '/files/x/finish/y'],
    ])('for %.40s find nothing', async (path) => {
      const gateway = await start()
      const alice = person(gateway, 'alice')
      await alice.upload(randomBytes(10))
      for (const method of ['GET', 'HEAD', 'PATCH', 'DELETE', 'POST']) {
        const { status } = await alice.ask(path, { method, headers: { 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' } })
        expect([method, [404, 400, 405].includes(status)]).toEqual([method, true])
      }
    })

    it.each([undefined, null, 5, '', '/f/', 'https://evil.example/f/x', `/f/${'a'.repeat(22)}`, '/files/again', { toString: 'x' }])('for another address of %j find nothing', async (url) => {
      expect(await person(await start(), 'alice').again(url)).toMatchObject({ status: 404, json: { error: 'unknown' } })
    })

    it.each(['{', 'null', '[]', `{"url":"${'a'.repeat(10_000)}"}`])('with the body %.20s are refused', async (body) => {
      const { status, json } = await person(await start(), 'alice').ask('/files/again', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
      expect([400, 404]).toContain(status)
      expect(json.error).toEqual(expect.any(String))
    })

    it('of a client that stops in the middle lose their connection', async () => {
      const gateway = await start({ limits: { silenceMs: 50 } })
      const alice = person(gateway, 'alice')
      const { headers } = await alice.create({ length: 5 })
      const socket = connect(gateway.port, gateway.host)
      socket.on('error', () => undefined).resume()
      socket.write(`PATCH ${headers.location} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${alice.bearer}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: 5\r\n\r\nhe`)
      await once(socket, 'close')
      expect(await alice.append(headers.location!, 2, Buffer.from('llo'))).toMatchObject({ status: 204 })
    })
  })

  describe('the door', () => {
    it.each(['/files', '/f/aaaaaaaaaaaaaaaaaaaaaa', '/files/x/finish'])('checks the host name of %s', async (path) => {
      const gateway = await start()
      expect((await ask(gateway, path, { method: 'POST', headers: { Host: 'evil.example' } })).status).toBe(403)
    })

    it('lets pages of allowed origins in, and no others', async () => {
      const gateway = await start({}, { allowedOrigins: ['https://chat.example'] })
      const { json } = await person(gateway, 'alice').upload(randomBytes(10))
      for (const [path, method] of [['/files', 'OPTIONS'], [`/files/${'a'.repeat(32)}`, 'OPTIONS'], [json.url, 'GET'], ['/files', 'POST']] as const) {
        const good = await ask(gateway, path, { method, headers: { Origin: 'https://chat.example' } })
        expect([path, good.headers['access-control-allow-origin'], good.headers.vary]).toEqual([path, 'https://chat.example', 'Origin'])
        const evil = await ask(gateway, path, { method, headers: { Origin: 'https://evil.example' } })
        expect([path, evil.status, evil.headers['access-control-allow-origin']]).toEqual([path, 403, undefined])
      }
      const { headers } = await ask(gateway, '/files', { method: 'OPTIONS', headers: { Origin: 'https://chat.example' } })
      for (const name of ['Authorization', 'Upload-Offset', 'Upload-Metadata', 'Tus-Resumable']) expect(headers['access-control-allow-headers']).toContain(name)
      expect(headers['access-control-allow-methods']).toContain('PATCH')
    })
  })
})
