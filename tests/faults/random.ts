/** Random numbers from a seed, by fast-check's generator: the same seed gives the same series on every machine. */
import fc from 'fast-check'

const RANGE = 2 ** 31

/** Numbers from 0 up to but not including 1. */
export type Random = () => number

/** @param name a seed has an independent series for each name */
export function randomOf(seed: number, name: string): Random {
  const [numbers] = fc.sample(fc.infiniteStream(fc.noBias(fc.nat(RANGE - 1))), { seed: mixed(seed, name), numRuns: 1 })
  if (!numbers) throw new Error('fast-check made no stream')
  return () => (numbers.next().value as number) / RANGE
}

export function between(random: Random, from: number, to: number): number {
  return from + random() * (to - from)
}

export function oneOf<T>(random: Random, items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error('one of nothing')
  return item
}

/** FNV-1a over the name, starting from the seed. */
function mixed(seed: number, name: string): number {
  let hash = seed ^ 0x811c9dc5
  for (const char of name) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193)
  return hash
}
