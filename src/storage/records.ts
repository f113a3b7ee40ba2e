/**
 * The form in which things are stored, and how they are read back. What a disk gives back may be cut short, garbled or of a
 * later version: it is checked field by field and built anew, and what does not hold is left out.
 */
import { type Conversation, type Preview, parseConversationId } from '@/src/chat/conversation'
import type { Message, MessageBody, MessageStatus, SendFailure } from '@/src/chat/message'
import { pageOf } from './keys'

/** Stands in every stored value as `v`; goes up with each change of form. */
export const FORMAT_VERSION = 1

/** The messages of one page by their `seq`. */
export type Page = ReadonlyMap<number, Message>

export function conversationRecord(conversation: Conversation): unknown {
  return { v: FORMAT_VERSION, conversation }
}

export function parseConversationRecord(value: unknown): Conversation | undefined {
  return parseConversation(versioned(value)?.conversation)
}

export function pageRecord(page: Page): unknown {
  return { v: FORMAT_VERSION, messages: [...page.values()].sort((a, b) => a.seq - b.seq) }
}

/** The readable messages of page number `page`; of two with one `seq` the later. */
export function parsePageRecord(value: unknown, page: number): Page {
  const messages = versioned(value)?.messages
  const read = new Map<number, Message>()
  for (const candidate of Array.isArray(messages) ? messages : []) {
    const message = parseMessage(candidate)
    if (message && pageOf(message.seq) === page) read.set(message.seq, message)
  }
  return read
}

export function draftRecord(text: string): unknown {
  return { v: FORMAT_VERSION, text }
}

export function parseDraftRecord(value: unknown): string {
  const text = versioned(value)?.text
  return typeof text === 'string' ? text : ''
}

function versioned(value: unknown): Record<string, unknown> | undefined {
  return isRecord(value) && value.v === FORMAT_VERSION ? value : undefined
}

function parseConversation(value: unknown): Conversation | undefined {
  if (!isRecord(value)) return undefined
  const id = parseConversationId(value.id)
  const preview = parsePreview(value.preview)
  const { length, at, unread, readTo, pending, left } = value
  if (!id || preview === undefined || !isCount(length) || !isTime(at) || !isCount(unread) || !isCount(readTo)) return undefined
  if (!Array.isArray(pending) || !pending.every(isCount) || typeof left !== 'boolean') return undefined
  return { id, length, preview, at, unread, readTo, pending: [...pending], left }
}

/** Undefined when malformed; null is a conversation without a message. */
function parsePreview(value: unknown): Preview | null | undefined {
  if (value === null) return null
  if (!isRecord(value)) return undefined
  const { from, kind, text, status } = value
  if (typeof from !== 'string' || typeof text !== 'string' || !isOneOf(PREVIEW_KINDS, kind) || !isOneOf(PREVIEW_STATUSES, status)) return undefined
  return { from, kind, text, status }
}

function parseMessage(value: unknown): Message | undefined {
  if (!isRecord(value)) return undefined
  const { seq, id, from, at, status } = value
  const body = parseBody(value.body)
  if (!isCount(seq) || typeof id !== 'string' || typeof from !== 'string' || !isTime(at) || !body || !isOneOf(STATUSES, status)) return undefined
  if (value.failure === undefined) return { seq, id, from, at, body, status }
  const failure = parseFailure(value.failure)
  return failure && { seq, id, from, at, body, status, failure }
}

function parseBody(value: unknown): MessageBody | undefined {
  if (!isRecord(value)) return undefined
  switch (value.kind) {
    case 'text':
      return typeof value.text === 'string' ? { kind: 'text', text: value.text } : undefined
    case 'unsupported':
      return { kind: 'unsupported' }
    case 'notice': {
      const { joined, left, joinedCount, leftCount } = value
      if (!isStrings(joined) || !isStrings(left) || !isCount(joinedCount) || !isCount(leftCount)) return undefined
      return { kind: 'notice', joined: [...joined], left: [...left], joinedCount, leftCount }
    }
    default:
      return undefined
  }
}

function parseFailure(value: unknown): SendFailure | undefined {
  if (!isRecord(value)) return undefined
  const { reason, operation, code } = value
  if (isOneOf(PLAIN_REASONS, reason)) return { reason }
  if (reason !== 'rtm' || !isOneOf(OPERATIONS, operation) || typeof code !== 'number') return undefined
  return { reason, operation, code }
}

const PREVIEW_KINDS: readonly Preview['kind'][] = ['text', 'unsupported', 'notice']
const PREVIEW_STATUSES: readonly Preview['status'][] = ['queued', 'sending', 'failed', 'ok']
const STATUSES: readonly MessageStatus[] = ['queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'received']
const PLAIN_REASONS: readonly Exclude<SendFailure['reason'], 'rtm'>[] = ['too-large', 'not-in-channel', 'expired']
const OPERATIONS: readonly Extract<SendFailure, { reason: 'rtm' }>['operation'][] = ['peerMessage', 'channelMessage', 'join']

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isTime(value: unknown): value is number {
  return Number.isFinite(value)
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function isOneOf<T>(options: readonly T[], value: unknown): value is T {
  return (options as readonly unknown[]).includes(value)
}
