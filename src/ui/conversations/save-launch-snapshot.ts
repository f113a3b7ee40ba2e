import { computed, effectScope, watch } from 'vue'
import { FIRST_SCREEN_ROWS, firstScreenJson, firstScreenOwner, type FirstScreen } from '@/src/chat/start/launch-snapshot'
import { time } from '@/src/chat/time/time'
import { keepsFirstScreen, readFirstScreen, removeFirstScreen, writeFirstScreen } from '@/src/platform/device'
import { useChatStore } from '@/src/stores/chat'
import { useSettingsStore } from '@/src/stores/settings'
import { endFirstScreen } from '@/src/stores/start'
import { listLabels } from './list-labels'
import { rowView } from './row-view'

/**
 * Keeps what the conversation list shows first for the next start, as soon as it changes, since the app may be ended at any time;
 * nothing once nobody is logged in. Call it once: it goes on whatever calls it, and whatever page stands.
 */
export function keepFirstScreen(): void {
  if (keepsFirstScreen) effectScope(true).run(follow)
}

function follow(): void {
  const chat = useChatStore()
  const settings = useSettingsStore()
  let isWriting = false
  let hasChanged = false
  let written = readFirstScreen()

  const screen = computed((): FirstScreen | undefined => {
    const conversations = chat.phase === 'signed-in' ? chat.account?.conversations : undefined
    if (!conversations) return undefined
    return { theme: settings.theme, labels: listLabels(), rows: conversations.order.value.slice(0, FIRST_SCREEN_ROWS).map(rowView) }
  })

  async function write(): Promise<void> {
    hasChanged = true
    // One at a time: a flood of changes is written as often as the device can.
    if (isWriting) return
    isWriting = true
    while (hasChanged && screen.value) {
      hasChanged = false
      const json = firstScreenJson(screen.value, firstScreenOwner(chat.backend.appId, chat.me), time.now())
      if (json === written) continue
      written = json
      await writeFirstScreen(json)
    }
    isWriting = false
    // Whoever logs out meanwhile leaves nothing behind.
    if (chat.phase === 'signed-out') forget()
  }

  function forget(): void {
    written = undefined
    removeFirstScreen()
  }

  watch(screen, () => void write())
  watch(
    () => chat.phase,
    (phase) => {
      if (phase !== 'signed-out') return
      endFirstScreen()
      forget()
    },
  )
}
