import { refusalOf, type Refused } from '../ask'

/** One picture, recording, video or file that the user took to send. */
export interface TakenFile {
  readonly kind: 'image' | 'voice' | 'video' | 'file'
  /** A path in the mini program, which may be temporary; a Blob on H5. */
  readonly source: string | Blob
  readonly name: string
  readonly mime: string
  readonly bytes: number
  /** px, upright: of a picture or a video. */
  readonly width?: number
  readonly height?: number
  /** Of a recording or a video. */
  readonly ms?: number
  /** The thumbhash of a picture or a video, in base64. */
  readonly thumb?: string
  /** The loudness of a recording: 32 characters of base 32. */
  readonly levels?: string
}

/** What came of a choice. Both lists are empty if the user cancelled it. */
export interface Taken {
  readonly files: readonly TakenFile[]
  readonly left: readonly LeftOut[]
}

/** A chosen file that cannot be sent: a video that is too long, a picture that this device cannot read, or something that is no file. */
export interface LeftOut {
  readonly name: string
  readonly why: 'too-long' | 'unreadable' | 'heic' | 'empty' | 'folder' | 'type' | 'too-many'
  /** Of a video. */
  readonly ms?: number
}

// #ifdef H5
/** The files that are more than one choice takes. */
export function tooMany(files: readonly File[]): readonly LeftOut[] {
  return files.map(({ name }) => ({ name, why: 'too-many' }))
}
// #endif

export const NOTHING: Taken = { files: [], left: [] }

/** The result of a request to the platform that has a value. */
export type Asked<Value> = { readonly ok: true; readonly value: Value } | Refused

interface Callbacks<Result> {
  success(result: Result): void
  fail(failure: unknown): void
}

/** The answer to a call of WeChat that ends in one of the callbacks, or throws because this WeChat lacks the function. */
export function askFor<Result>(call: (callbacks: Callbacks<Result>) => unknown): Promise<Asked<Result>> {
  return new Promise((resolve) => {
    const fail = (failure: unknown) => resolve(refusalOf(failure))
    try {
      call({ success: (value) => resolve({ ok: true, value }), fail })
    } catch (error) {
      fail(error)
    }
  })
}

/** `instead` if the user cancelled the call, which is no refusal. */
export function orCancelled<Value>(asked: Asked<Value>, instead: Value): Asked<Value> {
  return !asked.ok && /:fail cancel/i.test(asked.detail) ? { ok: true, value: instead } : asked
}

/** The refusal of what this build or this platform does not have. */
export function unsupported(detail: string): Refused {
  return { ok: false, reason: 'unsupported', detail }
}

/** A refusal with the words of a browser's error. */
export function refusedBy(error: unknown): Refused {
  const name = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return refusalOf({ errMsg: name })
}
