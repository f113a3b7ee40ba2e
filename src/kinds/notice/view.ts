import { displayId } from '@/src/chat/text/names'
import { isSameDay } from '@/src/chat/time/clock-label'
import { t } from '@/src/locales'
import { today } from '@/src/stores/today'
import { clockText } from '@/src/ui/shared/clock-text'
import type { KindView } from '../view'
import type { NoticeBody } from './spec'

const MINUTE_MS = 60_000

export const view: KindView<NoticeBody> = { note }

/** Returns the line of a notice: the members who joined and left, or an absence of this device. */
function note({ joined, left, joinedCount, leftCount, away }: NoticeBody): string {
  if (away) return awayText(away.from, away.to)
  const came = joinedCount > 0 ? t('notice.joined', { names: names(joined, joinedCount) }) : ''
  const went = leftCount > 0 ? t('notice.left', { names: names(left, leftCount) }) : ''
  return came && went ? t('notice.both', { joined: came, left: went }) : came || went
}

/** A period from one minute to another, with the day if it is not today. */
function awayText(from: number, to: number): string {
  const end = Math.ceil(to / MINUTE_MS) * MINUTE_MS
  const until = clockText(end, isSameDay(from, end) ? end : today.value)
  return t('notice.away', { from: clockText(from, today.value), to: until })
}

/** The ids: names are not known before a member writes, and a line that changes then would move what is read. */
function names(uids: readonly string[], count: number): string {
  const listed = uids.map(displayId).join(t('notice.separator'))
  return count > uids.length ? t('notice.and-more', { names: listed, count }) : listed
}
