/** When something was, relative to today. The locales turn it into words. Days are those of this device's time zone. */
import { calendarDay } from './time'

const DAY_MS = 86_400_000

export interface ClockParts {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  /** 1 to 31. */
  readonly day: number
  /** 0 is Sunday. */
  readonly weekday: number
  /** `15:04`. '' in the short form for any other day than today. */
  readonly time: string
}

/** `weekday`: two to six days ago. `this-year` and `other-year` include the future, seen by a wrong clock. `unknown`: an invalid time. */
export type ClockLabel =
  | ({ readonly kind: 'today' | 'yesterday' | 'weekday' | 'this-year' | 'other-year' } & ClockParts)
  | { readonly kind: 'unknown' }

/** `at` and `now` in ms since 1970. `short`: the form of the conversation list, which is the day, or the time if it is today. */
export function clockLabel(at: number, now: number, form: 'full' | 'short' = 'full'): ClockLabel {
  const date = new Date(at)
  const today = new Date(now)
  // A day of 23 or 25 hours is one day too.
  const daysAgo = Math.round((calendarDay(now) - calendarDay(at)) / DAY_MS)
  if (Number.isNaN(daysAgo)) return { kind: 'unknown' }
  const kind = kindOf(daysAgo, date.getFullYear() === today.getFullYear())
  return {
    kind,
    year: date.getFullYear(),
    month: date.getMonth() + 1,
    day: date.getDate(),
    weekday: date.getDay(),
    time: form === 'full' || kind === 'today' ? `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}` : '',
  }
}

function kindOf(daysAgo: number, sameYear: boolean): Exclude<ClockLabel['kind'], 'unknown'> {
  if (daysAgo === 0) return 'today'
  if (daysAgo === 1) return 'yesterday'
  if (daysAgo > 1 && daysAgo < 7) return 'weekday'
  return sameYear ? 'this-year' : 'other-year'
}

/** Whether `a` and `b`, in ms since 1970, are on one day. */
export function isSameDay(a: number, b: number): boolean {
  return calendarDay(a) === calendarDay(b)
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
