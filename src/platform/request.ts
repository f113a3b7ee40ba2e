/** Fetches a token from the developer's own token server. */
import { clock, inTime } from '@/src/chat/time/clock'
import type { TokenRequestFailure } from '@/src/chat/session/session'

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

export type TokenHeaders = Readonly<Record<string, string>>

let tokenHeaders: () => TokenHeaders | Promise<TokenHeaders> = () => ({})

/**
 * Headers by which the token server identifies the caller, such as `Authorization` after a login on that server. `provide` is called before each request. Set
 * it in main.ts, before any login.
 */
export function setTokenHeaders(provide: () => TokenHeaders | Promise<TokenHeaders>): void {
  tokenHeaders = provide
}

export interface TokenAnswer {
  readonly token: string
  /** How many seconds it is valid from now, if the server says so. */
  readonly expiresIn: number | undefined
  /** Lets the user upload to the file server of VITE_RTM_FILES_URL. */
  readonly filesBearer: string | undefined
}

/**
 * GETs `url` with `uid` added to its query and the headers of {@link setTokenHeaders}. Resolves to the token in the answer: JSON `{"token": "..."}` or
 * `{"rtmToken": "..."}`, optionally with `"expiresIn"` in seconds and `"filesBearer"`, or the token alone as text. Rejects with TokenRequestError.
 */
export async function fetchToken(url: string, uid: string, { timeoutMs = DEFAULT_TIMEOUT_MS }: { timeoutMs?: number } = {}): Promise<TokenAnswer> {
  let header: TokenHeaders
  try {
    header = await inTime(clock, Promise.resolve(tokenHeaders()), timeoutMs)
  } catch (error) {
    throw new TokenRequestError('headers', `no headers for the token server: ${String(error)}`)
  }
  return new Promise((resolve, reject) => {
    uni.request({
      url: withUid(url, uid),
      header: { ...header },
      timeout: timeoutMs,
      // The raw text: the code below parses it as JSON or not, the same on every platform.
      dataType: 'text',
      success: ({ statusCode, data }) => {
        if (!(statusCode >= 200 && statusCode <= 299)) {
          reject(new TokenRequestError('status', `the token server answered ${statusCode}`, statusCode))
          return
        }
        const answer = answerIn(data)
        if (answer === undefined) reject(new TokenRequestError('malformed', 'the token server answered without a token'))
        else resolve(answer)
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

function answerIn(data: unknown): TokenAnswer | undefined {
  const value = typeof data === 'string' ? parsed(data.trim()) : data
  if (typeof value === 'string') return isToken(value) ? { token: value, expiresIn: undefined, filesBearer: undefined } : undefined
  if (typeof value !== 'object' || value === null) return undefined
  const { token, rtmToken, expiresIn, filesBearer } = value as { [Name in 'token' | 'rtmToken' | 'expiresIn' | 'filesBearer']?: unknown }
  const found = [token, rtmToken].find(isToken)
  if (found === undefined) return undefined
  return { token: found, expiresIn: typeof expiresIn === 'number' && expiresIn > 0 ? expiresIn : undefined, filesBearer: isToken(filesBearer) ? filesBearer : undefined }
}

/** The JSON value in `text`, or `text` itself. */
function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    // A token of digits only is valid JSON, but it is a text.
    return typeof value === 'number' ? text : value
  } catch {
    return text
  }
}

/** Tokens are base64 after a version, a few hundred characters. An error page would have spaces and markup. */
function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[^\s<>{}"]{1,4096}$/.test(value)
}
