import { computed, shallowRef, watch } from 'vue'
import { conversationTarget, parseConversationId } from '@/src/chat/conversation'
import { displayId } from '@/src/chat/names'
import { sizeText } from '@/src/chat/storage-size'
import { t } from '@/src/locales'
import { chooseAction, confirm, toast } from '@/src/platform/dialogs'
import { useChatStore, type StorageUsage } from '@/src/stores/chat'
import { LIMIT_CHOICES, useSettingsStore, type LimitKind } from '@/src/stores/settings'
import { dataOf, type TapEvent } from './events'
import { usePageVisible } from './usePageVisible'

/** More conversations than this are not listed: the largest ones are what one looks for. */
const CONVERSATIONS_SHOWN = 50

const LIMIT_KINDS: readonly LimitKind[] = ['messagesPerConversation', 'bytes']

/** What this person's messages take on the device. It is asked for each time the page is shown and after each clearing. */
export function useStorageUse() {
  const chat = useChatStore()
  const settings = useSettingsStore()
  const visible = usePageVisible()
  const usage = shallowRef<StorageUsage>()
  const isUnreadable = shallowRef(false)

  async function measure(): Promise<void> {
    usage.value = await chat.storageUsage()
    isUnreadable.value = usage.value === undefined
  }

  watch(visible, (isVisible) => isVisible && void measure(), { immediate: true })

  const largest = computed(() => [...(usage.value?.conversations ?? [])].filter(({ messages }) => messages > 0).sort((a, b) => b.bytes - a.bytes))

  function limitText(kind: LimitKind, value: number): string {
    return kind === 'bytes' ? sizeText(value) : t('storage.limit.messages.value', { count: value })
  }

  async function chooseLimit(event: TapEvent): Promise<void> {
    const kind = LIMIT_KINDS.find((known) => known === dataOf(event, 'kind'))
    if (!kind) return
    const index = await chooseAction(LIMIT_CHOICES[kind].map((value) => limitText(kind, value)))
    const value = index === undefined ? undefined : LIMIT_CHOICES[kind][index]
    if (value === undefined) return
    settings.setHistoryLimit(kind, value)
    tell(await chat.applyHistoryLimits())
    await measure()
  }

  async function clear(event: TapEvent): Promise<void> {
    const id = parseConversationId(dataOf(event, 'id'))
    if (!id || !(await isSure(t('storage.clear.title', { name: displayId(conversationTarget(id)) })))) return
    tell(await chat.clearConversation(id))
    await measure()
  }

  async function clearAll(): Promise<void> {
    if (!(await isSure(t('storage.clear-all.title')))) return
    tell(await chat.clearAllConversations())
    await measure()
  }

  function isSure(title: string): Promise<boolean> {
    return confirm({ title, text: t('storage.clear.text'), confirmText: t('storage.clear'), cancelText: t('common.cancel'), danger: true })
  }

  function tell(done: boolean): void {
    if (!done) toast(t('storage.failed'))
  }

  return {
    total: computed(() => (usage.value ? sizeText(usage.value.bytes) : '…')),
    problem: computed(() => (isUnreadable.value ? t('storage.unreadable') : '')),
    limits: computed(() =>
      LIMIT_KINDS.map((kind) => ({ kind, label: t(`storage.limit.${kind}`), value: limitText(kind, settings.historyLimits[kind]) })),
    ),
    conversations: computed(() =>
      largest.value.slice(0, CONVERSATIONS_SHOWN).map(({ id, bytes, messages }) => {
        const name = displayId(conversationTarget(id))
        return { id, name, size: t('storage.row', { size: sizeText(bytes), count: messages }), clearLabel: t('storage.clear.label', { name }) }
      }),
    ),
    note: computed(() => (largest.value.length > CONVERSATIONS_SHOWN ? t('storage.more', { count: CONVERSATIONS_SHOWN }) : '')),
    chooseLimit,
    clear,
    clearAll,
  }
}
