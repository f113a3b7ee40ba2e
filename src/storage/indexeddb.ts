/** Keeps everything in one object store of IndexedDB, as JSON text under string keys; one transaction per commit. */
import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb'
import { parseJsonText } from './json-text'
import type { KeyValue, Write } from './key-value'
import { StorageError } from './port'

const VERSION = 1
const STORE = 'records'

interface Schema extends DBSchema {
  [STORE]: { key: string; value: string }
}
type Database = IDBPDatabase<Schema>
type Transaction = IDBPTransaction<Schema, [typeof STORE], 'readwrite'>

export function createIndexedDbKeyValue(name = 'uni-rtm-chat'): KeyValue {
  let opened: Promise<Database> | undefined

  /** The one connection, opened at first use and again after it was lost. */
  function database(): Promise<Database> {
    opened ??= openDatabase(name, forget).catch((error: unknown) => {
      forget()
      throw new StorageError('unavailable', 'IndexedDB cannot be opened', error)
    })
    return opened
  }

  function forget(): void {
    opened = undefined
  }

  async function attempt<T>(work: (db: Database) => Promise<T>): Promise<T> {
    const db = await database()
    try {
      return await work(db)
    } catch (error) {
      // a connection that the browser closed (iOS does so to a page in the background) without an event
      if (isNamed(error, 'InvalidStateError')) forget()
      throw asStorageError(error)
    }
  }

  return {
    get: (key) => attempt(async (db) => parseJsonText(await db.get(STORE, key))),

    entries: (folder) =>
      attempt(async (db) => {
        const { store } = db.transaction(STORE)
        const [keys, texts] = await Promise.all([store.getAllKeys(within(folder)), store.getAll(within(folder))])
        const entries = keys.map((key, i) => [key, parseJsonText(texts[i])] as const)
        return entries.filter(([key]) => !key.includes('/', folder.length))
      }),

    commit: (writes) =>
      attempt(async (db) => {
        const transaction = db.transaction(STORE, 'readwrite', { durability: 'strict' })
        const requests: Promise<unknown>[] = [transaction.done]
        try {
          for (const write of writes) requests.push(request(transaction, write))
          await Promise.all(requests)
        } catch (error) {
          abort(transaction)
          await Promise.allSettled(requests)
          throw transaction.error ?? error
        }
      }),
  }
}

/** Async, since a browser without IndexedDB throws at once. */
async function openDatabase(name: string, onLost: () => void): Promise<Database> {
  return openDB<Schema>(name, VERSION, {
    upgrade: (db) => void db.createObjectStore(STORE),
    blocking: (_current, _blocked, event) => {
      // another tab brings a newer version: make room
      onLost()
      ;(event.target as IDBDatabase).close()
    },
    terminated: onLost,
  })
}

function request({ store }: Transaction, write: Write): Promise<unknown> {
  switch (write.type) {
    case 'put':
      return store.put(JSON.stringify(write.value), write.key)
    case 'delete':
      return store.delete(write.key)
    case 'clear':
      return store.delete(within(write.folder))
  }
}

function within(folder: string): IDBKeyRange {
  return IDBKeyRange.bound(folder, `${folder}\uffff`)
}

function abort(transaction: Transaction): void {
  try {
    transaction.abort()
  } catch (error) {
    // it has ended by itself: that is why this commit failed
    if (!isNamed(error, 'InvalidStateError')) throw error
  }
}

function asStorageError(error: unknown): StorageError {
  if (error instanceof StorageError) return error
  if (isNamed(error, 'QuotaExceededError')) return new StorageError('full', 'IndexedDB has no room left', error)
  return new StorageError('failed', `IndexedDB: ${error instanceof Error ? error.message : String(error)}`, error)
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name
}
