/**
 * Videos in MP4 and MOV: boxes in boxes. Only what is needed to play one stays; every other box, in which phones write place, author and device, is
 * overwritten in its place as `free`, with zeros. Nothing moves, so the file is never read or written as a whole.
 */
import { ByteWindow, Malformed } from './byte-window'

export interface Video {
  /** As shown: after the rotation. */
  readonly width: number
  readonly height: number
  readonly ms: number
  /** Whether bytes of the file have changed. */
  readonly isChanged: boolean
}

const BOXES_MAX = 20_000
const DEPTH_MAX = 12
const CHUNKS_MAX = 5_000_000
/** Seconds from which on a duration is nonsense. */
const SECONDS_MAX = 86_400

const ENTRIES = ['stsd', 'stts', 'ctts', 'stss', 'stps', 'stsc', 'stsz', 'stz2', 'stco', 'co64', 'sdtp', 'sbgp', 'sgpd', 'subs', 'saiz', 'saio', 'cslg', 'padb', 'stsh', 'stdp']
/** The boxes that stay, by the box that they are in; '' is the file. `meta` and `udta` are in none of them. */
const KEPT = new Map<string, ReadonlySet<string>>([
  ['', new Set(['ftyp', 'styp', 'pdin', 'moov', 'moof', 'mdat', 'mfra', 'sidx', 'ssix', 'wide', 'free'])],
  ['moov', new Set(['mvhd', 'trak', 'mvex', 'iods', 'free'])],
  ['mvex', new Set(['mehd', 'trex', 'leva', 'free'])],
  ['trak', new Set(['tkhd', 'tref', 'trgr', 'edts', 'mdia', 'tapt', 'free'])],
  ['edts', new Set(['elst', 'free'])],
  ['mdia', new Set(['mdhd', 'hdlr', 'elng', 'minf', 'free'])],
  ['minf', new Set(['vmhd', 'smhd', 'hmhd', 'nmhd', 'sthd', 'gmhd', 'hdlr', 'dinf', 'stbl', 'free'])],
  ['stbl', new Set([...ENTRIES, 'free'])],
  ['moof', new Set(['mfhd', 'traf', 'free'])],
  ['traf', new Set(['tfhd', 'tfdt', 'trun', 'sdtp', 'sbgp', 'sgpd', 'subs', 'saiz', 'saio', 'senc', 'free'])],
])

interface Box {
  readonly type: string
  /** Of its header, of what is in it, and of what follows. */
  readonly at: number
  readonly content: number
  readonly end: number
}

interface Track {
  /** `vide`, `soun`, or another handler. */
  handler: string
  width: number
  height: number
  seconds: number
  /** Its entries, by type. */
  readonly tables: Map<string, Box>
}

interface Movie {
  seconds: number
  readonly tracks: Track[]
  readonly unwanted: Box[]
  hasMedia: boolean
  boxes: number
}

/** Rejects with {@link Malformed} when it is not a whole video. */
export async function cleanVideo(path: string): Promise<Video> {
  return ByteWindow.over(
    path,
    async (file) => {
      const movie: Movie = { seconds: 0, tracks: [], unwanted: [], hasMedia: false, boxes: 0 }
      await walk(file, { type: '', at: 0, content: 0, end: file.size }, movie, 0)
      const shown = movie.tracks.find(({ handler, width, height }) => handler === 'vide' && width > 0 && height > 0)
      if (!shown || !movie.hasMedia) throw new Malformed('no video')
      const seconds = movie.seconds || Math.max(...movie.tracks.map((track) => track.seconds))
      if (!(seconds > 0) || seconds > SECONDS_MAX) throw new Malformed('no duration')
      for (const track of movie.tracks) await checkSamples(file, track)
      let isChanged = false
      for (const box of movie.unwanted) isChanged = (await overwrite(file, box)) || isChanged
      for (const track of movie.tracks) if (!isMedia(track)) isChanged = (await clearSamples(file, track)) || isChanged
      return { width: shown.width, height: shown.height, ms: Math.max(1, Math.round(seconds * 1_000)), isChanged }
    },
    'r+',
  )
}

async function walk(file: ByteWindow, parent: Box, movie: Movie, depth: number): Promise<void> {
  if (depth > DEPTH_MAX) throw new Malformed('boxes are too deep')
  const kept = KEPT.get(parent.type)
  for (let at = parent.content; at < parent.end; ) {
    // QuickTime may end a list of boxes with a zero.
    if (parent.type !== '' && parent.end - at === 4 && (await file.uint32(at)) === 0) return
    if (++movie.boxes > BOXES_MAX) throw new Malformed('too many boxes')
    const box = await boxAt(file, at, parent.end)
    at = box.end
    if (!kept?.has(box.type)) movie.unwanted.push(box)
    // Free space may hold anything.
    else if (box.type === 'free') movie.unwanted.push(box)
    else {
      await readBox(file, box, movie)
      if (KEPT.has(box.type)) await walk(file, box, movie, depth + 1)
    }
  }
}

async function boxAt(file: ByteWindow, at: number, limit: number): Promise<Box> {
  if (at + 8 > limit) throw new Malformed('a box ends too late')
  const size = await file.uint32(at)
  const type = await file.text(at + 4, 4)
  const content = at + (size === 1 ? 16 : 8)
  const end = size === 0 ? limit : at + (size === 1 ? await file.uint64(at + 8) : size)
  if (end < content || end > limit) throw new Malformed('a box ends too late')
  return { type, at, content, end }
}

async function readBox(file: ByteWindow, box: Box, movie: Movie): Promise<void> {
  const track = movie.tracks.at(-1)
  switch (box.type) {
    case 'mdat':
      movie.hasMedia = true
      return
    case 'mvhd':
      movie.seconds = await secondsIn(file, box)
      return
    case 'mehd':
      return
    case 'trak':
      movie.tracks.push({ handler: '', width: 0, height: 0, seconds: 0, tables: new Map() })
      return
    case 'tkhd':
      if (track) Object.assign(track, await sizeIn(file, box))
      return
    case 'mdhd':
      if (track) track.seconds = await secondsIn(file, box)
      return
    case 'hdlr':
      // The first one is the track's, a later one is that of its data.
      if (track) track.handler ||= await textIn(file, box, 8)
      return
    default:
      if (track && ENTRIES.includes(box.type)) track.tables.set(box.type, box)
  }
}

async function textIn(file: ByteWindow, { content, end }: Box, offset: number): Promise<string> {
  if (content + offset + 4 > end) throw new Malformed('a box is too short')
  return file.text(content + offset, 4)
}

/** The duration in a header of the movie or of a track's media; 0: unknown. */
async function secondsIn(file: ByteWindow, { content, end }: Box): Promise<number> {
  const isLong = (await file.uint8(content)) === 1
  const at = content + (isLong ? 20 : 12)
  if (at + (isLong ? 12 : 8) > end) throw new Malformed('a box is too short')
  const scale = await file.uint32(at)
  const duration = isLong ? await file.uint64(at + 4).catch(() => 0) : await file.uint32(at + 4)
  return scale === 0 || duration === 0xffff_ffff ? 0 : duration / scale
}

/** Width and height as shown: a matrix that turns by a quarter swaps them. */
async function sizeIn(file: ByteWindow, { content, end }: Box): Promise<{ width: number; height: number }> {
  const at = content + ((await file.uint8(content)) === 1 ? 52 : 40)
  if (at + 44 > end) throw new Malformed('a box is too short')
  const isTurned = (await file.uint32(at)) === 0 && (await file.uint32(at + 4)) !== 0
  const [width, height] = [await file.uint16(at + 36), await file.uint16(at + 40)]
  return isTurned ? { width: height, height: width } : { width, height }
}

function isMedia({ handler }: Track): boolean {
  return handler === 'vide' || handler === 'soun'
}

/** Overwrites the box, and returns whether it was anything but free space already. */
async function overwrite(file: ByteWindow, { at, type, content, end }: Box): Promise<boolean> {
  const isFree = type === 'free'
  if (isFree && (await isZero(file, content, end))) return false
  if (!isFree) await file.write(at + 4, Buffer.from('free'))
  await file.clear(content, end)
  return true
}

async function isZero(file: ByteWindow, from: number, end: number): Promise<boolean> {
  for (let at = from; at < end; ) {
    const piece = await file.bytes(at, Math.min(32 * 1024, end - at))
    if (piece.some((byte) => byte !== 0)) return false
    at += piece.length
  }
  return true
}

interface Chunks {
  readonly box: Box
  readonly count: number
  readonly width: 4 | 8
}

async function chunksOf(file: ByteWindow, { tables }: Track): Promise<Chunks | undefined> {
  const box = tables.get('stco') ?? tables.get('co64')
  if (!box) return undefined
  const width = box.type === 'co64' ? 8 : 4
  const count = await file.uint32(box.content + 4)
  if (count > CHUNKS_MAX || box.content + 8 + count * width > box.end) throw new Malformed('a table is too long')
  return { box, count, width }
}

function chunkAt(file: ByteWindow, { box, width }: Chunks, index: number): Promise<number> {
  const at = box.content + 8 + index * width
  return width === 8 ? file.uint64(at) : file.uint32(at)
}

/** A video that was cut off has a table of samples that are not there. */
async function checkSamples(file: ByteWindow, track: Track): Promise<void> {
  const chunks = await chunksOf(file, track)
  if (!chunks || chunks.count === 0) return
  if ((await chunkAt(file, chunks, chunks.count - 1)) >= file.size) throw new Malformed('samples are missing')
}

/** The samples of a track that is neither picture nor sound, such as the places of an action camera, become zeros. */
async function clearSamples(file: ByteWindow, track: Track): Promise<boolean> {
  const chunks = await chunksOf(file, track)
  const [sizes, groups] = [track.tables.get('stsz'), track.tables.get('stsc')]
  if (!chunks || chunks.count === 0) return false
  if (!sizes || !groups) throw new Malformed('a track has no table of its samples')
  const same = await file.uint32(sizes.content + 4)
  const total = await file.uint32(sizes.content + 8)
  const groupCount = await file.uint32(groups.content + 4)
  if (groups.content + 8 + groupCount * 12 > groups.end || (same === 0 && sizes.content + 12 + total * 4 > sizes.end)) throw new Malformed('a table is too long')
  let [sample, group] = [0, 0]
  for (let chunk = 0; chunk < chunks.count && sample < total; chunk++) {
    while (group + 1 < groupCount && (await file.uint32(groups.content + 8 + (group + 1) * 12)) <= chunk + 1) group++
    const perChunk = groupCount === 0 ? 0 : await file.uint32(groups.content + 8 + group * 12 + 4)
    const from = await chunkAt(file, chunks, chunk)
    let end = from
    for (let left = Math.min(perChunk, total - sample); left > 0; left--) end += same || (await file.uint32(sizes.content + 12 + sample++ * 4))
    if (same) sample += perChunk
    if (end > file.size) throw new Malformed('samples are missing')
    await file.clear(from, end)
  }
  return true
}
