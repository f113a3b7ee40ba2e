/** Files of messages that were loaded, by their sha256: the least recently used ones are deleted above a limit. */
import type { StoredFile } from '@/src/chat/media/stored-file'
import { clock } from '@/src/chat/time/clock'
import { isRecord } from '@/src/chat/util/checks'
import { parseJsonText } from '@/src/chat/util/json-text'
import { MediaError } from './port'
// #ifdef H5
import { openDB } from 'idb'
import { once } from '@/src/chat/util/once'
// #endif

const MB = 1024 * 1024
/** bytes. WeChat gives 200 MB to all persons and all data together. */
let limit = 60 * MB
// #ifdef H5
limit = 200 * MB
// #endif

/** Hexadecimal digits: 128 bits. */
const NAME_LENGTH = 32

/** uni-app's storage, where the list of cached files is kept. */
const LIST = 'rtm-media-cache'

/** A cached file, by its name. */
interface Cached {
  readonly bytes: number
  readonly usedAt: number
}

export interface FileCache {
  /** An address for the elements and functions that show the file at `address`, loaded if it is not here. Rejects with MediaError. */
  load(address: string, file: Pick<StoredFile, 'bytes' | 'sha256'>, extension: string, onProgress?: (share: number) => void): Promise<string>
  /** In bytes. */
  size(): number
  clear(): Promise<void>
}

/** Where the bytes are. */
interface Shelf {
  /** The address of a file that is here. Undefined if it is not. */
  find(name: string): Promise<string | undefined>
  /** Loads a file. Rejects with MediaError. */
  fetch(address: string, name: string, file: Pick<StoredFile, 'bytes' | 'sha256'>, onProgress: (share: number) => void): Promise<string>
  remove(name: string): Promise<void>
}

export function createFileCache(): FileCache {
  let shelf: Shelf
  // #ifdef H5
  shelf = browserShelf()
  // #endif
  // #ifdef MP-WEIXIN
  shelf = miniProgramShelf()
  // #endif
  const list = readList()
  const loading = new Map<string, Promise<string>>()

  function save(): void {
    uni.setStorageSync(LIST, JSON.stringify([...list]))
  }

  const size = () => [...list.values()].reduce((sum, { bytes }) => sum + bytes, 0)

  async function makeRoom(bytes: number): Promise<void> {
    const oldest = [...list].sort(([, a], [, b]) => a.usedAt - b.usedAt)
    for (const [name] of oldest) {
      if (size() + bytes <= limit) return
      list.delete(name)
      await shelf.remove(name)
    }
  }

  async function find(name: string): Promise<string | undefined> {
    const known = list.get(name)
    const here = known && (await shelf.find(name))
    if (!known || here === undefined) return undefined
    list.set(name, { ...known, usedAt: clock.now() })
    return here
  }

  async function fetch(address: string, name: string, file: Pick<StoredFile, 'bytes' | 'sha256'>, onProgress: (share: number) => void): Promise<string> {
    await makeRoom(file.bytes)
    const here = await shelf.fetch(address, name, file, onProgress)
    list.set(name, { bytes: file.bytes, usedAt: clock.now() })
    save()
    return here
  }

  return {
    async load(address, file, extension, onProgress = () => undefined) {
      // Half of it is unique too: the path is sent to the view.
      const name = file.sha256.slice(0, NAME_LENGTH) + extension
      const here = await find(name)
      if (here !== undefined) return here
      const running = loading.get(name) ?? fetch(address, name, file, onProgress).finally(() => loading.delete(name))
      loading.set(name, running)
      return running
    },
    size,
    async clear() {
      const names = [...list.keys()]
      list.clear()
      save()
      for (const name of names) await shelf.remove(name)
    },
  }
}

function readList(): Map<string, Cached> {
  const stored: unknown = uni.getStorageSync(LIST)
  const rows = typeof stored === 'string' ? parseJsonText(stored) : undefined
  const list = new Map<string, Cached>()
  for (const row of Array.isArray(rows) ? (rows as unknown[]) : []) {
    const [name, cached] = Array.isArray(row) ? (row as unknown[]) : []
    if (typeof name === 'string' && isRecord(cached) && typeof cached.bytes === 'number' && typeof cached.usedAt === 'number') list.set(name, { bytes: cached.bytes, usedAt: cached.usedAt })
  }
  return list
}

/** The error of an answer without the file. */
function refusal(status: number): MediaError {
  return new MediaError(status === 404 || status === 410 ? 'file-lost' : status >= 500 ? 'offline' : 'file-store', `the file store answered ${status}`)
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
    async find(name) {
      const blob: unknown = addresses.get(name) ?? (await (await database()).get(STORE, name))
      return typeof blob === 'string' ? blob : blob instanceof Blob ? addressOf(name, blob) : undefined
    },
    async fetch(address, name, { bytes, sha256 }, onProgress) {
      const blob = await blobAt(address, bytes, onProgress)
      // A browser computes it in secure pages only.
      const digest = await globalThis.crypto?.subtle?.digest('SHA-256', await blob.arrayBuffer())
      if (digest && hexOf(digest) !== sha256) throw new MediaError('file-store', 'the file is another one')
      await (await database()).put(STORE, blob, name)
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

function hexOf(buffer: ArrayBuffer): string {
  return [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
// #endif

// #ifdef MP-WEIXIN
function miniProgramShelf(): Shelf {
  const fs = wx.getFileSystemManager()
  const folder = `${wx.env.USER_DATA_PATH}/media-cache`
  const infoOf = (filePath: string) => new Promise<number | undefined>((resolve) => fs.stat({ path: filePath, success: ({ stats }) => resolve((stats as WechatMiniprogram.Stats).size), fail: () => resolve(undefined) }))
  const unlink = (filePath: string) => new Promise<void>((resolve) => fs.unlink({ filePath, success: () => resolve(), fail: () => resolve() }))
  const made = () => new Promise<void>((resolve) => fs.mkdir({ dirPath: folder, recursive: true, success: () => resolve(), fail: () => resolve() }))

  return {
    async find(name) {
      const path = `${folder}/${name}`
      return (await infoOf(path)) === undefined ? undefined : path
    },
    async fetch(address, name, { bytes }, onProgress) {
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
      if (status === 200 && size === bytes) return filePath
      // The body of a refusal is in the file then.
      await unlink(filePath)
      if (status !== 200) throw refusal(status)
      checkLength(size ?? 0, bytes)
      return filePath
    },
    remove: (name) => unlink(`${folder}/${name}`),
  }
}
// #endif
