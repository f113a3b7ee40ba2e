/** The current day, for texts such as yesterday. It follows midnight, the time zone and the device's clock. */
import { shallowRef, triggerRef, type ShallowRef } from 'vue'
import { clock, type Cancel } from '@/src/chat/time/clock'
import { calendarDay, time, untilMidnight } from '@/src/chat/time/time'

/** How often the clock and the time zone are checked, ms: no event reports a change of them. */
const LOOK_EVERY_MS = 60_000

const now = shallowRef(time.now())
let day = calendarDay(now.value)
let cancelLook: Cancel | undefined

/** A time of today, in ms since 1970. It changes only when the texts of times change. */
export const today: Readonly<ShallowRef<number>> = now

/** Checks the day, now and whenever it may have changed, until the returned function is called. */
export function followDays(): Cancel {
  lookAtDay()
  return () => cancelLook?.()
}

/** Checks the day: the app came to the front, or the time is known better than before. */
export function lookAtDay(): void {
  const at = time.now()
  if (calendarDay(at) !== day) {
    day = calendarDay(at)
    now.value = at
    // In another time zone the same time has another text.
    triggerRef(now)
  }
  cancelLook?.()
  cancelLook = clock.after(Math.min(LOOK_EVERY_MS, untilMidnight(at)), lookAtDay)
}
