import { computed, effectScope, watch } from 'vue'
import { FIRST_SCREEN_ROWS, launchSnapshotJson, launchSnapshotOwner, type LaunchSnapshot } from '@/src/chat/start/launch-snapshot'
import { time } from '@/src/chat/time/time'
import { savesLaunchSnapshot, readLaunchSnapshot, removeLaunchSnapshot, writeLaunchSnapshot } from '@/src/platform/device'
import { useChatStore } from '@/src/stores/chat'
import { useSettingsStore } from '@/src/stores/settings'
import { dropLaunchSnapshot } from '@/src/stores/start'
import { listLabels } from './list-labels'
import { rowView } from './row-view'

/**
 * Saves the beginning of the conversation list for the next start, after every change, since the app may be killed at any time. Removes it when the user logs
 * out. Call it once. It works after its caller is gone, and on every page, until the returned function is called.
 */
export function saveLaunchSnapshot(): () => void {
  const scope = effectScope(true)
  if (savesLaunchSnapshot) scope.run(follow)
  return () => scope.stop()
}

function follow(): void {
  const chat = useChatStore()
  const settings = useSettingsStore()
  let isWriting = false
  let hasChanged = false
  let written = readLaunchSnapshot()

  const screen = computed((): LaunchSnapshot | undefined => {
    const conversations = chat.phase === 'signed-in' ? chat.account?.conversations : undefined
    if (!conversations) return undefined
    return { theme: settings.theme, labels: listLabels(), rows: conversations.order.value.slice(0, FIRST_SCREEN_ROWS).map(rowView) }
  })

  async function write(): Promise<void> {
    hasChanged = true
    // One at a time: in a flood of changes it writes as often as the device can.
    if (isWriting) return
    isWriting = true
    while (hasChanged && screen.value) {
      hasChanged = false
      const json = launchSnapshotJson(screen.value, launchSnapshotOwner(chat.backend.appId, chat.me), time.now())
      if (json === written) continue
      written = json
      await writeLaunchSnapshot(json)
    }
    isWriting = false
    // The user logged out during the write: remove it.
    if (chat.phase === 'signed-out') forget()
  }

  function forget(): void {
    written = undefined
    removeLaunchSnapshot()
  }

  watch(screen, () => void write())
  watch(
    () => chat.phase,
    (phase) => {
      if (phase !== 'signed-out') return
      dropLaunchSnapshot()
      forget()
    },
  )
}
