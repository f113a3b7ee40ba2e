/**
 * Stores everything in one object store of IndexedDB, as JSON text under string keys, with one transaction per commit. The records appended to a key are
 * under `<key>~<n>`.
 */
import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb'
import { clock, inTime } from '@/src/chat/time/clock'
import { parseJsonText } from '@/src/chat/util/json-text'
import { isOwner, type KeyValue, type Owner, type Write } from './key-value'
import { StorageError } from '../port'

const VERSION = 1
const STORE = 'records'
/** Separates a key from the number of an appended record. No key contains it. */
const APPENDED = '~'
/** The number's digits: enough for the appended records of one key to sort as text. */
const NUMBER_LENGTH = 9

/**
 * Safari sometimes never answers `indexedDB.open` (https://github.com/jakearchibald/idb-keyval/issues/120). After this time storage counts as unavailable,
 * ms.
 */
const OPEN_WITHIN_MS = 5_000
/** Reads and commits that take longer count as failed, ms. */
const ANSWER_WITHIN_MS = 10_000
/** The errors of a browser that has lost the connection, possibly without an event. Safari: an UnknownError after a sleep. */
const LOST = ['InvalidStateError', 'UnknownError', 'TimeoutError']

interface Schema extends DBSchema {
  [STORE]: { key: string; value: string }
}
type Database = IDBPDatabase<Schema>
type Transaction = IDBPTransaction<Schema, [typeof STORE], 'readwrite'>

export function createIndexedDbKeyValue(name = 'uni-rtm-chat'): KeyValue {
  let opened: Promise<Database> | undefined

  /** The one connection, opened at first use and again after it was lost. */
  function database(): Promise<Database> {
    opened ??= connect()
    return opened
  }

  function connect(): Promise<Database> {
    const mine: Promise<Database> = openInTime(name, () => forget(mine)).catch((error: unknown) => {
      forget(mine)
      throw new StorageError(isNamed(error, 'VersionError') ? 'newer' : 'unavailable', 'IndexedDB cannot be opened', error)
    })
    return mine
  }

  function forget(lost: Promise<Database>): void {
    if (opened === lost) opened = undefined
  }

  async function attempt<T>(work: (db: Database) => Promise<T>): Promise<T> {
    const connection = database()
    const db = await connection
    try {
      return await inTime(clock, work(db), ANSWER_WITHIN_MS)
    } catch (error) {
      if (LOST.some((name) => isNamed(error, name))) {
        forget(connection)
        db.close()
      }
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
        return entries.filter(([key]) => !key.includes('/', folder.length) && !key.includes(APPENDED, folder.length))
      }),

    list: (key) =>
      attempt(async (db) => {
        const { store } = db.transaction(STORE)
        const [text, appended] = await Promise.all([store.get(key), store.getAll(within(key + APPENDED))])
        const value = parseJsonText(text)
        const read = appended.map(parseJsonText)
        const unreadable = read.filter((each) => !Array.isArray(each)).length + (text !== undefined && value === undefined ? 1 : 0)
        return { value, appended: read.flatMap((each) => (Array.isArray(each) ? (each as unknown[]) : [])), unreadable }
      }),

    names: (folder) =>
      attempt(async (db) => {
        const keys = await db.getAllKeys(STORE, within(folder))
        return [...new Set(keys.map((key) => key.slice(folder.length).split(/[/~]/, 1)[0] ?? ''))]
      }),

    commit: (writes, owner) =>
      attempt(async (db) => {
        const transaction = db.transaction(STORE, 'readwrite', { durability: 'strict' })
        const requests: Promise<unknown>[] = [transaction.done]
        // A commit that was reported as failed must not happen later.
        const cancel = clock.after(ANSWER_WITHIN_MS, () => abort(transaction))
        try {
          if (owner) await requireOwner(transaction, owner)
          for (const write of writes) {
            if (write.type === 'append') await append(transaction.store, write.key, write.values)
            else for (const request of requestsFor(transaction, write)) requests.push(request)
          }
          await Promise.all(requests)
        } catch (error) {
          abort(transaction)
          await Promise.allSettled(requests)
          throw error instanceof StorageError ? error : (transaction.error ?? error)
        } finally {
          cancel()
        }
      }),
  }
}

/** Rejects if the browser does not answer in time. A connection that opens later is closed, or it would block other tabs. */
async function openInTime(name: string, onLost: () => void): Promise<Database> {
  const opening = openDatabase(name, onLost)
  try {
    return await inTime(clock, opening, OPEN_WITHIN_MS)
  } catch (error) {
    void opening.then(
      (late) => late.close(),
      () => {},
    )
    throw error
  }
}

/** Async, since a browser without IndexedDB throws synchronously. */
async function openDatabase(name: string, onLost: () => void): Promise<Database> {
  return openDB<Schema>(name, VERSION, {
    upgrade: (db) => void db.createObjectStore(STORE),
    blocking: (_current, _blocked, event) => {
      // Another tab has a newer version, so make room for it.
      onLost()
      ;(event.target as IDBDatabase).close()
    },
    terminated: onLost,
  })
}

/** Inside the transaction, so that no other tab can change the owner in between. */
async function requireOwner({ store }: Transaction, owner: Owner): Promise<void> {
  if (!isOwner(await store.get(owner.key), owner)) throw new StorageError('taken-over', 'another tab writes this now')
}

/** One at a time, so that each is awaited even if the browser throws at the next. */
function* requestsFor({ store }: Transaction, write: Exclude<Write, { type: 'append' }>): Generator<Promise<unknown>> {
  switch (write.type) {
    case 'put':
      yield store.delete(within(write.key + APPENDED))
      yield store.put(JSON.stringify(write.value), write.key)
      return
    case 'delete':
      yield store.delete(write.key)
      yield store.delete(within(write.key + APPENDED))
      return
    case 'clear':
      yield store.delete(within(write.folder))
  }
}

/** An append looks up its number first. Later writes wait, so that they do not overtake it. */
async function append(store: Transaction['store'], key: string, values: readonly unknown[]): Promise<void> {
  const last = await store.openKeyCursor(within(key + APPENDED), 'prev')
  const number = last ? Number(last.key.slice(key.length + APPENDED.length)) + 1 : 0
  await store.put(JSON.stringify(values), key + APPENDED + String(number).padStart(NUMBER_LENGTH, '0'))
}

function within(folder: string): IDBKeyRange {
  return IDBKeyRange.bound(folder, `${folder}\uffff`)
}

function abort(transaction: Transaction): void {
  try {
    transaction.abort()
  } catch (error) {
    // The transaction has ended by itself, which is why this commit failed.
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
