/** Voice messages: MP3 of one channel. Its length is counted in frames; tags before and after them are cut off. */
import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { ByteWindow, Malformed } from './byte-window'

export interface Voice {
  readonly ms: number
  /** Where the frames are, in bytes: all else goes. */
  readonly start: number
  readonly end: number
  readonly isMono: boolean
}

const HEADER_BYTES = 4
/** An encoder writes as much as this after the last frame: a frame that was cut off, or an ID3v1 tag. */
const REST_MAX_BYTES = 2_048
const FRAMES_MIN = 2
/** kbit/s of Layer III, by index: MPEG 1, then MPEG 2 and 2.5. */
const BITRATES = [
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
] as const
/** Hz of MPEG 1, by index. MPEG 2 has half of them, MPEG 2.5 a quarter. */
const RATES = [44_100, 48_000, 32_000] as const

interface Frame {
  readonly bytes: number
  readonly samples: number
  readonly rate: number
  readonly isMono: boolean
}

/** Rejects with {@link Malformed} when the file is no MP3 from its first frame to its last. */
export async function readVoice(path: string): Promise<Voice> {
  return ByteWindow.over(path, async (file) => {
    const start = await endOfTag(file)
    let at = start
    let first: Frame | undefined
    let [frames, samples] = [0, 0]
    for (let frame = await frameAt(file, at); frame && at + frame.bytes <= file.size; frame = await frameAt(file, at)) {
      first ??= frame
      if (frame.rate !== first.rate || frame.isMono !== first.isMono) throw new Malformed('frames differ')
      // The first one may be a table of the others, without sound.
      if (frames > 0 || !(await isTable(file, at, frame.bytes))) samples += frame.samples
      frames++
      at += frame.bytes
    }
    if (!first || frames < FRAMES_MIN || file.size - at > REST_MAX_BYTES) throw new Malformed('no MP3')
    return { ms: Math.max(1, Math.round((samples * 1_000) / first.rate)), start, end: at, isMono: first.isMono }
  })
}

/** Copies the frames alone. */
export async function copyFrames(path: string, target: string, { start, end }: Voice): Promise<void> {
  await pipeline(createReadStream(path, { start, end: end - 1 }), createWriteStream(target, { mode: 0o600 }))
}

/** Where the first frame is expected: after ID3v2 tags. */
async function endOfTag(file: ByteWindow): Promise<number> {
  let at = 0
  while (file.size - at >= 10 && (await file.text(at, 3)) === 'ID3') {
    const size = await file.bytes(at + 6, 4)
    // Seven bits in each byte.
    at += 10 + size.reduce((sum, byte) => sum * 128 + (byte & 0x7f), 0)
  }
  return at
}

async function frameAt(file: ByteWindow, at: number): Promise<Frame | undefined> {
  if (at + HEADER_BYTES > file.size) return undefined
  const [sync = 0, head = 0, rates = 0, mode = 0] = await file.bytes(at, HEADER_BYTES)
  const version = (head >> 3) & 3
  const isLayer3 = ((head >> 1) & 3) === 1
  if (sync !== 0xff || (head & 0xe0) !== 0xe0 || version === 1 || !isLayer3) return undefined
  const isMpeg1 = version === 3
  const kbits = BITRATES[isMpeg1 ? 0 : 1][rates >> 4]
  const baseRate = RATES[(rates >> 2) & 3]
  if (!kbits || !baseRate) return undefined
  const rate = baseRate / (isMpeg1 ? 1 : version === 2 ? 2 : 4)
  const padding = (rates >> 1) & 1
  return { bytes: Math.floor(((isMpeg1 ? 144 : 72) * kbits * 1_000) / rate) + padding, samples: isMpeg1 ? 1_152 : 576, rate, isMono: mode >> 6 === 3 }
}

async function isTable(file: ByteWindow, at: number, length: number): Promise<boolean> {
  return /Xing|Info|VBRI/.test(await file.text(at, Math.min(length, 64)))
}
