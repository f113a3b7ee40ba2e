/** What the media engine offers to the stores. The engine itself comes with the subpackage, or in a file of its own on H5. */
import type { FileFailure } from '@/src/chat/media/file-failure'
import type { StoredFile, Upload } from '@/src/chat/media/stored-file'
import type { Uploader } from '@/src/platform/uploader'
import type { FileServer } from '@/src/rtm/port'
import type { FileCache } from './cache'

/** Why a file cannot be uploaded. `offline`: it can be later. */
export type MediaFailure = 'offline' | FileFailure

export class MediaError extends Error {
  override readonly name = 'MediaError'
  constructor(
    readonly failure: MediaFailure,
    message: string,
    /** When the store takes files of this user again, ms from now. */
    readonly retryAfterMs?: number,
  ) {
    super(message)
  }
}

/** The server has refused the bearer: it may take another one. */
export class BearerRefused extends MediaError {
  constructor() {
    super('file-store', 'the file server has refused the bearer')
  }
}

/** Files on this device, each under a key. A file that was not copied, since there was no room, has the key `temp:` and its path: it is gone when the program ends. */
export interface LocalFiles {
  /** Keeps a file: a temporary path in the mini program, a Blob on H5. Resolves to its key. Rejects with MediaError. */
  keep(source: string | Blob): Promise<string>
  /** In bytes. Rejects with MediaError `file-lost`. */
  size(key: string): Promise<number>
  /** The bytes from `from` up to but not including `to`. Rejects with MediaError `file-lost`. */
  read(key: string, from: number, to: number): Promise<ArrayBuffer>
  /** An address for the elements and functions that show a file. Rejects with MediaError `file-lost`. */
  address(key: string): Promise<string>
  /** The store has this file too: it is deleted when others need its room. */
  sent(key: string): void
  remove(key: string): Promise<void>
}

export interface UploadOptions {
  /** Called with the share that the store has, from 0 to 1. */
  onProgress(share: number): void
  /** Called with a function that stops the upload, which then rejects with MediaError `offline`. What the store has stays there. */
  onStart(stop: () => void): void
}

/** Where files are uploaded to: a file server, or a store of the team's own. */
export type FileStore = FileServer | Uploader

export interface Media {
  readonly files: LocalFiles
  readonly cache: FileCache
  /**
   * Uploads a file: to a file server from where an earlier upload of the same key ended, also before a restart. For a key of `again:` and an address, it asks
   * a file server for another address of the file that is there. Rejects with MediaError.
   */
  upload(store: FileStore, upload: Upload, options: UploadOptions): Promise<StoredFile>
  /** Deletes an own address. Rejects with MediaError. */
  remove(server: FileServer, url: string): Promise<void>
}
