/** An error as Agora's SDKs make them: a class of their own, known by its fields. */
export class SdkError extends Error {
  readonly serverCode: number | undefined = undefined
  readonly originalError: unknown = undefined

  constructor(
    override readonly name: string,
    readonly code: number,
    why: string,
  ) {
    super(` Error Code ${code} - ${why}`)
  }
}

/** What the local adapter, on which the doubles stand, refused, in the SDK's clothes. */
export function asSdkError(error: unknown): SdkError {
  const { name, code, message } = error as { name: string; code: number; message: string }
  return new SdkError(name, code, message.replace(/^ Error Code \d+ - /, ''))
}

export async function sdkErrors<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise
  } catch (error) {
    throw asSdkError(error)
  }
}
