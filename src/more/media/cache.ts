/** Files of messages that were loaded, by their sha256: the least recently used ones are deleted above a limit. */
import type { StoredFile } from '@/src/chat/media/stored-file'
import { clock } from '@/src/chat/time/clock'
import { isRecord } from '@/src/chat/util/checks'
import { once } from '@/src/chat/util/once'
import { parseJsonText } from '@/src/chat/util/json-text'
import { MediaError } from './port'
import { note, noted } from '@/src/platform/device-notes'
import { openShelf, type Shelf } from './shelf'

const MB = 1024 * 1024

/** In bytes. */
export interface CacheLimits {
  readonly cache: number
  /** The cache and all else that shares its room: what the others need, the cache loses. */
  readonly all: number
}

/** WeChat gives 200 MB to all persons and all data together. */
let limits: CacheLimits = { cache: 60 * MB, all: 190 * MB }
// #ifdef H5
limits = { cache: 200 * MB, all: Infinity }
// #endif

/** How long a count of all else holds, ms: counting reads the sizes of thousands of files. */
const COUNT_HOLDS_MS = 60_000

/** Hexadecimal digits: 128 bits. */
const NAME_LENGTH = 32

/** uni-app's storage, where the list of cached files is kept. */
const LIST = 'rtm-media-cache'

/** A cached file, by its name. */
interface Cached {
  readonly bytes: number
  readonly usedAt: number
  /** The conversations that it was loaded for. */
  readonly owners: readonly string[]
}

export interface LoadOptions {
  /** The conversation that it is loaded for, as `ownerOf` in chat/media names it. */
  readonly owner: string
  /** With its dot. */
  readonly extension: string
  /** Called with the share that is here, from 0 to 1. */
  readonly onProgress?: (share: number) => void
}

export interface FileCache {
  /** An address for the elements and functions that show the file at `address`, loaded if it is not here. Rejects with MediaError. */
  load(address: string, file: Pick<StoredFile, 'bytes' | 'sha256'>, options: LoadOptions): Promise<string>
  /** The same for a file that is here. Undefined if it is not. */
  find(file: Pick<StoredFile, 'sha256'>, extension: string): Promise<string | undefined>
  /** Bytes by owner. A file of several conversations counts for each. */
  sizes(): ReadonlyMap<string, number>
  /** Of all persons, in bytes. */
  size(): number
  /** Deletes what is here for a conversation alone. Without an `owner` all. */
  clear(owner?: string): Promise<void>
}

export function createFileCache(shelf: Shelf = openShelf(), { cache, all }: CacheLimits = limits): FileCache {
  const list = readList()
  const loading = new Map<string, Promise<string>>()
  let counted = { at: -Infinity, others: 0 }

  function save(): void {
    note(LIST, JSON.stringify([...list]))
  }

  const size = () => [...list.values()].reduce((sum, { bytes }) => sum + bytes, 0)

  /** A program that was killed may have left a file without its entry: no limit would ever reach it. */
  const sweep = once(async () => {
    for (const name of await shelf.names()) if (!list.has(name) && !loading.has(name)) await shelf.remove(name)
  })

  async function limitNow(): Promise<number> {
    if (all === Infinity) return cache
    if (clock.elapsed() - counted.at >= COUNT_HOLDS_MS) counted = { at: clock.elapsed(), others: await shelf.others() }
    return Math.min(cache, all - counted.others)
  }

  async function makeRoom(bytes: number): Promise<void> {
    const limit = await limitNow()
    // Nothing is deleted for a file that does not fit all the same: a message may name any length.
    if (bytes > Math.max(limit, all === Infinity ? 0 : all - counted.others)) throw new MediaError('file-too-large', `no room for ${bytes} bytes`)
    const oldest = [...list].sort(([, a], [, b]) => a.usedAt - b.usedAt)
    for (const [name] of oldest) {
      if (size() + bytes <= limit) return
      list.delete(name)
      await shelf.remove(name)
    }
    save()
  }

  async function find(name: string, owner?: string): Promise<string | undefined> {
    const here = list.has(name) ? await shelf.find(name) : undefined
    const known = list.get(name)
    if (!known || here === undefined) return undefined
    const owners = owner === undefined ? known.owners : withOwner(known.owners, owner)
    list.set(name, { ...known, usedAt: clock.now(), owners })
    if (owners !== known.owners) save()
    return here
  }

  async function fetch(address: string, name: string, file: Pick<StoredFile, 'bytes' | 'sha256'>, { owner, onProgress = () => undefined }: LoadOptions): Promise<string> {
    await sweep()
    await makeRoom(file.bytes)
    const here = await shelf.fetch(address, name, file, onProgress)
    list.set(name, { bytes: file.bytes, usedAt: clock.now(), owners: withOwner(list.get(name)?.owners ?? [], owner) })
    save()
    return here
  }

  return {
    async load(address, file, options) {
      const name = nameOf(file, options.extension)
      const here = await find(name, options.owner)
      if (here !== undefined) return here
      const running = loading.get(name) ?? fetch(address, name, file, options).finally(() => loading.delete(name))
      loading.set(name, running)
      return running
    },
    find: (file, extension) => find(nameOf(file, extension)),
    size,
    sizes() {
      const sizes = new Map<string, number>()
      for (const { bytes, owners } of list.values()) for (const owner of owners) sizes.set(owner, (sizes.get(owner) ?? 0) + bytes)
      return sizes
    },
    async clear(owner) {
      for (const [name, cached] of [...list]) {
        if (owner !== undefined && !cached.owners.includes(owner)) continue
        const owners = owner === undefined ? [] : cached.owners.filter((other) => other !== owner)
        if (owners.length > 0) {
          list.set(name, { ...cached, owners })
          continue
        }
        list.delete(name)
        await shelf.remove(name)
      }
      save()
    },
  }
}

function withOwner(owners: readonly string[], owner: string): readonly string[] {
  return owners.includes(owner) ? owners : [...owners, owner]
}

/** Half of the digest is unique too: the path is sent to the view. */
function nameOf({ sha256 }: Pick<StoredFile, 'sha256'>, extension: string): string {
  return sha256.slice(0, NAME_LENGTH) + extension
}

function readList(): Map<string, Cached> {
  const rows = parseJsonText(noted(LIST))
  const list = new Map<string, Cached>()
  for (const row of Array.isArray(rows) ? (rows as unknown[]) : []) {
    const [name, cached] = Array.isArray(row) ? (row as unknown[]) : []
    if (typeof name !== 'string' || !isRecord(cached) || typeof cached.bytes !== 'number' || typeof cached.usedAt !== 'number') continue
    // Earlier versions had no owners.
    const owners = Array.isArray(cached.owners) ? (cached.owners as unknown[]).filter((owner): owner is string => typeof owner === 'string') : []
    list.set(name, { bytes: cached.bytes, usedAt: cached.usedAt, owners })
  }
  return list
}
