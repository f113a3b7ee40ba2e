/** Formats a size in bytes. */

const UNITS = ['KB', 'MB', 'GB'] as const

/** `bytes` in decimal units, as phones show storage: `0 KB`, `820 KB`, `1.2 MB`, `100 MB`. Anything above 0 is at least 1 KB. */
export function sizeText(bytes: number): string {
  let value = bytes > 0 ? Math.max(1, bytes / 1_000) : 0
  let unit = 0
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1_000
    unit++
  }
  const rounded = unit === 0 || value >= 99.95 ? Math.round(value) : Math.round(value * 10) / 10
  return `${rounded} ${UNITS[unit]}`
}
