/** Colours of a picture from its thumbhash (https://evanw.github.io/thumbhash/): those of a few lines from top to bottom. */

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const LINES = 4

/** Colours such as `#a8c`, from top to bottom, each the mean of its line. A hash that is cut short has some too. */
export function thumbColours(thumb: string): string[] {
  const bytes = bytesOf(thumb)
  const at = (index: number) => bytes[index] ?? 0
  const head = at(0) | (at(1) << 8) | (at(2) << 16)
  const more = at(3) | (at(4) << 8)
  const hasAlpha = head >> 23 === 1
  const isLandscape = more >> 15 === 1
  const longSide = hasAlpha ? 5 : 7
  const shortSide = Math.max(3, more & 7)
  let next = (hasAlpha ? 6 : 5) * 2
  /** The factors of a channel that do not change within a line. The others are skipped: over a line their mean is 0. */
  const channel = (width: number, height: number, scale: number): number[] => {
    const factors: number[] = []
    for (let y = 0; y < height; y++) {
      for (let x = y === 0 ? 1 : 0; x * height < width * (height - y); x++, next++) {
        if (x === 0) factors.push((((at(next >> 1) >> ((next & 1) << 2)) & 15) / 7.5 - 1) * scale * 2)
      }
    }
    return factors
  }
  const light = channel(isLandscape ? longSide : shortSide, isLandscape ? shortSide : longSide, ((head >> 18) & 31) / 31)
  const yellow = channel(3, 3, (((more >> 3) & 63) / 63) * 1.25)
  const red = channel(3, 3, (((more >> 9) & 63) / 63) * 1.25)
  return Array.from({ length: LINES }, (_, line) => {
    const mean = (base: number, factors: readonly number[]) => factors.reduce((sum, factor, y) => sum + factor * Math.cos((Math.PI * (y + 1) * (line + 0.5)) / LINES), base)
    const l = mean((head & 63) / 63, light)
    const p = mean(((head >> 6) & 63) / 31.5 - 1, yellow)
    const q = mean(((head >> 12) & 63) / 31.5 - 1, red)
    const b = l - (2 / 3) * p
    const r = (3 * l - b + q) / 2
    return `#${[r, r - q, b].map((value) => Math.round(15 * Math.min(1, Math.max(0, value))).toString(16)).join('')}`
  })
}

function bytesOf(base64: string): number[] {
  const bytes: number[] = []
  let bits = 0
  let held = 0
  for (const character of base64.replace(/=+$/, '')) {
    held = ((held << 6) | BASE64.indexOf(character)) & 0xffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes.push((held >> bits) & 255)
  }
  return bytes
}
