/** Statistics of many measurements. */

/** The value that the share `of` of all values does not exceed: 0.5 is the median. */
export function quantile(values: readonly number[], of: number): number {
  if (values.length === 0) throw new Error('nothing was measured')
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * of))] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}
