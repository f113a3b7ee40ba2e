/** The cache of received files: its limits, the conversations that its files belong to, and what becomes of it when the device fails. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { setClock, systemClock } from '@/src/chat/time/clock'
import { ownerOf } from '@/src/chat/media/file-owner'
import { createFileCache } from '@/src/more/media/cache'
import { MediaError } from '@/src/more/media/port'
import type { Shelf } from '@/src/more/media/shelf'
import { TestClock } from '../../support/test-clock'

const BOB = ownerOf('alice', 'peer:bob')
const TEAM = ownerOf('alice', 'channel:team')

let clock: TestClock
let storage: Map<string, string>
let isStorageFull: boolean

beforeEach(() => {
  setClock((clock = new TestClock()))
  storage = new Map()
  isStorageFull = false
  vi.stubGlobal('uni', {
    getStorageSync: (key: string) => storage.get(key) ?? '',
    setStorageSync(key: string, text: string) {
      if (isStorageFull) throw new Error('setStorageSync:fail exceed storage max size 10Mb')
      storage.set(key, text)
    },
    removeStorageSync: (key: string) => void storage.delete(key),
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
  setClock(systemClock)
})

/** Files of 100 bytes; `others`: bytes of all else on the device. */
function device() {
  const files = new Set<string>()
  const loads: string[] = []
  const state = { others: 0, failure: undefined as MediaError | undefined }
  const shelf: Shelf = {
    names: async () => [...files],
    find: async (name) => (files.has(name) ? `here/${name}` : undefined),
    async fetch(address, name) {
      loads.push(address)
      if (state.failure) throw state.failure
      files.add(name)
      return `here/${name}`
    },
    remove: async (name) => void files.delete(name),
    others: async () => state.others,
  }
  const open = () => createFileCache(shelf, { cache: 300, all: 1_000 })
  let cache = open()
  return {
    files,
    loads,
    state,
    get cache() {
      return cache
    },
    restart: () => void (cache = open()),
    async load(name: string, owner = BOB) {
      await clock.advance(1)
      return cache.load(`/f/${name}`, { bytes: 100, sha256: name.padEnd(64, '0') }, { owner, extension: '.jpg' })
    },
    /** The first letters of the files that are here. */
    names: () => [...files].map((name) => name.replace(/0*\.jpg$/, '')).sort(),
  }
}

describe('the cache of files', () => {
  it('loads a file once, at the same time, later and after a restart', async () => {
    const { load, loads, restart } = device()
    await Promise.all([load('a'), load('a')])
    await load('a')
    restart()
    await load('a')
    expect(loads).toEqual(['/f/a'])
  })

  it('deletes the least recently used files above its limit', async () => {
    const { load, names, cache } = device()
    for (const name of ['a', 'b', 'c']) await load(name)
    await load('a')
    await load('d')
    expect(names()).toEqual(['a', 'c', 'd'])
    expect(cache.size()).toBe(300)
  })

  it('shrinks when messages and waiting files of all persons need the room', async () => {
    const { load, names, state } = device()
    for (const name of ['a', 'b', 'c']) await load(name)
    state.others = 850
    await load('a')
    expect(names()).toEqual(['a', 'b', 'c'])
    await clock.advance(60_000)
    await load('d')
    expect(names()).toEqual(['d'])
  })

  it('refuses a file for which there is no room at all, and deletes nothing for it', async () => {
    const { load, names, loads, cache } = device()
    await load('a')
    await expect(cache.load('/f/b', { bytes: 10_000_000_000, sha256: 'b'.repeat(64) }, { owner: BOB, extension: '.bin' })).rejects.toMatchObject({ failure: 'file-too-large' })
    expect([names(), loads]).toEqual([['a'], ['/f/a']])
  })

  it('says what each conversation takes, and clears one: a file that another has too stays', async () => {
    const { load, names, cache } = device()
    await load('a')
    await load('b')
    await load('b', TEAM)
    expect([...cache.sizes()]).toEqual([
      [BOB, 200],
      [TEAM, 100],
    ])
    await cache.clear(BOB)
    expect(names()).toEqual(['b'])
    expect([...cache.sizes()]).toEqual([[TEAM, 100]])
    await cache.clear()
    expect([names(), cache.size()]).toEqual([[], 0])
  })

  it('knows conversations of the same name of two users apart', async () => {
    const { load, cache } = device()
    await load('a', ownerOf('carol', 'peer:bob'))
    await cache.clear(BOB)
    expect([...cache.sizes()]).toEqual([[ownerOf('carol', 'peer:bob'), 100]])
  })

  it('loads again after a failure', async () => {
    const { load, loads, state } = device()
    state.failure = new MediaError('offline', 'down')
    await expect(load('a')).rejects.toMatchObject({ failure: 'offline' })
    state.failure = undefined
    expect(await load('a')).toMatch(/^here\/a/)
    expect(loads).toHaveLength(2)
  })

  it('deletes files that a killed program left without an entry, and loads one again that is gone', async () => {
    const { load, names, files, restart, loads } = device()
    files.add('orphan')
    await load('a')
    expect(names()).toEqual(['a'])
    files.clear()
    restart()
    await load('a')
    expect(loads).toEqual(['/f/a', '/f/a'])
  })

  it('works while the storage takes nothing, and forgets with the program', async () => {
    const { load, loads, names, restart } = device()
    isStorageFull = true
    await load('a')
    await load('a')
    expect(loads).toEqual(['/f/a'])
    isStorageFull = false
    restart()
    await load('b')
    expect(names()).toContain('b')
  })

  it.each(['{', '[1,2]', '[["a",{"bytes":"x"}]]', '[["a.jpg",{"bytes":100,"usedAt":1}]]', 'null'])('starts with the list %s', async (list) => {
    storage.set('rtm-media-cache', list)
    const { load, names } = device()
    await load('b')
    expect(names()).toEqual(['b'])
  })
})
