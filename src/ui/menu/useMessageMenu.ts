/**
 * Asks for the menu of a message. A page of a thread has one: its rows ask for it, its list is held until it closes, and MessageMenu.vue of the subpackage opens
 * it, once that is there. So it can open without sending any data of the list.
 */
import { inject, provide, shallowRef, type InjectionKey, type Ref } from 'vue'
import type { Message } from '@/src/chat/message/message'
import type { Box } from '@/src/platform/measure'
import type { Thread } from '@/src/stores/chat'

/** Resolves to the place of an element. Undefined if it has none. */
type Measure = () => Promise<Box | undefined>

/** A menu that is wanted, or open. */
export interface MenuRequest {
  readonly message: Message
  readonly thread: Thread
  /** Where the message's bubble and the list of its thread are. */
  readonly places: Promise<readonly [bubble: Box | undefined, list: Box | undefined]>
}

/** The menu of a page. */
export interface UseMessageMenuReturn {
  /** Undefined while the menu is closed. */
  readonly request: Readonly<Ref<MenuRequest | undefined>>
  /** Opens the menu. `bubble` measures the message's bubble. */
  open(message: Message, thread: Thread, bubble: Measure): void
  close(): void
  /** The menu opens over the list that this measures. */
  opensOver(list: Measure): void
  /** The list has been scrolled. The menu closes if its bubble has moved. */
  scrolled(): Promise<void>
}

const MESSAGE_MENU: InjectionKey<UseMessageMenuReturn> = Symbol('message-menu')

/** Call it once in the page of a thread. */
export function provideMessageMenu(): void {
  const request = shallowRef<MenuRequest>()
  let list: Measure = async () => undefined
  let bubble: Measure = list

  function close(): void {
    request.value = undefined
  }

  provide(MESSAGE_MENU, {
    request,
    open(message, thread, measure) {
      bubble = measure
      request.value = { message, thread, places: Promise.all([bubble(), list()]) }
    },
    close,
    opensOver: (measure) => (list = measure),
    // A scroll event may tell of what was before the menu opened, or of content above the bubble that was added without moving it.
    async scrolled() {
      const wanted = request.value
      if (!wanted) return
      const [now, [at]] = await Promise.all([bubble(), wanted.places])
      const isThere = at !== undefined && now !== undefined && now.height > 0 && Math.abs(now.top - at.top) <= 1
      if (!isThere && request.value === wanted) close()
    },
  })
}

/** The menu of this page. */
export function useMessageMenu(): UseMessageMenuReturn {
  const menu = inject(MESSAGE_MENU)
  if (!menu) throw new Error('no page of a thread with a menu')
  return menu
}
