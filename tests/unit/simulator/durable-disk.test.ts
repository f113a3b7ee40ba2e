import { setImmediate as nextTask } from 'node:timers/promises'
import { IDBFactory, IDBObjectStore } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DurableDisk } from '../../../simulator/page/phone/durable-disk'
import { Problems } from '../../../simulator/runtime/problems'
import { fileSystemManager } from '../../../simulator/wx/files'
import { PhoneFiles } from '../../../simulator/wx/phone-files'
import { WECHAT_LIMITS } from '../../../simulator/wx/limits'
import { storageApi } from '../../../simulator/wx/storage'

const codec = { encode: (text: string) => new TextEncoder().encode(text), decode: (bytes: Uint8Array) => new TextDecoder().decode(bytes) }
const text = (value: string) => codec.encode(value)

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory()
})
afterEach(() => vi.restoreAllMocks())

/** The disk that the next page of this phone would find if this one ended now. */
async function found(uid = 'alice'): Promise<Record<string, string>> {
  const disk = await DurableDisk.open(uid)
  return Object.fromEntries(disk.files().map(({ path }) => [path, codec.decode(disk.read(path))]))
}

describe('the disk of a phone', () => {
  it('reads writes at once, and has them again after it has settled', async () => {
    const disk = await DurableDisk.open('alice')
    disk.mkdir('usr', true)
    disk.write('usr/a', text('one'))
    disk.append('usr/a', text(' two'))
    disk.write('usr/gone', text('x'))
    disk.unlink('usr/gone')
    disk.rename('usr/a', 'usr/b')
    expect(codec.decode(disk.read('usr/b'))).toBe('one two')
    await disk.settled()
    expect(await found()).toEqual({ 'usr/b': 'one two' })
    expect((await DurableDisk.open('alice')).stat('usr')?.isDirectory).toBe(true)
  })

  it('separates the phones', async () => {
    const disk = await DurableDisk.open('alice')
    disk.write('a', text('of alice'))
    await disk.settled()
    expect(await found('bob')).toEqual({})
  })

  it('never has a later change without the earlier ones, wherever it is ended', async () => {
    const disk = await DurableDisk.open('alice')
    disk.write('log', text(''))
    for (let count = 1; count <= 40; count++) {
      disk.append('log', text('.'))
      disk.write('count', text(String(count)))
      // Some in one task, some each in a task of its own.
      if (count % 3 === 0) await nextTask()
      const { log = '', count: kept = '0' } = await found()
      expect(log.length).toBe(Number(kept))
    }
  })

  it('writes a batch completely or not at all', async () => {
    const disk = await DurableDisk.open('alice')
    const { put } = IDBObjectStore.prototype
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, value: unknown, key?: IDBValidKey) {
      if (key === 'b') throw new DOMException('no', 'UnknownError')
      return put.call(this, value, key)
    })
    disk.write('a', text('x'))
    disk.write('b', text('y'))
    await expect(disk.settled()).rejects.toMatchObject({ code: 'EIO' })
    expect(await found()).toEqual({})
  })

  it('is empty after it is erased', async () => {
    const disk = await DurableDisk.open('alice')
    disk.write('a', text('x'))
    await disk.settled()
    await disk.mark()
    expect(await disk.isMarked()).toBe(true)
    await disk.erase()
    expect([disk.files(), await disk.isMarked(), await found()]).toEqual([[], false, {}])
  })

  it('reports that it is full or broken, and writes failed changes with the next one', async () => {
    const disk = await DurableDisk.open('alice')
    for (const [name, code] of [['QuotaExceededError', 'ENOSPC'], ['UnknownError', 'EIO']] as const) {
      const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
        throw new DOMException('no', name)
      })
      disk.write(name, text('x'))
      await expect(disk.settled()).rejects.toMatchObject({ code })
      put.mockRestore()
    }
    disk.write('later', text('y'))
    await disk.settled()
    expect(await found()).toEqual({ QuotaExceededError: 'x', UnknownError: 'x', later: 'y' })
  })
})

const filesOf = (disk: DurableDisk) => new PhoneFiles(disk, WECHAT_LIMITS)

describe('wx on such a disk', () => {
  it('calls back once a change is durable', async () => {
    const disk = await DurableDisk.open('alice')
    const problems = new Problems()
    const files = fileSystemManager(problems, filesOf(disk), { codec, digest: async () => '', settled: disk.settled }) as Record<string, (options: object) => Promise<unknown>>
    const storage = storageApi(problems, disk, codec, WECHAT_LIMITS, disk.settled) as typeof files
    await files['writeFile']?.({ filePath: 'wxfile://usr/a', data: 'one', encoding: 'utf8' })
    expect(await found()).toEqual({ 'usr/a': 'one' })
    await files['appendFile']?.({ filePath: 'wxfile://usr/a', data: ' two', encoding: 'utf8' })
    expect(await found()).toEqual({ 'usr/a': 'one two' })
    await files['rename']?.({ oldPath: 'wxfile://usr/a', newPath: 'wxfile://usr/b' })
    await storage['setStorage']?.({ key: 'k', data: 1 })
    expect(await found()).toEqual({ 'usr/b': 'one two', 'storage/6b.json': '1' })
    await storage['removeStorage']?.({ key: 'k' })
    await files['unlink']?.({ filePath: 'wxfile://usr/b' })
    expect(await found()).toEqual({})
  })

  it("fails with WeChat's message when it cannot become durable", async () => {
    const disk = await DurableDisk.open('alice')
    const files = fileSystemManager(new Problems(), filesOf(disk), { codec, digest: async () => '', settled: disk.settled }) as Record<string, (options: object) => Promise<unknown>>
    await disk.settled()
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('no', 'QuotaExceededError')
    })
    await expect(files['writeFile']?.({ filePath: 'wxfile://usr/a', data: 'x', encoding: 'utf8' })).rejects.toEqual({ errMsg: 'writeFile:fail the maximum size of the file storage limit is exceeded', errno: 1300202 })
  })
})
