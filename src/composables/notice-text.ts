import type { NoticeBody } from '@/src/chat/message'
import { displayId } from '@/src/chat/names'
import { t } from '@/src/locales'

/** Who came and went, in one line. */
export function noticeText({ joined, left, joinedCount, leftCount }: NoticeBody): string {
  const came = joinedCount > 0 ? t('notice.joined', { names: names(joined, joinedCount) }) : ''
  const went = leftCount > 0 ? t('notice.left', { names: names(left, leftCount) }) : ''
  return came && went ? t('notice.both', { joined: came, left: went }) : came || went
}

function names(uids: readonly string[], count: number): string {
  const listed = uids.map(displayId).join(t('notice.separator'))
  return count > uids.length ? t('notice.and-more', { names: listed, count }) : listed
}
