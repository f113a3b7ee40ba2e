/** Fetching a token from the user's own token server. */

/** `network`: no answer in time. `status`: an answer other than 2xx. `malformed`: an answer without a token in it. */
export type TokenRequestFailure = 'network' | 'status' | 'malformed'

export class TokenRequestError extends Error {
  override readonly name = 'TokenRequestError'
  constructor(
    readonly failure: TokenRequestFailure,
    message: string,
    /** The HTTP status, for `status`. */
    readonly status?: number,
  ) {
    super(message)
  }
}

const DEFAULT_TIMEOUT_MS = 10_000

/**
 * GETs `url` with `uid` added to its query and returns the token in the answer: JSON `{"token": "..."}` or
 * `{"rtmToken": "..."}`, or the token alone as text. Rejects with TokenRequestError.
 */
export function fetchToken(url: string, uid: string, { timeoutMs = DEFAULT_TIMEOUT_MS }: { timeoutMs?: number } = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    uni.request({
      url: withUid(url, uid),
      timeout: timeoutMs,
      // the text as it came: whether it is JSON is decided below, alike on every platform
      dataType: 'text',
      success: ({ statusCode, data }) => {
        if (statusCode < 200 || statusCode > 299) {
          reject(new TokenRequestError('status', `the token server answered ${statusCode}`, statusCode))
          return
        }
        const token = tokenIn(data)
        if (token === undefined) reject(new TokenRequestError('malformed', 'the token server answered without a token'))
        else resolve(token)
      },
      fail: ({ errMsg }: { errMsg?: string }) => reject(new TokenRequestError('network', errMsg ?? 'request:fail')),
    })
  })
}

function withUid(url: string, uid: string): string {
  const [address = '', hash] = url.split('#', 2)
  const separator = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&'
  return `${address}${separator}uid=${encodeURIComponent(uid)}${hash === undefined ? '' : `#${hash}`}`
}

function tokenIn(data: unknown): string | undefined {
  const value = typeof data === 'string' ? parsed(data.trim()) : data
  if (typeof value === 'string') return isToken(value) ? value : undefined
  if (typeof value !== 'object' || value === null) return undefined
  const { token, rtmToken } = value as { token?: unknown; rtmToken?: unknown }
  return [token, rtmToken].find(isToken)
}

/** The JSON value in `text`, or `text` itself. */
function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    // digits alone are JSON too, and yet a text
    return typeof value === 'number' ? text : value
  } catch {
    return text
  }
}

/** Tokens are base64 after a version, a few hundred characters: no spaces and no markup, as an error page would have. */
function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[^\s<>{}"]{1,4096}$/.test(value)
}
