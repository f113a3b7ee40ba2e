/** A store of the team's own for the files of messages, in place of a file server (docs/MEDIA.md#a-store-of-your-own). */
import type { FileFailure } from '@/src/chat/media/file-failure'
import type { StoredFile, UploadKind } from '@/src/chat/media/stored-file'

/** A file on this device. */
export interface FileToUpload {
  readonly kind: UploadKind
  readonly mime: string
  /** Its name, or its kind where it has none. */
  readonly name: string
  readonly bytes: number
  /** In the mini program a path, as for `wx.uploadFile`; on H5 a `blob:` address. */
  readonly address: string
  /** The bytes from `from` up to but not including `to`. */
  read(from: number, to: number): Promise<ArrayBuffer>
  /** The SHA-256 of all bytes, as 64 hexadecimal digits. Computed on this device, which takes a while for a long video. */
  sha256(): Promise<string>
}

export interface UploadProgress {
  /** Shows the share that the store has, from 0 to 1. */
  onProgress(share: number): void
  /** Gives a function that ends the upload. It is called when the message is not to be sent any more. */
  onStart(stop: () => void): void
}

/**
 * Uploads one file. Resolves to what the store says of it: `url` is an https address of a host in VITE_MEDIA_HOSTS. A rejection with {@link UploadRefused}
 * says why; after any other the upload is tried a few more times, and then the message fails. It may be called again for a file that it has uploaded.
 */
export type Uploader = (file: FileToUpload, progress: UploadProgress) => Promise<StoredFile>

/** Why a file is not in the store. `offline` is tried again until it works. */
export class UploadRefused extends Error {
  override readonly name = 'UploadRefused'
  constructor(
    readonly failure: 'offline' | FileFailure,
    message?: string,
  ) {
    super(message ?? failure)
  }
}

let current: Uploader | undefined

/** Sets it for all files, or ends that. Call it in main.ts, before any login. */
export function setUploader(uploader: Uploader | undefined): void {
  current = uploader
}

/** The one of {@link setUploader}. */
export function uploader(): Uploader | undefined {
  return current
}
