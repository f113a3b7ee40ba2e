import 'fake-indexeddb/auto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createStorage } from '@/src/storage/history'
import { createIndexedDbKeyValue } from '@/src/storage/indexeddb'
import { alice } from './make'
import { describeAdapter } from './suite'

let count = 0

afterEach(() => vi.restoreAllMocks())

function failPuts(error: () => DOMException): void {
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw error()
  })
}

describeAdapter('in IndexedDB', () => {
  const name = `test-${count++}`
  return {
    open: () => createIndexedDbKeyValue(name),
    fail(failure) {
      vi.restoreAllMocks()
      if (failure) failPuts(() => new DOMException('no', failure === 'full' ? 'QuotaExceededError' : 'UnknownError'))
    },
  }
})

describe('IndexedDB', () => {
  it('commits with strict durability', async () => {
    const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction')
    await createIndexedDbKeyValue(`test-${count++}`).commit([{ type: 'put', key: 'a', value: 1 }])
    expect(transaction).toHaveBeenLastCalledWith('records', 'readwrite', { durability: 'strict' })
  })

  describe('keeps nothing of a commit', () => {
    const name = `test-${count++}`
    const kv = createIndexedDbKeyValue(name)
    const put = IDBObjectStore.prototype.put

    /** What befalls the second of two puts. */
    async function commitWith(fault: (this: IDBObjectStore, ...args: Parameters<typeof put>) => IDBRequest<IDBValidKey>): Promise<unknown> {
      await kv.commit([{ type: 'put', key: 'a', value: 'former' }])
      vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, value, key) {
        return key === 'b' ? fault.call(this, value, key) : put.call(this, value, key)
      })
      const commit = kv.commit([{ type: 'put', key: 'a', value: 'new' }, { type: 'put', key: 'b', value: 'new' }])
      const error = await commit.then(() => undefined, (reason: unknown) => reason)
      vi.restoreAllMocks()
      expect(await kv.get('a')).toBe('former')
      expect(await kv.get('b')).toBeUndefined()
      return error
    }

    it('one write of which the browser refuses', async () => {
      const error = await commitWith(() => {
        throw new DOMException('no', 'DataError')
      })
      expect(error).toMatchObject({ name: 'StorageError', failure: 'failed' })
    })

    it('that the browser aborts', async () => {
      const error = await commitWith(function (value, key) {
        const request = put.call(this, value, key)
        queueMicrotask(() => this.transaction.abort())
        return request
      })
      expect(error).toMatchObject({ name: 'StorageError', failure: 'failed' })
    })

    it('that finds the disk full only at its end', async () => {
      const error = await commitWith(function (value, key) {
        const request = put.call(this, value, key)
        const { transaction } = this
        Object.defineProperty(transaction, 'error', { value: new DOMException('full', 'QuotaExceededError') })
        queueMicrotask(() => transaction.abort())
        return request
      })
      expect(error).toMatchObject({ name: 'StorageError', failure: 'full' })
    })
  })

  it('is unavailable where the browser does not open it, and available again once it does', async () => {
    const kv = createIndexedDbKeyValue(`test-${count++}`)
    vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('not here', 'SecurityError')
    })
    await expect(kv.get('a')).rejects.toMatchObject({ name: 'StorageError', failure: 'unavailable' })
    vi.restoreAllMocks()
    expect(await kv.get('a')).toBeUndefined()
  })

  it('that a later version has made is left alone, and said to be newer', async () => {
    const name = `test-${count++}`
    const { openDB } = await import('idb')
    const newer = await openDB(name, 9, { upgrade: (db) => void db.createObjectStore('shards') })
    await newer.put('shards', 'what it keeps', 'a')
    newer.close()
    const history = await createStorage(createIndexedDbKeyValue(name)).openHistory(alice)
    expect(history.damage()).toEqual({ unreadable: 0, isNews: false, closed: 'newer' })
    const again = await openDB(name)
    expect([again.version, await again.get('shards', 'a')]).toEqual([9, 'what it keeps'])
    again.close()
  })

  it('opens anew after the browser has closed the connection', async () => {
    const open = vi.spyOn(indexedDB, 'open')
    const name = `test-${count++}`
    const kv = createIndexedDbKeyValue(name)
    await kv.commit([{ type: 'put', key: 'a', value: 1 }])
    const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementationOnce(() => {
      throw new DOMException('the connection is closing', 'InvalidStateError')
    })
    await expect(kv.get('a')).rejects.toMatchObject({ failure: 'failed' })
    transaction.mockRestore()
    expect(await kv.get('a')).toBe(1)
    expect(open).toHaveBeenCalledTimes(2)
  })

  it('takes a value that is no JSON text for none', async () => {
    const name = `test-${count++}`
    const kv = createIndexedDbKeyValue(name)
    await kv.commit([{ type: 'put', key: 'f/a', value: 1 }])
    const { openDB } = await import('idb')
    const db = await openDB(name)
    await db.put('records', '{"torn', 'f/a')
    await db.put('records', { an: 'object' }, 'f/b')
    db.close()
    expect(await kv.get('f/a')).toBeUndefined()
    expect(await kv.entries('f/')).toEqual([['f/a', undefined], ['f/b', undefined]])
  })
})
