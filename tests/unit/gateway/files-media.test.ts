/** What the file server makes of pictures, voice and video: nothing about place, author and device stays, and nothing declared is believed. */
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { issueBearer } from '../../../gateway/files/bearer'
import { checkByUrl } from '../../../gateway/files/check'
import type { FileOptions } from '../../../gateway/files/options'
import { ask, FileClient } from '../../support/file-client'
import { useGateways } from '../../support/gateways'

const KEY = Buffer.alloc(32, 7)
const SECRET = 'Beijing 39.9042N by Alice with Phone 9'
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const u32 = (value: number) => Buffer.from([value >>> 24, value >>> 16, value >>> 8, value].map((byte) => byte & 255))

// ------------------------------------------------------------------------------------------------ samples
const plain = () => sharp({ create: { width: 40, height: 20, channels: 3, background: '#3377cc' } })
const [jpeg, png, webp, gif] = await Promise.all([plain().jpeg().toBuffer(), plain().png().toBuffer(), plain().webp().toBuffer(), plain().gif().toBuffer()])
const segment = (marker: number, content: Buffer) => Buffer.concat([Buffer.from([0xff, marker]), Buffer.from([(content.length + 2) >> 8, (content.length + 2) & 255]), content])
const insert = (bytes: Buffer, at: number, piece: Buffer) => Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)])
function chunk(type: string, content: Buffer): Buffer {
  let crc = 0xffffffff
  for (const byte of Buffer.concat([Buffer.from(type), content])) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return Buffer.concat([u32(content.length), Buffer.from(type), content, u32(~crc >>> 0)])
}
const PNG_HEAD = 33
const exifJpeg = await plain().withExif({ IFD0: { Artist: SECRET, Orientation: '6' }, IFD3: { GPSLatitudeRef: 'N' } }).withMetadata({ orientation: 6 }).jpeg().toBuffer()
const exifWebp = await plain().withExif({ IFD0: { Artist: SECRET } }).webp().toBuffer()

function frame(mode = 3): Buffer {
  // MPEG 2, Layer III, 24 kbit/s, 16 kHz: 108 bytes, 36 ms
  const bytes = Buffer.alloc(108, 0x55)
  bytes.set([0xff, 0xf3, 0x38, mode << 6])
  return bytes
}
const frames = (count: number, mode?: number) => Buffer.concat(Array.from({ length: count }, () => frame(mode)))
const id3 = Buffer.concat([Buffer.from('ID3\x03\0\0\0\0\0'), Buffer.from([SECRET.length]), Buffer.from(SECRET)])

const box = (type: string, ...parts: Buffer[]) => Buffer.concat([u32(8 + parts.reduce((sum, part) => sum + part.length, 0)), Buffer.from(type, 'latin1'), ...parts])
const zeros = (length: number) => Buffer.alloc(length)
const turned = [0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000]
const straight = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000]
interface Sample {
  matrix?: number[]
  extra?: Buffer[]
  trackExtra?: Buffer[]
  places?: boolean
  brand?: string
}
function video({ matrix = straight, extra = [], trackExtra = [], places = false, brand = 'isom' }: Sample = {}): Buffer {
  const track = (handler: string, offset: number, size: number) =>
    box(
      'trak',
      box('tkhd', zeros(40), ...matrix.map(u32), u32(handler === 'vide' ? 640 << 16 : 0), u32(handler === 'vide' ? 480 << 16 : 0)),
      box(
        'mdia',
        box('mdhd', zeros(12), u32(1000), u32(2500), zeros(4)),
        box('hdlr', zeros(8), Buffer.from(handler), zeros(12)),
        box('minf', box('stbl', box('stsd', zeros(8)), box('stsc', u32(0), u32(1), u32(1), u32(1), u32(1)), box('stsz', u32(0), u32(0), u32(1), u32(size)), box('stco', u32(0), u32(1), u32(offset)))),
      ),
      ...trackExtra,
    )
  const head = box('ftyp', Buffer.from(brand), u32(512), Buffer.from(brand))
  const media = Buffer.concat([Buffer.from('picture'.padEnd(64, '.')), Buffer.from(SECRET)])
  const at = head.length + 8
  const moov = box('moov', box('mvhd', zeros(12), u32(1000), u32(2500), zeros(80)), track('vide', at, 64), ...(places ? [track('meta', at + 64, SECRET.length)] : []), ...extra)
  return Buffer.concat([head, box('mdat', places ? media : media.subarray(0, 64)), moov])
}

describe('media', () => {
  const gateways = useGateways()
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'media-test-'))
  })
  afterAll(() => rm(folder, { recursive: true }))
  async function alice(files: FileOptions = {}) {
    const gateway = await gateways.start({ files: { key: KEY, ...files } })
    const client = FileClient.with(gateway, issueBearer(KEY, 'alice', Date.now()).bearer)
    return {
      gateway,
      send: (kind: string, bytes: Buffer, mime = 'image/jpeg') => client.upload(bytes, { kind, mime, name: 'x' }),
      load: async (url: string) => (await ask(gateway, url)).body,
    }
  }

  it.each([
    ['image/jpeg', jpeg],
    ['image/png', png],
    ['image/webp', webp],
    ['image/gif', gif],
  ])('a clean picture, %s, stays byte for byte', async (mime, bytes) => {
    const { gateway, send, load } = await alice()
    const { status, json } = await send('image', bytes, 'text/html')
    expect([status, json]).toEqual([200, { url: json.url, mime, bytes: bytes.length, sha256: sha256(bytes), width: 40, height: 20 }])
    expect((await load(json.url)).equals(bytes)).toBe(true)
    const { headers } = await ask(gateway, json.url, { method: 'HEAD' })
    expect(headers).toMatchObject({ 'content-type': mime, 'content-disposition': expect.stringMatching(/^inline/) })
  })

  it.each([
    ['EXIF', exifJpeg, 'image/jpeg'],
    ['a comment of JPEG', insert(jpeg, 2, segment(0xfe, Buffer.from(SECRET))), 'image/jpeg'],
    ['XMP', insert(jpeg, 2, segment(0xe1, Buffer.from(`http://ns.adobe.com/xap/1.0/\0<x>${SECRET}</x>`))), 'image/jpeg'],
    ['IPTC', insert(jpeg, 2, segment(0xed, Buffer.from(`Photoshop 3.0\0${SECRET}`))), 'image/jpeg'],
    ['bytes after a JPEG', Buffer.concat([jpeg, Buffer.from(SECRET)]), 'image/jpeg'],
    ['a ZIP after a JPEG', Buffer.concat([jpeg, Buffer.from(`PK\x03\x04${SECRET}`)]), 'image/jpeg'],
    ['text of PNG', insert(png, PNG_HEAD, chunk('tEXt', Buffer.from(`Author\0${SECRET}`))), 'image/png'],
    ['international text of PNG', insert(png, PNG_HEAD, chunk('iTXt', Buffer.from(`XML:com.adobe.xmp\0\0\0\0\0${SECRET}`))), 'image/png'],
    ['the time of PNG', insert(png, PNG_HEAD, chunk('tIME', Buffer.from([7, 208, 1, 1, 1, 1, 1]))), 'image/png'],
    ['HTML after a PNG', Buffer.concat([png, Buffer.from(`<script>${SECRET}</script>`)]), 'image/png'],
    ['EXIF of WebP', exifWebp, 'image/webp'],
    ['a comment of GIF', insert(gif, gif.length - 1, Buffer.concat([Buffer.from([0x21, 0xfe, SECRET.length]), Buffer.from(SECRET), Buffer.from([0])])), 'image/gif'],
  ])('of a picture nothing but the picture stays: %s', async (_what, bytes, mime) => {
    const { send, load } = await alice()
    const { status, json } = await send('image', bytes)
    expect([status, json.mime]).toEqual([200, mime])
    const stored = await load(json.url)
    expect(stored.includes('Beijing')).toBe(false)
    expect(stored.equals(bytes)).toBe(false)
    expect([stored.length, sha256(stored)]).toEqual([json.bytes, json.sha256])
    // By path: the server lets sharp decode nothing that is in memory.
    const file = join(folder, 'picture')
    await writeFile(file, stored)
    const { width, height, exif, xmp, iptc } = await sharp(file).metadata()
    expect({ width, height, exif, xmp, iptc }).toEqual({ width: json.width, height: json.height, exif: undefined, xmp: undefined, iptc: undefined })
  })

  it('a picture that lies on its side is turned', async () => {
    const { send } = await alice()
    expect((await send('image', exifJpeg)).json).toMatchObject({ width: 20, height: 40 })
  })

  const bomb = Buffer.concat([png.subarray(0, 8), chunk('IHDR', Buffer.concat([u32(31_623), u32(31_623), Buffer.from([8, 2, 0, 0, 0])])), png.subarray(PNG_HEAD)])
  it.each([
    ['HTML', 'type', Buffer.from('<html><script>alert(1)</script></html>')],
    ['SVG', 'type', Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')],
    ['a PDF', 'type', Buffer.from('%PDF-1.7\n%%EOF')],
    ['a video', 'type', video()],
    ['random bytes', 'type', randomBytes(500)],
    ['HEIC', 'heic', box('ftyp', Buffer.from('heic'), u32(0), Buffer.from('mif1heic'))],
    ['a billion pixels', 'pixels', bomb],
    ['no pixels', 'unreadable', Buffer.concat([png.subarray(0, 8), chunk('IHDR', Buffer.concat([u32(0), u32(5), Buffer.from([8, 2, 0, 0, 0])])), png.subarray(PNG_HEAD)])],
    ['half a JPEG', 'unreadable', jpeg.subarray(0, jpeg.length >> 1)],
    ['half a PNG', 'unreadable', png.subarray(0, png.length >> 1)],
    ['a JPEG without a scan', 'unreadable', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xd9])],
    ['a chunk of 4 GB', 'type', insert(png, PNG_HEAD, Buffer.concat([u32(0xffffffff), Buffer.from('IDAT')]))],
  ])('%s is no picture: %s', async (_what, error, bytes) => {
    const { send } = await alice()
    for (const kind of ['image', 'avatar']) expect(await send(kind, bytes)).toMatchObject({ status: 415, json: { error } })
  })

  it('a picture for which there is no place in the queue is refused for now', async () => {
    const { send } = await alice({ limits: { decoders: 1, waitingPictures: 1 } })
    const large = await sharp({ create: { width: 2_000, height: 2_000, channels: 3, background: '#123456' } }).withExif({ IFD0: { Artist: 'A' } }).jpeg().toBuffer()
    const answers = await Promise.all(Array.from({ length: 6 }, () => send('image', large)))
    for (const { status, json } of answers) expect(status === 200 || (status === 503 && json.error === 'busy')).toBe(true)
    expect(answers.some(({ status }) => status === 200)).toBe(true)
  })

  describe('voice', () => {
    it('of one channel stays as it is, with its length', async () => {
      const bytes = frames(100)
      expect((await (await alice()).send('voice', bytes)).json).toMatchObject({ mime: 'audio/mpeg', ms: 3_600, bytes: 10_800, sha256: sha256(bytes) })
    })

    it('loses its tags', async () => {
      const { send, load } = await alice()
      const { json } = await send('voice', Buffer.concat([id3, frames(10), Buffer.from('TAG'.padEnd(128, 'x'))]))
      expect(json).toMatchObject({ ms: 360, sha256: sha256(frames(10)) })
      expect((await load(json.url)).equals(frames(10))).toBe(true)
    })

    it.each([
      ['with two channels', 415, 'type', frames(50, 0)],
      ['that is too long', 413, 'too-large', frames(1_700)],
      ['with noise in it', 415, 'unreadable', Buffer.concat([frames(5), randomBytes(5_000).fill(1, 0, 4), frames(5)])],
      ['that is a picture', 415, 'type', png],
      ['that is a video', 415, 'type', video()],
    ])('%s is refused', async (_what, status, error, bytes) => {
      expect(await (await alice()).send('voice', bytes)).toMatchObject({ status, json: { error } })
    })
  })

  describe('video', () => {
    it('has its size and length', async () => {
      const bytes = video()
      expect((await (await alice()).send('video', bytes)).json).toMatchObject({ mime: 'video/mp4', width: 640, height: 480, ms: 2_500, bytes: bytes.length, sha256: sha256(bytes) })
    })

    it('that lies on its side has its size as shown', async () => {
      expect((await (await alice()).send('video', video({ matrix: turned }))).json).toMatchObject({ width: 480, height: 640 })
    })

    const secret = Buffer.from(SECRET)
    it.each<[string, Buffer]>([
      ['udta of the movie', video({ extra: [box('udta', box('\xa9xyz', secret))] })],
      ['udta of a track', video({ trackExtra: [box('udta', box('name', secret))] })],
      ['meta of the movie', video({ extra: [box('meta', box('keys', secret))] })],
      ['meta of a track', video({ trackExtra: [box('meta', secret)] })],
      ['meta of the file', Buffer.concat([video(), box('meta', secret)])],
      ['uuid', Buffer.concat([video(), box('uuid', zeros(16), secret)])],
      ['free space', Buffer.concat([video(), box('free', secret)])],
      ['a box to the end of the file', Buffer.concat([video(), u32(0), Buffer.from('udta'), secret])],
      ['a box with a long size', Buffer.concat([video(), u32(1), Buffer.from('udta'), u32(0), u32(16 + secret.length), secret])],
      ['a track of places', video({ places: true })],
      ['an unknown box in a track', video({ trackExtra: [box('Xtra', secret)] })],
    ])('loses %s, and nothing else', async (_what, bytes) => {
      const { send, load } = await alice()
      const { status, json } = await send('video', bytes)
      expect(status).toBe(200)
      const stored = await load(json.url)
      expect([stored.length, stored.includes('Beijing'), sha256(stored)]).toEqual([bytes.length, false, json.sha256])
      expect(stored.includes('picture...')).toBe(true)
      for (const type of ['udta', 'uuid', 'Xtra']) expect(stored.includes(type)).toBe(false)
    })

    it.each([
      ['cut off', 'unreadable', video().subarray(0, -10)],
      ['without media', 'unreadable', Buffer.concat([video().subarray(0, 20), video().subarray(20 + 8 + 64)])],
      ['with a box that ends after its parent', 'unreadable', video({ extra: [Buffer.concat([u32(5_000), Buffer.from('udta')])] })],
      ['with a box of 7 bytes', 'unreadable', Buffer.concat([video(), u32(7), Buffer.from('udta')])],
      ['of 16 exabytes', 'unreadable', Buffer.concat([video(), u32(1), Buffer.from('udta'), u32(0xffffffff), u32(0xffffffff)])],
      ['of nothing but a head', 'unreadable', box('ftyp', Buffer.from('isom'), u32(0), Buffer.from('isom'))],
      ['that is a picture', 'type', png],
      ['that is HTML', 'type', Buffer.from('<html></html>')],
    ])('%s is refused: %s', async (_what, error, bytes) => {
      expect(await (await alice()).send('video', bytes)).toMatchObject({ status: 415, json: { error } })
    })
  })

  it.each<[string, Buffer]>([
    ['image', jpeg],
    ['image', png],
    ['image', webp],
    ['image', gif],
    ['voice', Buffer.concat([id3, frames(20)])],
    ['video', video({ places: true, extra: [box('udta', zeros(20))] })],
  ])('no change of some bytes of a %s brings the server down', async (kind, sample) => {
    const { send } = await alice({ limits: { pixels: 1_000_000 } })
    const change = fc.tuple(fc.nat(sample.length - 1), fc.nat(255))
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), fc.nat(sample.length), async (changes, cut) => {
        const bytes = Buffer.from(sample)
        for (const [at, byte] of changes) bytes[at] = byte
        const { status } = await send(kind, cut % 3 === 0 ? bytes.subarray(0, Math.max(1, cut)) : bytes)
        expect([200, 413, 415]).toContain(status)
      }),
      { numRuns: 40 },
    )
  })

  describe("the team's check", () => {
    it('sees each file with its facts, and decides', async () => {
      const seen: object[] = []
      const { send } = await alice({ check: async ({ path, ...facts }) => seen.push({ ...facts, path: typeof path }) > 1 })
      const refused = await send('image', jpeg)
      expect(refused).toMatchObject({ status: 403, json: { error: 'refused' } })
      expect(await send('image', jpeg)).toMatchObject({ status: 200 })
      expect(seen[0]).toEqual({ uid: 'alice', kind: 'image', name: 'x', mime: 'image/jpeg', bytes: jpeg.length, sha256: sha256(jpeg), width: 40, height: 20, path: 'string' })
    })

    it('is asked again after it has failed', async () => {
      const failures = [new Error('down')]
      const { send } = await alice({
        check: async () => {
          const failure = failures.pop()
          if (failure) throw failure
          return true
        },
      })
      expect(await send('image', jpeg)).toMatchObject({ status: 503, json: { error: 'busy' } })
      expect(gateways.errors.splice(0)).toEqual([expect.stringContaining('down')])
      expect(await send('image', jpeg)).toMatchObject({ status: 200 })
    })

    it('may be a program elsewhere', async () => {
      const bodies: Buffer[] = []
      const statuses = [403, 204]
      const program = createServer((request, response) => {
        const chunks: Buffer[] = []
        request.on('data', (bytes: Buffer) => void chunks.push(bytes))
        request.on('end', () => {
          bodies.push(Buffer.concat(chunks), Buffer.from(String(request.headers['x-file']), 'base64url'))
          response.writeHead(statuses.shift() ?? 500).end()
        })
      })
      await new Promise<void>((resolve) => program.listen(0, '127.0.0.1', resolve))
      try {
        const { send } = await alice({ check: checkByUrl(`http://127.0.0.1:${(program.address() as AddressInfo).port}/check`) })
        expect(await send('image', jpeg)).toMatchObject({ status: 403, json: { error: 'refused' } })
        expect(await send('image', jpeg)).toMatchObject({ status: 200 })
        expect(await send('image', jpeg)).toMatchObject({ status: 503, json: { error: 'busy' } })
        expect(gateways.errors.splice(0)).toEqual([expect.stringContaining('500')])
        expect(bodies[0]?.equals(jpeg)).toBe(true)
        expect(JSON.parse(String(bodies[1]))).toMatchObject({ uid: 'alice', kind: 'image', sha256: sha256(jpeg) })
      } finally {
        program.closeAllConnections()
        program.close()
      }
    })
  })
})
