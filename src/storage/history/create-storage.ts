/** Opens a user's history over any KeyValue (docs/STORAGE.md). */
import { orElse } from '@/src/chat/util/or-else'
import { newId } from '@/src/platform/ids'
import { ClosedHistory } from './closed-history'
import { ConversationIndex } from '../index/conversation-index'
import type { KeyValue } from '../kv/key-value'
import { personKeys } from '../keys'
import { Ownership } from './ownership'
import { StorageError, type History, type Person, type Storage } from '../port'
import { parseReportedRecord } from '../records'
import { LoggedHistory } from './logged-history'

/** `newName` returns a text that no other tab has. */
export function createStorage(kv: KeyValue, newName = newId): Storage {
  /** By user, the history that this program has open. */
  const opened = new Map<string, LoggedHistory>()

  async function open(person: Person): Promise<History> {
    const keys = personKeys(person)
    await opened.get(keys.owner)?.end()
    if (await ConversationIndex.isNewer(kv, keys)) return new ClosedHistory('newer')
    // Claim ownership before reading the index: otherwise later changes of another tab would be overwritten.
    const ownership = await Ownership.claim(kv, keys, newName)
    const [index, reported] = await Promise.all([ConversationIndex.open(kv, keys, (writes) => ownership.commit(writes)), kv.get(keys.reported)])
    const history = new LoggedHistory(kv, keys, index, ownership, parseReportedRecord(reported))
    opened.set(keys.owner, history)
    return history
  }

  return {
    // An unreadable history must not be overwritten. A closed one still lets the user chat.
    openHistory: (person) => orElse(StorageError, () => open(person), ({ failure }): History => new ClosedHistory(failure)),
  }
}
