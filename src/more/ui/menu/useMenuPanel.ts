import { computed, getCurrentInstance, nextTick, onUnmounted, shallowRef, watch } from 'vue'
import { isRecalled, type Message } from '@/src/chat/message/message'
import { kindOf } from '@/src/kinds/registry'
import { holdPopup } from '@/src/platform/popup'
import { selectsInPlace } from '@/src/platform/press'
import { onWindowResize } from '@/src/platform/window'
import { useChatStore, type Thread } from '@/src/stores/chat'
import { useMessageMenu, type MenuRequest } from '@/src/ui/menu/useMessageMenu'
import { usePageVisible, whileVisible } from '@/src/ui/page/usePageVisible'
import { innerData, type InnerEvent } from '@/src/ui/shared/events'
import { offeredActions, type ActionContext, type MessageAction } from '@/src/ui/thread/message-actions'
import { hasReacted, toggleReaction } from '@/src/ui/thread/reactions'
import { useThreadLayout } from '@/src/ui/thread/useThreadLayout'
import { drawnPlace, type DrawnPlace } from './drawn-place'
import { QUICK_REACTIONS } from './quick-reactions'

/** An open menu. */
interface OpenMenu {
  readonly message: Message
  readonly thread: Thread
  readonly actions: readonly MessageAction[]
  readonly canReact: boolean
  readonly place: DrawnPlace
}

/** What MessageMenu.vue shows, and the handlers of its taps. */
export type UseMenuPanelReturn = ReturnType<typeof useMenuPanel>

/** The menu of this page: what it offers, where it is, and what its actions do. */
export function useMenuPanel() {
  const menu = useMessageMenu()
  const visible = usePageVisible()
  const instance = getCurrentInstance()
  const opened = shallowRef<OpenMenu>()
  const shown = whileVisible(visible, () => opened.value)
  /** The text of which the user selects a part. '' for none. */
  const text = shallowRef('')
  /** Receives the emoji that the user chooses among all. Undefined while they are not shown. */
  const picked = shallowRef<(emoji: string) => void>()
  let release = () => {}

  // Of two presses the second counts. At once, so that an open menu closes before a second tap on it.
  watch(
    menu.request,
    async (request) => {
      const next = request && (await menuFor(request))
      if (menu.request.value !== request) return
      opened.value = next
      if (!next) menu.close()
    },
    { flush: 'sync', immediate: true },
  )

  /** Closes the menu, and calls `run` with the message that it was open for. */
  async function act(run: (message: Message, context: ActionContext) => Promise<void> | void | undefined): Promise<void> {
    const { account } = useChatStore()
    const from = opened.value
    menu.close()
    if (!from || !account) return
    const { thread, message } = from
    await run(message, {
      account,
      conversation: thread.conversation,
      latest: (former) => thread.message(former.seq) ?? former,
      showText: (wanted) => (text.value = wanted),
    })
  }

  function react(emoji: string): Promise<void> {
    return act((message, { account, conversation, latest }) =>
      toggleReaction(account, conversation, latest(message), emoji, !hasReacted(latest(message), emoji, account.uid)),
    )
  }

  /** Shows all emojis to react with. */
  function reactMore(): Promise<void> {
    return act((message, { account, conversation, latest }) => {
      picked.value = (emoji) => void toggleReaction(account, conversation, latest(message), emoji, true)
    })
  }

  function tapped(event: InnerEvent): Promise<void> | undefined {
    const { action, emoji, does } = innerData(event)
    if (action === 'react') return reactMore()
    const chosen = opened.value?.actions.find(({ name }) => name === action)
    if (action !== undefined) return act((message, context) => chosen?.run(message, context))
    if (emoji !== undefined) return react(emoji)
    if (does === 'close') menu.close()
    return undefined
  }

  /** A finger scrolls beside the menu. */
  function moved(event: InnerEvent): void {
    if (innerData(event).does === 'close') menu.close()
  }

  function closeSheet(): void {
    picked.value = undefined
  }

  watch(
    () => opened.value !== undefined,
    async (isOpen) => {
      release()
      release = () => {}
      if (!isOpen) return
      await nextTick()
      if (opened.value) release = holdPopup(instance?.proxy?.$el, { close: menu.close, hangs: true })
    },
    { flush: 'post' },
  )
  watch([visible, useThreadLayout()], menu.close)
  const stopResize = onWindowResize(menu.close)
  onUnmounted(() => {
    stopResize()
    release()
  })

  return {
    shown,
    /** By name, which actions are offered: 1. Numbers take fewer bytes than `true`. */
    offers: computed(() => Object.fromEntries((shown.value?.actions ?? []).map(({ name }) => [name, 1]))),
    text: whileVisible(visible, () => text.value),
    isPicking: computed(() => picked.value !== undefined),
    tapped,
    moved,
    closeText: () => (text.value = ''),
    pick(emoji: string): void {
      picked.value?.(emoji)
      closeSheet()
    },
    closeSheet,
  }
}

/** What the menu of a message offers now, and its place. Undefined if the user has signed out. */
async function menuFor({ message: pressed, thread, places }: MenuRequest): Promise<OpenMenu | undefined> {
  const { account, wire } = useChatStore()
  if (!account) return undefined
  // It may have changed while this panel was loaded.
  const message = thread.message(pressed.seq) ?? pressed
  const { uid, own } = account
  const { conversation } = thread
  const isWaiting = own.isWaiting(conversation, message)
  const hasOthersFailed = isWaiting && (await own.hasFailed(conversation))
  const isRich = wire === 'rich'
  const canReact = isRich && !isRecalled(message) && message.status !== 'failed' && kindOf(message.body).isSystem !== true
  const actions = offeredActions(message, { isWaiting, hasOthersFailed, canCancel: own.canCancel(conversation, message), canReact, selectsInPlace: selectsInPlace(), uid, isRich })
  const content = { actions: actions.length, reactions: canReact ? QUICK_REACTIONS.length + 1 : 0 }
  return { message, thread, actions, canReact, place: drawnPlace(content, ...(await places)) }
}
