/** wx.setStorage and related functions: values as JSON, one file per key on the phone's disk, with WeChat's limits. */
import type { Disk, DiskLimits, HostParts, TextCodec } from '../runtime/types'
import type { Problems } from '../runtime/problems'
import { asyncApi, durably, syncApi, WxFailure, type Options } from './callbacks'

export const STORAGE_FOLDER = 'storage'
/** The extension of value files, which folders lack. */
const VALUE = '.json'
/** File systems limit names to 255 bytes. */
const NAME_PARTS = /.{1,200}/g

export function storageApi(problems: Problems, disk: Disk, codec: TextCodec, limits: DiskLimits, settled?: HostParts['settled']): Record<string, unknown> {
  const store = new Store(disk, codec, limits)
  return {
    setStorage: asyncApi(problems, 'setStorage', durably(settled, ({ key, data }) => store.set(key, data))),
    setStorageSync: syncApi('setStorageSync', (key: unknown, data: unknown) => store.set(key, data)),
    getStorage: asyncApi(problems, 'getStorage', ({ key }) => {
      const data = store.get(key)
      if (data === undefined) throw new WxFailure('data not found')
      return { data }
    }),
    getStorageSync: syncApi('getStorageSync', (key: unknown) => store.get(key) ?? ''),
    removeStorage: asyncApi(problems, 'removeStorage', durably(settled, ({ key }) => store.remove(key))),
    removeStorageSync: syncApi('removeStorageSync', (key: unknown) => store.remove(key)),
    clearStorage: asyncApi(problems, 'clearStorage', durably(settled, () => store.clear())),
    clearStorageSync: syncApi('clearStorageSync', () => store.clear()),
    getStorageInfo: asyncApi(problems, 'getStorageInfo', () => store.info()),
    getStorageInfoSync: syncApi('getStorageInfoSync', () => store.info()),
  }
}

class Store {
  /** The values on the disk, by key. */
  private readonly values = new Map<string, { readonly json: string; readonly bytes: number }>()

  constructor(
    private readonly disk: Disk,
    private readonly codec: TextCodec,
    private readonly limits: DiskLimits,
  ) {
    disk.mkdir(STORAGE_FOLDER, true)
    this.load('')
  }

  private load(folder: string): void {
    for (const name of this.disk.readdir(`${STORAGE_FOLDER}${folder}`)) {
      const path = `${folder}/${name}`
      if (!path.endsWith(VALUE)) {
        this.load(path)
        continue
      }
      const bytes = this.disk.read(`${STORAGE_FOLDER}${path}`)
      this.values.set(storageKeyOf(path, this.codec), { json: this.codec.decode(bytes), bytes: bytes.length })
    }
  }

  set(key: unknown, data: unknown): void {
    const name = requireKey(key)
    const json = JSON.stringify(data) ?? '""'
    const bytes = this.codec.encode(json)
    if (bytes.length > this.limits.storageKey) throw new WxFailure('entry size limit reached')
    if (this.used() - (this.values.get(name)?.bytes ?? 0) + bytes.length > this.limits.storage) throw new WxFailure('exceed storage max size 10Mb')
    this.disk.write(this.fileOf(name), bytes)
    this.values.set(name, { json, bytes: bytes.length })
  }

  get(key: unknown): unknown {
    const value = this.values.get(requireKey(key))
    return value && (JSON.parse(value.json) as unknown)
  }

  remove(key: unknown): void {
    const name = requireKey(key)
    if (!this.values.has(name)) return
    this.disk.unlink(this.fileOf(name))
    this.values.delete(name)
  }

  clear(): void {
    for (const key of [...this.values.keys()]) this.remove(key)
  }

  /** Sizes in KB, as in WeChat. */
  info(): Options {
    return { keys: [...this.values.keys()], currentSize: Math.ceil(this.used() / 1024), limitSize: Math.floor(this.limits.storage / 1024) }
  }

  private used(): number {
    return [...this.values.values()].reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** Keys may have any characters and any length. On the disk they are hexadecimal, split into folders if one name would be too long. */
  private fileOf(key: string): string {
    const hex = Array.from(this.codec.encode(key), (byte) => byte.toString(16).padStart(2, '0')).join('')
    const path = `${STORAGE_FOLDER}/${(hex.match(NAME_PARTS) ?? []).join('/')}${VALUE}`
    this.disk.mkdir(path.slice(0, path.lastIndexOf('/')), true)
    return path
  }
}

/** The key of a value, from its file's path below the storage folder. */
export function storageKeyOf(path: string, codec: TextCodec): string {
  const hex = path.slice(0, -VALUE.length).replace(/\//g, '')
  return codec.decode(Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16)))
}

function requireKey(key: unknown): string {
  if (typeof key !== 'string' || key === '') throw new WxFailure(`parameter error: parameter.key should be String instead of ${typeof key}`)
  return key
}
