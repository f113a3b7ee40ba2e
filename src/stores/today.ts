/** Which day it is, for all that is said in words such as yesterday: it follows midnight, the time zone and the clock of the device by itself. */
import { shallowRef, triggerRef, type ShallowRef } from 'vue'
import { clock, type Cancel } from '@/src/chat/time/clock'
import { calendarDay, time, untilMidnight } from '@/src/chat/time/time'

/** How often the clock and the time zone are looked at, ms: nothing tells when one was changed. */
const LOOK_EVERY_MS = 60_000

const now = shallowRef(time.now())
let day = calendarDay(now.value)
let cancelLook: Cancel | undefined

/** A time of today, in ms since 1970. Another one only where times are said in other words than before. */
export const today: Readonly<ShallowRef<number>> = now

/** Looks which day it is, now and whenever that may have changed, until what it returns is called. */
export function followDays(): Cancel {
  lookAtDay()
  return () => cancelLook?.()
}

/** Looks which day it is: the app came to the front, or the time is known better than before. */
export function lookAtDay(): void {
  const at = time.now()
  if (calendarDay(at) !== day) {
    day = calendarDay(at)
    now.value = at
    // In another time zone even the same time is another.
    triggerRef(now)
  }
  cancelLook?.()
  cancelLook = clock.after(Math.min(LOOK_EVERY_MS, untilMidnight(at)), lookAtDay)
}
