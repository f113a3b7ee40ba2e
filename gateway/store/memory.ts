/** The store of a gateway that keeps nothing when it ends. */
import { randomBytes } from 'node:crypto'
import { nodeClock } from '../clock'
import { KeptStore } from './kept-store'
import { STORE_LIMITS, type StoreLimits } from './limits'

/** @param now the clock, in ms; tests bring their own, and bounds of their own. */
export function memoryStore(now: () => number = nodeClock.now, limits: Partial<StoreLimits> = {}): KeptStore {
  return new KeptStore({ copy: undefined, signingKey: randomBytes(32), limits: { ...STORE_LIMITS, ...limits }, now })
}
