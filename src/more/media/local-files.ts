/** The files on this device that messages carry: on H5 in a database of their own, in the mini program under the user data path. */
// #ifdef MP-WEIXIN
import { orElse } from '@/src/chat/util/or-else'
// #endif
import { newId } from '@/src/platform/ids'
import { TEMPORARY } from '@/src/chat/media/media-kind'
import { parseJsonText } from '@/src/chat/util/json-text'
import { note, noted } from '@/src/platform/device-notes'
import { MediaError, type LocalFiles } from './port'
// #ifdef H5
import { openDB } from 'idb'
import { once } from '@/src/chat/util/once'
// #endif

// #ifdef H5
const STORE = 'files'
// #endif
// #ifdef MP-WEIXIN
/** What waits to be sent has this room, bytes: WeChat gives 200 MB to all persons and all data together. */
const KEPT_MAX_BYTES = 30 * 1024 * 1024
/** uni-app's storage, where the keys of files are that the store has too, the first one first. */
const SENT = 'rtm-media-sent'
// #endif

/** @param maxBytes the room of the mini program's files */
export function createLocalFiles(maxBytes?: number): LocalFiles {
  // #ifdef H5
  return browserFiles()
  // #endif
  // #ifdef MP-WEIXIN
  return miniProgramFiles(maxBytes)
  // #endif
}

// #ifdef H5
function browserFiles(): LocalFiles {
  const database = once(() => openDB('uni-rtm-chat-media', 1, { upgrade: (db) => void db.createObjectStore(STORE) }))
  const addresses = new Map<string, string>()

  async function blobOf(key: string): Promise<Blob> {
    const blob: unknown = await (await database()).get(STORE, key)
    if (blob instanceof Blob) return blob
    throw new MediaError('file-lost', `there is no file ${key}`)
  }

  return {
    async keep(source) {
      if (!(source instanceof Blob)) throw new MediaError('file-lost', 'not a file of a browser')
      const key = newId()
      await (await database()).put(STORE, source, key)
      return key
    },
    size: async (key) => (await blobOf(key)).size,
    read: async (key, from, to) => (await blobOf(key)).slice(from, to).arrayBuffer(),
    async address(key) {
      const known = addresses.get(key)
      if (known !== undefined) return known
      const address = URL.createObjectURL(await blobOf(key))
      addresses.set(key, address)
      return address
    },
    // A browser has room for all of them.
    sent: () => undefined,
    async remove(key) {
      const address = addresses.get(key)
      if (address !== undefined) URL.revokeObjectURL(address)
      addresses.delete(key)
      await (await database()).delete(STORE, key)
    },
  }
}
// #endif

// #ifdef MP-WEIXIN
type StatResult = Pick<WechatMiniprogram.StatSuccessCallbackResult, 'stats'>

/** Of one file, not of a folder. */
function sizeIn({ stats }: StatResult): number {
  return (stats as WechatMiniprogram.Stats).size
}

function miniProgramFiles(maxBytes = KEPT_MAX_BYTES): LocalFiles {
  const fs = wx.getFileSystemManager()
  const folder = `${wx.env.USER_DATA_PATH}/media`
  const pathOf = (key: string) => (key.startsWith(TEMPORARY) ? key.slice(TEMPORARY.length) : `${folder}/${key}`)
  /** The bytes of all kept files, once they have been counted. */
  let kept: Promise<number> | undefined

  function call<Result>(start: (callbacks: { success: (result: Result) => void; fail: (failure: { errMsg: string }) => void }) => void): Promise<Result> {
    return new Promise((resolve, reject) => start({ success: resolve, fail: ({ errMsg }) => reject(new MediaError('file-lost', errMsg)) }))
  }

  // Not getFileInfo, which reads the whole file for its digest.
  const sizeOf = async (path: string) => sizeIn(await call<StatResult>((done) => fs.stat({ path, ...done })))

  async function countKept(): Promise<number> {
    await call((done) => fs.mkdir({ dirPath: folder, recursive: true, ...done })).catch(() => undefined)
    const { files } = await call<{ files: string[] }>((done) => fs.readdir({ dirPath: folder, ...done }))
    const sizes = await Promise.all(files.map((name) => sizeOf(`${folder}/${name}`)))
    return sizes.reduce((sum, size) => sum + size, 0)
  }

  const sentKeys = (): readonly string[] => {
    const keys = parseJsonText(noted(SENT))
    return Array.isArray(keys) ? keys.filter((key): key is string => typeof key === 'string') : []
  }

  async function remove(key: string): Promise<void> {
    if (key.startsWith(TEMPORARY)) return
    if (sentKeys().includes(key)) note(SENT, JSON.stringify(sentKeys().filter((other) => other !== key)))
    const bytes = await sizeOf(pathOf(key))
    await call((done) => fs.unlink({ filePath: pathOf(key), ...done }))
    if (kept) kept = kept.then((sum) => sum - bytes)
  }

  /** Deletes files that the store has too, until there is room for `more`. Resolves to the bytes of all kept files with `more`. */
  async function withRoomFor(more: number): Promise<number> {
    for (const key of sentKeys()) {
      if ((await kept ?? 0) + more <= maxBytes) break
      // Its conversation may have gone, and the file with it.
      await orElse(MediaError, () => remove(key), () => undefined)
    }
    return (await kept ?? 0) + more
  }

  return {
    async keep(source) {
      if (typeof source !== 'string') throw new MediaError('file-lost', 'not a file of a mini program')
      kept ??= countKept()
      const bytes = await withRoomFor(await sizeOf(source))
      if (bytes > maxBytes) return TEMPORARY + source
      // WeChat's functions go by the extension.
      const key = newId() + (/\.[A-Za-z0-9]{1,8}$/.exec(source)?.[0] ?? '')
      try {
        await call((done) => fs.copyFile({ srcPath: source, destPath: `${folder}/${key}`, ...done }))
      } catch (error) {
        if (error instanceof MediaError) return TEMPORARY + source
        throw error
      }
      kept = Promise.resolve(bytes)
      return key
    },
    size: (key) => sizeOf(pathOf(key)),
    async read(key, from, to) {
      const { data } = await call<{ data: string | ArrayBuffer }>((done) => fs.readFile({ filePath: pathOf(key), position: from, length: to - from, ...done }))
      if (typeof data === 'string') throw new MediaError('file-lost', 'read as text')
      return data
    },
    async address(key) {
      await sizeOf(pathOf(key))
      return pathOf(key)
    },
    sent(key) {
      if (!key.startsWith(TEMPORARY)) note(SENT, JSON.stringify([...sentKeys().filter((other) => other !== key), key]))
    },
    remove,
  }
}
// #endif
