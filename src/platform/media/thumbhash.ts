/** Writes the thumbhash of a picture: some 25 bytes from which a reader draws a blur in the picture's shape (https://evanw.github.io/thumbhash/). */
import { rgbaToThumbHash } from 'thumbhash'

/** The side of the picture that is hashed, px. Thumbhash takes at most 100; more than this makes no difference that is seen. */
export const HASHED_SIDE = 32
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const GREY = 0x99

/** The size at which a picture is hashed, whole px. */
export function hashedSize(width: number, height: number): { readonly width: number; readonly height: number } {
  const scale = HASHED_SIDE / Math.max(width, height)
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/** In base64, at most 36 characters. `rgba`: 4 bytes for each pixel, in rows. */
export function thumbhashOf(width: number, height: number, rgba: Uint8Array | Uint8ClampedArray): string {
  return base64(rgbaToThumbHash(width, height, rgba))
}

/** That of a grey picture, where the pixels cannot be had. */
export function greyThumbhash(width: number, height: number): string {
  const size = hashedSize(width, height)
  const rgba = new Uint8Array(size.width * size.height * 4).map((_, index) => (index % 4 === 3 ? 255 : GREY))
  return thumbhashOf(size.width, size.height, rgba)
}

/** The mini program has no btoa. */
function base64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3)
    const bits = (first << 16) | (second << 8) | third
    for (let letter = 0; letter < 4; letter++) text += at + letter <= bytes.length ? BASE64.charAt((bits >> (18 - 6 * letter)) & 63) : '='
  }
  return text
}
