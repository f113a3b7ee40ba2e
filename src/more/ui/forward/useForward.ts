import { computed, shallowRef } from 'vue'
import { conversationKind, conversationTarget, type ConversationId } from '@/src/chat/conversation/conversation'
import { filtered } from '@/src/chat/conversation/order'
import { canForward } from '@/src/chat/message/forwardable'
import { FORWARD_TARGETS_MAX, recordOf } from '@/src/chat/message/forwarding'
import type { Message } from '@/src/chat/message/message'
import { t } from '@/src/locales'
import { toast } from '@/src/platform/dialogs'
import { backOrConversations } from '@/src/platform/pages'
import { useChatStore } from '@/src/stores/chat'
import { useSearchField } from '@/src/ui/conversations/useSearchField'
import { usePageVisible, whileVisible } from '@/src/ui/page/usePageVisible'
import { dataOf, type TapEvent } from '@/src/ui/shared/events'
import { avatarOf, conversationName, nameOf } from '@/src/ui/shared/identity'
import { countText } from '@/src/ui/shared/number-text'
import { oneByOne, sendForwarded } from './send-forwarded'
import { WORDS } from './words'

/** The list grows by this many conversations when the user comes to its end. */
const STEP = 50

/** Messages one by one, or all as one record. */
type Mode = 'each' | 'record'

/** The conversations to choose from, the choices made, and the handlers. */
export type UseForwardReturn = ReturnType<typeof useForward>

/** Forwards messages of the conversation `source`, by their seqs. */
export function useForward(source: ConversationId, seqs: readonly number[]) {
  const chat = useChatStore()
  const { account } = chat
  const isRich = chat.wire === 'rich'
  const visible = usePageVisible()
  const query = shallowRef('')
  const most = shallowRef(STEP)
  const chosen = shallowRef<readonly ConversationId[]>([])
  const mode = shallowRef<Mode>('each')
  const messages = shallowRef<readonly Message[]>()
  let isSending = false
  const { field, isFilled, clear } = useSearchField((text) => {
    query.value = text
    most.value = STEP
  })

  const targets = whileVisible(visible, () =>
    filtered(account?.conversations.order.value ?? [], 'all', query.value)
      .filter((id) => account?.conversations.get(id)?.left !== true)
      .slice(0, most.value)
      .map((id) => ({ id, title: conversationName(id), ...avatarOf(id), check: chosen.value.includes(id) ? 'is-on' : '' })),
  )

  /** Those that can be forwarded, as they are now: one may have been recalled since it was selected. */
  async function read(): Promise<readonly Message[]> {
    const found = await account?.messagesAt(source, seqs)
    messages.value = (found ?? []).filter((message) => canForward(message, isRich))
    return messages.value
  }

  function asRecord(of: readonly Message[]) {
    const [me, name] = [nameOf(chat.me), conversationName(source)]
    const title = conversationKind(source) === 'channel' ? t(WORDS.ofChannel, { name }) : t(WORDS.ofPeer, { me, other: nameOf(conversationTarget(source)) })
    return recordOf(title, of, nameOf)
  }

  const note = computed(() => {
    const all = messages.value
    if (!all) return ''
    if (all.length === 0) return t(WORDS.nothing)
    const skipped = seqs.length - all.length
    const left = mode.value === 'record' ? (asRecord(all).more ?? 0) : 0
    const parts = [all.length === 1 ? t(WORDS.message) : countText(WORDS.messages, all.length)]
    if (skipped > 0) parts.push(countText(WORDS.skipped, skipped))
    if (left > 0) parts.push(countText(WORDS.left, left))
    return parts.join(t('notice.separator'))
  })

  function choose(event: TapEvent): void {
    const id = targets.value.find((target) => target.id === dataOf(event, 'id'))?.id
    if (!id) return
    if (chosen.value.includes(id)) chosen.value = chosen.value.filter((other) => other !== id)
    else if (chosen.value.length < FORWARD_TARGETS_MAX) chosen.value = [...chosen.value, id]
    else toast(t(WORDS.most, { count: FORWARD_TARGETS_MAX }))
  }

  function chooseMode(event: TapEvent): void {
    mode.value = dataOf(event, 'kind') === 'record' ? 'record' : 'each'
  }

  async function send(): Promise<void> {
    if (!account || isSending || chosen.value.length === 0) return
    isSending = true
    try {
      await sendNow()
    } finally {
      isSending = false
    }
  }

  async function sendNow(): Promise<void> {
    const all = await read()
    if (!account || all.length === 0) return toast(t(WORDS.nothing))
    const isOne = mode.value === 'record' && all.length > 1
    const forwarded = isOne ? [{ body: asRecord(all) }] : oneByOne(all, isRich, account.own.by)
    await sendForwarded(account, chosen.value, forwarded)
    const tooLong = isOne ? 0 : all.length - forwarded.length
    toast(tooLong > 0 ? countText(WORDS.tooLong, tooLong) : t(WORDS.done))
    backOrConversations()
  }

  void read()
  return {
    field,
    isFilled,
    clear,
    targets,
    empty: computed(() => (targets.value.length === 0 ? t(WORDS.none) : '')),
    note,
    /** The ways to forward; none if there is only one. */
    modes: computed(() => (isRich && (messages.value?.length ?? 0) > 1 ? (['each', 'record'] as const).map((kind) => ({ kind, label: t(WORDS[kind]), isOn: kind === mode.value })) : [])),
    button: computed(() => (chosen.value.length > 0 ? t(WORDS.sendTo, { count: chosen.value.length }) : t(WORDS.send))),
    off: computed(() => (chosen.value.length === 0 || messages.value?.length === 0 ? 'is-off' : '')),
    choose,
    chooseMode,
    send,
    more: () => (most.value += STEP),
  }
}
