/** Where the bytes of cached files are: on H5 in a database of their own, in the mini program in a folder under the user data path. */
import type { StoredFile } from '@/src/chat/media/stored-file'
import { MediaError } from './port'
import { hexOf, sha256Of } from './sha256'
// #ifdef H5
import { openDB } from 'idb'
import { once } from '@/src/chat/util/once'
import { orElse } from '@/src/chat/util/or-else'
// #endif

export interface Shelf {
  /** The names of all files, also of those that no list knows. */
  names(): Promise<readonly string[]>
  /** The address of a file that is here. Undefined if it is not. */
  find(name: string): Promise<string | undefined>
  /** Loads a file. Rejects with MediaError. */
  fetch(address: string, name: string, file: Pick<StoredFile, 'bytes' | 'sha256'>, onProgress: (share: number) => void): Promise<string>
  remove(name: string): Promise<void>
  /** The bytes of all else that shares the room of the cache: messages and what waits to be sent, of all persons. */
  others(): Promise<number>
}

export function openShelf(): Shelf {
  // #ifdef H5
  return browserShelf()
  // #endif
  // #ifdef MP-WEIXIN
  return miniProgramShelf()
  // #endif
}

/** The error of an answer without the file. */
function refusal(status: number): MediaError {
  return new MediaError(status === 404 || status === 410 ? 'file-lost' : status >= 500 ? 'offline' : 'file-store', `the file store answered ${status}`)
}

function anotherFile(): MediaError {
  return new MediaError('file-store', 'the file is another one')
}

function checkLength(loaded: number, bytes: number): void {
  if (loaded !== bytes) throw new MediaError('file-store', `the file has ${loaded} bytes, not ${bytes}`)
}

// #ifdef H5
const STORE = 'cache'

function browserShelf(): Shelf {
  const database = once(() => openDB('uni-rtm-chat-media-cache', 1, { upgrade: (db) => void db.createObjectStore(STORE) }))
  const addresses = new Map<string, string>()

  function addressOf(name: string, blob: Blob): string {
    const address = addresses.get(name) ?? URL.createObjectURL(blob)
    addresses.set(name, address)
    return address
  }

  return {
    names: async () => (await (await database()).getAllKeys(STORE)).map(String),
    // The browser gives each database as much room as there is.
    others: async () => 0,
    async find(name) {
      const blob: unknown = addresses.get(name) ?? (await (await database()).get(STORE, name))
      return typeof blob === 'string' ? blob : blob instanceof Blob ? addressOf(name, blob) : undefined
    },
    async fetch(address, name, { bytes, sha256 }, onProgress) {
      const blob = await blobAt(address, bytes, onProgress)
      if ((await digestOf(blob)) !== sha256) throw anotherFile()
      // A full or blocked database: the file is shown from memory, until the page is closed.
      await orElse(DOMException, async () => (await database()).put(STORE, blob, name), () => undefined)
      return addressOf(name, blob)
    },
    async remove(name) {
      const address = addresses.get(name)
      if (address !== undefined) URL.revokeObjectURL(address)
      addresses.delete(name)
      await (await database()).delete(STORE, name)
    },
  }
}

/** Reads no further than the length that the message says. */
async function blobAt(address: string, bytes: number, onProgress: (share: number) => void): Promise<Blob> {
  const response = await fetch(address, { credentials: 'omit', referrerPolicy: 'no-referrer' }).catch((error: unknown) => {
    throw new MediaError('offline', String(error))
  })
  if (!response.ok || !response.body) throw refusal(response.status)
  const reader = response.body.getReader()
  const parts: BlobPart[] = []
  let loaded = 0
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw new MediaError('offline', String(error))
    })
    if (done) break
    loaded += value.length
    if (loaded > bytes) {
      await reader.cancel()
      break
    }
    parts.push(value as BlobPart)
    onProgress(loaded / bytes)
  }
  checkLength(loaded, bytes)
  return new Blob(parts, { type: (response.headers.get('Content-Type') ?? '').split(';')[0] })
}

/** The SHA-256, by the browser in secure pages, which is faster. */
async function digestOf(blob: Blob): Promise<string> {
  const digest = await globalThis.crypto?.subtle?.digest('SHA-256', await blob.arrayBuffer())
  return digest ? hexOf(digest) : sha256Of(blob.size, (from, to) => blob.slice(from, to).arrayBuffer())
}
// #endif

// #ifdef MP-WEIXIN
/** The SHA-256 of a larger file is not checked, since it is computed in JavaScript, bytes. */
const CHECKED_MAX_BYTES = 20 * 1024 * 1024

function miniProgramShelf(): Shelf {
  const fs = wx.getFileSystemManager()
  const folder = `${wx.env.USER_DATA_PATH}/media-cache`
  const infoOf = (filePath: string) => new Promise<number | undefined>((resolve) => fs.stat({ path: filePath, success: ({ stats }) => resolve((stats as WechatMiniprogram.Stats).size), fail: () => resolve(undefined) }))
  // Not folder by folder: the log has a file for each 50 messages.
  const sizes = (path: string) =>
    new Promise<readonly { readonly path: string; readonly stats: { readonly size: number } }[]>((resolve) =>
      fs.stat({ path, recursive: true, success: ({ stats }) => resolve(Array.isArray(stats) ? (stats as WechatMiniprogram.FileStats[]).filter(({ stats: file }) => file.isFile()) : []), fail: () => resolve([]) }),
    )
  const read = (filePath: string, position: number, length: number) =>
    new Promise<ArrayBuffer>((resolve, reject) => fs.readFile({ filePath, position, length, success: ({ data }) => resolve(data as ArrayBuffer), fail: ({ errMsg }) => reject(new MediaError('file-lost', errMsg)) }))
  const unlink = (filePath: string) => new Promise<void>((resolve) => fs.unlink({ filePath, success: () => resolve(), fail: () => resolve() }))
  const made = () => new Promise<void>((resolve) => fs.mkdir({ dirPath: folder, recursive: true, success: () => resolve(), fail: () => resolve() }))

  return {
    names: () => new Promise((resolve) => fs.readdir({ dirPath: folder, success: ({ files }) => resolve(files), fail: () => resolve([]) })),
    others: async () => (await sizes(wx.env.USER_DATA_PATH)).reduce((sum, { path, stats }) => (/^\/?media-cache\//.test(path) ? sum : sum + stats.size), 0),
    async find(name) {
      const path = `${folder}/${name}`
      return (await infoOf(path)) === undefined ? undefined : path
    },
    async fetch(address, name, { bytes, sha256 }, onProgress) {
      await made()
      const filePath = `${folder}/${name}`
      const status = await new Promise<number>((resolve, reject) => {
        const task = wx.downloadFile({
          url: address,
          filePath,
          success: ({ statusCode }) => resolve(statusCode),
          fail: ({ errMsg }) => reject(new MediaError('offline', errMsg)),
        })
        task.onProgressUpdate(({ totalBytesWritten }) => {
          // Longer than the message says: WeChat would store up to 200 MB of it.
          if (totalBytesWritten > bytes) task.abort()
          else onProgress(totalBytesWritten / bytes)
        })
      })
      const size = status === 200 ? await infoOf(filePath) : undefined
      const isChecked = status === 200 && size === bytes && bytes <= CHECKED_MAX_BYTES
      const digest = isChecked ? await sha256Of(bytes, (from, to) => read(filePath, from, to - from)) : sha256
      if (status === 200 && size === bytes && digest === sha256) return filePath
      // The body of a refusal is in the file then.
      await unlink(filePath)
      if (status !== 200) throw refusal(status)
      checkLength(size ?? 0, bytes)
      throw anotherFile()
    },
    remove: (name) => unlink(`${folder}/${name}`),
  }
}
// #endif
