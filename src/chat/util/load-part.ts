import { clock, pause } from '../time/clock'
import { backoff } from './backoff'

/**
 * H5: loads a part of the program that has a file of its own. A load that the network fails is retried, like a connection, until it
 * succeeds. Rejects with an error of the part itself.
 */
export async function loadPart<Part>(load: () => Promise<Part>): Promise<Part> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await load()
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
      await pause(clock, backoff(attempt, Math.random))
    }
  }
}
