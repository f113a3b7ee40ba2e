/** wx of a phone with real files in a folder, without a program: for tests of what uses it. */
import { createHash } from 'node:crypto'
import { httpRequest } from '../../simulator/drive/http-request'
import { FolderDisk } from '../../simulator/drive/folder-disk'
import { nodePixels } from '../../simulator/drive/node-pixels'
import type { DialogAnswer, DiskLimits, GivenFile, PermissionState, PrivacyState } from '../../simulator/drive/driver'
import { Problems } from '../../simulator/runtime/problems'
import { Suspension } from '../../simulator/runtime/suspension'
import type { AppJson, HostParts } from '../../simulator/runtime/types'
import { fileSystemManager } from '../../simulator/wx/files'
import { WECHAT_LIMITS } from '../../simulator/wx/limits'
import { Media } from '../../simulator/wx/media'
import { Permissions } from '../../simulator/wx/permissions'
import { PhoneFiles, USER_DATA_PATH } from '../../simulator/wx/phone-files'
import { Privacy } from '../../simulator/wx/privacy'
import { Requests } from '../../simulator/wx/request'

type Call = (options?: object) => Promise<Record<string, unknown>>

export interface WxPhoneOptions {
  readonly limits?: DiskLimits
  readonly privacy?: PrivacyState
  readonly permissions?: PermissionState
  readonly app?: Partial<AppJson>
  readonly isOnline?: () => boolean
}

/** Every question of WeChat's own gets the next one of `answers`. */
export function wxPhone(dir: string, { limits = WECHAT_LIMITS, privacy = 'agreed', permissions = 'allowed', app = {}, isOnline = () => true }: WxPhoneOptions = {}) {
  const calls: [name: string, options: unknown][] = []
  const questions: unknown[] = []
  const answers: DialogAnswer[] = []
  const problems = new Problems()
  const disk = new FolderDisk(dir)
  const [encoder, decoder] = [new TextEncoder(), new TextDecoder()]
  const host: HostParts = {
    disk,
    codec: { encode: (text) => encoder.encode(text), decode: (bytes) => decoder.decode(bytes) },
    openSocket: () => {
      throw new Error('no sockets here')
    },
    request: httpRequest,
    digest: async (algorithm, bytes) => createHash(algorithm).update(bytes).digest('hex'),
    pixels: nodePixels,
  }
  const record = (name: string, options: unknown) => void calls.push([name, options])
  const ask = async (question: object): Promise<DialogAnswer> => {
    questions.push(question)
    const answer = answers.shift()
    if (answer === undefined) throw new Error(`nothing answers ${JSON.stringify(question)}`)
    return answer
  }
  const files = new PhoneFiles(disk, limits)
  const permit = new Permissions(problems, disk, host.codec, permissions, ask)
  const suspension = new Suspension()
  const media = new Media({ problems, record, privacy: new Privacy(problems, privacy, { record, ask, changed: () => undefined }), permit }, host, files, { pages: [], ...app }, permit, suspension)
  const requests = new Requests(problems, host, files, isOnline)
  const manager = fileSystemManager(problems, files, host)
  const wx = { env: { USER_DATA_PATH }, ...requests.api(), ...media.api(), getFileSystemManager: () => manager } as unknown as Record<string, Call>
  return {
    wx,
    fs: manager as Record<string, Call>,
    media,
    requests,
    calls,
    questions,
    answers,
    problems: problems.list,
    give: (...given: GivenFile[]) => media.give(given.map(({ bytes, thumb, ...file }) => ({ ...file, base64: Buffer.from(bytes).toString('base64'), ...(thumb ? { thumbBase64: Buffer.from(thumb).toString('base64') } : {}) }))),
    /** The bytes of a file by its path in the program. */
    bytes: (path: unknown) => Buffer.from(files.read(path)),
  }
}

/** A picture of `width` × `height` px in four colours: red, green, blue, white from the top left to the bottom right. */
export async function samplePicture(width: number, height: number, type: 'jpeg' | 'png' = 'jpeg'): Promise<Uint8Array> {
  const { createCanvas } = await import('@napi-rs/canvas')
  const canvas = createCanvas(width, height)
  const context = canvas.getContext('2d')
  for (const [index, colour] of ['#f00', '#0f0', '#00f', '#fff'].entries()) {
    context.fillStyle = colour
    context.fillRect(((index % 2) * width) / 2, (Math.floor(index / 2) * height) / 2, width / 2, height / 2)
  }
  return new Uint8Array(type === 'jpeg' ? await canvas.encode('jpeg', 90) : await canvas.encode('png'))
}

/** The JPEG with an EXIF segment: this orientation, and the maker `Camera of a secret place`. */
export function withExif(jpeg: Uint8Array, orientation: number): Uint8Array {
  const maker = 'Camera of a secret place\0'
  const exif = Buffer.alloc(10 + 8 + 2 + 24 + 4 + maker.length)
  exif.write('Exif\0\0MM\0*', 4, 'latin1')
  exif.writeUInt16BE(0xffe1, 0)
  exif.writeUInt16BE(exif.length - 2, 2)
  exif.writeUInt32BE(8, 14)
  exif.writeUInt16BE(2, 18)
  // Maker: a text behind the folder.
  exif.writeUInt16BE(0x010f, 20)
  exif.writeUInt16BE(2, 22)
  exif.writeUInt32BE(maker.length, 24)
  exif.writeUInt32BE(38, 28)
  exif.writeUInt16BE(0x0112, 32)
  exif.writeUInt16BE(3, 34)
  exif.writeUInt32BE(1, 36)
  exif.writeUInt16BE(orientation, 40)
  exif.write(maker, 10 + 38, 'latin1')
  return Buffer.concat([jpeg.subarray(0, 2), exif, jpeg.subarray(2)])
}
