import { isCount, isRecord, isStrings, isTime } from '@/src/chat/util/checks'
import type { Fields, KindBody, MessageKind } from '../kind'

/**
 * Joins and leaves of a channel, or an absence of this device, which names no user. It is created on this device and never sent.
 *
 * Events close together share a notice: `joined` and `left` have the first few user IDs, the counts include all.
 */
export interface NoticeBody extends KindBody {
  readonly kind: 'notice'
  readonly joined: readonly string[]
  readonly left: readonly string[]
  readonly joinedCount: number
  readonly leftCount: number
  /** An absence of this device from the channel, ms since 1970: the channel's messages of that time are lost. */
  readonly away?: { readonly from: number; readonly to: number }
}

export const notice: MessageKind<NoticeBody> = {
  name: 'notice',
  isSystem: true,
  parse,
  weight: () => 0,
  excerpt: () => '',
  line: () => '',
}

function parse({ joined, left, joinedCount, leftCount, away }: Fields): NoticeBody | undefined {
  if (!isStrings(joined) || !isStrings(left) || !isCount(joinedCount) || !isCount(leftCount)) return undefined
  const body: NoticeBody = { kind: 'notice', joined: [...joined], left: [...left], joinedCount, leftCount }
  return isRecord(away) && isTime(away.from) && isTime(away.to) ? { ...body, away: { from: away.from, to: away.to } } : body
}
