/** Where things stand. Ids are hex-encoded, so that no two meet on any platform and none leaves its folder. */
import { parseConversationId, type ConversationId } from '@/src/chat/conversation/conversation'
import { decodeHex, encodeHex } from '@/src/platform/hex'
import type { Person } from './port'

/** How many messages one page of a log holds: what a write costs at most, and what a read brings. */
export const PAGE_SIZE = 50

/** The number of the page that holds `seq`. */
export function pageOf(seq: number): number {
  return Math.floor(seq / PAGE_SIZE)
}

export interface PersonKeys {
  /** `conversation/<person>/`: one record per conversation, in the first format. */
  readonly conversations: string
  conversation(id: ConversationId): string
  /** `index/<person>/`: what is known of the conversations, see conversation-index.ts. */
  readonly index: string
  /** Who writes this history. */
  readonly owner: string
  /** Which damage the person has heard of. */
  readonly reported: string
  draft(id: ConversationId): string
  /** The edits, recalls and reactions of all conversations, see amendments.ts. */
  readonly amendments: string
  /** `log/<person>/`: a folder per conversation. */
  readonly logs: string
  /** The conversation whose log is in the folder `name` of {@link logs}; undefined when it is none. */
  conversationOf(name: string): ConversationId | undefined
  /** `log/<person>/<conversation>/`: the pages of one conversation. */
  log(id: ConversationId): string
  page(id: ConversationId, page: number): string
  /** `ids/<person>/<conversation>/`: which message has which id, see id-index.ts. */
  ids(id: ConversationId): string
  idSegment(id: ConversationId, segment: number): string
  /** Which conversations of earlier versions are in the id index, see old-pages.ts. */
  readonly indexed: string
}

export function personKeys({ appId, uid }: Person): PersonKeys {
  // An App ID is 32 letters and digits; as hex it would only make every key longer.
  const person = `${/^[0-9A-Za-z]+$/.test(appId) ? appId : encodeHex(appId)}-${encodeHex(uid)}`
  const conversations = `conversation/${person}/`
  const logs = `log/${person}/`
  const ids = (id: ConversationId) => `ids/${person}/${encodeHex(id)}/`
  const folders = new Map<ConversationId, string>()
  // asked for with every message
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
