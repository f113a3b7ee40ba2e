/** Jumps within a thread: the list knows the targets, the buttons over it show them. */
import { computed, inject, provide, type ComputedRef, type InjectionKey, type Ref } from 'vue'
import { badgeCount } from '@/src/chat/text/badge-count'
import { t } from '@/src/locales'

export interface ThreadPlaces {
  /** Whether the reader is away from the newest message. */
  readonly isAway: Readonly<Ref<boolean>>
  /** The number of messages that arrived since. */
  readonly newCount: Readonly<Ref<number>>
  /** The number of unread messages above. 0 for none. */
  readonly unreadAbove: Readonly<Ref<number>>
  toLatest(): Promise<void>
  toUnread(): Promise<void>
}

/** The labels of the two buttons, and their actions. */
export interface UseThreadJumpsReturn {
  /** The labels of the buttons. '' for no button. */
  readonly latest: ComputedRef<string>
  readonly unread: ComputedRef<string>
  readonly toLatest: () => Promise<void>
  readonly toUnread: () => Promise<void>
}

const THREAD_PLACES: InjectionKey<ThreadPlaces> = Symbol('thread-places')

/** Call it once in the list of a thread. */
export function provideThreadJumps(places: ThreadPlaces): void {
  provide(THREAD_PLACES, places)
}

export function useThreadJumps(): UseThreadJumpsReturn {
  const places = inject(THREAD_PLACES)
  if (!places) throw new Error('no list of a thread to jump in')
  const { isAway, newCount, unreadAbove } = places
  return {
    latest: computed(() => (newCount.value > 0 ? `↓ ${newsText(newCount.value)}` : isAway.value ? '↓' : '')),
    unread: computed(() => (unreadAbove.value > 0 ? `↑ ${newsText(unreadAbove.value)}` : '')),
    toLatest: () => places.toLatest(),
    toUnread: () => places.toUnread(),
  }
}

function newsText(count: number): string {
  return t('thread.new', { count: badgeCount(count) })
}
