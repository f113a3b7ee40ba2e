import type { ListLabels } from '@/src/chat/start/launch-snapshot'
import { t } from '@/src/locales'

/** The labels of the conversation list, in the current language. */
export function listLabels(): ListLabels {
  return {
    search: t('list.search'),
    all: t('list.filter.all'),
    peer: t('list.filter.peer'),
    channel: t('list.filter.channel'),
    start: t('list.new'),
    draft: t('list.draft'),
    muted: t('list.muted'),
    connecting: t('connection.connecting'),
  }
}
