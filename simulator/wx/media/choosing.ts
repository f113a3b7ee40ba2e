/** wx.chooseMedia, wx.chooseMessageFile and wx.chooseLocation: the user's choice becomes temporary files, with WeChat's words where it does not. */
import type { GivenFile, GivenPlace } from '../../drive/driver'
import type { AppJson, HostParts, WantedFiles } from '../../runtime/types'
import { asyncApi, WxFailure, type Options } from '../callbacks'
import type { PhoneFiles } from '../phone-files'
import type { Surroundings } from './index'
import type { Choices } from './choices'
import { pictureHeader } from './picture-header'
import { compressed } from './pictures'

/** From base library 2.25.0 on. */
const MEDIA_MAX = 20
const MESSAGE_FILES_MAX = 100
/** s, of a recorded video. */
const DURATIONS: readonly [number, number] = [3, 60]
/** The long side of a picture that WeChat compresses, px. */
const COMPRESSED_SIDE = 1440
const COMPRESSED_QUALITY = 0.8

export interface ChoosingParts extends Surroundings {
  readonly host: HostParts
  readonly files: PhoneFiles
  readonly app: AppJson
  readonly picks: Choices<readonly GivenFile[]>
  readonly places: Choices<GivenPlace>
}

export function choosingApi({ problems, record, privacy, permit, host, files, app, picks, places }: ChoosingParts): Record<string, unknown> {
  const api = (name: string, run: (options: Options) => Promise<Options>) => {
    const call = asyncApi(problems, name, run)
    return (options?: Options) => {
      record(name, options)
      return call(options)
    }
  }

  async function pick(wanted: WantedFiles): Promise<readonly GivenFile[]> {
    const given = host.pick ? await host.pick(wanted) : await picks.next()
    if (given === 'cancel' || given.length === 0) throw new WxFailure('cancel')
    const kinds = given.map(kindOf)
    const wrong = kinds.find((kind) => !wanted.kinds.includes(kind))
    if (wrong) problems.add(`the user gave a ${wrong} where WeChat offers ${wanted.kinds.join(' and ')}`)
    return given.slice(0, wanted.count)
  }

  async function mediaFile(file: GivenFile, sizeType: readonly string[]): Promise<Options> {
    const kind = kindOf(file)
    const isOriginal = !sizeType.includes('compressed') || (sizeType.includes('original') && file.isOriginal === true)
    const bytes = kind === 'image' && !isOriginal ? await compressed(host, file.bytes, COMPRESSED_SIDE, COMPRESSED_QUALITY) : file.bytes
    const header = pictureHeader(bytes)
    const extension = kind === 'video' ? 'mp4' : (header?.type.replace('jpeg', 'jpg') ?? 'jpg')
    const size = { width: file.width ?? header?.width ?? 0, height: file.height ?? header?.height ?? 0 }
    const tempFilePath = files.addTemporary(bytes, extension)
    if (kind === 'image') return { tempFilePath, fileType: kind, size: bytes.length }
    const thumbTempFilePath = file.thumb ? files.addTemporary(file.thumb, 'jpg') : ''
    return { tempFilePath, thumbTempFilePath, fileType: kind, size: bytes.length, duration: (file.ms ?? 0) / 1000, ...size }
  }

  return {
    chooseMedia: api('chooseMedia', async ({ count = 9, mediaType = ['image', 'video'], sourceType = ['album', 'camera'], sizeType = ['original', 'compressed'], maxDuration = 10 }) => {
      const most = Number(count)
      if (!(most >= 1 && most <= MEDIA_MAX)) throw new WxFailure(`parameter error: parameter.count should be between 1 and ${MEDIA_MAX}`)
      if (!(Number(maxDuration) >= DURATIONS[0] && Number(maxDuration) <= DURATIONS[1])) throw new WxFailure(`parameter error: parameter.maxDuration should be between ${DURATIONS.join(' and ')}`)
      await privacy.allow('chooseMedia')
      const sources = sourceType as readonly ('album' | 'camera')[]
      const types = mediaType as readonly string[]
      const kinds = (['image', 'video'] as const).filter((kind) => types.includes(kind) || types.includes('mix'))
      const isCamera = !sources.includes('album')
      if (isCamera) await permit.system('scope.camera')
      // The camera gives one at a time.
      const given = await pick({ from: isCamera ? 'camera' : 'album', kinds, count: isCamera ? 1 : most })
      const tempFiles = await Promise.all(given.map((file) => mediaFile(file, sizeType as readonly string[])))
      const found = new Set(tempFiles.map(({ fileType }) => fileType))
      return { tempFiles, type: found.size > 1 ? 'mix' : [...found][0], failedCount: 0 }
    }),

    chooseMessageFile: api('chooseMessageFile', async ({ count, type = 'all', extension }) => {
      const most = Number(count)
      if (!(most >= 0 && most <= MESSAGE_FILES_MAX)) throw new WxFailure(`parameter error: parameter.count should be between 0 and ${MESSAGE_FILES_MAX}`)
      await privacy.allow('chooseMessageFile')
      const kinds = type === 'all' ? (['image', 'video', 'file'] as const) : [type as 'image' | 'video' | 'file']
      const given = await pick({ from: 'messages', kinds, count: most, ...(Array.isArray(extension) ? { extensions: extension as string[] } : {}) })
      const tempFiles = given.map((file) => {
        const path = files.addTemporary(file.bytes, /\.(\w+)$/.exec(file.name)?.[1] ?? 'unknown')
        return { name: file.name, path, size: file.bytes.length, time: Math.floor(Date.now() / 1000), type: kindOf(file) }
      })
      return { tempFiles }
    }),

    chooseLocation: api('chooseLocation', async () => {
      if (!app.requiredPrivateInfos?.includes('chooseLocation')) throw new WxFailure('the api need to be declared in the requiredPrivateInfos field in app.json/ext.json')
      await privacy.allow('chooseLocation')
      await permit.scope('scope.userLocation')
      const place = await (host.pickPlace?.() ?? places.next())
      if (place === 'cancel') throw new WxFailure('cancel')
      return { ...place }
    }),
  }
}

/** As WeChat sorts files: by their names. */
export function kindOf({ name }: { readonly name: string }): 'image' | 'video' | 'file' {
  if (/\.(?:jpe?g|png|gif|webp|heic|heif|bmp)$/i.test(name)) return 'image'
  return /\.(?:mp4|mov|m4v|avi|mkv|webm)$/i.test(name) ? 'video' : 'file'
}
