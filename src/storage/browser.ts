/** The storage of a browser. */
import { newId } from '@/src/platform/ids'
import { createStorage } from './history/create-storage'
import { createIndexedDbKeyValue } from './kv/indexeddb'
import type { Storage } from './port'

export function createBrowserStorage(): Storage {
  return createStorage(createIndexedDbKeyValue(), newId)
}
