import { computed, onMounted, shallowRef } from 'vue'
import { conversationKind, conversationTarget, type ConversationId, type ConversationKind } from '@/src/chat/conversation'
import { parseConversationId } from '@/src/chat/conversation'
import { matches, type ConversationFilter } from '@/src/chat/conversations'
import { avatarColor, displayId, initial } from '@/src/chat/names'
import { t } from '@/src/locales'
import { chooseAction, confirm, toast } from '@/src/platform/dialogs'
import { openNewChat, openThread } from '@/src/platform/pages'
import { useChatStore } from '@/src/stores/chat'
import { clockText } from './clock-text'
import { dataOf, type ScrollEvent, type TapEvent } from './events'
import { previewText } from './preview-text'
import { usePageVisible, whileVisible } from './usePageVisible'

/** The height of a row in px, as the style sheet has it. */
const ROW_HEIGHT = 72
/** Rows drawn: two screens and a half of a tall phone. The window moves in steps of a third of it. */
const WINDOW_ROWS = 30
const WINDOW_STEP = 10
const UNREAD_MAX = 99

const KINDS: readonly ConversationFilter[] = ['all', 'peer', 'channel']

/** The conversation list: which rows are near the screen, and what they say. */
export function useConversationList() {
  const chat = useChatStore()
  const visible = usePageVisible()
  const filter = shallowRef<ConversationFilter>('all')
  const first = shallowRef(0)
  const ready = shallowRef(false)

  const book = computed(() => chat.account?.book)
  const ids = computed(() => {
    const all = book.value?.order.value ?? []
    if (filter.value === 'all') return all
    return all.filter((id) => {
      const summary = book.value?.summary(id)
      return summary !== undefined && matches(summary.value, filter.value)
    })
  })

  function isParked(id: ConversationId): boolean {
    return conversationKind(id) === 'channel' && chat.channelView(conversationTarget(id)).value.state === 'parked'
  }

  const list = whileVisible(visible, () => {
    const now = Date.now()
    const from = Math.min(first.value, Math.max(0, ids.value.length - WINDOW_ROWS))
    const shown = ids.value.slice(from, from + WINDOW_ROWS)
    return {
      rows: shown.flatMap((id) => {
        const conversation = book.value?.summary(id)?.value
        if (!conversation) return []
        const target = conversationTarget(id)
        return [
          {
            id,
            title: displayId(target),
            letter: conversationKind(id) === 'channel' ? '#' : initial(target),
            tone: `tone-${avatarColor(id)}`,
            preview: previewText(conversation, chat.me, isParked(id)),
            time: clockText(conversation.at, now, 'short'),
            unread: conversation.unread === 0 ? '' : conversation.unread > UNREAD_MAX ? `${UNREAD_MAX}+` : String(conversation.unread),
            unreadLabel: conversation.unread === 0 ? '' : t('list.unread', { count: conversation.unread }),
          },
        ]
      }),
      above: `height:${from * ROW_HEIGHT}px`,
      below: `height:${(ids.value.length - from - shown.length) * ROW_HEIGHT}px`,
    }
  })

  const empty = computed(() => {
    if (ids.value.length > 0) return undefined
    return filter.value === 'all' ? { title: t('list.empty.title'), actions: true } : { title: t('list.empty.filtered'), actions: false }
  })

  function scrolled(event: ScrollEvent): void {
    const top = Math.floor(event.detail.scrollTop / ROW_HEIGHT)
    const wanted = Math.max(0, Math.floor((top - WINDOW_STEP) / WINDOW_STEP) * WINDOW_STEP)
    if (wanted !== first.value) first.value = wanted
  }

  function choose(event: TapEvent): void {
    const kind = dataOf(event, 'kind')
    const chosen = KINDS.find((known) => known === kind)
    if (chosen) filter.value = chosen
  }

  function open(event: TapEvent): void {
    const id = parseConversationId(dataOf(event, 'id'))
    if (id) openThread(id)
  }

  async function menu(event: TapEvent): Promise<void> {
    const id = parseConversationId(dataOf(event, 'id'))
    if (!id || (await chooseAction([t('list.delete')])) !== 0) return
    const isSure = await confirm({
      title: t('list.delete.title', { name: displayId(conversationTarget(id)) }),
      text: t(conversationKind(id) === 'channel' ? 'list.delete.channel' : 'list.delete.peer'),
      confirmText: t('common.delete'),
      cancelText: t('common.cancel'),
      danger: true,
    })
    if (isSure && !(await chat.removeConversation(id))) toast(t('list.delete.failed'))
  }

  function start(event: TapEvent): void {
    const kind = dataOf(event, 'kind')
    openNewChat(kind === 'peer' || kind === 'channel' ? (kind satisfies ConversationKind) : undefined)
  }

  onMounted(() => {
    ready.value = true
  })

  return {
    filters: computed(() => KINDS.map((kind) => ({ kind, label: t(`list.filter.${kind}`) }))),
    filter,
    choose,
    rows: computed(() => list.value.rows),
    above: computed(() => list.value.above),
    below: computed(() => list.value.below),
    empty,
    ready,
    scrolled,
    open,
    menu,
    start,
  }
}
