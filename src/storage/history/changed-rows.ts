/** Computes the rows of the index after a commit. */
import type { Conversation, ConversationId } from '@/src/chat/conversation/conversation'
import { pageOf } from '../keys'
import type { Entry } from '../port'
import type { IndexRow } from '../records'
import type { AmendmentStep } from './waiting-amendments'
import type { ChangedPages } from './changed-pages'

/** Resolves to the names of a conversation's pages on the device. Rejects with StorageError. */
type PageNames = (id: ConversationId) => Promise<string[]>

/**
 * Adds the messages of a commit to `pages`, and the changes of its amendments to `steps`. Resolves to the new rows of the changed conversations.
 * `index`: the rows before the commit. Rejects with StorageError.
 */
export async function changedRows(
  entries: readonly Entry[],
  pages: ChangedPages,
  steps: AmendmentStep[],
  index: ReadonlyMap<ConversationId, IndexRow>,
  names: PageNames,
): Promise<IndexRow[]> {
  const rows = new Map<ConversationId, IndexRow>()
  for (const entry of entries) {
    const former = rows.get(entry.conversation.id) ?? index.get(entry.conversation.id)
    const conversation = clampStart(entry.conversation, former)
    if (entry.isCleared || isCleared(conversation, former?.conversation)) steps.push({ conversation: conversation.id })
    for (const amendment of entry.amendments ?? []) steps.push({ conversation: conversation.id, amendment })
    let added = 0
    for (const message of entry.messages ?? []) {
      const number = pageOf(message.seq)
      const page = pages.loaded(conversation.id, number) ?? (await pages.of(conversation.id, number))
      added += page.add(message)
    }
    for (const { seq, changes } of entry.local ?? []) (await pages.of(conversation.id, pageOf(seq))).amend(seq, changes)
    const trimmed = conversation.start > (former?.conversation.start ?? 0) ? await trim(conversation, former, pages, names) : NOTHING_TRIMMED
    rows.set(conversation.id, { conversation, bytes: Math.max(0, (former?.bytes ?? 0) + added - trimmed.bytes), since: trimmed.since ?? former?.since ?? conversation.at })
  }
  return [...rows.values()]
}

/** Returns `rows` with the bytes that their conversations take once `pages` are complete, and those of `index` whose pages only were amended. */
export function withBytesOf(pages: ChangedPages, rows: readonly IndexRow[], index: ReadonlyMap<ConversationId, IndexRow>): IndexRow[] {
  const all = new Map(rows.map((row) => [row.conversation.id, row] as const))
  for (const { id, bytes } of pages.grown()) {
    const row = all.get(id) ?? index.get(id)
    if (row) all.set(id, { ...row, bytes: Math.max(0, row.bytes + bytes) })
  }
  return [...all.values()]
}

/** Deletes the pages before the new start of a conversation. */
async function trim(conversation: Conversation, former: IndexRow | undefined, pages: ChangedPages, names: PageNames): Promise<Trimmed> {
  const { id, start, length } = conversation
  if (start === length) {
    pages.deleteAll(id, await names(id))
    return { bytes: Infinity, since: conversation.at }
  }
  let bytes = 0
  for (let number = pageOf(former?.conversation.start ?? 0); number < pageOf(start); number++) {
    bytes += (await pages.of(id, number)).bytes
    pages.delete(id, number)
  }
  const first = (await pages.of(id, pageOf(start))).messages.get(start)
  return first ? { bytes, since: first.at } : { bytes }
}

/** `start` never moves back: the caller's copy can be from before a trim. */
function clampStart(conversation: Conversation, former: IndexRow | undefined): Conversation {
  const start = former?.conversation.start ?? 0
  return conversation.start < start ? { ...conversation, start } : conversation
}

/** Whether the new start is behind all saved messages, so that no target of a waiting amendment is left. */
function isCleared({ start }: Conversation, former: Conversation | undefined): boolean {
  return former !== undefined && start > former.start && start >= former.length
}

interface Trimmed {
  /** Bytes of the deleted pages. Infinity: all of the conversation. */
  readonly bytes: number
  /** ms since 1970 of the first message that is left. Absent if that is unknown. */
  readonly since?: number
}

const NOTHING_TRIMMED: Trimmed = { bytes: 0 }
