/** Pictures: one that decodes and has only allowed parts is stored as it is, any other is encoded again, without what else it held. */
import { stat } from 'node:fs/promises'
import sharp, { type Sharp } from 'sharp'
import { Malformed } from './byte-window'
import { detectMime } from './identify'
import { isStoredType, pictureParts } from './picture-parts'
import { FileRefusal } from './refusal'

export interface Picture {
  readonly mime: string
  readonly width: number
  readonly height: number
  readonly bytes: number
  /** Whether the file was encoded again, to `target`. */
  readonly isNew: boolean
}

/** The quality of JPEG and WebP that are encoded again: the difference is hard to see. */
const QUALITY = 90
/** Pixels in a line or column that JPEG can have. */
const SIDE_MAX = 65_535
/** libvips never decodes the pictures of iPhones: HEVC has patents. */
const HEIC = /^image\/hei[cf]/
const AVIF = 'image/avif'

// A hostile picture meets as little code as possible: no SVG, TIFF, PDF or others.
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({ operation: ['VipsForeignLoadJpegFile', 'VipsForeignLoadPngFile', 'VipsForeignLoadWebpFile', 'VipsForeignLoadNsgifFile', 'VipsForeignLoadHeifFile'] })
// Each picture is decoded once, by one thread: two at a time fill the processors of a small server.
sharp.cache(false)
sharp.concurrency(1)

/**
 * Looks at the picture at `path`. Writes to `target` if it is encoded again.
 * Rejects with `heic`, `type`, `pixels` or `unreadable`.
 * @param pixelsMax in all frames together; more are refused before anything is decoded
 */
export async function checkPicture(path: string, target: string, pixelsMax: number): Promise<Picture> {
  const mime = await detectMime(path)
  if (mime && HEIC.test(mime)) throw new FileRefusal('heic')
  if (!mime || !(isStoredType(mime) || mime === AVIF)) throw new FileRefusal('type')
  try {
    const { width, height, frames, isClean } = mime === AVIF ? await avifParts(path) : await pictureParts(path, mime)
    if (width < 1 || height < 1) throw new Malformed('no pixels')
    if (width > SIDE_MAX || height > SIDE_MAX || width * height * frames > pixelsMax) throw new FileRefusal('pixels')
    const source = sharp(path, { limitInputPixels: pixelsMax, failOn: 'error', sequentialRead: true, animated: frames > 1 && mime !== 'image/apng' })
    if (!isClean) return await encode(source, mime, target)
    await decode(source)
    return { mime: mime === 'image/apng' ? 'image/png' : mime, width, height, bytes: (await stat(path)).size, isNew: false }
  } catch (error) {
    if (error instanceof FileRefusal || isSystemError(error)) throw error
    // sharp says of any picture that it cannot decode only that it failed.
    throw new FileRefusal('unreadable')
  }
}

/** The size is in the header, which has to be parsed by libheif. It is always converted: not every client shows it. */
async function avifParts(path: string): Promise<{ width: number; height: number; frames: number; isClean: boolean }> {
  const { width, height } = await sharp(path).metadata()
  return { width, height, frames: 1, isClean: false }
}

/** Decodes all pixels line by line, and keeps one. */
async function decode(source: Sharp): Promise<void> {
  await source.resize(1, 1, { fit: 'fill', kernel: 'nearest', fastShrinkOnLoad: false }).raw().toBuffer()
}

async function encode(source: Sharp, mime: string, target: string): Promise<Picture> {
  const upright = source.autoOrient().keepIccProfile()
  const [encoder, type] = await encoderFor(upright, mime)
  const { width, height, size, pageHeight } = await encoder.toFile(target)
  return { mime: type, width, height: pageHeight ?? height, bytes: size, isNew: true }
}

async function encoderFor(source: Sharp, mime: string): Promise<[Sharp, string]> {
  switch (mime) {
    case 'image/png':
    case 'image/apng':
      return [source.png(), 'image/png']
    case 'image/webp':
      return [source.webp({ quality: QUALITY }), mime]
    case 'image/gif':
      return [source.gif(), mime]
    case AVIF:
      return (await source.metadata()).hasAlpha ? [source.webp({ quality: QUALITY }), 'image/webp'] : [source.jpeg({ quality: QUALITY }), 'image/jpeg']
    default:
      return [source.jpeg({ quality: QUALITY }), 'image/jpeg']
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}
