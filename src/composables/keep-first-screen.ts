import { computed, watch } from 'vue'
import { conversationKind, conversationTarget, type ConversationId } from '@/src/chat/conversation'
import { FIRST_SCREEN_ROWS, firstScreenOwner, firstScreenRecord, type FirstScreen } from '@/src/chat/first-screen'
import { keepsFirstScreen, removeFirstScreen, writeFirstScreen } from '@/src/platform/device'
import { pageClass } from '@/src/platform/theme'
import { useChatStore } from '@/src/stores/chat'
import { useSettingsStore } from '@/src/stores/settings'
import { listLabels } from './list-labels'
import { rowView } from './row-view'

/** Keeps what the conversation list shows first for the next start, from now on and as soon as it changes: it may be ended at any time. Call it once. */
export function keepFirstScreen(): void {
  if (!keepsFirstScreen) return
  const chat = useChatStore()
  const settings = useSettingsStore()
  let isWriting = false
  let hasChanged = false
  let written = ''

  const screen = computed((): FirstScreen | undefined => {
    const book = chat.phase === 'signed-in' ? chat.account?.book : undefined
    if (!book) return undefined
    const rows = book.order.value.slice(0, FIRST_SCREEN_ROWS).map((id) => rowView(id, book.summary(id)?.value, chat.me, isParked(id)))
    return { theme: pageClass(settings.theme), labels: listLabels(), rows }
  })

  function isParked(id: ConversationId): boolean {
    return conversationKind(id) === 'channel' && chat.channelView(conversationTarget(id)).value.state === 'parked'
  }

  async function write(): Promise<void> {
    hasChanged = true
    // One at a time: a flood of changes is written as often as the device can.
    if (isWriting) return
    isWriting = true
    while (hasChanged && screen.value) {
      hasChanged = false
      const json = JSON.stringify(firstScreenRecord(screen.value, firstScreenOwner(chat.backend.appId, chat.me), Date.now()))
      if (json === written) continue
      written = json
      await writeFirstScreen(json)
    }
    isWriting = false
  }

  watch(screen, () => void write())
  watch(
    () => chat.phase,
    (phase) => {
      if (phase !== 'signed-out') return
      written = ''
      removeFirstScreen()
    },
  )
}
