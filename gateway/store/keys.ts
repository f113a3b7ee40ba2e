/** Keys whose order as text is the order of time, in microseconds of the clock. */
const DIGITS = 16

/** The key that follows `last` ('': there is none yet). */
export function nextKey(last: string, now: number): string {
  return orderedKey(Math.max(now * 1000, Number(last) + 1))
}

/** A number up to 2^53 as text of one length. */
export function orderedKey(value: number): string {
  return String(value).padStart(DIGITS, '0')
}
