/**
 * The parts of a picture file, without decoding it: its size, and whether it has parts that a picture needs not have, in which cameras and programs
 * write place, author and device. What follows the end of the picture is such a part too.
 */
import { ByteWindow, Malformed } from './byte-window'

export interface PictureParts {
  readonly width: number
  readonly height: number
  /** Pictures of an animation. */
  readonly frames: number
  /** Only what is needed to show it. */
  readonly isClean: boolean
}

type Walk = (file: ByteWindow) => Promise<PictureParts>

/** Segments, chunks or blocks of one file. More are malformed. */
const PARTS_MAX = 100_000

/** Of JPEG: tables, frames and scans, their restart interval, JFIF, the colour transform of Adobe and a colour profile. */
const jpeg: Walk = async (file) => {
  let size: { width: number; height: number } | undefined
  let isClean = true
  let hasScan = false
  let at = 2
  if ((await file.uint16(0)) !== 0xffd8) throw new Malformed('no JPEG')
  for (let parts = 0; parts < PARTS_MAX; parts++) {
    if ((await file.uint8(at)) !== 0xff) throw new Malformed('no marker')
    // A marker may begin with any number of these.
    while ((await file.uint8(at + 1)) === 0xff) at++
    const marker = await file.uint8(at + 1)
    at += 2
    if (marker === 0xd9) {
      if (!size || !hasScan) throw new Malformed('no picture')
      return { ...size, frames: 1, isClean: isClean && at === file.size }
    }
    const length = await file.uint16(at)
    if (length < 2 || at + length > file.size) throw new Malformed('a segment ends too late')
    if (isFrame(marker)) {
      if (size) throw new Malformed('two frames')
      size = { height: await file.uint16(at + 3), width: await file.uint16(at + 5) }
    } else if (!(await isAllowedSegment(file, marker, at + 2, length - 2))) isClean = false
    at += length
    if (marker === 0xda) {
      hasScan = true
      at = await endOfScan(file, at)
    }
  }
  throw new Malformed('too many segments')
}

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
}

async function isAllowedSegment(file: ByteWindow, marker: number, at: number, length: number): Promise<boolean> {
  switch (marker) {
    case 0xc4: // Huffman tables
    case 0xcc: // arithmetic coding
    case 0xda: // scan
    case 0xdb: // quantisation tables
    case 0xdd: // restart interval
      return true
    case 0xe0: // without a thumbnail
      return length === 14 && (await file.text(at, 5)) === 'JFIF\0'
    case 0xe2:
      return length >= 14 && (await file.text(at, 12)) === 'ICC_PROFILE\0'
    case 0xee:
      return length === 12 && (await file.text(at, 5)) === 'Adobe'
    default:
      return false
  }
}

/** The place of the marker that ends the scan. */
async function endOfScan(file: ByteWindow, from: number): Promise<number> {
  for (let at = await file.indexOf(0xff, from); at >= 0; at = await file.indexOf(0xff, at)) {
    if (at + 1 >= file.size) break
    const next = await file.uint8(at + 1)
    const isPartOfScan = next === 0 || (next >= 0xd0 && next <= 0xd7)
    if (!isPartOfScan && next !== 0xff) return at
    at += isPartOfScan ? 2 : 1
  }
  throw new Malformed('a scan has no end')
}

const PNG_CHUNKS = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'cHRM', 'gAMA', 'iCCP', 'sBIT', 'sRGB', 'cICP', 'bKGD', 'hIST', 'pHYs', 'acTL', 'fcTL', 'fdAT'])

const png: Walk = async (file) => {
  if ((await file.text(0, 8)) !== '\x89PNG\r\n\x1a\n' || (await file.text(12, 4)) !== 'IHDR') throw new Malformed('no PNG')
  const [width, height] = [await file.uint32(16), await file.uint32(20)]
  let frames = 1
  let isClean = true
  let at = 8
  for (let parts = 0; parts < PARTS_MAX; parts++) {
    const length = await file.uint32(at)
    const type = await file.text(at + 4, 4)
    if (at + 12 + length > file.size) throw new Malformed('a chunk ends too late')
    if (!PNG_CHUNKS.has(type)) isClean = false
    if (type === 'acTL') frames = await file.uint32(at + 8)
    at += 12 + length
    if (type === 'IEND') return { width, height, frames, isClean: isClean && at === file.size }
  }
  throw new Malformed('too many chunks')
}

const WEBP_CHUNKS = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP'])

const webp: Walk = async (file) => {
  if ((await file.text(0, 4)) !== 'RIFF' || (await file.text(8, 4)) !== 'WEBP') throw new Malformed('no WebP')
  const end = 8 + (await file.bytes(4, 4)).readUInt32LE()
  if (end > file.size) throw new Malformed('ends too early')
  let size: { width: number; height: number } | undefined
  let frames = 0
  let isClean = end === file.size
  let at = 12
  for (let parts = 0; at < end; parts++) {
    if (parts >= PARTS_MAX) throw new Malformed('too many chunks')
    const type = await file.text(at, 4)
    const length = (await file.bytes(at + 4, 4)).readUInt32LE()
    if (at + 8 + length > end) throw new Malformed('a chunk ends too late')
    if (!WEBP_CHUNKS.has(type)) isClean = false
    if (type === 'ANMF') frames++
    size ??= await webpSize(file, type, at + 8)
    at += 8 + length + (length % 2)
  }
  if (!size) throw new Malformed('no picture')
  return { ...size, frames: Math.max(1, frames), isClean }
}

async function webpSize(file: ByteWindow, type: string, at: number): Promise<{ width: number; height: number } | undefined> {
  if (type === 'VP8X') {
    const bytes = await file.bytes(at, 10)
    return { width: bytes.readUIntLE(4, 3) + 1, height: bytes.readUIntLE(7, 3) + 1 }
  }
  if (type === 'VP8L') {
    const bits = (await file.bytes(at, 5)).readUInt32LE(1)
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
  }
  if (type === 'VP8 ') {
    const bytes = await file.bytes(at, 10)
    return { width: bytes.readUInt16LE(6) & 0x3fff, height: bytes.readUInt16LE(8) & 0x3fff }
  }
  return undefined
}

/** Extensions of GIF that are kept: how often an animation repeats. */
const GIF_APPLICATIONS = new Set(['NETSCAPE2.0', 'ANIMEXTS1.0'])

const gif: Walk = async (file) => {
  if (!/^GIF8[79]a$/.test(await file.text(0, 6))) throw new Malformed('no GIF')
  const screen = await file.bytes(6, 7)
  const [width, height] = [screen.readUInt16LE(0), screen.readUInt16LE(2)]
  let at = 13 + colours(screen.readUInt8(4))
  let frames = 0
  let isClean = true
  for (let parts = 0; parts < PARTS_MAX; parts++) {
    const block = await file.uint8(at)
    if (block === 0x3b) {
      if (frames === 0) throw new Malformed('no picture')
      return { width, height, frames, isClean: isClean && at + 1 === file.size }
    }
    if (block === 0x21) {
      const label = await file.uint8(at + 1)
      const isRepeat = label === 0xff && (await file.uint8(at + 2)) === 11 && GIF_APPLICATIONS.has(await file.text(at + 3, 11))
      const end = await endOfBlocks(file, at + 2)
      // The repeat has 16 bytes after the label and its length; more of it holds something else.
      if (label !== 0xf9 && !(isRepeat && end - at === 19)) isClean = false
      at = end
    } else if (block === 0x2c) {
      frames++
      at = await endOfBlocks(file, at + 11 + colours(await file.uint8(at + 9)))
    } else throw new Malformed('no block')
  }
  throw new Malformed('too many blocks')
}

/** The bytes of the table of colours that the flags announce. */
function colours(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0
}

async function endOfBlocks(file: ByteWindow, from: number): Promise<number> {
  let at = from
  for (let length = await file.uint8(at); length > 0; length = await file.uint8(at)) at += length + 1
  return at + 1
}

const WALKS = new Map<string, Walk>([
  ['image/jpeg', jpeg],
  ['image/png', png],
  ['image/apng', png],
  ['image/webp', webp],
  ['image/gif', gif],
])

/** The types that are stored. Others are converted. */
export function isStoredType(mime: string): boolean {
  return WALKS.has(mime)
}

/** Rejects with {@link Malformed} when the file is not a whole one of its type. */
export async function pictureParts(path: string, mime: string): Promise<PictureParts> {
  const walk = WALKS.get(mime)
  if (!walk) throw new Malformed('a type that is not stored')
  return ByteWindow.over(path, walk)
}
