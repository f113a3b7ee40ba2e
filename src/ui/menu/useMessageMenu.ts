/**
 * The menu of a message. A page of a thread has one: its rows open it, its list is held while it is open, and MessageMenu.vue draws it. So it can open without
 * sending any data of the list.
 */
import { computed, inject, provide, shallowRef, type InjectionKey, type Ref } from 'vue'
import type { Message } from '@/src/chat/message/message'
import type { Box, ScrollLayout } from '@/src/platform/measure'
import { selectsInPlace } from '@/src/platform/press'
import { useChatStore, type Thread } from '@/src/stores/chat'
import { ACTIONS, type ActionContext, type MessageAction, type ReactionPort } from '../thread/message-actions'
import { drawnPlace, type DrawnPlace } from './drawn-place'
import { QUICK_REACTIONS } from './quick-reactions'

/** An open menu. */
export interface OpenMenu {
  readonly message: Message
  readonly thread: Thread
  readonly actions: readonly MessageAction[]
  readonly canReact: boolean
  readonly place: DrawnPlace
}

/** The menu for the rows and the list of its thread. */
export interface UseMessageMenuReturn {
  readonly isOpen: Readonly<Ref<boolean>>
  /** Opens the menu, if there is something to choose. `bubble`: the place of the message, if it could be measured. */
  open(message: Message, thread: Thread, bubble: Promise<Box | undefined>): Promise<void>
  close(): void
  /** The list tells how to measure it. Undefined if nothing has a size. */
  opensOver(measure: () => Promise<ScrollLayout | undefined>): void
  /** The list has been scrolled to `top`, px. The menu closes, since its bubble has moved. */
  scrolled(top: number): void
}

/** The menu for the component that draws it. */
export interface MenuPanel extends UseMessageMenuReturn {
  readonly opened: Readonly<Ref<OpenMenu | undefined>>
  /** The text of which the user selects a part. '' for none. */
  readonly text: Ref<string>
  /** Closes the menu, and performs the action of this name, or `react`. */
  choose(name: string): Promise<void>
  /** Closes the menu, and reacts. */
  react(emoji: string): Promise<void>
}

const MESSAGE_MENU: InjectionKey<MenuPanel> = Symbol('message-menu')

/** Call it once in the page of a thread. Without `reactions` the menu offers none. */
export function provideMessageMenu(reactions?: ReactionPort): void {
  const opened = shallowRef<OpenMenu>()
  const text = shallowRef('')
  let measure = async (): Promise<ScrollLayout | undefined> => undefined
  /** The last opening: of two long presses the second counts. */
  let last = 0
  /** The scroll offset of the list when the menu was placed, px. A scroll event may come later than the place that it tells of. */
  let placedAt: number | undefined

  function close(): void {
    last++
    placedAt = undefined
    opened.value = undefined
  }

  async function open(message: Message, thread: Thread, bubble: Promise<Box | undefined>): Promise<void> {
    const chat = useChatStore()
    const { account } = chat
    if (!account) return
    const mine = ++last
    const { conversation } = thread
    const isWaiting = account.own.isWaiting(conversation, message)
    const hasOthersFailed = isWaiting && (await account.own.hasFailed(conversation))
    const canReact = reactions?.canReact(message, conversation) === true
    const state = { isWaiting, hasOthersFailed, canCancel: account.own.canCancel(conversation, message), canReact, selectsInPlace: selectsInPlace(), uid: account.uid, isRich: chat.wire === 'rich' }
    const actions = ACTIONS.filter((action) => action.isOffered(message, state))
    if (actions.length === 0 && !canReact) return
    const [at, list] = await Promise.all([bubble, measure()])
    if (mine !== last) return
    placedAt = list?.scrollTop
    const content = { actions: actions.length, reactions: canReact ? QUICK_REACTIONS.length + 1 : 0 }
    opened.value = { message, thread, actions, canReact, place: drawnPlace(content, at, list?.frame) }
  }

  /** Closes the menu, and calls `run` with what it was open for. */
  async function choosing(run: (menu: OpenMenu, context: ActionContext) => Promise<void> | undefined): Promise<void> {
    const { account } = useChatStore()
    const menu = opened.value
    close()
    if (!menu || !account) return
    const { thread } = menu
    await run(menu, {
      account,
      conversation: thread.conversation,
      latest: (former) => thread.message(former.seq) ?? former,
      showText: (shown) => (text.value = shown),
    })
  }

  provide(MESSAGE_MENU, {
    opened,
    isOpen: computed(() => opened.value !== undefined),
    text,
    open,
    close,
    opensOver: (by) => (measure = by),
    scrolled(top) {
      if (opened.value && (placedAt === undefined || Math.abs(top - placedAt) > 1)) close()
    },
    choose: (name) =>
      choosing(({ message, actions }, context) =>
        name === 'react' ? reactions?.onReactMore(message, context) : actions.find((action) => action.name === name)?.run(message, context),
      ),
    react: (emoji) => choosing(({ message }, context) => reactions?.onReact(message, emoji, context)),
  })
}

/** The menu of this page. */
export function useMessageMenu(): UseMessageMenuReturn {
  return useProvidedMenu()
}

export function useProvidedMenu(): MenuPanel {
  const menu = inject(MESSAGE_MENU)
  if (!menu) throw new Error('no page of a thread with a menu')
  return menu
}
