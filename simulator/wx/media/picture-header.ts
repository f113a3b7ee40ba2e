/** What the first bytes of a picture say, without decoding it. */

export type PictureType = 'jpeg' | 'png' | 'gif' | 'webp' | 'unknown'

export interface PictureHeader {
  readonly type: PictureType
  /** px, before the orientation is applied. */
  readonly width: number
  readonly height: number
  /** EXIF's, 1 to 8. */
  readonly orientation: number
}

/** WeChat's names of EXIF's orientations 1 to 8. */
export const ORIENTATIONS = ['up', 'up-mirrored', 'down', 'down-mirrored', 'left-mirrored', 'right', 'right-mirrored', 'left'] as const

export function pictureHeader(bytes: Uint8Array): PictureHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = (at: number, length: number) => String.fromCharCode(...bytes.subarray(at, at + length))
  const upright = (type: PictureType, width: number, height: number): PictureHeader => ({ type, width, height, orientation: 1 })
  if (bytes.length >= 24 && text(1, 3) === 'PNG') return upright('png', view.getUint32(16), view.getUint32(20))
  if (bytes.length >= 10 && text(0, 3) === 'GIF') return upright('gif', view.getUint16(6, true), view.getUint16(8, true))
  if (bytes.length >= 30 && text(0, 4) === 'RIFF' && text(8, 4) === 'WEBP') return webp(view, text(12, 4))
  return bytes.length > 4 && view.getUint16(0) === 0xffd8 ? jpeg(view) : undefined
}

function webp(view: DataView, chunk: string): PictureHeader | undefined {
  const three = (at: number) => view.getUint8(at) | (view.getUint8(at + 1) << 8) | (view.getUint8(at + 2) << 16)
  if (chunk === 'VP8X') return { type: 'webp', width: three(24) + 1, height: three(27) + 1, orientation: 1 }
  if (chunk === 'VP8 ') return { type: 'webp', width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff, orientation: 1 }
  const bits = view.getUint32(21, true)
  return chunk === 'VP8L' ? { type: 'webp', width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1, orientation: 1 } : undefined
}

function jpeg(view: DataView): PictureHeader | undefined {
  let orientation = 1
  for (let at = 2; at + 9 < view.byteLength; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at)
    if (marker < 0xff01 || marker === 0xffda) return undefined
    if (marker === 0xffe1) orientation = exifOrientation(view, at + 4) ?? orientation
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker)
    if (isFrame) return { type: 'jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5), orientation }
  }
  return undefined
}

function exifOrientation(view: DataView, at: number): number | undefined {
  if (at + 18 > view.byteLength || view.getUint32(at) !== 0x45786966) return undefined
  const start = at + 6
  const little = view.getUint16(start) === 0x4949
  const folder = start + view.getUint32(start + 4, little)
  if (folder + 2 > view.byteLength) return undefined
  const entries = view.getUint16(folder, little)
  for (let entry = folder + 2, left = entries; left > 0 && entry + 12 <= view.byteLength; entry += 12, left--) {
    if (view.getUint16(entry, little) !== 0x0112) continue
    const value = view.getUint16(entry + 8, little)
    return value >= 1 && value <= 8 ? value : undefined
  }
  return undefined
}
