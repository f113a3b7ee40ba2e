/** An error as Agora's SDKs create it: a class of their own, recognised by its fields. */
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

/** Converts an error of the local adapter, which the doubles use, to the SDK's form. */
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
