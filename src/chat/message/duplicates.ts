/** RTM delivers again after a reconnect, and a sender sends again what was not acknowledged: has a message been seen? */
import type { MessageBody } from '@/src/kinds/registry'
import type { MessageEnvelope } from './envelope'
import { hash32 } from '../util/hash'
import type { Message } from './message'

/** How many messages of one conversation are remembered. */
export const SEEN_MAX = 1_000

/**
 * What a received message is known by: sender and id together, since ids are made by each sender for itself. A message
 * without an id is known by its sender, the time it reached the server and its text. No two different triples share a key,
 * but for texts of equal length and equal 64-bit hash that one sender sent in the same millisecond.
 */
export function seenKey(from: string, { id, body }: MessageEnvelope, serverReceivedTs: number): string {
  return id === undefined ? plainKey(from, serverReceivedTs, bareText(body)) : idKey(from, id)
}

/** What came without an id is a text. */
function bareText(body: MessageBody): string {
  return body.kind === 'text' ? body.text : ''
}

/** What a message with an id is known by. */
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

  /** Remembers `key` as the newest; answers false when it was known. */
  add(key: string): boolean {
    const { keys } = this
    const before = keys.size
    // Most are new: for them this is one step.
    const isNew = keys.add(key).size > before
    if (!isNew) {
      keys.delete(key)
      keys.add(key)
    } else if (keys.size > this.limit) this.forgetOldest()
    return isNew
  }

  /** Remembers the texts of the log, oldest first, as messages without an id. Those with one are found by it. */
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
