/** The list's data of a conversation, and its changes: each function returns a new object, or the same one if nothing changed. */
import { kindOf } from '@/src/kinds/registry'
import { conversationKind, conversationTarget, isOfFilter, type Conversation, type ConversationFilter, type ConversationId } from './conversation'
import { isDeleted, isRecalled, shownTime, type Message } from '../message/message'
import { isPreviewOf, preview, PREVIEW_MAX_LENGTH } from './preview'
import { mentionsUser } from '../message/mentions'
import { lineOf } from '../text/written-text'

/** The most unread mentions that a conversation remembers: the first ones, and the last. */
export const MENTIONED_MAX = 50

/** A conversation without a message. `at` in ms since 1970. */
export function createConversation(id: ConversationId, at: number): Conversation {
  return { id, length: 0, start: 0, preview: null, at, unread: 0, readTo: 0, pending: [], left: false, pinned: false, muted: false }
}

/**
 * `message`, which is about to be appended to the log, with the time that its thread shows: never earlier than that of the message above it, whatever the
 * clocks say.
 */
export function inOrder({ start, length, at, preview, shownTo }: Conversation, message: Message): Message {
  if (start === length) return message
  const earliest = shownTo ?? (preview === null ? -Infinity : at)
  return message.at < earliest ? { ...message, shownAt: earliest } : message
}

/**
 * A message by another user was appended to the log. `seen`: the user sees it right now. `newest`: the greatest `at` of all conversations. The conversation
 * sorts above it: the list shows what arrived last, not what claims to be the latest. `isMentioned`: it mentions the user.
 */
export function receive(conversation: Conversation, message: Message, seen: boolean, newest = -Infinity, isMentioned = false): Conversation {
  const { id, start, pending, left, pinned, muted, draft, actions, markFrom } = conversation
  const length = lengthWith(conversation, message)
  const unread = seen ? 0 : conversation.unread + 1
  const readTo = seen ? length : conversation.readTo
  const shown = timeOf(conversation, message)
  // Every field by name: a copy by `...` takes five times as long, for every incoming message.
  const next = { id, length, start, preview: preview(message), at: shown, unread, readTo, pending, left, pinned, muted }
  const above = shown > newest ? next : lifted(next, conversation.at, shown, newest)
  const by = profileAfter(conversation, message)
  const mentioned = seen ? undefined : isMentioned ? withMention(conversation.mentioned, message.seq) : conversation.mentioned
  if (draft === undefined && actions === undefined && markFrom === undefined && by === undefined && mentioned === undefined) return above
  return { ...above, ...(draft !== undefined && { draft }), ...(actions && { actions }), ...(markFrom !== undefined && { markFrom }), ...(by && { by }), ...(mentioned && { mentioned }) }
}

/** An own message was appended to the log, to be sent. `newest` as for {@link receive}. */
export function send(conversation: Conversation, message: Message, newest = -Infinity): Conversation {
  const { shownTo: _former, by: _by, ...next } = extend(conversation, message)
  const shown = timeOf(conversation, message)
  const by = conversationKind(conversation.id) === 'peer' ? conversation.by : undefined
  const sent = { ...next, ...(by && { by }), preview: preview(message), at: shown }
  return addPending(shown > newest ? sent : lifted(sent, conversation.at, shown, newest), message.seq)
}

/** The profile that the conversation has after a received message: a peer's stays until the next one, a channel has that of its last message's author. */
export function profileAfter({ id, by }: Pick<Conversation, 'id' | 'by'>, message: Message): Conversation['by'] {
  return message.by ?? (conversationKind(id) === 'peer' ? by : undefined)
}

function withMention(mentioned: readonly number[] = [], seq: number): readonly number[] {
  return [...mentioned.slice(0, MENTIONED_MAX - 1), seq]
}

/** With these unread mentions: those before `readTo` are left out. */
function withMentioned<Of extends Conversation>(conversation: Of, mentioned: readonly number[] = []): Conversation {
  const { mentioned: _former, ...rest } = conversation
  const unread = mentioned.filter((seq) => seq >= conversation.readTo)
  return unread.length > 0 ? { ...rest, mentioned: unread } : rest
}

/** `conversation` with an `at` above `newest`, unless that is its own `former` one. `shown`: the time that its last message shows. */
function lifted(conversation: Conversation, former: number, shown: number, newest: number): Conversation {
  const at = former === newest ? newest : newest + 1
  return at === shown ? conversation : { ...conversation, at, shownTo: shown, preview: conversation.preview && { ...conversation.preview, at: shown } }
}

/** A notice was appended to the log. It is not counted, does not move the conversation up and does not replace the preview. */
export function addNotice(conversation: Conversation, message: Message): Conversation {
  const { shownTo: _former, ...next } = extend(conversation, message)
  const shown = timeOf(conversation, message)
  return { ...next, ...(next.preview === null && { preview: preview(message) }), ...(shown !== next.at && { shownTo: shown }) }
}

/** The status of an own message changed. The preview shows it if it has that message. */
export function updateStatus(conversation: Conversation, message: Message): Conversation {
  const shown = conversation.preview
  // Its text stays: this may be an older state of a message that was edited.
  const { status } = preview(message)
  if (shown === null || shown.status === status || !isPreviewOf(conversation, shown, message)) return conversation
  return { ...conversation, preview: { ...shown, status, seq: message.seq } }
}

/**
 * A message was edited, recalled or deleted. `former`: as it was before. A recalled or deleted one is not unread any more. `me`: the user's id, since an edit
 * may change who is mentioned.
 */
export function afterAmendment(conversation: Conversation, message: Message, former: Message | undefined, me?: string): Conversation {
  return withMentionOf(withUnreadAndPreviewOf(conversation, message, former), message, me)
}

/** The conversation with or without an unread mention, as the message is now. */
function withMentionOf(conversation: Conversation, message: Message, me: string | undefined): Conversation {
  const { id, readTo, mentioned = [] } = conversation
  const { seq } = message
  const isNamed = me !== undefined && conversationKind(id) === 'channel' && seq >= readTo && mentionsUser(message, me)
  if (isNamed === mentioned.includes(seq)) return conversation
  const others = mentioned.filter((each) => each !== seq)
  return withMentioned(conversation, isNamed ? [...others, seq].sort((a, b) => a - b).slice(0, MENTIONED_MAX) : others)
}

function withUnreadAndPreviewOf(conversation: Conversation, message: Message, former: Message | undefined): Conversation {
  const { preview: shown, readTo, unread } = conversation
  const isGone = isRecalled(message) || isDeleted(message)
  const wasGone = former !== undefined && (isRecalled(former) || isDeleted(former))
  const isCounted = isGone && !wasGone && message.seq >= readTo && unread > 0 && message.status === 'received'
  const next = shown?.seq === message.seq && !isDeleted(message) ? preview(message) : undefined
  const isShown = next !== undefined && (next.kind !== shown?.kind || next.text !== shown.text)
  if (!isCounted && !isShown) return conversation
  const at = shown?.at === undefined ? undefined : { at: shown.at }
  return { ...conversation, unread: isCounted ? unread - 1 : unread, ...(isShown && { preview: { ...next, ...at } }) }
}

/** The message that the preview shows was deleted on this device. `earlier`: the one before it that is still there. */
export function withPreviewOf(conversation: Conversation, earlier: Message | undefined): Conversation {
  const { at, shownTo = at } = conversation
  // The conversation keeps its place in the list, and its thread its order.
  return { ...conversation, shownTo, preview: earlier ? { ...preview(earlier), at: shownTime(earlier) } : null }
}

/** All messages were read. */
export function markRead(conversation: Conversation): Conversation {
  const { length, readTo, unread } = conversation
  return unread === 0 && readTo === length ? conversation : withMentioned({ ...conversation, unread: 0, readTo: length })
}

/**
 * The range to scan for unread messages once those before `readTo` are read: the messages just read, or those that remain, whichever are fewer. Empty if all
 * were read.
 */
export function countedFor(conversation: Conversation, readTo: number): { from: number; to: number } {
  const { length, start, readTo: before } = conversation
  const from = Math.max(start, before)
  if (readTo >= length) return { from: length, to: length }
  return readTo - from <= length - readTo ? { from, to: Math.max(from, readTo) } : { from: readTo, to: length }
}

/**
 * The messages before the seq `readTo` were read. Earlier ones stay read. `counted`: the messages that {@link countedFor} names. Own messages and notices are
 * never unread.
 */
export function markReadTo(conversation: Conversation, readTo: number, counted: readonly Message[]): Conversation {
  if (readTo >= conversation.length) return markRead(conversation)
  if (readTo <= conversation.readTo) return conversation
  const count = counted.filter(countsAsUnread).length
  const isRest = countedFor(conversation, readTo).from >= readTo
  return withMentioned({ ...conversation, readTo, unread: isRest ? count : Math.max(0, conversation.unread - count) }, conversation.mentioned)
}

/** Whether a message counts as unread until it is seen. */
export function countsAsUnread(message: Message): boolean {
  const { status, body } = message
  return status === 'received' && !kindOf(body).isSystem && !isRecalled(message) && !isDeleted(message)
}

/** The user left the channel for good. A peer cannot be left. */
export function markLeft(conversation: Conversation): Conversation {
  return conversationKind(conversation.id) === 'peer' || conversation.left ? conversation : { ...conversation, left: true }
}

/** The user is in the channel, or wants to be. */
export function markJoined(conversation: Conversation): Conversation {
  return conversation.left ? { ...conversation, left: false } : conversation
}

/** The message `seq` is to be sent, or sent again. */
export function addPending(conversation: Conversation, seq: number): Conversation {
  if (conversation.pending.includes(seq)) return conversation
  return { ...conversation, pending: [...conversation.pending, seq].sort((a, b) => a - b) }
}

/** The message `seq` needs no further sending. */
export function removePending(conversation: Conversation, seq: number): Conversation {
  if (!conversation.pending.includes(seq)) return conversation
  return { ...conversation, pending: conversation.pending.filter((other) => other !== seq) }
}

export function setPinned(conversation: Conversation, pinned: boolean): Conversation {
  return conversation.pinned === pinned ? conversation : { ...conversation, pinned }
}

export function setMuted(conversation: Conversation, muted: boolean): Conversation {
  return conversation.muted === muted ? conversation : { ...conversation, muted }
}

/** The composer contains the unsent `text`, whose beginning the list shows. The same object if that has not changed. */
export function setDraft(conversation: Conversation, text: string): Conversation {
  const line = lineOf(text, PREVIEW_MAX_LENGTH)
  if (line === (conversation.draft ?? '')) return conversation
  const { draft: _former, ...rest } = conversation
  return line === '' ? rest : { ...rest, draft: line }
}

/** All messages are deleted, including those still to be sent. The conversation stays. */
export function clearMessages(conversation: Conversation): Conversation {
  const { shownTo: _gone, actions: _withdrawn, mentioned: _unread, ...rest } = conversation
  const { length } = rest
  return { ...rest, start: length, preview: null, unread: 0, readTo: length, pending: [] }
}

/** The order of the list: pinned ones first, then the newest. Those of the same time have a fixed order. */
export function byRecency(a: Conversation, b: Conversation): number {
  if (a.pinned !== b.pinned) return a.pinned ? -1 : 1
  return b.at - a.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

export function sortConversations(conversations: Iterable<Conversation>): Conversation[] {
  return [...conversations].sort(byRecency)
}

/** Moves `id` to its sorted place in `order` by binary search, behind all for which `isBefore` is true. Returns the same array if nothing moved. */
export function insertSorted(order: readonly ConversationId[], id: ConversationId, isBefore: (other: ConversationId) => boolean): readonly ConversationId[] {
  const others = order.filter((other) => other !== id)
  let place = 0
  for (let end = others.length; place < end; ) {
    const middle = (place + end) >> 1
    const other = others[middle]
    if (other !== undefined && isBefore(other)) place = middle + 1
    else end = middle
  }
  return order[place] === id && others.length < order.length ? order : [...others.slice(0, place), id, ...others.slice(place)]
}

/** The conversations that the list shows, in their order. `query` is searched in the user or channel id, ignoring case. */
export function filtered(order: readonly ConversationId[], filter: ConversationFilter, query = ''): readonly ConversationId[] {
  const wanted = query.trim().toLowerCase()
  if (filter === 'all' && wanted === '') return order
  return order.filter((id) => isOfFilter(id, filter) && conversationTarget(id).toLowerCase().includes(wanted))
}

/** The unread messages of a conversation in the total: none if it is muted. */
export function countedUnread({ unread, muted }: Conversation): number {
  return muted ? 0 : unread
}

export function unreadTotal(conversations: Iterable<Conversation>): number {
  let total = 0
  for (const conversation of conversations) total += countedUnread(conversation)
  return total
}

/** Adds a message to the log, by any author: if all was read, it stays so. */
function extend(conversation: Conversation, message: Message): Conversation {
  const length = lengthWith(conversation, message)
  return { ...conversation, length, readTo: conversation.readTo === conversation.length ? length : conversation.readTo }
}

function lengthWith({ length }: Conversation, { seq }: Message): number {
  return Math.max(length, seq + 1)
}

/** The time that a message shows. An invalid one must not break the order of the list. */
function timeOf(conversation: Conversation, message: Message): number {
  const shown = shownTime(message)
  return Number.isFinite(shown) ? shown : conversation.at
}
