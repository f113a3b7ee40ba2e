/**
 * How the app starts. What stood on the screen last is painted first, before there is a store; then the stores are made, and the
 * conversation list takes the place of the picture (docs/PERFORMANCE.md). Plain refs: Pinia would be made first.
 */
import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import { clock } from '@/src/chat/time/clock'
import { firstScreenOwner, parseFirstScreen, type FirstScreen } from '@/src/chat/start/launch-snapshot'
import { readFirstScreen, readSession } from '@/src/platform/device'
import { appId } from '@/src/rtm/backend'

/** A page that is left before it stands must not hold up the start, ms. */
const PAINTED_WITHIN_MS = 1_000
/** A finger whose end is lost does not keep the list covered for longer, ms. */
const HELD_MAX_MS = 1_000

const screen = shallowRef<FirstScreen>()
let isHeld = false
let hasEnded = false
/** What makes the stores; undefined once it has. */
const makePending = shallowRef<() => void>()

/** What is shown in place of the list; undefined once that stands, or where there is nothing to show. */
export const firstScreen: Readonly<ShallowRef<FirstScreen | undefined>> = screen

/** There are no stores yet. */
export const isPainting: ComputedRef<boolean> = computed(() => makePending.value !== undefined)

/** The first screen of who is logged in here, if it was kept. */
export function keptFirstScreen(): FirstScreen | undefined {
  const uid = readSession()?.uid
  return uid === undefined ? undefined : parseFirstScreen(readFirstScreen(), firstScreenOwner(appId, uid), clock.now())
}

/** Shows `first`; `make` makes the stores once it stands. */
export function paintFirst(first: FirstScreen, make: () => void): void {
  screen.value = first
  hasEnded = false
  isHeld = false
  makePending.value = make
  clock.after(PAINTED_WITHIN_MS, makeStores)
}

/** The first screen stands, or something else is needed: makes the stores, if that is still to be done. */
export function makeStores(): void {
  const make = makePending.value
  if (!make) return
  try {
    make()
  } finally {
    makePending.value = undefined
  }
}

/** The list stands, or nobody is logged in any more. */
export function endFirstScreen(): void {
  hasEnded = true
  if (isHeld) clock.after(HELD_MAX_MS, () => holdFirstScreen(false))
  else screen.value = undefined
}

/** Whether a finger is on the first screen: then what is under it stays. One that comes when all is over changes nothing. */
export function holdFirstScreen(isTouched: boolean): void {
  isHeld = isTouched && !hasEnded
  if (hasEnded) screen.value = undefined
}

/** What `useStore` gives; undefined as long as there are no stores. For setups of what the first screen is made of. */
export function storeOnceMade<Store>(useStore: () => Store): ComputedRef<Store | undefined> {
  return computed(() => (isPainting.value ? undefined : useStore()))
}
