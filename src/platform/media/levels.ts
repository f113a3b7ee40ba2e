/** The loudness of a recording as 32 characters of base 32, `0` to `v`: what a reader draws as bars. */

export const LEVELS = 32
const DIGITS = '0123456789abcdefghijklmnopqrstuv'

/** `loudness`: any number of values from 0 to 1, in the order of time. Undefined if there is none. */
export function levelsOf(loudness: readonly number[]): string | undefined {
  if (loudness.length === 0) return undefined
  let text = ''
  for (let bar = 0; bar < LEVELS; bar++) {
    const from = Math.floor((bar * loudness.length) / LEVELS)
    const to = Math.max(from + 1, Math.floor(((bar + 1) * loudness.length) / LEVELS))
    const loudest = Math.max(...loudness.slice(from, to))
    text += DIGITS.charAt(Math.round(Math.min(1, Math.max(0, loudest)) * (DIGITS.length - 1)))
  }
  return text
}

/** The quietest and the loudest `global_gain` that speech has; a step is 1.5 dB. */
const QUIET = 120
const LOUD = 180

/**
 * The loudness of each MP3 frame in a recording of WeChat, from 0 to 1: `global_gain` in its side information (ISO/IEC 13818-3, 2.4.1). Only of MPEG-2, mono,
 * which 16 kHz is. `bytes` may begin and end within a frame.
 */
export function mp3Loudness(bytes: Uint8Array): number[] {
  const loudness: number[] = []
  let at = 0
  while (at + 10 <= bytes.length) {
    const length = frameLength(bytes, at)
    // A frame of one sound follows another: two headers in a row are no accident.
    if (length === 0 || (at + length + 4 <= bytes.length && frameLength(bytes, at + length) === 0)) {
      at++
      continue
    }
    loudness.push(gainOf(bytes, at))
    at += length
  }
  return loudness
}

const KBITS = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
const HERTZ = [22_050, 24_000, 16_000]

/** Bytes. 0 if there is no header of an MPEG-2 layer III frame in mono. */
function frameLength(bytes: Uint8Array, at: number): number {
  const [first = 0, second = 0, third = 0, fourth = 0] = bytes.subarray(at, at + 4)
  const kbits = KBITS[third >> 4] ?? 0
  const hertz = HERTZ[(third >> 2) & 3] ?? 0
  if (first !== 0xff || (second & 0xfe) !== 0xf2 || fourth >> 6 !== 3 || kbits === 0 || hertz === 0) return 0
  return Math.floor((72_000 * kbits) / hertz) + ((third >> 1) & 1)
}

function gainOf(bytes: Uint8Array, at: number): number {
  // A checksum lies between the header and the side information.
  const side = at + ((bytes[at + 1] ?? 0) & 1 ? 4 : 6)
  const byte = (index: number) => bytes[side + index] ?? 0
  // 9 bits, then the length of the coded sound (12), the number of pairs (9), and the gain (8).
  const length = ((byte(1) & 0x7f) << 5) | (byte(2) >> 3)
  const gain = ((byte(3) & 3) << 6) | (byte(4) >> 2)
  return length === 0 ? 0 : Math.min(1, Math.max(0, (gain - QUIET) / (LOUD - QUIET)))
}
