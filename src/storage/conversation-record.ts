/** Reads the stored form of a conversation, which a disk can have damaged. */
import { parseConversationId, type Conversation, type PendingAction, type Preview } from '@/src/chat/conversation/conversation'
import { isActionPlace } from '@/src/chat/delivery/actions'
import type { AmendmentKind } from '@/src/chat/message/amendment'
import { readProfile } from '@/src/chat/message/common-fields'
import { isToken } from '@/src/chat/message/token'
import { isCount, isOneOf, isRecord, isTime } from '@/src/chat/util/checks'
import { parseFailure } from './failure-record'

const PREVIEW_STATUSES: readonly Preview['status'][] = ['queued', 'sending', 'failed', 'cancelled', 'ok']
/** Undefined if it is malformed. */
export function parseConversation(value: unknown): Conversation | undefined {
  if (!isRecord(value)) return undefined
  const id = parseConversationId(value.id)
  const preview = parsePreview(value.preview)
  const { length, start, at, unread, readTo, pending, left, pinned, muted, draft, shownTo } = value
  const actions = Array.isArray(value.actions) ? (value.actions as unknown[]).flatMap((each) => parseAction(each) ?? []) : []
  if (!id || preview === undefined || !isCount(length) || !isCount(start) || !isTime(at) || !isCount(unread) || !isCount(readTo)) return undefined
  if (!Array.isArray(pending) || !pending.every(isCount)) return undefined
  if (typeof left !== 'boolean' || typeof pinned !== 'boolean' || typeof muted !== 'boolean') return undefined
  const conversation = { id, length, start, preview, at, unread, readTo, pending: [...pending], left, pinned, muted, ...(isTime(shownTo) && { shownTo }), ...(actions.length > 0 && { actions }), ...parseMarks(value.marks) }
  if (draft === undefined) return conversation
  return typeof draft === 'string' ? { ...conversation, draft } : undefined
}

/** The profile, the unread mentions, and what the peer is to learn of what was read. Malformed ones are left out. */
function parseMarks(value: unknown): Pick<Conversation, 'by' | 'mentioned' | 'markFrom'> {
  if (!isRecord(value)) return {}
  const by = readProfile(value.by)
  const mentioned = Array.isArray(value.mentioned) ? (value.mentioned as unknown[]).filter(isCount) : []
  return { ...(by && { by }), ...(mentioned.length > 0 && { mentioned }), ...(isCount(value.markFrom) && { markFrom: value.markFrom }) }
}

/** Undefined if it is malformed: then it is not sent, and its message keeps the change on this device. */
function parseAction(value: unknown): PendingAction | undefined {
  if (!isRecord(value)) return undefined
  const { id, kind, target, emoji, place, at } = value
  if (!isToken(id) || !isOneOf(AMENDMENT_KINDS, kind) || !isCount(target) || !isTime(at) || typeof place !== 'number' || !isActionPlace(place)) return undefined
  const failure = value.failure === undefined ? undefined : parseFailure(value.failure)
  return { id, kind, target, place, at, ...(typeof emoji === 'string' && { emoji }), ...(failure && { failure }) }
}

const AMENDMENT_KINDS: readonly AmendmentKind[] = ['edit', 'recall', 'reaction']

/** Undefined if it is malformed. Null is a conversation without a message. */
function parsePreview(value: unknown): Preview | null | undefined {
  if (value === null) return null
  if (!isRecord(value)) return undefined
  const { from, kind, text, status, at, seq } = value
  if (typeof from !== 'string' || typeof kind !== 'string' || typeof text !== 'string' || !isOneOf(PREVIEW_STATUSES, status)) return undefined
  return { from, kind, text, status, ...(isTime(at) && { at }), ...(isCount(seq) && { seq }) }
}
