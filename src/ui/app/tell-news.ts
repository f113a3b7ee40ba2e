import { effectScope, watch } from 'vue'
import { badgeCount } from '@/src/chat/text/badge-count'
import { countInTitle } from '@/src/platform/document-title'
import { notify } from '@/src/platform/notifications'
import { openThread } from '@/src/platform/pages'
import { isAttended } from '@/src/stores/attention'
import { useChatStore } from '@/src/stores/chat'
import { useSettingsStore } from '@/src/stores/settings'
import { previewText } from '../conversations/preview-text'
import { conversationName } from '../shared/identity'

/** H5: reports unread messages while the user looks elsewhere: a count in the title of the tab, and notifications if they are turned on. Call it once. */
export function tellNews(): void {
  effectScope(true).run(() => {
    const chat = useChatStore()
    const settings = useSettingsStore()
    watch(() => badgeCount(chat.account?.conversations.unread.value ?? 0), countInTitle, { immediate: true })
    watch(
      () => chat.account?.inbox.arrived.value,
      (arrived) => {
        const conversation = arrived && chat.account?.conversations.get(arrived.id)
        if (!conversation || conversation.muted || isAttended.value || !settings.notifies) return
        const { me, account } = chat
        // The result does not matter here: the count in the title says the same.
        notify({ title: conversationName(conversation.id), text: previewText(conversation, me, false), tag: `${me} ${conversation.id}` }, () => {
          // By now another user may be logged in.
          if (chat.account === account) openThread(conversation.id)
        })
      },
      // A watcher would see only the last of two values before the next flush.
      { flush: 'sync' },
    )
  })
}
