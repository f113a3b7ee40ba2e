import { isCount, isRecord, isStrings, isTime } from '@/src/chat/util/checks'
import type { Fields, KindBody, MessageKind } from '../kind'

/**
 * Joins and leaves of a channel, with events close together in one notice: `joined` and `left` have the first few user IDs each, the counts include all. Or
 * an absence of this device, which names no user. Created on this device, never sent.
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
