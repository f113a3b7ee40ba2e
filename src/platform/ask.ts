/**
 * All calls of platform functions that can be refused, for lack of a declaration, a consent or a permission, or by a policy. A function here never rejects.
 * It resolves to an {@link Answer}, which its caller must check. The lint rule `platform-answers` ensures both: no other file calls such a function of the
 * platform, and no caller ignores an answer.
 */
import { toGcj02, type Coordinates } from './gcj02'

/** The result of a request to the platform. */
export type Answer = { readonly ok: true } | Refused

export interface Refused {
  readonly ok: false
  readonly reason: RefusalReason
  /** The platform's own message, such as `setClipboardData:fail …`. */
  readonly detail: string
}

/**
 * - `not-declared`: the privacy guideline in the mini program's console does not name the function (WeChat's errno 112)
 * - `not-agreed`: the user has not agreed to the privacy guideline (errno 104)
 * - `no-permission`: the system, WeChat or the browser does not allow it to this program
 * - `unsupported`: this version of the platform does not have it
 * - `unknown`: anything else
 */
export type RefusalReason = 'not-declared' | 'not-agreed' | 'no-permission' | 'unsupported' | 'unknown'

/** WeChat's codes, which an old base library may omit, and messages, which it may change. The browser's names of errors. */
const SIGNS: readonly (readonly [reason: RefusalReason, numbers: readonly number[], words: RegExp])[] = [
  ['not-declared', [112, 1025, 1026], /not declared in the privacy agreement|announce your privacy usage/i],
  ['not-agreed', [104], /privacy permission is not authorized/i],
  ['no-permission', [103], /auth(?:orize)? den(?:y|ied)|permission denied|no permission|NotAllowedError|SecurityError/i],
  ['unsupported', [], /is not a function|not support|unsupported|\bof undefined|undefined is not/i],
]

/** Puts `text` on the clipboard. WeChat then shows a message to the user; browsers do not. */
export async function copyText(text: string): Promise<Answer> {
  const answer = await ask((callbacks) => uni.setClipboardData({ data: text, showToast: false, ...callbacks }))
  // #ifdef H5
  // uni has tried both ways of a browser, and hides the reason.
  if (!answer.ok) return { ...answer, reason: 'no-permission' }
  // #endif
  return answer
}

/** Opens the privacy guideline that is declared in the mini program's console. */
export function openPrivacyContract(): Promise<Answer> {
  // #ifdef MP-WEIXIN
  return ask((callbacks) => wx.openPrivacyContract(callbacks))
  // #endif
  // #ifdef H5
  return Promise.resolve({ ok: false, reason: 'unsupported', detail: 'openPrivacyContract' })
  // #endif
}

/** Shows a place, in WGS-84, on WeChat's map. H5 has no map of its own. */
export function openLocation({ lat, lng, name, address }: Coordinates & { readonly name: string; readonly address: string }): Promise<Answer> {
  // #ifdef MP-WEIXIN
  const { lat: latitude, lng: longitude } = toGcj02({ lat, lng })
  return ask((callbacks) => uni.openLocation({ latitude, longitude, name, address, ...callbacks }))
  // #endif
  // #ifdef H5
  return Promise.resolve({ ok: false, reason: 'unsupported', detail: 'openLocation' })
  // #endif
}

// #ifdef H5
/** Types `text` into the focused field, or deletes what is selected in it, so that the user can undo it. */
export function editField(command: 'insertText' | 'delete', text: string): Answer {
  return document.execCommand(command, false, text) ? { ok: true } : { ok: false, reason: 'unsupported', detail: command }
}
// #endif

interface Callbacks {
  success(): void
  fail(failure: unknown): void
}

/** The answer to a call that ends in one of the callbacks, or throws because the platform lacks the function. */
function ask(call: (callbacks: Callbacks) => unknown): Promise<Answer> {
  return new Promise((resolve) => {
    const fail = (failure: unknown) => resolve(refusalOf(failure))
    try {
      call({ success: () => resolve({ ok: true }), fail })
    } catch (error) {
      fail(error)
    }
  })
}

/** The refusal that a failure of the platform means. */
export function refusalOf(failure: unknown): Refused {
  const { errno, errMsg, message } = (failure ?? {}) as { readonly errno?: unknown; readonly errMsg?: unknown; readonly message?: unknown }
  const detail = String(errMsg ?? message ?? failure ?? '')
  const sign = SIGNS.find(([, numbers, words]) => numbers.some((number) => Number(errno) === number) || words.test(detail))
  return { ok: false, reason: sign?.[0] ?? 'unknown', detail }
}
