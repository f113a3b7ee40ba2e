import type { ListLabels } from '@/src/chat/start/launch-snapshot'
import { t } from '@/src/locales'

/** What stands above the conversations and in their rows, in the language in use. */
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
