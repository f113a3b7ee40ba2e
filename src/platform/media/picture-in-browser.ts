/** Makes a picture of a browser ready to be sent: upright, scaled, without what the camera wrote about it, and with its thumbhash. */
import { QUALITY, scaledSize } from './picture-scaling'
import type { LeftOut, TakenFile } from './taken-file'
import { greyThumbhash, hashedSize, thumbhashOf } from './thumbhash'

/** Only of these types does a browser write, and the rest move or are not pictures to it. */
const REWRITTEN = /^image\/(?:jpeg|png|webp|bmp|hei[cf])$/

/** `file`: as it was chosen, pasted or dropped. */
export async function readyPicture(file: File, isOriginal: boolean): Promise<TakenFile | LeftOut> {
  let bitmap: ImageBitmap
  try {
    // Upright: browsers apply the orientation in EXIF.
    bitmap = await createImageBitmap(file)
  } catch {
    // Browsers give no reason. Most of them do not read what iPhones write.
    return { name: file.name, why: /hei[cf]/i.test(`${file.type} ${file.name}`) ? 'heic' : 'unreadable' }
  }
  const { width, height } = isOriginal ? bitmap : scaledSize(bitmap.width, bitmap.height)
  const thumb = thumbOf(bitmap)
  const isRewritten = REWRITTEN.test(file.type) && !isOriginal
  const source = isRewritten ? await written(bitmap, width, height) : file
  const size = isRewritten ? { width, height } : { width: bitmap.width, height: bitmap.height }
  bitmap.close()
  return { kind: 'image', source, name: file.name, mime: source.type, bytes: source.size, ...size, thumb }
}

/** The thumbhash of a picture, or of the frame that a video shows. */
export function thumbOf(picture: ImageBitmap | HTMLVideoElement): string {
  const [width, height] = picture instanceof HTMLVideoElement ? [picture.videoWidth, picture.videoHeight] : [picture.width, picture.height]
  const size = hashedSize(width, height)
  const context = drawn(picture, size.width, size.height)
  return context ? thumbhashOf(size.width, size.height, context.getImageData(0, 0, size.width, size.height).data) : greyThumbhash(width, height)
}

/** Encoded again, so that nothing of what the camera wrote is left in it. PNG if it is transparent somewhere. */
async function written(bitmap: ImageBitmap, width: number, height: number): Promise<Blob> {
  const context = drawn(bitmap, width, height)
  if (!context) throw new Error('this browser gives no canvas')
  const { data } = context.getImageData(0, 0, width, height)
  const type = isOpaque(data) ? 'image/jpeg' : 'image/png'
  const blob = await new Promise<Blob | null>((resolve) => context.canvas.toBlob(resolve, type, QUALITY))
  if (!blob) throw new Error(`this browser does not write ${type}`)
  return blob
}

function drawn(picture: CanvasImageSource, width: number, height: number): CanvasRenderingContext2D | null {
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const context = canvas.getContext('2d', { willReadFrequently: true })
  context?.drawImage(picture, 0, 0, width, height)
  return context
}

function isOpaque(rgba: Uint8ClampedArray): boolean {
  for (let at = 3; at < rgba.length; at += 4) if (rgba[at] !== 255) return false
  return true
}
