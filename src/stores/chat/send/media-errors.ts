import type { MediaError } from '@/src/more/media/port'

/** The engine is in a file that may not be loaded, so its class is not here. */
export function isMediaError(error: unknown): error is MediaError {
  return error instanceof Error && error.name === 'MediaError'
}

/** The MediaError that `run` rejects with, or undefined. Rejects with any other error. */
export async function orMediaError(run: () => Promise<unknown>): Promise<MediaError | undefined> {
  try {
    await run()
    return undefined
  } catch (error) {
    if (isMediaError(error)) return error
    throw error
  }
}
