/**
 * Announces new messages of a thread to a screen reader, in one polite region beside the list. The list itself is silent (`aria-live="off"`), since it also
 * renders old messages. Messages within two seconds are announced together.
 */
import { inject, onUnmounted, provide, shallowRef, watch, type InjectionKey, type ShallowRef } from 'vue'
import { clock, type Cancel } from '@/src/chat/time/clock'
import type { Message } from '@/src/chat/message/message'
import { isolated } from '@/src/chat/text/written-text'
import { kindOf } from '@/src/kinds/registry'
import { t } from '@/src/locales'
import { mayHaveScreenReader } from '@/src/platform/screen-reader'
import type { Thread } from '@/src/stores/chat'
import { usePageVisible } from '../page/usePageVisible'
import { nameOf } from '../shared/identity'

/** The region changes at most this often, ms. Otherwise a screen reader finishes no sentence. */
const SAID_EVERY_MS = 2_000
/** If more messages arrive at once, the newest are announced, and the number of the others. */
const MESSAGES_MAX = 5
/** Longer texts are cut, UTF-16 units. The list has them in full. */
const WORDS_MAX = 200

export interface NewsLine {
  /** Bumped for each line, so that equal texts are separate lines. */
  readonly key: number
  readonly text: string
}

const THREAD: InjectionKey<Thread> = Symbol('thread-of-news')

/** Call it once in the list of a thread. Returns whether a screen reader may be running, checked each time the page is shown. */
export function provideThreadNews(thread: Thread, visible: Readonly<ShallowRef<boolean>>): Readonly<ShallowRef<boolean>> {
  provide(THREAD, thread)
  const isHeard = shallowRef(false)
  const ask = async () => {
    isHeard.value = await mayHaveScreenReader()
  }
  watch(visible, (isVisible) => isVisible && void ask(), { immediate: true })
  return isHeard
}

/** The lines to announce, replaced at most every two seconds. */
export type UseThreadNewsReturn = Readonly<ShallowRef<readonly NewsLine[]>>

/** The lines to announce now. */
export function useThreadNews(): UseThreadNewsReturn {
  const thread = inject(THREAD)
  if (!thread) throw new Error('no list of a thread that could have news')
  const visible = usePageVisible()
  const lines = shallowRef<readonly NewsLine[]>([])
  let waiting: Message[] = []
  let count = 0
  let isResting = false
  let cancelRest: Cancel | undefined

  // Synchronous: a watcher sees only the last of two values before the next flush.
  watch(thread.arrived, hear, { flush: 'sync' })
  watch(visible, () => (waiting = []))
  onUnmounted(() => cancelRest?.())

  function hear(messages: readonly Message[]): void {
    if (!visible.value) return
    waiting.push(...messages)
    if (!isResting) say()
  }

  function say(): void {
    isResting = waiting.length > 0
    if (!isResting) return
    const more = waiting.length - MESSAGES_MAX
    const texts = waiting.slice(-MESSAGES_MAX).map(sentence)
    waiting = []
    lines.value = (more > 0 ? [...texts, t('thread.news.more', { count: more })] : texts).map((text) => ({ key: count++, text }))
    cancelRest = clock.after(SAID_EVERY_MS, say)
  }

  return lines
}

function sentence({ from, body }: Message): string {
  const kind = kindOf(body)
  const words = kind.line(kind.excerpt(body, WORDS_MAX), t)
  return t('thread.news', { name: isolated(nameOf(from)), text: isolated(words) })
}
