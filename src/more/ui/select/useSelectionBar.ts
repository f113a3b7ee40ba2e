import { computed, getCurrentInstance, onMounted, onUnmounted } from 'vue'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { t } from '@/src/locales'
import { toast } from '@/src/platform/dialogs'
import { moveFocus, onEscape } from '@/src/platform/focus'
import { useChatStore } from '@/src/stores/chat'
import { usePageVisible, whileVisible } from '@/src/ui/page/usePageVisible'
import { countText } from '@/src/ui/shared/number-text'
import { openForward } from '@/src/ui/shared/more-pages'
import { WORDS as ACTION_WORDS } from '@/src/ui/thread/action-words'
import { deleteMessages } from '@/src/ui/thread/deleting'
import { WORDS } from './words'

/** The number of selected messages, and what the buttons do. */
export type UseSelectionBarReturn = ReturnType<typeof useSelectionBar>

/** The bar of the messages that are selected in a conversation. */
export function useSelectionBar(conversation: ConversationId) {
  const instance = getCurrentInstance()
  const { account } = useChatStore()
  const selected = account?.selections.of(conversation)
  const visible = usePageVisible()
  const count = whileVisible(visible, () => selected?.value?.size ?? 0)
  const seqs = () => [...(selected?.value ?? [])].sort((a, b) => a - b)

  function cancel(): void {
    account?.selections.end(conversation)
  }

  function forward(): void {
    if (count.value === 0) return
    openForward(conversation, seqs())
    cancel()
  }

  async function remove(): Promise<void> {
    if (!account || count.value === 0) return
    const messages = await account.messagesAt(conversation, seqs())
    if (!messages) return toast(t(ACTION_WORDS['delete.failed']))
    if (messages.length === 0 || (await deleteMessages(account, conversation, messages))) cancel()
  }

  let stopEscape = () => {}
  onMounted(() => {
    stopEscape = onEscape(cancel)
    moveFocus(instance?.proxy?.$el, '[data-testid="selection-cancel"]')
  })
  onUnmounted(() => stopEscape())

  return { text: computed(() => countText(WORDS.count, count.value)), off: computed(() => (count.value === 0 ? 'is-off' : '')), cancel, forward, remove }
}
