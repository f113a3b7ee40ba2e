import type { ConversationId } from '@/src/chat/conversation/conversation'
import type { Message } from '@/src/chat/message/message'
import { toast } from '@/src/platform/dialogs'
import { useChatStore } from '@/src/stores/chat'
import { SELECTED_MAX } from '@/src/stores/chat/threads/selections'
import { t } from '@/src/locales'

/** Selects a message, or takes it out of the selection. Says so if there is no room. */
export function select(conversation: ConversationId, { seq }: Message): void {
  if (useChatStore().account?.selections.toggle(conversation, seq) === false) toast(t('thread.select.most', { count: SELECTED_MAX }))
}
