/** A class of errors, for `instanceof`. */
type ErrorClass<E extends Error> = abstract new (...args: never[]) => E

/**
 * Resolves to what `work` resolves to, or to what `fallback` returns when it rejects with an `ErrorKind`. Any other error is passed on.
 *
 * @example
 * const draft = await orElse(StorageError, () => history.draft(id), () => '')
 */
export async function orElse<T, E extends Error, F>(ErrorKind: ErrorClass<E>, work: () => Promise<T>, fallback: (error: E) => F): Promise<T | F> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ErrorKind)) throw error
    return fallback(error)
  }
}
