/** Merges joins and leaves into one notice. */
import type { Message } from '@/src/chat/message/message'
import type { NoticeBody } from './spec'

/** Events within this time of the first one share a notice. */
export const NOTICE_WINDOW_MS = 5 * 60_000
/** How many names of joins, and of leaves, a notice has. */
export const NOTICE_NAMES_MAX = 3

export interface MemberEvent {
  readonly kind: 'joined' | 'left'
  readonly uid: string
}

/** Whether an event at `now` belongs to `last`, the newest message of the log: a recent notice. */
export function gathersInto(last: Message | undefined, now: number): last is Message & { readonly body: NoticeBody } {
  return last?.body.kind === 'notice' && !last.body.away && now >= last.at && now - last.at < NOTICE_WINDOW_MS
}

/**
 * Merges an event into the notice. For named users the last event wins; for the rest only totals are kept. Returns the same notice if
 * nothing changes.
 */
export function gather(previous: NoticeBody | undefined, event: MemberEvent): NoticeBody {
  const { kind, uid } = event
  const before = previous ?? NO_ONE
  if (before[kind].includes(uid)) return before
  const came = withName({ names: before.joined, count: before.joinedCount }, uid, kind === 'joined')
  const went = withName({ names: before.left, count: before.leftCount }, uid, kind === 'left')
  return { kind: 'notice', joined: came.names, left: went.names, joinedCount: came.count, leftCount: went.count }
}

/** The notice of `events`, in order. */
export function gatherAll(events: readonly MemberEvent[]): NoticeBody {
  return events.reduce<NoticeBody>(gather, NO_ONE)
}

/** The notice of an absence of this device from the channel, ms since 1970. */
export function awayNotice(from: number, to: number): NoticeBody {
  return { ...NO_ONE, away: { from, to } }
}

const NO_ONE: NoticeBody = { kind: 'notice', joined: [], left: [], joinedCount: 0, leftCount: 0 }

interface Named {
  readonly names: readonly string[]
  readonly count: number
}

/** `isIn`: counts `uid`, which is not counted yet, and adds its name if there is room. Otherwise removes it. */
function withName({ names, count }: Named, uid: string, isIn: boolean): Named {
  if (isIn) return { names: names.length < NOTICE_NAMES_MAX ? [...names, uid] : names, count: count + 1 }
  return names.includes(uid) ? { names: names.filter((name) => name !== uid), count: count - 1 } : { names, count }
}
