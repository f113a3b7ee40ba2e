import { clock, pause } from '../time/clock'
import { backoff } from './backoff'

/**
 * Loads a part of the program that has a file of its own, on H5, or is in a subpackage. A load that the network fails is retried, like a connection, until it
 * succeeds. Rejects with an error of the part itself.
 */
export async function loadPart<Part>(load: () => Promise<Part>): Promise<Part> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await load()
    } catch (error) {
      // A browser rejects with a TypeError, WeChat with an object that is no error.
      if (error instanceof Error && !(error instanceof TypeError)) throw error
      await pause(clock, backoff(attempt, Math.random))
    }
  }
}
