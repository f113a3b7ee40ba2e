/**
 * The start of the app. The launch snapshot is painted first, before there is a store. Then the stores are created, and the conversation list replaces the
 * snapshot (docs/PERFORMANCE.md). Uses plain refs, since Pinia would have to be created first.
 */
import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import { clock } from '@/src/chat/time/clock'
import { launchSnapshotOwner, parseLaunchSnapshot, type LaunchSnapshot } from '@/src/chat/start/launch-snapshot'
import { readLaunchSnapshot, readSession } from '@/src/platform/device'
import { appId } from '@/src/rtm/backend'

/** The start continues after this time if a page is closed before it was painted, ms. */
const PAINTED_WITHIN_MS = 1_000
/** The snapshot is replaced after this time even if the end of a touch was lost, ms. */
const FINGER_MAX_MS = 1_000

const screen = shallowRef<LaunchSnapshot>()
let isFingerDown = false
let hasEnded = false
/** Creates the stores. Undefined once it has. */
const makePending = shallowRef<() => void>()

/** The launch snapshot. Undefined once the list is rendered, or if there is none. */
export const launchSnapshot: Readonly<ShallowRef<LaunchSnapshot | undefined>> = screen

/** Whether the stores are still missing. */
export const isPainting: ComputedRef<boolean> = computed(() => makePending.value !== undefined)

/** The launch snapshot of this device's user, if there is one. */
export function savedLaunchSnapshot(): LaunchSnapshot | undefined {
  const uid = readSession()?.uid
  return uid === undefined ? undefined : parseLaunchSnapshot(readLaunchSnapshot(), launchSnapshotOwner(appId, uid), clock.now())
}

/** Shows `first`. `make` creates the stores once it is painted. */
export function paintFirst(first: LaunchSnapshot, make: () => void): void {
  screen.value = first
  hasEnded = false
  isFingerDown = false
  makePending.value = make
  clock.after(PAINTED_WITHIN_MS, makeStores)
}

/** The snapshot is painted, or another page was opened: creates the stores, unless they exist. */
export function makeStores(): void {
  const make = makePending.value
  if (!make) return
  try {
    make()
  } finally {
    makePending.value = undefined
  }
}

/** The real list is rendered, or the user logged out: drop the snapshot. */
export function dropLaunchSnapshot(): void {
  hasEnded = true
  if (isFingerDown) clock.after(FINGER_MAX_MS, () => holdLaunchSnapshot(false))
  else screen.value = undefined
}

/** Sets whether a finger is on the snapshot, which then stays under it. Has no effect once the snapshot is gone. */
export function holdLaunchSnapshot(isTouched: boolean): void {
  isFingerDown = isTouched && !hasEnded
  if (hasEnded) screen.value = undefined
}

/** The result of `useStore`. Undefined as long as there are no stores. For components of the launch snapshot. */
export function storeOnceMade<Store>(useStore: () => Store): ComputedRef<Store | undefined> {
  return computed(() => (isPainting.value ? undefined : useStore()))
}
