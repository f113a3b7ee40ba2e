/** The frames of an MP3 file, as far as playing it by the clock needs them. */

const KBITS = {
  1: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
} as const
const HERTZ = [44_100, 48_000, 32_000]

/** How long it plays, ms. Undefined if it has no frame. */
export function mp3Duration(bytes: Uint8Array): number | undefined {
  let ms = 0
  let at = afterTag(bytes)
  for (let frame = frameAt(bytes, at); frame; frame = frameAt(bytes, at)) {
    ms += frame.ms
    at += frame.length
  }
  return ms === 0 ? undefined : Math.round(ms)
}

function frameAt(bytes: Uint8Array, at: number): { readonly length: number; readonly ms: number } | undefined {
  const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 4)
  if (first !== 0xff || (second & 0xe6) !== 0xe2) return undefined
  const version = (second >> 3) & 3
  const isFirst = version === 3
  const hertz = (HERTZ[(third >> 2) & 3] ?? 0) / (isFirst ? 1 : version === 2 ? 2 : 4)
  const kbits = KBITS[isFirst ? 1 : 2][third >> 4] ?? 0
  if (hertz === 0 || kbits === 0) return undefined
  const samples = isFirst ? 1152 : 576
  return { length: Math.floor((samples * 125 * kbits) / hertz) + ((third >> 1) & 1), ms: (samples * 1000) / hertz }
}

/** Behind an ID3v2 tag, if there is one. */
function afterTag(bytes: Uint8Array): number {
  if (bytes[0] !== 0x49 || bytes[1] !== 0x44 || bytes[2] !== 0x33) return 0
  return 10 + [6, 7, 8, 9].reduce((size, at) => (size << 7) | (bytes[at] ?? 0), 0)
}
