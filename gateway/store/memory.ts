/** The store of a gateway that keeps nothing when it ends. */
import { randomBytes } from 'node:crypto'
import { CHANNEL_REDELIVERY, OFFLINE_MESSAGES_MAX, OFFLINE_MESSAGES_TTL_MS } from '../../src/chat/limits'
import { nextKey } from './keys'
import type { ChannelAttributes, ChannelMessage, QueuedMessage, Store, UserAttributes } from './port'

interface ChannelRecord {
  readonly attributes: ChannelAttributes
  readonly expiresAt: number | undefined
}

/**
 * All offline queues together, in bytes as UTF-16: a sender may name any number of receivers who never come. Beyond it the
 * oldest messages go; the senders' programs still have them and send them again when they hear of the receiver, who then is there.
 */
const QUEUES_MAX_BYTES = 128 * 1024 * 1024
/** What a message costs beside its text, roughly. */
const OVERHEAD_BYTES = 256

/** @param now the clock, in ms; tests bring their own, and a bound of their own. */
export function memoryStore(now: () => number = Date.now, queuesMaxBytes = QUEUES_MAX_BYTES): Store {
  const queues = new Map<string, QueuedMessage[]>()
  /** Whose queue each message stands in, the oldest first. */
  const receivers = new Map<string, string>()
  let queuedBytes = 0
  const rings = new Map<string, ChannelMessage[]>()
  const users = new Map<string, UserAttributes>()
  const channels = new Map<string, ChannelRecord>()
  const signingKey = randomBytes(32)
  let lastKey = ''
  const fresh = ({ message }: QueuedMessage) => message.ts > now() - OFFLINE_MESSAGES_TTL_MS
  const recent = ({ ts }: ChannelMessage) => ts > now() - CHANNEL_REDELIVERY.withinMs

  const cost = ({ message }: QueuedMessage) => OVERHEAD_BYTES + 2 * message.text.length
  /** Takes what `goes` says out of a queue. */
  const take = (uid: string, goes: (queued: QueuedMessage, index: number) => boolean) => {
    const rest: QueuedMessage[] = []
    for (const [index, queued] of (queues.get(uid) ?? []).entries()) {
      if (!goes(queued, index)) {
        rest.push(queued)
        continue
      }
      receivers.delete(queued.key)
      queuedBytes -= cost(queued)
    }
    if (rest.length > 0) queues.set(uid, rest)
    else queues.delete(uid)
  }
  const takeOldest = () => {
    for (const [oldest, uid] of receivers) return take(uid, ({ key }) => key === oldest)
  }

  const channel = (ch: string): ChannelRecord | undefined => {
    const record = channels.get(ch)
    if (record?.expiresAt === undefined || record.expiresAt > now()) return record
    channels.delete(ch)
    return undefined
  }

  return {
    async enqueue(uid, message) {
      take(uid, (queued) => !fresh(queued))
      const tooMany = (queues.get(uid)?.length ?? 0) - (OFFLINE_MESSAGES_MAX - 1)
      take(uid, (_queued, index) => index < tooMany)
      lastKey = nextKey(lastKey, now())
      const queued = { key: lastKey, message }
      queues.set(uid, [...(queues.get(uid) ?? []), queued])
      receivers.set(lastKey, uid)
      queuedBytes += cost(queued)
      while (queuedBytes > queuesMaxBytes && receivers.size > 1) takeOldest()
      return queued.key
    },
    async queued(uid) {
      return (queues.get(uid) ?? []).filter(fresh)
    },
    async dequeue(uid, key) {
      take(uid, (queued) => queued.key === key)
    },

    async append(ch, message) {
      const ring = rings.get(ch) ?? []
      rings.set(ch, ring)
      const kept = { ...message, seq: (ring.at(-1)?.seq ?? now()) + 1 }
      ring.push(kept)
      if (ring.length > CHANNEL_REDELIVERY.count) ring.shift()
      return kept
    },
    async lastSeq(ch) {
      return rings.get(ch)?.at(-1)?.seq ?? 0
    },
    async recent(ch, afterSeq) {
      return (rings.get(ch) ?? []).filter((message) => message.seq > afterSeq && recent(message))
    },

    async userAttributes(uid) {
      return users.get(uid) ?? new Map()
    },
    async changeUserAttributes(uid, change) {
      const next = change(users.get(uid) ?? new Map())
      if (next.size > 0) users.set(uid, next)
      else users.delete(uid)
    },
    async channelAttributes(ch) {
      return channel(ch)?.attributes ?? new Map()
    },
    async changeChannelAttributes(ch, change) {
      const record = channel(ch)
      const attributes = change(record?.attributes ?? new Map())
      if (attributes.size > 0) channels.set(ch, { attributes, expiresAt: record?.expiresAt })
      else channels.delete(ch)
      return attributes
    },
    async expireChannelAttributes(ch, at) {
      const record = channel(ch)
      if (record) channels.set(ch, { ...record, expiresAt: at })
    },

    async signingKey() {
      return signingKey
    },
    async sweep(at) {
      for (const uid of [...queues.keys()]) take(uid, ({ message }) => message.ts <= at - OFFLINE_MESSAGES_TTL_MS)
      for (const [ch, ring] of rings) if (!ring.some(({ ts }) => ts > at - CHANNEL_REDELIVERY.withinMs)) rings.delete(ch)
      for (const [ch, { expiresAt }] of channels) if (expiresAt !== undefined && expiresAt <= at) channels.delete(ch)
    },
    async close() {},
  }
}
