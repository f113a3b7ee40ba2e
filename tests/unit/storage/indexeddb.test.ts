import 'fake-indexeddb/auto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { setClock, systemClock } from '@/src/chat/time/clock'
import { createStorage } from '@/src/storage/history/create-storage'
import { createIndexedDbKeyValue } from '@/src/storage/kv/indexeddb'
import { TestClock } from '../../support/test-clock'
import { alice } from './make'
import { describeAdapter } from './suite'

let count = 0

afterEach(() => {
  vi.restoreAllMocks()
  setClock(systemClock)
})

/** A clock that the test steps. */
function stepped(): TestClock {
  const clock = new TestClock()
  setClock(clock)
  return clock
}

/**
 * Keeps the browser from answering `indexedDB.open` for `name`, until the resolved function is called: another page deletes it, and a third one has it open.
 */
async function holdOpen(name: string): Promise<() => void> {
  const holder = indexedDB.open(name, 1)
  await new Promise((resolve) => (holder.onsuccess = resolve))
  indexedDB.deleteDatabase(name)
  return () => holder.result.close()
}

/** A request that the browser never answers. */
const silence = () => new IDBRequest() as IDBRequest<any>

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

  describe('stores nothing of a commit', () => {
    const name = `test-${count++}`
    const kv = createIndexedDbKeyValue(name)
    const put = IDBObjectStore.prototype.put

    /** The fault of the second of two puts. */
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

    it('one write of which the browser rejects', async () => {
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

  it('is unavailable if the browser does not open it, and available again once it does', async () => {
    const kv = createIndexedDbKeyValue(`test-${count++}`)
    vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('not here', 'SecurityError')
    })
    await expect(kv.get('a')).rejects.toMatchObject({ name: 'StorageError', failure: 'unavailable' })
    vi.restoreAllMocks()
    expect(await kv.get('a')).toBeUndefined()
  })

  it('of a later version is not changed, and reported as newer', async () => {
    const name = `test-${count++}`
    const { openDB } = await import('idb')
    const newer = await openDB(name, 9, { upgrade: (db) => void db.createObjectStore('shards') })
    await newer.put('shards', 'what it keeps', 'a')
    newer.close()
    const history = await createStorage(createIndexedDbKeyValue(name)).openHistory(alice)
    expect(history.damage()).toEqual({ unreadable: 0, isUnreported: false, closed: 'newer' })
    const again = await openDB(name)
    expect([again.version, await again.get('shards', 'a')]).toEqual([9, 'what it keeps'])
    again.close()
  })

  it('opens again after the browser has closed the connection', async () => {
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

  it('is unavailable for as long as the browser does not answer', async () => {
    const name = `test-${count++}`
    const answer = await holdOpen(name)
    const clock = stepped()
    const storage = createStorage(createIndexedDbKeyValue(name))
    const history = await clock.advanceUntil(storage.openHistory(alice), 500)
    expect(history.damage().closed).toBe('unavailable')
    answer()
    expect((await storage.openHistory(alice)).damage().closed).toBeUndefined()
  })

  it('closes a connection that opens too late', async () => {
    const name = `test-${count++}`
    const answer = await holdOpen(name)
    const clock = stepped()
    const reading = createIndexedDbKeyValue(name).get('a')
    await expect(clock.advanceUntil(reading, 500)).rejects.toMatchObject({ failure: 'unavailable' })
    const close = vi.spyOn(IDBDatabase.prototype, 'close')
    answer()
    await vi.waitFor(() => expect(close).toHaveBeenCalledTimes(2))
  })

  it.each(['UnknownError', 'InvalidStateError'])('opens again after any %s, of a read and of a commit', async (name) => {
    const open = vi.spyOn(indexedDB, 'open')
    const kv = createIndexedDbKeyValue(`test-${count++}`)
    await kv.commit([{ type: 'put', key: 'a', value: 1 }])
    const lost = () => {
      throw new DOMException('Connection to Indexed Database server lost. Refresh the page to try again', name)
    }
    const faults: [() => { mockRestore(): void }, () => Promise<unknown>][] = [
      [() => vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementationOnce(lost), () => kv.get('a')],
      [() => vi.spyOn(IDBObjectStore.prototype, 'get').mockImplementationOnce(lost), () => kv.get('a')],
      [() => vi.spyOn(IDBObjectStore.prototype, 'getAll').mockImplementationOnce(lost), () => kv.list('a')],
      [() => vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementationOnce(lost), () => kv.commit([{ type: 'put', key: 'a', value: 2 }])],
    ]
    for (const [index, [fault, work]] of faults.entries()) {
      const { mockRestore } = fault()
      await expect(work()).rejects.toMatchObject({ failure: 'failed' })
      mockRestore()
      expect(await kv.get('a')).toBe(1)
      expect(open).toHaveBeenCalledTimes(index + 2)
    }
  })

  it('fails if a read or a commit is not answered, and stores nothing of that commit', async () => {
    const kv = createIndexedDbKeyValue(`test-${count++}`)
    await kv.commit([{ type: 'put', key: 'a', value: 'former' }])
    const clock = stepped()
    const get = vi.spyOn(IDBObjectStore.prototype, 'get').mockImplementationOnce(silence)
    await expect(clock.advanceUntil(kv.get('a'), 1_000)).rejects.toMatchObject({ failure: 'failed' })
    get.mockRestore()
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore) {
      // A busy transaction does not end by itself.
      const spin = () => void (this.get('a').onsuccess = spin)
      spin()
      return silence()
    })
    await expect(clock.advanceUntil(kv.commit([{ type: 'delete', key: 'a' }, { type: 'put', key: 'b', value: 'new' }]), 1_000)).rejects.toMatchObject({ failure: 'failed' })
    put.mockRestore()
    expect([await kv.get('a'), await kv.get('b')]).toEqual(['former', undefined])
  })

  it('treats a value that is not JSON as missing', async () => {
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
