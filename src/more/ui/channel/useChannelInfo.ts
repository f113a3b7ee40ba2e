import { computed, watch } from 'vue'
import { conversationId } from '@/src/chat/conversation/conversation'
import { t } from '@/src/locales'
import { confirm } from '@/src/platform/dialogs'
import { useChatStore } from '@/src/stores/chat'
import { channelText } from '@/src/ui/channel/channel-text'
import { useChannel } from '@/src/ui/channel/useChannel'
import { usePageVisible, whileVisible } from '@/src/ui/page/usePageVisible'
import { avatarOf, conversationName, nameOf } from '@/src/ui/shared/identity'

/** The maximum number of avatars. */
const MEMBERS_SHOWN = 200

/** The texts and members of the page, each `''` or empty if there is nothing to show, and its two actions. */
export type UseChannelInfoReturn = ReturnType<typeof useChannelInfo>

/** The page about a channel: its members while the user is one, and leaving or joining it. */
export function useChannelInfo(channelId: string) {
  const chat = useChatStore()
  const visible = usePageVisible()
  const channel = useChannel(channelId)
  const view = whileVisible(visible, () => channel.view.value)
  const isIn = computed(() => view.value.state === 'joined' || view.value.state === 'joining' || view.value.state === 'waiting')

  watch(
    () => visible.value && channel.view.value.state === 'joined' && channel.view.value.members === undefined,
    (wanted) => {
      if (wanted) void channel.loadMembers()
    },
    { immediate: true },
  )

  const title = computed(() => conversationName(conversationId('channel', channelId)))

  async function leave(): Promise<void> {
    const isSure = await confirm({
      title: t('channel.leave.title', { name: title.value }),
      text: t('channel.leave.text'),
      confirmText: t('channel.leave.confirm'),
      cancelText: t('common.cancel'),
      danger: true,
    })
    if (isSure) await channel.leave()
  }

  return {
    title,
    count: computed(() => (isIn.value && view.value.count > 0 ? t('channel.count', { count: view.value.count }) : '')),
    members: computed(() =>
      [...(view.value.members ?? [])]
        .sort((a, b) => Number(b === chat.me) - Number(a === chat.me) || (a < b ? -1 : 1))
        .slice(0, MEMBERS_SHOWN)
        .map((uid) => ({ uid, name: uid === chat.me ? t('channel.you') : nameOf(uid), ...avatarOf(`peer:${uid}`) })),
    ),
    note: computed(() => (isIn.value && (view.value.members?.length ?? 0) > MEMBERS_SHOWN ? t('channel.more', { count: MEMBERS_SHOWN }) : '')),
    isIn,
    notice: computed(() => channelText(view.value)),
    leave,
    join: () => void channel.join(),
  }
}
