/**
 * The menu of a message. A page of a thread has one: its rows open it, its list is held while it is open, and MessageMenu.vue draws it. So it can open without
 * sending any data of the list.
 */
import { computed, inject, provide, shallowRef, type InjectionKey, type Ref } from 'vue'
import type { Message } from '@/src/chat/message/message'
import type { Box } from '@/src/platform/measure'
import { selectsInPlace } from '@/src/platform/press'
import { useChatStore, type Thread } from '@/src/stores/chat'
import { ACTIONS, type ActionContext, type MessageAction, type ReactionPort } from '../thread/message-actions'
import { drawnPlace, type DrawnPlace } from './drawn-place'
import { QUICK_REACTIONS } from './quick-reactions'

/** Resolves to the place of an element. Undefined if it has none. */
type Measure = () => Promise<Box | undefined>

/** An open menu. */
export interface OpenMenu {
  readonly message: Message
  readonly thread: Thread
  readonly actions: readonly MessageAction[]
  readonly canReact: boolean
  readonly place: DrawnPlace
  /** Whether its bubble is where it was when the menu opened. */
  isAtBubble(): Promise<boolean>
}

/** The menu for the rows and the list of its thread. */
export interface UseMessageMenuReturn {
  readonly isOpen: Readonly<Ref<boolean>>
  /** Opens the menu, if there is something to choose. `bubble` measures the message's bubble. */
  open(message: Message, thread: Thread, bubble: Measure): Promise<void>
  close(): void
  /** The menu opens over the list that this measures. */
  opensOver(list: Measure): void
  /** The list has been scrolled. The menu closes if its bubble has moved. */
  scrolled(): Promise<void>
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
  let list: Measure = async () => undefined
  /** The last opening: of two long presses the second counts. */
  let last = 0

  function close(): void {
    last++
    opened.value = undefined
  }

  async function open(message: Message, thread: Thread, bubble: Measure): Promise<void> {
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
    const [at, area] = await Promise.all([bubble(), list()])
    if (mine !== last) return
    const isAtBubble = async () => {
      const now = await bubble()
      return at !== undefined && now !== undefined && now.height > 0 && Math.abs(now.top - at.top) <= 1
    }
    const content = { actions: actions.length, reactions: canReact ? QUICK_REACTIONS.length + 1 : 0 }
    opened.value = { message, thread, actions, canReact, place: drawnPlace(content, at, area), isAtBubble }
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
    opensOver: (measure) => (list = measure),
    // A scroll event may tell of what was before the menu opened, or of content above the bubble that was added without moving it.
    async scrolled() {
      const menu = opened.value
      if (menu && !(await menu.isAtBubble()) && opened.value === menu) close()
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
