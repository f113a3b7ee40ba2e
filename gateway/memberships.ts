/**
 * Which channels each client is in, and where it came in, kept in the store: a client that comes back after its session was lost,
 * to whichever node, hears what was said since then and nothing of before. A leave and a logout end that, and so does a login that
 * does not name the channel.
 */
import { JOINED_CHANNELS_MAX } from '../src/chat/rtm-limits'
import type { Pair } from '../src/rtm/local/frames'
import type { Context } from './context'
import { clientOf } from './secret'
import type { Memberships } from './store/port'

/** A login without a secret is another client of the user. Of this many it is known; the one that joined longest ago is forgotten. */
const CLIENTS_MAX = 2

interface Client {
  readonly uid: string
  readonly secret: string
}

/** What these functions need. A failure of the store is logged: a client can be in a channel without it. */
type Where = Pick<Context, 'store' | 'log'>

/** @param seq nothing up to it was said to the client */
export function noteJoin(where: Where, { uid, secret }: Client, ch: string, seq: number): Promise<void> {
  const client = clientOf(secret)
  return change(where, uid, (current) => {
    const next = new Map(current)
    const channels = new Map(next.get(client))
    channels.delete(ch)
    channels.set(ch, seq)
    // A session that another login of its client has replaced did not leave: its channels are the oldest.
    for (const oldest of channels.keys()) if (channels.size > JOINED_CHANNELS_MAX) channels.delete(oldest)
    next.delete(client)
    next.set(client, channels)
    for (const oldest of next.keys()) if (next.size > CLIENTS_MAX) next.delete(oldest)
    return next
  })
}

export function noteLeave(where: Where, { uid, secret }: Client, ch: string): Promise<void> {
  const client = clientOf(secret)
  return change(where, uid, (current) => {
    const channels = new Map(current.get(client))
    if (!channels.delete(ch)) return current
    return withChannels(current, client, channels)
  })
}

/** It is in no channel any more. */
export function noteEnd(where: Where, { uid, secret }: Client): Promise<void> {
  const client = clientOf(secret)
  return change(where, uid, (current) => (current.has(client) ? withChannels(current, client, new Map()) : current))
}

/**
 * Of what a client with a genuine secret says that it has seen: the channels that it was in, each with the last `seq` that it is
 * not to get. The store forgets those that it does not name.
 */
export async function seenByMember(where: Where, { uid, secret }: Client, claimed: readonly Pair<number>[]): Promise<Map<string, number>> {
  const seen = new Map<string, number>()
  const client = clientOf(secret)
  await change(where, uid, (current) => {
    const joined = current.get(client)
    if (!joined) return current
    for (const [ch, seq] of claimed) {
      const joinedAt = joined.get(ch)
      if (joinedAt !== undefined) seen.set(ch, Math.max(seq, joinedAt))
    }
    const named = [...joined].filter(([ch]) => seen.has(ch))
    return named.length === joined.size ? current : withChannels(current, client, new Map(named))
  })
  return seen
}

function withChannels(current: Memberships, client: string, channels: ReadonlyMap<string, number>): Memberships {
  const next = new Map(current)
  if (channels.size > 0) next.set(client, channels)
  else next.delete(client)
  return next
}

async function change({ store, log }: Where, uid: string, how: (current: Memberships) => Memberships): Promise<void> {
  try {
    await store.changeMemberships(uid, how)
  } catch (error) {
    log.error('noting the channels of a client failed', { uid, error })
  }
}
