/** Rebuilds the row of a conversation from its log, if the row in the index is lost or may be out of date. */
import { conversationKind, conversationTarget, type Conversation, type ConversationId, type Preview } from '@/src/chat/conversation/conversation'
import { countsAsUnread } from '@/src/chat/conversation/order'
import { preview } from '@/src/chat/conversation/preview'
import { isDeleted, isRecalled, shownTime, type Message } from '@/src/chat/message/message'
import { kindOf } from '@/src/kinds/registry'
import { PAGE_SIZE } from '../keys'
import { BYTES_PER_MESSAGE, type IndexRow } from '../records'

/**
 * `messages`: those of the last pages of the log, in order. `firstPage`: the first page of the log. `known`: the row that is left, for values
 * that the log does not have. Undefined if there is neither a message nor a row.
 */
export function rebuiltRow(id: ConversationId, messages: readonly Message[], firstPage: number, known: IndexRow | undefined): IndexRow | undefined {
  const newest = messages[messages.length - 1]
  if (!newest) return known
  const former = known?.conversation
  const formerLength = former?.length ?? 0
  const length = Math.max(formerLength, newest.seq + 1)
  const start = Math.max(former?.start ?? 0, firstPage * PAGE_SIZE)
  const added = messages.filter(({ seq }) => seq >= formerLength)
  const left = added.filter((message) => !isDeleted(message))
  const shown = [...left].reverse().find(({ body }) => !kindOf(body).isSystem) ?? (former?.preview ? undefined : left[left.length - 1])
  const pending = pendingOf(id, messages, former)
  const bytes = (known?.bytes ?? 0) + (length - Math.max(formerLength, start)) * BYTES_PER_MESSAGE
  if (!former) {
    const at = shownTime(shown ?? newest)
    // The read position is lost, so all messages count as read.
    const by = profileIn(id, messages, shown)
    return { conversation: { id, length, start, preview: shown ? preview(shown) : null, at, unread: 0, readTo: length, pending, left: false, pinned: false, muted: false, ...(by && { by }) }, bytes, since: at }
  }
  const newCount = added.filter(countsAsUnread).length
  const isAllRead = newCount === 0 && former.readTo === formerLength
  const at = shown ? Math.max(shownTime(shown), former.at) : former.at
  const { by: _former, ...rest } = former
  const by = profileIn(id, messages, shown) ?? (shown && conversationKind(id) === 'channel' ? undefined : former.by)
  const conversation: Conversation = {
    ...rest,
    ...(by && { by }),
    length,
    start,
    preview: shown ? previewAt(shown, at) : former.preview,
    at,
    unread: former.unread + newCount,
    readTo: isAllRead ? length : Math.max(start, former.readTo),
    pending,
  }
  const shownTo = shownTime(newest)
  return { ...known, conversation: shownTo === (conversation.shownTo ?? conversation.at) ? conversation : { ...conversation, shownTo }, bytes: Math.max(0, bytes) }
}

/** The profile of the row: the newest of the peer, or that of the author of the preview's message. */
function profileIn(id: ConversationId, messages: readonly Message[], shown: Message | undefined): Conversation['by'] {
  if (conversationKind(id) === 'channel') return shown?.by
  return [...messages].reverse().find(({ from, by }) => by && from === conversationTarget(id))?.by
}

/**
 * The messages that the outbox has to check: those to be sent, those to a peer without a receipt, and those that the former row names, unless
 * they are failed, read, recalled or deleted.
 */
function pendingOf(id: ConversationId, messages: readonly Message[], former: Conversation | undefined): number[] {
  const isPeer = conversationKind(id) === 'peer'
  const named = new Set(former?.pending)
  const ended = new Set<number>()
  for (const message of messages) {
    const { seq, status } = message
    // It has no words any more.
    if (isRecalled(message) || isDeleted(message)) ended.add(seq)
    else if (status === 'queued' || status === 'sending' || (isPeer && status === 'sent')) named.add(seq)
    else if (status === 'failed' || status === 'read') ended.add(seq)
  }
  return [...named].filter((seq) => !ended.has(seq)).sort((a, b) => a - b)
}

/** The preview, with a time of its own if the message's differs from `at`, the conversation's. */
function previewAt(message: Message, at: number): Preview {
  const shown = shownTime(message)
  return shown === at ? preview(message) : { ...preview(message), at: shown }
}
