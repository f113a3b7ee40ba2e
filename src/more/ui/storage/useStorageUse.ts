import { computed, shallowRef, watch } from 'vue'
import { conversationKind, parseConversationId, type ConversationId } from '@/src/chat/conversation/conversation'
import { countOver, LIMIT_CHOICES, type LimitKind } from '@/src/chat/conversation/history-limits'
import { sizeText } from '@/src/chat/text/storage-size'
import { t } from '@/src/locales'
import { chooseAction, confirm, toast } from '@/src/platform/dialogs'
// #ifdef H5
import { isKeptForGood } from '@/src/platform/persistence'
// #endif
import { useChatStore, type StorageUsage } from '@/src/stores/chat'
import { useSettingsStore } from '@/src/stores/settings'
import { dataOf, type TapEvent } from '@/src/ui/shared/events'
import { conversationName } from '@/src/ui/shared/identity'
import { countText } from '@/src/ui/shared/number-text'
import { usePageVisible } from '@/src/ui/page/usePageVisible'
import { useMediaUse } from './useMediaUse'
import { WORDS } from './words'

/** The maximum number of listed conversations. Users look for the largest ones. */
const CONVERSATIONS_SHOWN = 50

const LIMIT_KINDS: readonly LimitKind[] = ['messagesPerConversation', 'bytes']

/** The sizes, limits and conversations as texts, and the actions on them. */
export type UseStorageUseReturn = ReturnType<typeof useStorageUse>

/** The size of this user's messages on the device. Read each time the page is shown and after each clearing. */
export function useStorageUse() {
  const chat = useChatStore()
  const settings = useSettingsStore()
  const visible = usePageVisible()
  const media = useMediaUse()
  const usage = shallowRef<StorageUsage>()
  const isUnreadable = shallowRef(false)
  // #ifdef H5
  const isKept = shallowRef<boolean>()
  // #endif

  async function measure(): Promise<void> {
    void media.measure()
    usage.value = await chat.storageUsage()
    isUnreadable.value = usage.value === undefined
    // #ifdef H5
    isKept.value = await isKeptForGood()
    // #endif
  }

  watch(visible, (isVisible) => isVisible && void measure(), { immediate: true })

  const largest = computed(() => [...(usage.value?.conversations ?? [])].filter(({ messages }) => messages > 0).sort((a, b) => b.bytes - a.bytes))

  function limitText(kind: LimitKind, value: number): string {
    return kind === 'bytes' ? sizeText(value) : countText(WORDS['limit.messages.value'], value)
  }

  async function chooseLimit(event: TapEvent): Promise<void> {
    const kind = LIMIT_KINDS.find((known) => known === dataOf(event, 'kind'))
    if (!kind) return
    const current = settings.historyLimits[kind]
    const index = await chooseAction(LIMIT_CHOICES[kind].map((value) => `${value === current ? '✓ ' : ''}${limitText(kind, value)}`))
    const value = index === undefined ? undefined : LIMIT_CHOICES[kind][index]
    if (value === undefined || value === current) return
    if (value < current && !(await isLossWanted(kind, value))) return
    settings.setHistoryLimit(kind, value)
    tell(await chat.applyHistoryLimits())
    await measure()
  }

  /** A lower limit that deletes messages at once needs a confirmation, since they cannot be restored. */
  async function isLossWanted(kind: LimitKind, limit: number): Promise<boolean> {
    const loss = kind === 'bytes' ? await bytesLost(limit) : await messagesLost(limit)
    if (loss === undefined) return true
    return confirm({ title: t(WORDS['limit.lower.title']), text: loss, confirmText: t('common.delete'), cancelText: t('common.cancel'), danger: true })
  }

  async function messagesLost(limit: number): Promise<string | undefined> {
    await chat.account?.load()
    const count = countOver(chat.account?.conversations.all() ?? [], limit)
    return count > 0 ? countText(WORDS['limit.lower.messages'], count) : undefined
  }

  async function bytesLost(limit: number): Promise<string | undefined> {
    await measure()
    const over = (usage.value?.bytes ?? 0) - limit
    return over > 0 ? t(WORDS['limit.lower.bytes'], { size: sizeText(over) }) : undefined
  }

  async function clear(event: TapEvent): Promise<void> {
    const id = parseConversationId(dataOf(event, 'id'))
    if (!id || !(await isSure(clearTitle(id)))) return
    tell(await chat.clearConversation(id))
    await media.forget(id)
    await measure()
  }

  async function clearAll(): Promise<void> {
    if (!(await isSure(t(WORDS['clear-all.title'])))) return
    tell(await chat.clearAllConversations())
    for (const { id } of media.rows.value) await media.forget(id)
    await measure()
  }

  function isSure(title: string): Promise<boolean> {
    return confirm({ title, text: t(WORDS['clear.text']), confirmText: t(WORDS.clear), cancelText: t('common.cancel'), danger: true })
  }

  function tell(done: boolean): void {
    if (!done) toast(t(WORDS.failed))
  }

  return {
    total: computed(() => (usage.value ? sizeText(usage.value.bytes) : '…')),
    problem: computed(() => (isUnreadable.value ? t(WORDS.unreadable) : '')),
    limits: computed(() =>
      LIMIT_KINDS.map((kind) => ({ kind, label: t(WORDS[`limit.${kind}`]), value: limitText(kind, settings.historyLimits[kind]) })),
    ),
    conversations: computed(() =>
      largest.value.slice(0, CONVERSATIONS_SHOWN).map(({ id, bytes, messages }) => {
        const size = countText(messages === 1 ? WORDS['row.one'] : WORDS.row, messages, { size: sizeText(bytes) })
        const name = conversationName(id)
        return { id, name, size, clearLabel: t(WORDS['clear.label'], { name }) }
      }),
    ),
    note: computed(() => (largest.value.length > CONVERSATIONS_SHOWN ? t(WORDS.more, { count: CONVERSATIONS_SHOWN }) : '')),
    // #ifdef H5
    /** The browser's promise to keep the data. '' before it has answered. */
    promise: computed(() => (isKept.value === undefined ? '' : t(isKept.value ? WORDS.kept : WORDS['may-go']))),
    // #endif
    media: { total: media.total, rows: media.rows, clear: media.clear, clearAll: media.clearAll },
    chooseLimit,
    clear,
    clearAll,
  }
}

function clearTitle(id: ConversationId): string {
  return t(conversationKind(id) === 'channel' ? WORDS['clear.title.channel'] : WORDS['clear.title'], { name: conversationName(id) })
}
