/** wx.getImageInfo, wx.compressImage and canvases that are not on the screen. */
import type { HostParts, NativeCanvas, NativeImage, Pixels } from '../../runtime/types'
import type { Problems } from '../../runtime/problems'
import { asyncApi, WxFailure, type Options } from '../callbacks'
import type { PhoneFiles } from '../phone-files'
import { ORIENTATIONS, pictureHeader } from './picture-header'

export function picturesApi(problems: Problems, host: HostParts, files: PhoneFiles): Record<string, unknown> {
  const { pixels } = host
  return {
    getImageInfo: asyncApi(problems, 'getImageInfo', async ({ src }) => {
      const path = String(src)
      const isFar = /^https?:/.test(path)
      const bytes = isFar ? await bytesAt(host, path) : files.read(path)
      const header = pictureHeader(bytes)
      if (!header) throw new WxFailure('decode fail')
      const type = header.type === 'webp' ? 'unknown' : header.type
      return { width: header.width, height: header.height, orientation: ORIENTATIONS[header.orientation - 1], type, path: isFar ? files.addTemporary(bytes, header.type) : path }
    }),
    compressImage: asyncApi(problems, 'compressImage', async ({ src, quality = 80, compressedWidth, compressedHeight }) => {
      const image = await decoded(requirePixels(pixels), files.read(src))
      const scale = compressedWidth ? Number(compressedWidth) / image.width : compressedHeight ? Number(compressedHeight) / image.height : 1
      const width = Math.max(1, Math.round(compressedWidth ? Number(compressedWidth) : image.width * scale))
      const height = Math.max(1, Math.round(compressedHeight ? Number(compressedHeight) : image.height * scale))
      return { tempFilePath: files.addTemporary(await drawn(requirePixels(pixels), image, width, height, Number(quality) / 100), 'jpg') }
    }),
    createOffscreenCanvas: ({ type = 'webgl', width = 300, height = 150 }: Options = {}) => {
      if (type !== '2d') throw new WxFailure('only type 2d is simulated')
      return new OffscreenCanvas(problems, requirePixels(pixels), host, files, Number(width), Number(height)).api()
    },
    canvasToTempFilePath: asyncApi(problems, 'canvasToTempFilePath', async ({ canvas, fileType = 'png', quality = 1 }) => {
      const native = natives.get(canvas as object)
      if (!native) throw new WxFailure('invalid canvas')
      const type = fileType === 'jpg' ? 'jpg' : 'png'
      return { tempFilePath: files.addTemporary(await requirePixels(pixels).encode(native as NativeCanvas, type, Number(quality)), type) }
    }),
  }
}

/** As WeChat's chooser compresses: the picture itself if it cannot be decoded. */
export async function compressed({ pixels }: HostParts, bytes: Uint8Array, side: number, quality: number): Promise<Uint8Array> {
  if (!pixels || pictureHeader(bytes)?.type !== 'jpeg') return bytes
  const image = await pixels.decode(bytes).catch(() => undefined)
  if (!image) return bytes
  const scale = Math.min(1, side / Math.max(image.width, image.height))
  return drawn(pixels, image, Math.max(1, Math.round(image.width * scale)), Math.max(1, Math.round(image.height * scale)), quality)
}

async function decoded(pixels: Pixels, bytes: Uint8Array): Promise<NativeImage> {
  try {
    return await pixels.decode(bytes)
  } catch {
    // Hosts have words of their own for it.
    throw new WxFailure('decode fail')
  }
}

function drawn(pixels: Pixels, image: NativeImage, width: number, height: number, quality: number): Promise<Uint8Array> {
  const canvas = pixels.createCanvas(width, height)
  canvas.getContext('2d')?.drawImage(image, 0, 0, width, height)
  return pixels.encode(canvas, 'jpg', quality)
}

function requirePixels(pixels: Pixels | undefined): Pixels {
  if (!pixels) throw new WxFailure('not supported')
  return pixels
}

async function bytesAt(host: HostParts, url: string): Promise<Uint8Array> {
  const { status, body } = await host.request({ url, method: 'GET', headers: {}, body: new Uint8Array(), timeoutMs: 60_000 }).catch((error: unknown) => {
    throw new WxFailure(`download image fail. reason: ${error instanceof Error ? error.message : String(error)}`)
  })
  if (status !== 200) throw new WxFailure(`download image fail. reason: statusCode ${status}`)
  return body
}

/** The host's canvas or picture behind an object of wx. */
const natives = new WeakMap<object, NativeCanvas | NativeImage>()

class OffscreenCanvas {
  private readonly canvas: NativeCanvas

  constructor(
    private readonly problems: Problems,
    private readonly pixels: Pixels,
    private readonly host: HostParts,
    private readonly files: PhoneFiles,
    width: number,
    height: number,
  ) {
    this.canvas = pixels.createCanvas(width, height)
  }

  api(): object {
    const { canvas } = this
    const context = this.context()
    const shown = {
      get width() {
        return canvas.width
      },
      set width(px: number) {
        canvas.width = px
      },
      get height() {
        return canvas.height
      },
      set height(px: number) {
        canvas.height = px
      },
      getContext: () => context,
      createImage: () => this.createImage(),
    }
    natives.set(shown, canvas)
    return shown
  }

  /** The host's context, whose drawImage takes pictures of wx. */
  private context(): object {
    const context = this.canvas.getContext('2d') as unknown as Record<string | symbol, unknown>
    return new Proxy(context, {
      get: (target, name) => {
        const value = target[name]
        if (typeof value !== 'function') return value
        const method = value as (...args: unknown[]) => unknown
        return (...args: unknown[]) => method.apply(target, args.map((given) => (typeof given === 'object' && given !== null ? (natives.get(given) ?? given) : given)))
      },
      set: (target, name, value) => Reflect.set(target, name, value),
    })
  }

  private createImage(): object {
    const { problems, files, host, pixels } = this
    let src = ''
    const image = {
      width: 0,
      height: 0,
      onload: undefined as (() => void) | undefined,
      onerror: undefined as ((error: unknown) => void) | undefined,
      get src() {
        return src
      },
      set src(path: string) {
        src = path
        const load = async () => {
          const native = await decoded(pixels, /^https?:/.test(path) ? await bytesAt(host, path) : files.read(path))
          natives.set(image, native)
          Object.assign(image, { width: native.width, height: native.height })
        }
        void load().then(
          () => problems.guard(() => image.onload?.())(),
          (error: unknown) => problems.guard(() => image.onerror?.({ errMsg: `loadImage:fail ${String((error as Error).message)}` }))(),
        )
      },
    }
    return image
  }
}
