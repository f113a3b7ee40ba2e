/** Writes a user's history into a phone's folder before the program is started, through the product's own storage port. */
import type { Conversation, ConversationId } from '../../src/chat/conversation/conversation'
import { createConversation } from '../../src/chat/conversation/order'
import { preview } from '../../src/chat/conversation/preview'
import type { Message } from '../../src/chat/message/message'
import { LOCAL_APP_ID } from '../../src/rtm/local/frames'
import { openDiskStorage } from './disk-storage'

/** The number of messages per write. */
const WRITE_STEP = 5_000

export interface StoredConversation {
  readonly id: ConversationId
  readonly messages: readonly Message[]
  /** How many of the last messages are not read: those by others among them are unread. */
  readonly unread?: number
}

/** `dir`: the phone's folder. No program may be running on it. */
export async function writeHistory(dir: string, uid: string, conversations: readonly StoredConversation[]): Promise<void> {
  const history = await openHistory(dir, uid)
  for (const { id, messages, unread = 0 } of conversations) {
    const conversation = conversationOf(id, messages, unread)
    for (let from = 0; from < messages.length; from += WRITE_STEP) {
      const step = messages.slice(from, from + WRITE_STEP)
      const length = from + step.length
      await history.write([{ conversation: length === messages.length ? conversation : { ...conversation, length, unread: 0, readTo: length }, messages: step }])
    }
  }
}

/** The stored data of a conversation. */
export async function readConversation(dir: string, uid: string, id: ConversationId): Promise<Conversation | undefined> {
  const history = await openHistory(dir, uid)
  return (await history.conversations()).find((conversation) => conversation.id === id)
}

function openHistory(dir: string, uid: string) {
  return openDiskStorage(dir).storage.openHistory({ appId: LOCAL_APP_ID, uid })
}

function conversationOf(id: ConversationId, messages: readonly Message[], unread: number): Conversation {
  const last = messages[messages.length - 1]
  const { length } = messages
  const readTo = length - unread
  return { ...createConversation(id, last?.at ?? 0), length, readTo, unread: unreadFrom(messages, readTo), preview: last ? preview(last) : null }
}

/** How many messages from `seq` on are unread. */
export function unreadFrom(messages: readonly Message[], seq: number): number {
  return messages.slice(seq).filter(({ status }) => status === 'received').length
}

const WORDS = '早上开会的资料已经放在共享文件夹里麻烦大家先看一遍有问题直接在这里说下午三点前我会汇总一次谢谢'

/**
 * A conversation of two people: `m0`, `m1`, … each followed by a text of varying length, from one line to a screen and a half. The last one was written now,
 * the one before it half a minute earlier, and so on, with a pause now and then.
 */
export function variedMessages(count: number, me: string, peer: string): Message[] {
  const now = Date.now()
  let at = now - count * 40_000
  return Array.from({ length: count }, (_, seq) => {
    at += seq % 17 === 0 ? 400_000 : 15_000
    const isOwn = seq % 5 === 3
    const lines = seq % 37 === 11 ? 40 : [1, 1, 3, 1, 6, 2, 1, 12][seq % 8]!
    const words = WORDS.repeat(lines).slice(0, lines * 13 - (seq % 7))
    return { seq, id: `id-${seq}`, from: isOwn ? me : peer, at: Math.min(at, now), body: { kind: 'text', text: `m${seq} ${words}` }, status: isOwn ? 'delivered' : 'received' }
  })
}
