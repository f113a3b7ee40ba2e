/** The keys of all records. Ids in them are hex-encoded, so that they collide on no platform and cannot leave their folder. */
import { parseConversationId, type ConversationId } from '@/src/chat/conversation/conversation'
import { decodeHex, encodeHex } from '@/src/platform/hex'
import type { Person } from './port'

/** Messages in one page of a log: the most that a write rewrites, and the unit of a read. */
export const PAGE_SIZE = 50

/** The number of the page that holds `seq`. */
export function pageOf(seq: number): number {
  return Math.floor(seq / PAGE_SIZE)
}

/** The keys of one user's history. A folder ends in `/`. */
export interface PersonKeys {
  /** `conversation/<person>/`: one record per conversation, in format 1. */
  readonly conversations: string
  conversation(id: ConversationId): string
  /** `index/<person>/`: the rows of all conversations, see conversation-index.ts. */
  readonly index: string
  /** The name of the tab that writes this history, see ownership.ts. */
  readonly owner: string
  /** The damage that was reported to the user. */
  readonly reported: string
  draft(id: ConversationId): string
  /** The waiting edits, recalls and reactions of all conversations, see waiting-amendments.ts. */
  readonly amendments: string
  /** `log/<person>/`: one folder per conversation. */
  readonly logs: string
  /** The conversation whose log is in the folder `name` of {@link logs}. Undefined if the folder is not a log. */
  conversationOf(name: string): ConversationId | undefined
  /** `log/<person>/<conversation>/`: the pages of one conversation. */
  log(id: ConversationId): string
  page(id: ConversationId, page: number): string
  /** `ids/<person>/<conversation>/`: the index of message ids, see id-index.ts. */
  ids(id: ConversationId): string
  idSegment(id: ConversationId, segment: number): string
  /** The conversations of earlier versions that the id index has, see old-pages.ts. */
  readonly indexed: string
}

export function personKeys({ appId, uid }: Person): PersonKeys {
  // An App ID is 32 letters and digits. As hex it would only make every key longer.
  const person = `${/^[0-9A-Za-z]+$/.test(appId) ? appId : encodeHex(appId)}-${encodeHex(uid)}`
  const conversations = `conversation/${person}/`
  const logs = `log/${person}/`
  const ids = (id: ConversationId) => `ids/${person}/${encodeHex(id)}/`
  const folders = new Map<ConversationId, string>()
  // Cached: needed for every message.
  const log = (id: ConversationId) => {
    const folder = folders.get(id) ?? `${logs}${encodeHex(id)}/`
    folders.set(id, folder)
    return folder
  }
  return {
    conversations,
    index: `index/${person}/`,
    owner: `owner/${person}`,
    reported: `told/${person}`,
    amendments: `amendments/${person}`,
    logs,
    conversationOf: (name) => parseConversationId(decodeHex(name)),
    conversation: (id) => `${conversations}${encodeHex(id)}`,
    draft: (id) => `draft/${person}/${encodeHex(id)}`,
    log,
    page: (id, page) => `${log(id)}${page}`,
    ids,
    idSegment: (id, segment) => `${ids(id)}${segment}`,
    indexed: `ids/${person}/indexed`,
  }
}
