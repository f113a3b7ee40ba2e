/** The settings of the file server, and their defaults. */
import type { FileCheck } from './check'
import type { S3Settings } from './s3-settings'

export const FILE_KINDS = ['image', 'voice', 'video', 'file', 'avatar'] as const
export type FileKind = (typeof FILE_KINDS)[number]

const MB = 1024 * 1024
const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

export interface FileLimits {
  /** Bytes of one upload. Above: `too-large`. */
  readonly bytes: Readonly<Record<FileKind, number>>
  /** Bytes that one user uploads in a day (UTC). Above: `quota`. */
  readonly bytesPerDay: number
  /** Addresses that one user gets in a day (UTC), by uploads and forwarding. Above: `quota`. */
  readonly addressesPerDay: number
  /** Uploads of one user that are not finished. Above: `busy`. */
  readonly openUploads: number
  /** An upload is forgotten after this time, in ms, finished or not. */
  readonly uploadMs: number
  /** A file that was not loaded for this many days is deleted. */
  readonly unusedDays: number
  /** Pixels of a picture, all frames of an animation together. Above: `pixels`, before anything is decoded. */
  readonly pixels: number
  /** Length of a voice message in ms. Above: `too-large`. */
  readonly voiceMs: number
  /** Pictures that are decoded at a time. The others wait. */
  readonly decoders: number
  /** Pictures that wait for a decoder. Above: `busy`. */
  readonly waitingPictures: number
  /** Bytes that stay free on the disk. An upload that would leave less is refused: `full`. */
  readonly freeBytes: number
  /** An upload or download that moves no byte for this long, in ms, loses its connection. The bytes that have arrived stay. */
  readonly silenceMs: number
}

export const FILE_LIMITS: FileLimits = {
  bytes: { image: 20 * MB, voice: 2 * MB, video: 100 * MB, file: 100 * MB, avatar: 5 * MB },
  bytesPerDay: 2_048 * MB,
  addressesPerDay: 5_000,
  openUploads: 50,
  uploadMs: DAY_MS,
  unusedDays: 180,
  pixels: 100_000_000,
  voiceMs: 61_000,
  decoders: 2,
  waitingPictures: 500,
  freeBytes: 256 * MB,
  silenceMs: 15_000,
}

export interface FileOptions {
  readonly limits?: Partial<FileLimits>
  /** Asked before a file gets an address. Default: none. */
  readonly check?: FileCheck
  /** Signs the bearers. Default: the one of the data folder. */
  readonly key?: Buffer
  /** Keeps the bytes in a bucket. Default: in the folder. */
  readonly s3?: S3Settings
}
