/** Files whose bytes are in a bucket: presigned addresses, large files in parts, and a store that fails. */
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { issueBearer } from '../../../gateway/files/bearer'
import { readS3Settings, type S3Settings } from '../../../gateway/files/s3-settings'
import type { Gateway } from '../../../gateway/server'
import { ask, FileClient, type HttpAnswer } from '../../support/file-client'
import { useGateways } from '../../support/gateways'
import { S3_BUCKET, S3_CREDENTIALS, S3_REGION, startS3Double, type S3Double } from '../../support/s3-double'

const KEY = Buffer.alloc(32, 7)
const MB = 1024 * 1024
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

describe('files in a bucket', () => {
  const gateways = useGateways()
  let store: S3Double
  let folder: string
  beforeEach(async () => {
    store = await startS3Double()
    folder = await mkdtemp(join(tmpdir(), 'files-s3-test-'))
  })
  afterEach(async () => {
    await store.close()
    await rm(folder, { recursive: true, force: true })
  })

  const settings = (more: Partial<S3Settings> = {}): S3Settings => ({ bucket: S3_BUCKET, endpoint: store.endpoint, region: S3_REGION, pathStyle: true, prefix: 'chat/', ...S3_CREDENTIALS, ...more })
  const start = (more: Partial<S3Settings> = {}) => gateways.start({ dataDir: folder, files: { key: KEY, s3: settings(more) } })
  const person = (gateway: Gateway, uid: string) => FileClient.with(gateway, issueBearer(KEY, uid, Date.now()).bearer)
  const nameOf = (bytes: Buffer) => `chat/${sha256(bytes).slice(0, 2)}/${sha256(bytes)}`

  /** Loads from the store, whatever the name of its host resolves to. */
  function load(location: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Pick<HttpAnswer, 'status' | 'headers' | 'body'>> {
    const { host, pathname, search } = new URL(location)
    return new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port: store.port, path: pathname + search, method, headers: { Host: host, ...headers }, agent: false }, async (response) => {
        const chunks: Buffer[] = []
        for await (const chunk of response) chunks.push(chunk as Buffer)
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) })
      })
      asked.on('error', reject)
      asked.end()
    })
  }

  it('are loaded from a presigned address with the type and the name that the server says', async () => {
    const gateway = await start()
    const bytes = randomBytes(300_000)
    const { status, json } = await person(gateway, 'alice').upload(bytes, { name: '报告.html', mime: 'text/html' })
    expect([status, json.sha256]).toEqual([200, sha256(bytes)])
    expect([...store.objects.keys()]).toEqual([nameOf(bytes)])
    expect(await readdir(join(folder, 'files', 'bytes'))).toEqual([])
    expect(await readdir(join(folder, 'files', 'uploads'))).toEqual([])

    const redirect = await ask(gateway, json.url)
    expect(redirect).toMatchObject({ status: 302, headers: { 'cache-control': 'no-store' } })
    const location = redirect.headers.location!
    expect(new URL(location).searchParams.get('X-Amz-Expires')).toBe('600')
    const loaded = await load(location)
    expect(loaded.body.equals(bytes)).toBe(true)
    expect(loaded.headers).toMatchObject({ 'content-type': 'application/octet-stream', 'content-disposition': expect.stringMatching(/^attachment; filename=.*%E6%8A%A5/) })
    expect(await load(location, { Range: 'bytes=10-19' })).toMatchObject({ status: 206, body: bytes.subarray(10, 20), headers: { 'content-range': 'bytes 10-19/300000' } })
    expect(await ask(gateway, json.url, { method: 'HEAD' })).toMatchObject({ status: 200, headers: { 'content-length': '300000', etag: `"${json.sha256}"` } })
  })

  it.each([
    ['another type', (url: URL) => url.searchParams.set('response-content-type', 'text/html')],
    ['a longer life', (url: URL) => url.searchParams.set('X-Amz-Expires', '86400')],
    ['another object', (url: URL) => (url.pathname = url.pathname.replace(/.$/, (last) => (last === '0' ? '1' : '0')))],
    ['no signature', (url: URL) => url.searchParams.delete('X-Amz-Signature')],
  ])('are not given for an address that was changed to %s', async (_what, change) => {
    const gateway = await start()
    const { json } = await person(gateway, 'alice').upload(randomBytes(10))
    const url = new URL((await ask(gateway, json.url)).headers.location!)
    change(url)
    expect((await load(url.href)).status).toBe(403)
  })

  it('are put there in parts when they are large', async () => {
    const gateway = await start()
    const bytes = randomBytes(20 * MB)
    const { json } = await person(gateway, 'alice').upload(bytes)
    expect(store.requests.filter((each) => each === `PUT ${nameOf(bytes)} part`)).toHaveLength(3)
    expect((await load((await ask(gateway, json.url)).headers.location!)).body.equals(bytes)).toBe(true)
  })

  it('are checked before they get there', async () => {
    const gateway = await start()
    const photo = await sharp({ create: { width: 40, height: 20, channels: 3, background: '#3377cc' } }).withExif({ IFD0: { Artist: 'Alice of Beijing' } }).jpeg().toBuffer()
    const alice = person(gateway, 'alice')
    expect(await alice.upload(photo, { kind: 'image' })).toMatchObject({ status: 200, json: { mime: 'image/jpeg', width: 40, height: 20 } })
    expect(await alice.upload(Buffer.from('<svg/>'), { kind: 'image' })).toMatchObject({ status: 415 })
    expect([...store.objects.values()].map((object) => object.includes('Alice of Beijing'))).toEqual([false])
  })

  it('are stored once, and go with the last of their addresses', async () => {
    const gateway = await start()
    const [alice, bob] = [person(gateway, 'alice'), person(gateway, 'bob')]
    const bytes = randomBytes(5_000)
    const first = (await alice.upload(bytes)).json
    const second = (await alice.upload(bytes)).json
    const third = (await bob.again(first.url)).json
    expect(store.requests.filter((each) => each === `PUT ${nameOf(bytes)}`)).toHaveLength(1)
    for (const [owner, url] of [[alice, first.url], [alice, second.url]] as const) expect(await owner.ask(url, { method: 'DELETE' })).toMatchObject({ status: 204 })
    expect(await ask(gateway, first.url)).toMatchObject({ status: 410, json: { error: 'gone' } })
    expect(store.objects.has(nameOf(bytes))).toBe(true)
    expect(await bob.ask(third.url, { method: 'DELETE' })).toMatchObject({ status: 204 })
    expect(store.objects.size).toBe(0)
  })

  it('are loaded from the public address of the store, with the bucket in the host name', async () => {
    const bytes = randomBytes(10)
    const gateway = await start()
    const { json } = await person(gateway, 'alice').upload(bytes)
    await gateway.close()
    const other = await start({ pathStyle: false, endpoint: `http://localhost:${store.port}`, publicEndpoint: `http://cos.localhost:${store.port}` })
    const location = (await ask(other, json.url)).headers.location!
    expect(new URL(location).host).toBe(`${S3_BUCKET}.cos.localhost:${store.port}`)
    expect((await load(location)).body.equals(bytes)).toBe(true)
  })

  it('wait for a store that is down, and are finished when it is back', async () => {
    const gateway = await start()
    const alice = person(gateway, 'alice')
    const { headers } = await alice.create({ length: 5 })
    await alice.append(headers.location!, 0, Buffer.from('hello'))
    store.status = 403
    expect(await alice.finish(headers.location!)).toMatchObject({ status: 503, json: { error: 'busy' }, headers: { 'retry-after': '10' } })
    store.status = undefined
    expect(await alice.finish(headers.location!)).toMatchObject({ status: 200, json: { sha256: sha256(Buffer.from('hello')) } })
    expect(gateways.errors.splice(0)).toEqual([expect.stringContaining('storing a file failed')])
  })

  it('that the store could not delete are deleted at the next start; other objects are left alone', async () => {
    const gateway = await start()
    const alice = person(gateway, 'alice')
    const { json } = await alice.upload(Buffer.from('hello'))
    store.objects.set('chat/aa/another', Buffer.from('not ours'))
    store.status = 403
    expect(await alice.ask(json.url, { method: 'DELETE' })).toMatchObject({ status: 204 })
    expect(gateways.errors.splice(0)).toEqual([expect.stringContaining('deleting the bytes of a file failed')])
    expect(store.objects.size).toBe(2)
    await gateway.close()
    store.status = undefined
    await start()
    expect([...store.objects.keys()]).toEqual(['chat/aa/another'])
  })

  it.each([
    ['of another secret', { secretAccessKey: 'wrong' }, /the bucket chat-files cannot be used: the store answers 403 SignatureDoesNotMatch/],
    ['of a bucket that is not there', { bucket: 'nobodys' }, /the bucket nobodys cannot be used: the store answers 404 NoSuchBucket/],
  ])('with settings %s do not start', async (_what, more, sentence) => {
    await expect(start(more)).rejects.toThrow(sentence)
  })

  describe('their settings', () => {
    const environment = { GATEWAY_S3_ACCESS_KEY_ID: 'id', GATEWAY_S3_SECRET_ACCESS_KEY: 'secret' }

    it('have defaults, and credentials from the environment', () => {
      expect(readS3Settings({ 'files-s3-bucket': 'chat-files' }, '/data', environment)).toEqual({
        bucket: 'chat-files', region: 'us-east-1', prefix: '', pathStyle: false, endpoint: undefined, publicEndpoint: undefined, accessKeyId: 'id', secretAccessKey: 'secret',
      })
      expect(readS3Settings({}, undefined, environment)).toBeUndefined()
    })

    it('have credentials from a file of two lines', async () => {
      const file = join(folder, 'credentials')
      await writeFile(file, 'id\r\nsecret\n')
      expect(readS3Settings({ 'files-s3-bucket': 'chat-files', 'files-s3-credentials-file': file }, '/data', {})).toMatchObject({ accessKeyId: 'id', secretAccessKey: 'secret' })
      await writeFile(file, 'id\n')
      expect(() => readS3Settings({ 'files-s3-bucket': 'chat-files', 'files-s3-credentials-file': file }, '/data', environment)).toThrow('does not hold two lines')
    })

    it.each([
      [{ 'files-s3-region': 'x' }, '--files-s3-region needs --files-s3-bucket'],
      [{ 'files-s3-bucket': 'No' }, '--files-s3-bucket takes the name of a bucket'],
      [{ 'files-s3-bucket': 'chat-files', 'files-s3-endpoint': 'https://x.example/path' }, '--files-s3-endpoint takes an address without a path'],
      [{ 'files-s3-bucket': 'chat-files', 'files-s3-public-endpoint': 'ftp://x.example' }, '--files-s3-public-endpoint takes an address without a path'],
      [{ 'files-s3-bucket': 'chat-files', 'files-s3-prefix': '../x' }, '--files-s3-prefix takes names'],
      [{ 'files-s3-bucket': 'chat-files', 'files-s3-region': 'EU 1' }, '--files-s3-region takes a region'],
      [{ 'files-s3-bucket': 'chat-files', 'files-s3-credentials-file': '/nowhere' }, 'cannot read the file of --files-s3-credentials-file'],
    ])('%j are refused in a sentence', (values, sentence) => {
      expect(() => readS3Settings(values, '/data', environment)).toThrow(sentence)
    })

    it('need a data folder and credentials', () => {
      expect(() => readS3Settings({ 'files-s3-bucket': 'chat-files' }, undefined, environment)).toThrow('--files-s3-bucket needs --data')
      expect(() => readS3Settings({ 'files-s3-bucket': 'chat-files' }, '/data', {})).toThrow('GATEWAY_S3_ACCESS_KEY_ID')
    })
  })
})
