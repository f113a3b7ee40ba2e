/** Makes a picture of the mini program ready to be sent: scaled, and with its thumbhash. */
import { QUALITY, scaledSize } from './picture-scaling'
import { askFor, type LeftOut, type TakenFile } from './taken-file'
import { greyThumbhash, hashedSize, thumbhashOf } from './thumbhash'

const MIMES: Readonly<Record<string, string>> = { jpeg: 'image/jpeg', jpg: 'image/jpeg', png: 'image/png', gif: 'image/gif', webp: 'image/webp', tiff: 'image/tiff' }

/** `path`: of a file of the mini program. */
export async function readyPath(path: string, isOriginal: boolean): Promise<TakenFile | LeftOut> {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const given = await pictureInfo(path)
  if (!given) return { name, why: /\.hei[cf]$/i.test(name) ? 'heic' : 'unreadable' }
  const smaller = isOriginal ? undefined : await scaled(path, given)
  const source = smaller?.path ?? path
  const { width, height, type } = smaller ?? given
  const size = await askFor<Pick<WechatMiniprogram.StatSuccessCallbackResult, 'stats'>>((callbacks) => wx.getFileSystemManager().stat({ path: source, ...callbacks }))
  if (!size.ok) return { name, why: 'unreadable' }
  return { kind: 'image', source, name, mime: MIMES[type] ?? MIMES[/\.(\w+)$/.exec(source)?.[1]?.toLowerCase() ?? ''] ?? 'image/jpeg', bytes: (size.value.stats as WechatMiniprogram.Stats).size, width, height, thumb: await thumbOfFile(source, width, height) }
}

interface Picture {
  readonly path: string
  /** px, upright. */
  readonly width: number
  readonly height: number
  readonly type: string
}

async function pictureInfo(path: string): Promise<Picture | undefined> {
  const info = await askFor<WechatMiniprogram.GetImageInfoSuccessCallbackResult>((callbacks) => wx.getImageInfo({ src: path, ...callbacks }))
  if (!info.ok || !(info.value.width > 0 && info.value.height > 0)) return undefined
  const { width, height, orientation = 'up', type = '' } = info.value
  const isTurned = /left|right/.test(orientation)
  return { path, width: isTurned ? height : width, height: isTurned ? width : height, type }
}

/** Undefined if it is small enough, moves, or WeChat cannot scale it: then it goes as it is. */
async function scaled(path: string, { width, height, type }: Picture): Promise<Picture | undefined> {
  const size = scaledSize(width, height)
  if (size.width === width || type === 'gif') return undefined
  // From base library 2.26.0 on it scales. Before that it compresses only.
  const answer = await askFor<{ tempFilePath: string }>((callbacks) => wx.compressImage({ src: path, quality: QUALITY * 100, compressedWidth: size.width, compressedHeight: size.height, ...callbacks }))
  return answer.ok ? pictureInfo(answer.value.tempFilePath) : undefined
}

/** The thumbhash of a picture in a file. Grey before base library 2.16.1, and where the picture cannot be drawn. */
export async function thumbOfFile(path: string, width: number, height: number): Promise<string> {
  const size = hashedSize(width, height)
  try {
    const canvas = wx.createOffscreenCanvas({ type: '2d', ...size })
    const image = canvas.createImage()
    await new Promise((resolve, reject) => Object.assign(image, { onload: resolve, onerror: reject, src: path }))
    const context = canvas.getContext('2d')
    context.drawImage(image, 0, 0, size.width, size.height)
    return thumbhashOf(size.width, size.height, context.getImageData(0, 0, size.width, size.height).data)
  } catch {
    // The picture itself is sent all the same.
    return greyThumbhash(width, height)
  }
}
