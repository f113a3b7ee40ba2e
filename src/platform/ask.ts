/**
 * The one way to ask the platform for what it can refuse: for want of a declaration, a consent or a permission, or by a policy. A
 * function here never rejects. It resolves to an {@link Answer}, which its caller must look at. The lint rule `platform-answers`
 * keeps both: no other file calls such a function of the platform, and no call of one of these goes without a look at its answer.
 */

/** What came of it. */
export type Answer = { readonly ok: true } | Refused

export interface Refused {
  readonly ok: false
  readonly reason: RefusalReason
  /** The platform's own words, such as `setClipboardData:fail …`. */
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

/** WeChat's numbers, which an old base library may leave out, and its words, which it may change. The browser's names of errors. */
const SIGNS: readonly (readonly [reason: RefusalReason, numbers: readonly number[], words: RegExp])[] = [
  ['not-declared', [112, 1025, 1026], /not declared in the privacy agreement|announce your privacy usage/i],
  ['not-agreed', [104], /privacy permission is not authorized/i],
  ['no-permission', [103], /auth(?:orize)? den(?:y|ied)|permission denied|no permission|NotAllowedError|SecurityError/i],
  ['unsupported', [], /is not a function|not support|unsupported|\bof undefined|undefined is not/i],
]

/** Puts `text` on the clipboard. WeChat then says so to the user by itself; a browser does not. */
export async function copyText(text: string): Promise<Answer> {
  const answer = await ask((callbacks) => uni.setClipboardData({ data: text, showToast: false, ...callbacks }))
  // #ifdef H5
  // uni has tried both ways that a browser offers, and keeps the reason to itself
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

interface Callbacks {
  success(): void
  fail(failure: unknown): void
}

/** What came of a call that ends in one of the callbacks, or throws because the platform does not have it. */
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

function refusalOf(failure: unknown): Refused {
  const { errno, errMsg, message } = (failure ?? {}) as { readonly errno?: unknown; readonly errMsg?: unknown; readonly message?: unknown }
  const detail = String(errMsg ?? message ?? failure ?? '')
  const sign = SIGNS.find(([, numbers, words]) => numbers.some((number) => Number(errno) === number) || words.test(detail))
  return { ok: false, reason: sign?.[0] ?? 'unknown', detail }
}
