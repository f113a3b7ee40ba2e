/** The storage of a browser. */
import { useEmojiTable } from '@/src/chat/emoji/emojis'
import { EMOJI_TABLE } from '@/src/chat/emoji/table'
import { newId } from '@/src/platform/ids'
import { createStorage } from './history/create-storage'
import { createIndexedDbKeyValue } from './kv/indexeddb'
import type { Storage } from './port'

// Reactions are checked against it as they are read.
useEmojiTable(EMOJI_TABLE)

export function createBrowserStorage(): Storage {
  return createStorage(createIndexedDbKeyValue(), newId)
}
