/** A larger count is `99+`. */
const COUNT_MAX = 99

/** A count as a badge shows it: `3`, `99+`. '' for 0, which has no badge. */
export function badgeCount(count: number): string {
  return count > COUNT_MAX ? `${COUNT_MAX}+` : count > 0 ? String(count) : ''
}
