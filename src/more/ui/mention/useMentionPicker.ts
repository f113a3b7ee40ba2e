import { computed, shallowRef, watch, type ComputedRef } from 'vue'
import { conversationKind, conversationTarget, type ConversationId } from '@/src/chat/conversation/conversation'
import { EVERYBODY } from '@/src/chat/message/common-fields'
import { isValidId } from '@/src/chat/rtm-limits'
import { t } from '@/src/locales'
import { useChatStore } from '@/src/stores/chat'
import { avatarOf, nameOf, type Avatar } from '@/src/ui/shared/identity'

/** Those who wrote here are the authors of this many of the newest messages. */
const AMONG = 200
/** The most users that are shown. More letters show others. */
const SHOWN_MAX = 50

export interface MentionItem extends Avatar {
  /** A user id, or {@link EVERYBODY}. */
  readonly id: string
  readonly name: string
}

/** The users to choose from. */
export type UseMentionPickerReturn = ComputedRef<readonly MentionItem[]>

/** The users whose name or id has what `query` returns, those who wrote last in this channel first. */
export function useMentionPicker(conversation: ConversationId, query: () => string): UseMentionPickerReturn {
  const chat = useChatStore()
  const { account } = chat
  const wroteHere = shallowRef<readonly string[]>([])

  // Also while it is open: a message may come.
  watch(
    () => account?.conversations.ref(conversation)?.value.length,
    async () => {
      const messages = (await account?.newest(conversation, AMONG)) ?? []
      wroteHere.value = messages.map(({ from }) => from)
    },
    { immediate: true },
  )

  const ids = computed(() => {
    const members = chat.channelView(conversationTarget(conversation)).value.members ?? []
    const peers = (account?.conversations.order.value ?? []).filter((id) => conversationKind(id) === 'peer').map(conversationTarget)
    const all = new Set([...wroteHere.value, ...members, ...(account?.conversations.people.heard() ?? []), ...peers])
    return [...all].filter((id) => id !== '' && id !== chat.me)
  })

  return computed(() => {
    const typed = query()
    const everybody = t('mention.everybody')
    const found = ids.value.filter((id) => has(id, typed) || has(nameOf(id), typed)).slice(0, SHOWN_MAX)
    const users = found.includes(typed) || typed === chat.me || !isValidId(typed) ? found : [...found, typed]
    const items = users.map((id) => ({ id, name: nameOf(id), ...avatarOf(`peer:${id}`) }))
    return has(everybody, typed) ? [{ id: EVERYBODY, name: everybody, letter: '@', tone: 'tone-5' }, ...items] : items
  })
}

function has(name: string, typed: string): boolean {
  return name.toLowerCase().includes(typed.toLowerCase())
}
