import { computed, type ComputedRef } from 'vue'
import { t } from '@/src/locales'
import { openStoragePage } from '@/src/platform/pages'
import { useChatStore } from '@/src/stores/chat'
import { inFront, usePageVisible, whileVisible } from '../page/usePageVisible'

interface NoticeView {
  readonly text: string
  /** The label of the tap's action. '' for none. */
  readonly action: string
  readonly act: 'make-room' | 'mark-reported' | ''
}

const NOTHING: NoticeView = { text: '', action: '', act: '' }

/** The text of the notice, and its action. */
export interface UseStorageNoticeReturn {
  readonly isShown: ComputedRef<boolean>
  /** '' if there is no problem. */
  readonly text: ComputedRef<string>
  readonly action: ComputedRef<string>
  act(): void
}

/** The notice about the device's storage: unsaved data, or unreadable data. `onStorage`: on the page where the user can free space. */
export function useStorageNotice(onStorage: () => boolean): UseStorageNoticeReturn {
  const chat = useChatStore()
  const visible = usePageVisible()
  const view = whileVisible(visible, (): NoticeView => {
    const conversations = chat.account?.conversations
    if (!conversations || chat.phase !== 'signed-in') return NOTHING
    const problem = conversations.problem.value
    switch (problem) {
      case null:
        return conversations.isDamaged.value ? { text: t('storage-notice.damaged'), action: t('storage-notice.damaged.action'), act: 'mark-reported' } : NOTHING
      case 'full':
        return { text: t('storage-notice.full'), action: onStorage() ? '' : t('storage-notice.full.action'), act: 'make-room' }
      case 'taken-over':
        // The banner reports the login elsewhere, and offers to take over.
        return chat.banner === 'kicked' ? NOTHING : { text: t('storage-notice.taken-over'), action: '', act: '' }
      case 'failed':
        return { text: t(conversations.isClosed.value ? 'storage-notice.unreadable' : 'storage-notice.failed'), action: '', act: '' }
      case 'newer':
      case 'unavailable':
        return { text: t(`storage-notice.${problem}`), action: '', act: '' }
    }
  })

  function act(): void {
    if (view.value.action === '') return
    if (view.value.act === 'make-room') openStoragePage()
    else void chat.account?.conversations.markReported()
  }

  return { isShown: computed(() => view.value.text !== ''), text: computed(() => view.value.text), action: computed(() => view.value.action), act: inFront(visible, act) }
}
