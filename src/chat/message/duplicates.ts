/** Recognises copies of messages: RTM delivers again after a reconnect, and senders repeat messages that were not acknowledged. */
import type { MessageBody } from '@/src/kinds/registry'
import type { MessageEnvelope } from './envelope'
import { hash32 } from '../util/hash'
import type { Message } from './message'

/** The number of remembered messages of one conversation. */
export const SEEN_MAX = 1_000

/**
 * The key of a received message: sender and id together, since each sender creates its own ids. The key of a message without an id is its sender, the time it
 * reached the server and its text. Two different messages share a key only if their texts have the same length and the same 64-bit hash, and one sender sent
 * both in the same millisecond.
 */
export function seenKey(from: string, { id, body }: MessageEnvelope, serverReceivedTs: number): string {
  return id === undefined ? plainKey(from, serverReceivedTs, bareText(body)) : idKey(from, id)
}

/** A message without an id is a text. */
function bareText(body: MessageBody): string {
  return body.kind === 'text' ? body.text : ''
}

/** The key of a message with an id. */
export function idKey(from: string, id: string): string {
  return `i${from.length}:${from}${id}`
}

/** The text is hashed so that a thousand large messages do not stay in memory. */
function plainKey(from: string, ts: number, text: string): string {
  return `p${from.length}:${from}${ts}:${text.length}:${hash32(text)}:${hash32(text, text.length)}`
}

/** The recent messages of one conversation. */
export class SeenMessages {
  private readonly keys = new Set<string>()

  constructor(private readonly limit = SEEN_MAX) {}

  has(key: string): boolean {
    return this.keys.has(key)
  }

  /** Remembers `key` as the newest. Returns false if it was known. */
  add(key: string): boolean {
    const { keys } = this
    const before = keys.size
    // Most messages are new: for them this is one step.
    const isNew = keys.add(key).size > before
    if (!isNew) {
      keys.delete(key)
      keys.add(key)
    } else if (keys.size > this.limit) this.forgetOldest()
    return isNew
  }

  /** Remembers the texts of the log, oldest first, as messages without an id. Messages with one are found by it. */
  addLogged(messages: readonly Message[]): void {
    for (const { from, at, body } of messages) if (body.kind === 'text') this.add(plainKey(from, at, body.text))
  }

  private forgetOldest(): void {
    for (const oldest of this.keys) {
      this.keys.delete(oldest)
      return
    }
  }
}
