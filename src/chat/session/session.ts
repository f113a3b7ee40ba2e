/**
 * A user's session, above RTM's own: when to fetch a token, log in, wait, renew, and when to stop and ask. RTM's SDKs reconnect by themselves while
 * RECONNECTING and give up in ABORTED. These rules decide everything beyond that.
 * Pure: {@link step} takes an event and returns the next state with the effects to perform. Each effect with an answer has an `attempt`, and the answer to a
 * superseded attempt changes nothing. A state that waits for a time has it in `due`.
 * Longer than 300 lines: one state machine, whose transitions are read together.
 */
import { backoff, type BackoffOptions } from '../util/backoff'
import { LOGIN_INTERVAL_MS, RENEW_TOKEN_RATE } from '../rtm-limits'
import type { RtmReason, RtmRefusal } from '../rtm-reason'

/**
 * `network`: no answer in time. `status`: an answer other than 2xx. `malformed`: an answer without a token in it. `headers`: the caller's headers could not
 * be provided.
 */
export type TokenRequestFailure = 'network' | 'status' | 'malformed' | 'headers'

/** Why the session ended, as data for a page. */
export type SessionProblem =
  /** RTM refused; `code` is its own name for it, where it gave one. */
  | { readonly kind: 'rtm'; readonly reason: RtmReason; readonly code?: number }
  | { readonly kind: 'token'; readonly failure: TokenRequestFailure; readonly status: number | undefined }

/** A token and its expiry in ms since 1970. Undefined if that is not known. */
export interface Token {
  readonly text: string
  readonly expiresAt: number | undefined
  /** Whether `expiresAt` was read from the token, and uses the service's clock. Otherwise it uses this device's. */
  readonly saysItself?: boolean
}

export interface Who {
  readonly uid: string
  /** The token that the user typed on the login page. */
  readonly token: Token | undefined
}

export type StopReason = 'kicked' | 'banned' | 'token-expired'

interface Attempt {
  /** The attempt of the effect whose answer is awaited, or was last. */
  readonly attempt: number
}

interface Login extends Attempt {
  readonly who: Who
  /** The number of failures in a row. */
  readonly tries: number
  /** The user already sees the app. Only a permanent error sends them back to the login page. Otherwise the login page waits. */
  readonly accepted: boolean
}

interface Online extends Attempt {
  readonly who: Who
  /** How many sessions in a row ended soon after they began. */
  readonly tries: number
  /** ms since 1970 of the login. */
  readonly since: number
  readonly renewal: 'none' | 'fetching' | 'sending'
  /** The token that is being sent to RTM. */
  readonly renewing: Token | undefined
  /** How many times in a row no token was returned, or an expired one. */
  readonly renewTries: number
  /** RTM waits for a new token and does nothing before. */
  readonly expired: boolean
  /** When to renew the token, ms since 1970. Undefined if none can be fetched. */
  readonly due: number | undefined
}

export type Session =
  /** No user is logged in or logging in. */
  | (Attempt & { readonly phase: 'out' })
  /** A token is being fetched, to log in with. */
  | (Login & { readonly phase: 'fetching' })
  /** RTM's login is in progress. `fetched`: with a token from the token server. */
  | (Login & { readonly phase: 'logging-in'; readonly used: Token | undefined; readonly fetched: boolean })
  /** It failed. The next try is at `due`, ms since 1970. */
  | (Login & { readonly phase: 'pausing'; readonly due: number })
  | (Online & { readonly phase: 'online' })
  /** The SDK is reconnecting. */
  | (Online & { readonly phase: 'reconnecting' })
  /** RTM's logout is in progress. Then the next user, if any, is logged in. */
  | (Attempt & { readonly phase: 'leaving'; readonly next: { readonly who: Who; readonly tries: number; readonly accepted: boolean } | undefined })
  /** The session is lost, and the user must decide what to do. */
  | (Attempt & { readonly phase: 'stopped'; readonly who: Who; readonly why: StopReason })

export const SIGNED_OUT: Session = { phase: 'out', attempt: 0 }

/** RTM's states and reasons, in the words of agora-rtm-sdk 1.5.1. */
export type ConnectionState = 'DISCONNECTED' | 'CONNECTING' | 'CONNECTED' | 'RECONNECTING' | 'ABORTED'
export type ConnectionChangeReason =
  | 'LOGIN'
  | 'LOGIN_SUCCESS'
  | 'LOGIN_FAILURE'
  | 'LOGIN_TIMEOUT'
  | 'INTERRUPTED'
  | 'LOGOUT'
  | 'BANNED_BY_SERVER'
  | 'REMOTE_LOGIN'
  | 'TOKEN_EXPIRED'

export type SessionEvent =
  /** `accepted`: the app continues as the user of the last session. Otherwise the login page waits for the answer. */
  | { readonly type: 'sign-in'; readonly who: Who; readonly accepted: boolean }
  | { readonly type: 'sign-out' }
  /** After a login elsewhere: the user wants the session here. */
  | { readonly type: 'take-over' }
  /** After the token expired, if none can be fetched: the user goes to the login page to type a new one. */
  | { readonly type: 'new-token' }
  | { readonly type: 'token'; readonly attempt: number; readonly token: Token }
  | { readonly type: 'no-token'; readonly attempt: number; readonly failure: TokenRequestFailure; readonly status: number | undefined }
  | { readonly type: 'logged-in'; readonly attempt: number }
  | { readonly type: 'login-failed'; readonly attempt: number; readonly refusal: RtmRefusal }
  | { readonly type: 'logged-out'; readonly attempt: number }
  | { readonly type: 'renewed'; readonly attempt: number }
  | { readonly type: 'renew-failed'; readonly attempt: number; readonly refusal: RtmRefusal }
  | { readonly type: 'connection'; readonly state: ConnectionState; readonly reason: ConnectionChangeReason }
  /** RTM's events of the same names. */
  | { readonly type: 'TokenExpired' }
  | { readonly type: 'TokenPrivilegeWillExpire' }
  /** The `due` time may have come. */
  | { readonly type: 'time' }
  /** The app came to the front, or the network came back. */
  | { readonly type: 'wake' }

export type SessionEffect =
  | { readonly do: 'fetch-token'; readonly attempt: number; readonly uid: string }
  | { readonly do: 'login'; readonly attempt: number; readonly uid: string; readonly token: string | undefined }
  | { readonly do: 'logout'; readonly attempt: number }
  | { readonly do: 'renew'; readonly attempt: number; readonly token: string }
  /** Makes the SDK check its connection now. */
  | { readonly do: 'check' }
  /** The first login worked, so the login page leads to the app. */
  | { readonly do: 'accept' }
  /** Tells the user that the token server returns tokens that expired before they arrive. */
  | { readonly do: 'tell-token-over' }
  /** Sends the user to the login page, or keeps them there, for this reason. */
  | { readonly do: 'refuse'; readonly problem: SessionProblem }

export interface SessionContext {
  /** ms since 1970, by this device's clock. */
  readonly now: number
  /** The same by the service's clock, as far as it is known. Default: `now`. */
  readonly serviceNow?: number
  /** A number from 0 up to but not including 1. */
  readonly random: () => number
  /** Whether tokens come from a token server. */
  readonly fetchesToken: boolean
}

export interface SessionStep {
  readonly session: Session
  readonly effects: readonly SessionEffect[]
}

const LOGIN_BACKOFF: BackoffOptions = { baseMs: 2_000, capMs: 30_000 }
/** While the login page waits, the token server gets this many requests in total, in quick succession. */
const FIRST_TOKEN_TRIES = 3
const FIRST_TOKEN_BACKOFF: BackoffOptions = { baseMs: 500, capMs: 1_000 }
const RENEW_BACKOFF: BackoffOptions = { baseMs: 2_000, capMs: 60_000 }
/** A session that lasted longer than this, ms, counts as a good one. */
const SETTLED_MS = 30_000
/** A token of unknown expiry is renewed hourly, as Agora advises. */
const RENEW_UNKNOWN_MS = 3_600_000
/** A token is renewed this long before its expiry, ms; a short-lived one when this share of its life is over. */
const RENEW_MARGIN_MS = 60_000
const RENEW_SHARE = 0.8
/** From this lifetime on, ms, the margin is the later of the two. */
const RENEW_SHARED_BELOW_MS = 300_000
/** Minimum time before a renewal, ms: with a wrong clock a new token looks old. */
const RENEW_MIN_MS = 5_000
/** If a token has expired when it arrives, the next one is fetched after RENEW_MIN_MS, then after twice as long each time, up to this. */
const TOKEN_OVER_MAX_MS = 3_600_000
/** The same if RTM rejects it, and may need another one soon. */
const TOKEN_OVER_BACKOFF: BackoffOptions = { baseMs: RENEW_BACKOFF.baseMs, capMs: TOKEN_OVER_MAX_MS }
/** A fetched token that RTM calls invalid or expired is fetched again this many times: the servers' clocks may differ a little. */
const BAD_TOKENS_MAX = 2
/** While the login page waits, a login that comes too soon after another is retried this many times. */
const TOO_OFTEN_MAX = 2
/** The same for a login while RTM's client is still in another session. */
const ALREADY_LOGIN_MAX = 2

/** Refusals that another try with the same uid and token cannot change. */
const FINAL: readonly RtmReason[] = ['invalid-argument', 'invalid-user', 'invalid-app-id', 'token-invalid', 'token-expired', 'not-authorized', 'unsupported']

const TOKEN_EXPIRED: SessionProblem = { kind: 'rtm', reason: 'token-expired' }

/** When to renew a token that arrived at `now`, ms since 1970. */
export function renewAt(now: number, expiresAt: number | undefined): number {
  if (expiresAt === undefined) return now + RENEW_UNKNOWN_MS
  const life = Math.max(0, expiresAt - now)
  return now + Math.max(RENEW_MIN_MS, life - RENEW_MARGIN_MS, Math.round(Math.min(life, RENEW_SHARED_BELOW_MS) * RENEW_SHARE))
}

/** How long a token is valid from now on, ms. Undefined if that is not known. */
function lifeOf({ expiresAt, saysItself }: Token, { now, serviceNow = now }: SessionContext): number | undefined {
  return expiresAt === undefined ? undefined : expiresAt - (saysItself ? serviceNow : now)
}

/** A token that has expired when it arrives, or is about to: fetching another would give no better one. */
function isOver(token: Token | undefined, context: SessionContext): boolean {
  const life = token && lifeOf(token, context)
  return life !== undefined && life < RENEW_MIN_MS
}

/** When to renew `token`, which RTM has just accepted, and how many tokens in a row had expired on arrival. `tries`: that number before. */
function renewal(token: Token | undefined, tries: number, context: SessionContext): Pick<Online, 'renewTries' | 'due'> & { readonly effects: readonly SessionEffect[] } {
  const { now } = context
  if (isOver(token, context)) {
    return { renewTries: tries + 1, due: now + tokenOverPause(tries), effects: tries === 0 ? [{ do: 'tell-token-over' }] : [] }
  }
  const life = token && lifeOf(token, context)
  return { renewTries: 0, due: renewAt(now, life === undefined ? undefined : now + life), effects: [] }
}

function tokenOverPause(tries: number): number {
  return Math.min(TOKEN_OVER_MAX_MS, RENEW_MIN_MS * 2 ** tries)
}

/** State transition. Returns the same object if the event does not apply. */
export function step(session: Session, event: SessionEvent, context: SessionContext): SessionStep {
  switch (event.type) {
    case 'sign-in':
      return signIn(session, event.who, event.accepted, context)
    case 'sign-out':
      return signOut(session)
    case 'take-over':
      return session.phase === 'stopped' && session.why === 'kicked' ? leave(session, { who: session.who, tries: 0, accepted: true }) : only(session)
    case 'new-token':
      return session.phase === 'stopped' && session.why === 'token-expired' ? refuse(session, TOKEN_EXPIRED) : only(session)
    case 'connection':
      return connectionChanged(session, event.state, event.reason, context)
    case 'TokenExpired':
      return tokenExpired(session, context)
    case 'TokenPrivilegeWillExpire':
      return isOn(session) ? renew(session, context) : only(session)
    case 'time':
      return 'due' in session && session.due !== undefined && context.now >= session.due ? dueCame(session, context) : only(session)
    case 'wake':
      return wake(session, context)
    default:
      return event.attempt === session.attempt ? answered(session, event, context) : only(session)
  }
}

type Answer = Extract<SessionEvent, { attempt: number }>

function answered(session: Session, event: Answer, context: SessionContext): SessionStep {
  switch (session.phase) {
    case 'fetching':
      if (event.type === 'token') return login(session, session, event.token, true)
      return event.type === 'no-token' ? tokenMissing(session, event, context) : only(session)
    case 'logging-in':
      if (event.type === 'logged-in') return loggedIn(session, context)
      return event.type === 'login-failed' ? loginFailed(session, event.refusal, context) : only(session)
    case 'leaving':
      if (event.type !== 'logged-out') return only(session)
      if (!session.next) return only({ phase: 'out', attempt: session.attempt })
      // A session that ended soon after it began is not started again at once.
      return session.next.tries > 0 ? pauseLonger({ attempt: session.attempt, ...session.next }, context) : begin(session, session.next, context)
    case 'online':
    case 'reconnecting':
      return renewalAnswered(session, event, context)
    default:
      return only(session)
  }
}

// ------------------------------------------------------------------------------------------- login and logout

type Beginning = Pick<Login, 'who' | 'tries' | 'accepted'>

function signIn(session: Session, who: Who, accepted: boolean, context: SessionContext): SessionStep {
  const beginning: Beginning = { who, tries: 0, accepted }
  if (session.phase === 'leaving') return { session: { ...session, next: beginning }, effects: [] }
  return isWithRtm(session) ? leave(session, beginning) : begin(session, beginning, context)
}

function signOut(session: Session): SessionStep {
  if (session.phase === 'leaving') return { session: { ...session, next: undefined }, effects: [] }
  if (session.phase === 'out') return only(session)
  return isWithRtm(session) ? leave(session, undefined) : { session: { phase: 'out', attempt: session.attempt + 1 }, effects: [] }
}

/** Whether RTM's client is in a state that only a logout ends. */
function isWithRtm({ phase }: Session): boolean {
  return phase === 'logging-in' || phase === 'online' || phase === 'reconnecting' || phase === 'stopped'
}

function leave(session: Session, next: Beginning | undefined): SessionStep {
  const attempt = session.attempt + 1
  return { session: { phase: 'leaving', attempt, next: next && { who: next.who, tries: next.tries, accepted: next.accepted } }, effects: [{ do: 'logout', attempt }] }
}

function begin(session: Session, { who, tries, accepted }: Beginning, { fetchesToken }: SessionContext): SessionStep {
  if (who.token !== undefined || !fetchesToken) return login(session, { who, tries, accepted }, who.token, false)
  const attempt = session.attempt + 1
  return { session: { phase: 'fetching', attempt, who, tries, accepted }, effects: [{ do: 'fetch-token', attempt, uid: who.uid }] }
}

function login(session: Session, { who, tries, accepted }: Beginning, used: Token | undefined, fetched: boolean): SessionStep {
  const attempt = session.attempt + 1
  return { session: { phase: 'logging-in', attempt, who, tries, accepted, used, fetched }, effects: [{ do: 'login', attempt, uid: who.uid, token: used?.text }] }
}

function pause({ attempt, who, accepted, tries }: Login, ms: number, { now }: SessionContext): SessionStep {
  return only({ phase: 'pausing', attempt: attempt + 1, who, accepted, tries: tries + 1, due: now + ms })
}

/** At RTM's rate, and slower each time. */
function pauseLonger(session: Login, context: SessionContext): SessionStep {
  return pause(session, LOGIN_INTERVAL_MS + backoff(session.tries, context.random, LOGIN_BACKOFF), context)
}

function refuse(session: Session, problem: SessionProblem): SessionStep {
  const { session: next, effects } = signOut(session)
  return { session: next, effects: [...effects, { do: 'refuse', problem }] }
}

// ------------------------------------------------------------------------------------------- answers to a login

function tokenMissing(session: Session & Login, { failure, status }: Extract<SessionEvent, { type: 'no-token' }>, context: SessionContext): SessionStep {
  const problem: SessionProblem = { kind: 'token', failure, status }
  if (isFinalStatus(status)) return refuse(session, problem)
  if (session.accepted) return pauseLonger(session, context)
  return session.tries + 1 < FIRST_TOKEN_TRIES ? pause(session, backoff(session.tries, context.random, FIRST_TOKEN_BACKOFF), context) : refuse(session, problem)
}

/** The token server refuses this user a token: another request does not help. */
function isFinalStatus(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429
}

function loggedIn({ attempt, who, tries, accepted, used }: Extract<Session, { phase: 'logging-in' }>, context: SessionContext): SessionStep {
  const { now, fetchesToken } = context
  const { renewTries, due, effects } = fetchesToken ? renewal(used, 0, context) : { renewTries: 0, due: undefined, effects: [] }
  return {
    session: {
      phase: 'online',
      attempt,
      who,
      tries,
      since: now,
      renewal: 'none',
      renewing: undefined,
      renewTries,
      expired: false,
      due,
    },
    effects: accepted ? effects : [{ do: 'accept' }, ...effects],
  }
}

function loginFailed(session: Extract<Session, { phase: 'logging-in' }>, { reason, code, retryAfterMs = LOGIN_INTERVAL_MS }: RtmRefusal, context: SessionContext): SessionStep {
  const problem: SessionProblem = { kind: 'rtm', reason, code }
  // A logout and a login in quick succession: the user need not know.
  if (reason === 'rate-limited' && (session.accepted || session.tries < TOO_OFTEN_MAX)) return pause(session, retryAfterMs, context)
  // RTM's client is still in a session that this state machine does not know.
  if (reason === 'already-logged-in' && (session.accepted || session.tries < ALREADY_LOGIN_MAX)) return leave(session, { ...session, tries: session.tries + 1 })
  const isBadToken = reason === 'token-invalid' || reason === 'token-expired'
  if (isBadToken && session.accepted && context.fetchesToken && session.tries < BAD_TOKENS_MAX) {
    const without: Login = { ...session, who: { ...session.who, token: undefined } }
    return session.fetched ? pauseLonger(without, context) : pause(without, LOGIN_INTERVAL_MS, context)
  }
  return session.accepted && !FINAL.includes(reason) ? pauseLonger(session, context) : refuse(session, problem)
}

// ------------------------------------------------------------------------------------------- while logged in

type On = Extract<Session, { phase: 'online' | 'reconnecting' }>

function isOn(session: Session): session is On {
  return session.phase === 'online' || session.phase === 'reconnecting'
}

function connectionChanged(session: Session, state: ConnectionState, reason: ConnectionChangeReason, context: SessionContext): SessionStep {
  if (state === 'ABORTED') return aborted(session, reason, context)
  if (isOn(session)) {
    if (state === 'RECONNECTING') return only({ ...session, phase: 'reconnecting' })
    if (state === 'CONNECTED') return only({ ...session, phase: 'online', expired: false })
    // Not by our own logout, which would be `leaving`.
    return state === 'DISCONNECTED' ? pauseLonger(lost(session, context), context) : only(session)
  }
  // A token that had expired by this device's clock was still valid.
  if (state === 'CONNECTED' && session.phase === 'stopped' && session.why === 'token-expired') return loggedIn({ ...session, phase: 'logging-in', tries: 0, accepted: true, used: session.who.token, fetched: false }, context)
  return only(session)
}

/** ABORTED is final for RTM's client: only a logout leaves it. */
function aborted(session: Session, reason: ConnectionChangeReason, context: SessionContext): SessionStep {
  if (session.phase !== 'stopped' && session.phase !== 'logging-in' && !isOn(session)) return only(session)
  const { who } = session
  const stop = (why: StopReason): SessionStep => only({ phase: 'stopped', attempt: session.attempt + 1, who, why })
  if (reason === 'REMOTE_LOGIN') return stop('kicked')
  if (reason === 'BANNED_BY_SERVER') return stop('banned')
  if (session.phase === 'stopped') return only(session)
  if (reason === 'TOKEN_EXPIRED' && !context.fetchesToken) return stop('token-expired')
  const before: Beginning = isOn(session) ? lost(session, context) : session
  // An expired typed token would only be rejected.
  return leave(session, reason === 'TOKEN_EXPIRED' ? { ...before, who: { ...who, token: undefined } } : before)
}

/** The state after a session that ended by itself, for another login. */
function lost({ attempt, who, tries, since }: On, { now }: SessionContext): Login {
  return { attempt, who, accepted: true, tries: now - since < SETTLED_MS ? tries + 1 : 0 }
}

function tokenExpired(session: Session, context: SessionContext): SessionStep {
  if (!isOn(session)) return only(session)
  if (context.fetchesToken) return renew({ ...session, expired: true }, context)
  return only({ phase: 'stopped', attempt: session.attempt + 1, who: session.who, why: 'token-expired' })
}

function renew(session: On, { fetchesToken }: SessionContext): SessionStep {
  if (!fetchesToken) return only(session)
  if (session.renewal !== 'none') return { session, effects: [] }
  const attempt = session.attempt + 1
  return { session: { ...session, attempt, renewal: 'fetching', due: undefined }, effects: [{ do: 'fetch-token', attempt, uid: session.who.uid }] }
}

function renewalAnswered(session: On, event: Answer, context: SessionContext): SessionStep {
  if (event.type === 'token' && session.renewal === 'fetching') {
    const attempt = session.attempt + 1
    return { session: { ...session, attempt, renewal: 'sending', renewing: event.token }, effects: [{ do: 'renew', attempt, token: event.token.text }] }
  }
  if (event.type === 'no-token' && session.renewal === 'fetching') {
    // Without a token RTM does nothing more, and there will be none.
    if (session.expired && isFinalStatus(event.status)) return refuse(session, { kind: 'token', failure: event.failure, status: event.status })
    return renewLater(session, context)
  }
  if (event.type === 'renewed' && session.renewal === 'sending') {
    const { renewTries, due, effects } = renewal(session.renewing, session.renewTries, context)
    return { session: { ...session, renewal: 'none', renewing: undefined, renewTries, expired: false, due }, effects }
  }
  if (event.type === 'renew-failed' && session.renewal === 'sending') {
    const { reason, retryAfterMs = RENEW_TOKEN_RATE.perMs } = event.refusal
    if (reason === 'rate-limited') return only({ ...session, renewal: 'none', renewing: undefined, due: context.now + retryAfterMs })
    return renewLater(session, context)
  }
  return only(session)
}

function renewLater(session: On, context: SessionContext): SessionStep {
  const { now, random } = context
  const isTokenOver = isOver(session.renewing, context)
  const due = now + RENEW_TOKEN_RATE.perMs + backoff(session.renewTries, random, isTokenOver ? TOKEN_OVER_BACKOFF : RENEW_BACKOFF)
  const next: On = { ...session, renewal: 'none', renewing: undefined, renewTries: session.renewTries + 1, due }
  return { session: next, effects: isTokenOver && session.renewTries === 0 ? [{ do: 'tell-token-over' }] : [] }
}

// ------------------------------------------------------------------------------------------- time

function dueCame(session: Session, context: SessionContext): SessionStep {
  if (session.phase === 'pausing') return begin(session, session, context)
  return isOn(session) ? renew(session, context) : only(session)
}

function wake(session: Session, context: SessionContext): SessionStep {
  // While the login page waits for its answer, the short pauses between its tries are kept.
  if (session.phase === 'pausing') return session.accepted ? begin(session, session, context) : only(session)
  if (!isOn(session)) return only(session)
  // A phone that slept has missed its time.
  const isDue = session.due !== undefined && context.now >= session.due
  const { session: next, effects } = isDue ? renew(session, context) : only(session)
  return { session: next, effects: [...effects, { do: 'check' }] }
}

/** No effects, and possibly no change. */
function only(session: Session): SessionStep {
  return { session, effects: [] }
}
