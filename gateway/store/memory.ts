/** The store of a gateway that keeps nothing when it ends. */
import { randomBytes } from 'node:crypto'
import { CHANNEL_REDELIVERY, OFFLINE_MESSAGES_MAX, OFFLINE_MESSAGES_TTL_MS } from '../../src/chat/limits'
import { nextKey } from './keys'
import type { ChannelAttributes, ChannelMessage, QueuedMessage, Store, UserAttributes } from './port'

interface ChannelRecord {
  readonly attributes: ChannelAttributes
  readonly expiresAt: number | undefined
}

/** @param now the clock, in ms; tests bring their own. */
export function memoryStore(now: () => number = Date.now): Store {
  const queues = new Map<string, QueuedMessage[]>()
  const rings = new Map<string, ChannelMessage[]>()
  const users = new Map<string, UserAttributes>()
  const channels = new Map<string, ChannelRecord>()
  const signingKey = randomBytes(32)
  let lastKey = ''
  const fresh = ({ message }: QueuedMessage) => message.ts > now() - OFFLINE_MESSAGES_TTL_MS
  const recent = ({ ts }: ChannelMessage) => ts > now() - CHANNEL_REDELIVERY.withinMs

  const channel = (ch: string): ChannelRecord | undefined => {
    const record = channels.get(ch)
    if (record?.expiresAt === undefined || record.expiresAt > now()) return record
    channels.delete(ch)
    return undefined
  }

  return {
    async enqueue(uid, message) {
      const queue = (queues.get(uid) ?? []).filter(fresh).slice(-(OFFLINE_MESSAGES_MAX - 1))
      lastKey = nextKey(lastKey, now())
      queues.set(uid, [...queue, { key: lastKey, message }])
      return lastKey
    },
    async queued(uid) {
      return (queues.get(uid) ?? []).filter(fresh)
    },
    async dequeue(uid, key) {
      const rest = (queues.get(uid) ?? []).filter((queued) => queued.key !== key)
      if (rest.length > 0) queues.set(uid, rest)
      else queues.delete(uid)
    },

    async append(ch, message) {
      const ring = rings.get(ch) ?? []
      rings.set(ch, ring)
      const kept = { ...message, seq: (ring.at(-1)?.seq ?? now()) + 1 }
      ring.push(kept)
      if (ring.length > CHANNEL_REDELIVERY.count) ring.shift()
      return kept
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
      for (const [uid, queue] of queues) if (!queue.some(({ message }) => message.ts > at - OFFLINE_MESSAGES_TTL_MS)) queues.delete(uid)
      for (const [ch, ring] of rings) if (!ring.some(({ ts }) => ts > at - CHANNEL_REDELIVERY.withinMs)) rings.delete(ch)
      for (const [ch, { expiresAt }] of channels) if (expiresAt !== undefined && expiresAt <= at) channels.delete(ch)
    },
    async close() {},
  }
}
