import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RtmReason, RtmRefusal } from '@/src/chat/rtm-reason'
import {
  renewAt,
  SIGNED_OUT,
  step,
  type Session,
  type SessionContext,
  type SessionEffect,
  type SessionEvent,
  type SessionProblem,
  type Token,
  type Who,
} from '@/src/chat/session/session'

const NOW = 1_000_000
const refusal = (reason: RtmReason, retryAfterMs?: number): RtmRefusal => ({ reason, retryAfterMs, operation: 'login', code: 42 })
const HOUR = 3_600_000
const typed: Token = { text: '006typed', expiresAt: undefined }
const fetched: Token = { text: '007fetched', expiresAt: NOW + HOUR }
const alice: Who = { uid: 'alice', token: undefined }
const aliceTyped: Who = { uid: 'alice', token: typed }
const bob: Who = { uid: 'bob', token: undefined }

const fetching: SessionContext = { now: NOW, random: () => 0.5, fetchesToken: true }
const typing: SessionContext = { ...fetching, fetchesToken: false }

const login = { attempt: 7, who: alice, tries: 0, accepted: true }
const on = { attempt: 7, who: alice, tries: 0, since: NOW - HOUR, renewal: 'none', renewing: undefined, renewTries: 0, expired: false, due: NOW + HOUR } as const
/** One of each kind. */
const STATES = {
  out: SIGNED_OUT,
  fetching: { ...login, phase: 'fetching' },
  'logging-in': { ...login, phase: 'logging-in', used: undefined, fetched: false },
  pausing: { ...login, phase: 'pausing', due: NOW + 5_000 },
  online: { ...on, phase: 'online' },
  reconnecting: { ...on, phase: 'reconnecting' },
  leaving: { phase: 'leaving', attempt: 7, next: undefined },
  kicked: { phase: 'stopped', attempt: 7, who: alice, why: 'kicked' },
  banned: { phase: 'stopped', attempt: 7, who: alice, why: 'banned' },
  'token-expired': { phase: 'stopped', attempt: 7, who: aliceTyped, why: 'token-expired' },
} as const satisfies Record<string, Session>
type StateName = keyof typeof STATES

/** Every event of the contract's section 3, and every answer to an effect. */
const EVENTS = {
  'sign in': { type: 'sign-in', who: bob, accepted: false },
  'sign out': { type: 'sign-out' },
  'take over': { type: 'take-over' },
  'type a new token': { type: 'new-token' },
  'a token': { type: 'token', attempt: 7, token: fetched },
  'no token: network': { type: 'no-token', attempt: 7, failure: 'network', status: undefined },
  'no token: 503': { type: 'no-token', attempt: 7, failure: 'status', status: 503 },
  'no token: 403': { type: 'no-token', attempt: 7, failure: 'status', status: 403 },
  'logged in': { type: 'logged-in', attempt: 7 },
  'login refused: time-out': { type: 'login-failed', attempt: 7, refusal: refusal('timeout') },
  'login refused: token expired': { type: 'login-failed', attempt: 7, refusal: refusal('token-expired') },
  'login refused: App ID': { type: 'login-failed', attempt: 7, refusal: refusal('invalid-app-id') },
  'login refused: too often': { type: 'login-failed', attempt: 7, refusal: refusal('rate-limited') },
  'login refused: already in': { type: 'login-failed', attempt: 7, refusal: refusal('already-logged-in') },
  'logged out': { type: 'logged-out', attempt: 7 },
  'renewed': { type: 'renewed', attempt: 7 },
  'renewal refused': { type: 'renew-failed', attempt: 7, refusal: refusal('failed') },
  'CONNECTING / LOGIN': { type: 'connection', state: 'CONNECTING', reason: 'LOGIN' },
  'CONNECTED / LOGIN_SUCCESS': { type: 'connection', state: 'CONNECTED', reason: 'LOGIN_SUCCESS' },
  'DISCONNECTED / LOGIN_FAILURE': { type: 'connection', state: 'DISCONNECTED', reason: 'LOGIN_FAILURE' },
  'DISCONNECTED / LOGIN_TIMEOUT': { type: 'connection', state: 'DISCONNECTED', reason: 'LOGIN_TIMEOUT' },
  'RECONNECTING / INTERRUPTED': { type: 'connection', state: 'RECONNECTING', reason: 'INTERRUPTED' },
  'ABORTED / REMOTE_LOGIN': { type: 'connection', state: 'ABORTED', reason: 'REMOTE_LOGIN' },
  'ABORTED / BANNED_BY_SERVER': { type: 'connection', state: 'ABORTED', reason: 'BANNED_BY_SERVER' },
  'ABORTED / TOKEN_EXPIRED': { type: 'connection', state: 'ABORTED', reason: 'TOKEN_EXPIRED' },
  'ABORTED / INTERRUPTED': { type: 'connection', state: 'ABORTED', reason: 'INTERRUPTED' },
  'DISCONNECTED / LOGOUT': { type: 'connection', state: 'DISCONNECTED', reason: 'LOGOUT' },
  TokenExpired: { type: 'TokenExpired' },
  TokenPrivilegeWillExpire: { type: 'TokenPrivilegeWillExpire' },
  'time': { type: 'time' },
  'wake': { type: 'wake' },
} as const satisfies Record<string, SessionEvent>
type EventName = keyof typeof EVENTS

/** A state in words: its phase, and its special fields. */
function words(session: Session): string {
  switch (session.phase) {
    case 'stopped':
      return session.why
    case 'leaving':
      return session.next ? `leaving for ${session.next.who.uid}` : 'leaving'
    case 'pausing':
      return `pausing ${session.due - NOW} ms`
    case 'online':
    case 'reconnecting':
      return session.renewal === 'none' ? session.phase : `${session.phase}, ${session.renewal}`
    default:
      return session.phase
  }
}

function effectWords(effect: SessionEffect): string {
  switch (effect.do) {
    case 'login':
      return `login as ${effect.uid} with ${effect.token ?? 'nothing'}`
    case 'fetch-token':
      return `fetch a token for ${effect.uid}`
    case 'renew':
      return `renew to ${effect.token}`
    case 'refuse':
      return `refuse ${effect.problem.kind === 'rtm' ? effect.problem.reason : (effect.problem.status ?? effect.problem.failure)}`
    default:
      return effect.do
  }
}

/** The transitions of a state, as "next state: effects". Events that are not listed change nothing. `f`: with a token server, `t`: without. */
const TABLE: Partial<Record<StateName, Partial<Record<EventName, string | { f: string; t: string }>>>> = {
  out: {
    'sign in': { f: 'fetching: fetch a token for bob', t: 'logging-in: login as bob with nothing' },
  },
  fetching: {
    'sign in': { f: 'fetching: fetch a token for bob', t: 'logging-in: login as bob with nothing' },
    'sign out': 'out',
    'a token': 'logging-in: login as alice with 007fetched',
    'no token: network': 'pausing 1500 ms',
    'no token: 503': 'pausing 1500 ms',
    'no token: 403': 'out: refuse 403',
  },
  'logging-in': {
    'sign in': 'leaving for bob: logout',
    'sign out': 'leaving: logout',
    'logged in': 'online',
    'login refused: time-out': 'pausing 1500 ms',
    'login refused: token expired': { f: 'pausing 500 ms', t: 'leaving: logout, refuse token-expired' },
    'login refused: App ID': 'leaving: logout, refuse invalid-app-id',
    'login refused: too often': 'pausing 500 ms',
    'login refused: already in': 'leaving for alice: logout',
    'ABORTED / REMOTE_LOGIN': 'kicked',
    'ABORTED / BANNED_BY_SERVER': 'banned',
    'ABORTED / TOKEN_EXPIRED': { f: 'leaving for alice: logout', t: 'token-expired' },
    'ABORTED / INTERRUPTED': 'leaving for alice: logout',
  },
  pausing: {
    'sign in': { f: 'fetching: fetch a token for bob', t: 'logging-in: login as bob with nothing' },
    'sign out': 'out',
    wake: { f: 'fetching: fetch a token for alice', t: 'logging-in: login as alice with nothing' },
  },
  online: {
    'sign in': 'leaving for bob: logout',
    'sign out': 'leaving: logout',
    'RECONNECTING / INTERRUPTED': 'reconnecting',
    'CONNECTED / LOGIN_SUCCESS': 'online',
    'DISCONNECTED / LOGIN_FAILURE': 'pausing 1500 ms',
    'DISCONNECTED / LOGIN_TIMEOUT': 'pausing 1500 ms',
    'DISCONNECTED / LOGOUT': 'pausing 1500 ms',
    'ABORTED / REMOTE_LOGIN': 'kicked',
    'ABORTED / BANNED_BY_SERVER': 'banned',
    'ABORTED / TOKEN_EXPIRED': { f: 'leaving for alice: logout', t: 'token-expired' },
    'ABORTED / INTERRUPTED': 'leaving for alice: logout',
    TokenExpired: { f: 'online, fetching: fetch a token for alice', t: 'token-expired' },
    TokenPrivilegeWillExpire: { f: 'online, fetching: fetch a token for alice', t: 'online' },
    wake: 'online: check',
  },
  reconnecting: {
    'sign in': 'leaving for bob: logout',
    'sign out': 'leaving: logout',
    'RECONNECTING / INTERRUPTED': 'reconnecting',
    'CONNECTED / LOGIN_SUCCESS': 'online',
    'DISCONNECTED / LOGIN_FAILURE': 'pausing 1500 ms',
    'DISCONNECTED / LOGIN_TIMEOUT': 'pausing 1500 ms',
    'DISCONNECTED / LOGOUT': 'pausing 1500 ms',
    'ABORTED / REMOTE_LOGIN': 'kicked',
    'ABORTED / BANNED_BY_SERVER': 'banned',
    'ABORTED / TOKEN_EXPIRED': { f: 'leaving for alice: logout', t: 'token-expired' },
    'ABORTED / INTERRUPTED': 'leaving for alice: logout',
    TokenExpired: { f: 'reconnecting, fetching: fetch a token for alice', t: 'token-expired' },
    TokenPrivilegeWillExpire: { f: 'reconnecting, fetching: fetch a token for alice', t: 'reconnecting' },
    wake: 'reconnecting: check',
  },
  leaving: {
    'sign in': 'leaving for bob',
    'sign out': 'leaving',
    'logged out': 'out',
  },
  kicked: {
    'sign in': 'leaving for bob: logout',
    'sign out': 'leaving: logout',
    'take over': 'leaving for alice: logout',
    'ABORTED / REMOTE_LOGIN': 'kicked',
    'ABORTED / BANNED_BY_SERVER': 'banned',
  },
  banned: {
    'sign in': 'leaving for bob: logout',
    'sign out': 'leaving: logout',
    'ABORTED / REMOTE_LOGIN': 'kicked',
    'ABORTED / BANNED_BY_SERVER': 'banned',
  },
  'token-expired': {
    'sign in': 'leaving for bob: logout',
    'sign out': 'leaving: logout',
    'type a new token': 'leaving: logout, refuse token-expired',
    'ABORTED / REMOTE_LOGIN': 'kicked',
    'ABORTED / BANNED_BY_SERVER': 'banned',
    'CONNECTED / LOGIN_SUCCESS': 'online',
  },
}

const ALL = (Object.keys(STATES) as StateName[]).flatMap((state) => (Object.keys(EVENTS) as EventName[]).map((event) => [state, event] as const))

describe.each([
  ['with a token server', 'f', fetching],
  ['without', 't', typing],
] as const)('%s', (_how, column, context) => {
  it.each(ALL)('%s, then %s', (state, event) => {
    const expected = TABLE[state]?.[event]
    const { session, effects } = step(STATES[state], EVENTS[event], context)
    if (expected === undefined) {
      expect(session).toBe(STATES[state])
      expect(effects).toEqual([])
    } else {
      const done = effects.map(effectWords).join(', ')
      expect(done === '' ? words(session) : `${words(session)}: ${done}`).toBe(typeof expected === 'string' ? expected : expected[column])
    }
  })
})

/** Runs events one after the other. Returns the last state and all effects in words. */
function run(from: Session, context: SessionContext, ...events: readonly (SessionEvent | ((session: Session) => SessionEvent))[]): { session: Session; done: string[] } {
  let session = from
  const done: string[] = []
  for (const event of events) {
    const next = step(session, typeof event === 'function' ? event(session) : event, context)
    session = next.session
    done.push(...next.effects.map(effectWords))
  }
  return { session, done }
}
const got = (token: Token) => ({ attempt }: Session): SessionEvent => ({ type: 'token', attempt, token })
const none = (failure: 'network' | 'status', status?: number) => ({ attempt }: Session): SessionEvent => ({ type: 'no-token', attempt, failure, status })
const loggedIn = ({ attempt }: Session): SessionEvent => ({ type: 'logged-in', attempt })
const refused = (reason: RtmReason, retryAfterMs?: number) => ({ attempt }: Session): SessionEvent => ({ type: 'login-failed', attempt, refusal: refusal(reason, retryAfterMs) })
const loggedOut = ({ attempt }: Session): SessionEvent => ({ type: 'logged-out', attempt })
const renewed = ({ attempt }: Session): SessionEvent => ({ type: 'renewed', attempt })
const notRenewed = (reason: RtmReason, retryAfterMs?: number) => ({ attempt }: Session): SessionEvent => ({ type: 'renew-failed', attempt, refusal: refusal(reason, retryAfterMs) })
const at = (ms: number): SessionContext => ({ ...fetching, now: NOW + ms })

describe('the login page', () => {
  const first: SessionEvent = { type: 'sign-in', who: alice, accepted: false }

  it('leads on after a successful login', () => {
    expect(run(SIGNED_OUT, fetching, first, got(fetched), loggedIn).done).toEqual(['fetch a token for alice', 'login as alice with 007fetched', 'accept'])
    expect(run(SIGNED_OUT, fetching, { ...first, who: aliceTyped }, loggedIn).done).toEqual(['login as alice with 006typed', 'accept'])
  })

  it.each(['failed', 'refused', 'invalid-argument', 'invalid-app-id', 'token-invalid', 'token-expired', 'not-authorized', 'timeout', 'unknown'] as const)('hears at once of a login that ends with %s', (reason) => {
    const { session, done } = run(SIGNED_OUT, typing, first, refused(reason), loggedOut)
    expect(done.at(-1)).toBe(`refuse ${reason}`)
    expect(session.phase).toBe('out')
  })

  it('shows a failing token server after a few tries, and a refusal at once', () => {
    const again: SessionEvent = { type: 'time' }
    const late = at(60_000)
    const { done } = run(SIGNED_OUT, late, first, none('network'))
    expect(done).toEqual(['fetch a token for alice'])
    let session = run(SIGNED_OUT, fetching, first).session
    const said: string[] = []
    for (let i = 0; i < 5; i++) {
      const next = run(session, at(i * 60_000), none('status', 503))
      said.push(...next.done)
      session = run(next.session, at(i * 60_000 + 59_000), again).session
    }
    expect(said).toEqual(['refuse 503'])
    expect(run(SIGNED_OUT, fetching, first, none('status', 401)).done).toEqual(['fetch a token for alice', 'refuse 401'])
  })

  it('shows a login that is too soon after another only if it stays so', () => {
    let { session } = run(SIGNED_OUT, typing, first)
    const said: string[] = []
    for (let i = 1; i < 5 && said.length === 0; i++) {
      const late = { ...typing, now: NOW + i * 1_000 }
      const next = run(session, late, refused('rate-limited'))
      said.push(...next.done.filter((done) => done !== 'logout'))
      session = step(next.session, { type: 'time' }, { ...typing, now: NOW + i * 1_000 + 500 }).session
    }
    expect(said).toEqual(['refuse rate-limited'])
  })
})

describe('a user of the last session', () => {
  const again: SessionEvent = { type: 'sign-in', who: aliceTyped, accepted: true }

  it('stays logged in, with slower and slower retries, up to half a minute', () => {
    let session = run(SIGNED_OUT, typing, again).session
    const pauses: number[] = []
    let now = NOW
    for (let i = 0; i < 8; i++) {
      session = step(session, refused('timeout')(session), { ...typing, now }).session
      if (session.phase !== 'pausing') throw new Error(session.phase)
      pauses.push(session.due - now)
      now = session.due
      session = step(session, { type: 'time' }, { ...typing, now }).session
      expect(session.phase).toBe('logging-in')
    }
    expect(pauses).toEqual([1_500, 2_500, 4_500, 8_500, 15_500, 15_500, 15_500, 15_500])
  })

  it('is led to the login page by a token that has run out, with its reason', () => {
    expect(run(SIGNED_OUT, typing, again, refused('token-expired')).done).toEqual(['login as alice with 006typed', 'logout', 'refuse token-expired'])
  })

  it('has a token fetched in the place of a typed one that has run out', () => {
    const pausing = run(SIGNED_OUT, fetching, again, refused('token-expired'))
    const { session, done } = run(pausing.session, at(500), EVENTS.time, got(fetched), loggedIn)
    expect([...pausing.done, ...done]).toEqual(['login as alice with 006typed', 'fetch a token for alice', 'login as alice with 007fetched'])
    expect(session.phase).toBe('online')
  })

  it('does not wait forever for a server whose tokens are invalid', () => {
    let session = run(SIGNED_OUT, fetching, { ...again, who: alice }).session
    let problem: SessionProblem | undefined
    for (let i = 0; i < 10 && !problem; i++) {
      session = run(session, at(i * 100_000), got(fetched)).session
      const next = step(session, refused('token-invalid')(session), at(i * 100_000))
      problem = next.effects.find((effect) => effect.do === 'refuse')?.problem
      session = step(next.session, { type: 'time' }, at(i * 100_000 + 90_000)).session
    }
    expect(problem).toEqual({ kind: 'rtm', reason: 'token-invalid', code: 42 })
  })
})

describe('an expiring token', () => {
  it('of kind 006 is renewed while RTM waits for one, and the session continues', () => {
    const { session, done } = run(STATES.online, fetching, EVENTS['RECONNECTING / INTERRUPTED'], EVENTS.TokenExpired, got(fetched), renewed, EVENTS['CONNECTED / LOGIN_SUCCESS'])
    expect(done).toEqual(['fetch a token for alice', 'renew to 007fetched'])
    expect(session).toMatchObject({ phase: 'online', renewal: 'none', expired: false, due: renewAt(NOW, fetched.expiresAt) })
  })

  it('of kind 006, typed, asks the user, who sees the reason on the login page', () => {
    const { session, done } = run(STATES.online, typing, EVENTS['RECONNECTING / INTERRUPTED'], EVENTS.TokenExpired, EVENTS['type a new token'], loggedOut)
    expect(done).toEqual(['logout', 'refuse token-expired'])
    expect(session.phase).toBe('out')
  })

  it('of kind 007 is renewed when RTM warns, so that the session does not end', () => {
    const { session, done } = run(STATES.online, fetching, EVENTS.TokenPrivilegeWillExpire, EVENTS.TokenPrivilegeWillExpire, got(fetched), renewed)
    expect(done).toEqual(['fetch a token for alice', 'renew to 007fetched'])
    expect(session).toMatchObject({ phase: 'online', renewal: 'none' })
  })

  it('of kind 007 that ended the session leads to a login with a new one, once', () => {
    const { session, done } = run({ ...STATES.online, who: aliceTyped }, fetching, EVENTS['ABORTED / TOKEN_EXPIRED'], EVENTS.TokenExpired, loggedOut, got(fetched), loggedIn)
    expect(done).toEqual(['logout', 'fetch a token for alice', 'login as alice with 007fetched'])
    expect(session.phase).toBe('online')
  })

  it('of kind 007, typed, asks the user', () => {
    const { session, done } = run(STATES.online, typing, EVENTS.TokenPrivilegeWillExpire, EVENTS['ABORTED / TOKEN_EXPIRED'], EVENTS.TokenExpired)
    expect(done).toEqual([])
    expect(words(session)).toBe('token-expired')
  })

  it('is fetched again, at growing intervals, while the token server fails', () => {
    let session: Session = { ...STATES.online, due: NOW }
    const waits: number[] = []
    let now = NOW
    for (let i = 0; i < 8; i++) {
      session = step(session, { type: 'time' }, { ...fetching, now }).session
      expect(words(session)).toBe('online, fetching')
      session = step(session, none('network')(session), { ...fetching, now }).session
      if (session.phase !== 'online' || session.due === undefined) throw new Error(words(session))
      waits.push(session.due - now)
      now = session.due
    }
    expect(waits).toEqual([2_000, 3_000, 5_000, 9_000, 17_000, 31_000, 31_000, 31_000])
  })

  it('that the token server no longer gives leads to the login page only once RTM needs it', () => {
    expect(run(STATES.online, fetching, EVENTS.TokenPrivilegeWillExpire, none('status', 403)).done).toEqual(['fetch a token for alice'])
    expect(run(STATES.reconnecting, fetching, EVENTS.TokenExpired, none('status', 403)).done).toEqual(['fetch a token for alice', 'logout', 'refuse 403'])
  })

  it('is sent again a second later if RTM was asked too often, and later if it failed', () => {
    const sending = run(STATES.online, fetching, EVENTS.TokenPrivilegeWillExpire, got(fetched)).session
    expect(run(sending, fetching, notRenewed('rate-limited')).session).toMatchObject({ renewal: 'none', due: NOW + 1_000 })
    expect(run(sending, fetching, notRenewed('rate-limited', 7_000)).session).toMatchObject({ renewal: 'none', due: NOW + 7_000 })
    expect(run(sending, fetching, notRenewed('failed')).session).toMatchObject({ renewal: 'none', renewTries: 1, due: NOW + 2_000 })
  })
})

describe('a token that has expired on arrival', () => {
  const over: Token = { text: '006over', expiresAt: NOW - 2 * HOUR }

  /** Whether the user is notified, and the pauses between the fetched tokens, in seconds. */
  function asks(token: Token, count: number, answer = renewed, context = fetching) {
    let state = run({ ...STATES['logging-in'], used: token, fetched: true }, context, loggedIn)
    const told = [...state.done]
    const pauses: number[] = []
    let now = context.now
    for (let i = 0; i < count; i++) {
      if (state.session.phase !== 'online' || state.session.due === undefined) throw new Error(words(state.session))
      pauses.push((state.session.due - now) / 1_000)
      now = state.session.due
      state = run(state.session, { ...context, now, ...(context.serviceNow !== undefined && { serviceNow: now - 25 * HOUR }) }, { type: 'time' }, got(token), answer)
      told.push(...state.done.filter((done) => done.startsWith('tell')))
    }
    return { told, pauses }
  }

  it.each([
    ['over for hours', over],
    ['about to be over', { ...over, expiresAt: NOW + 3_000 }],
  ] as const)('notifies once, and is fetched slower each time, finally hourly: %s', (_what, token) => {
    const { told, pauses } = asks(token, 13)
    expect(told).toEqual(['tell-token-over'])
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600, 3_600])
  })

  it('is reported once if RTM refuses it too, and fetched more slowly each time', () => {
    const { told, pauses } = asks(over, 14, notRenewed('failed'))
    expect(told).toEqual(['tell-token-over'])
    expect(pauses).toEqual([5, 3, 5, 9, 17, 33, 65, 129, 257, 513, 1_025, 1_801, 1_801, 1_801])
  })

  it('notifies again only after a good one', () => {
    const bad = run({ ...STATES['logging-in'], used: over, fetched: true }, fetching, loggedIn).session
    const good = run(bad, { ...fetching, now: NOW + 5_000 }, { type: 'time' }, got({ ...fetched, expiresAt: NOW + 9 * HOUR }), renewed)
    expect(good).toMatchObject({ session: { renewTries: 0, due: NOW + 9 * HOUR - 60_000 }, done: ['fetch a token for alice', 'renew to 007fetched'] })
  })

  it('is judged by the service’s clock, which its expiry uses', () => {
    const day: Token = { text: '006day', expiresAt: NOW - HOUR, saysItself: true }
    const ahead = { ...fetching, serviceNow: NOW - 25 * HOUR }
    const { session, done } = run({ ...STATES['logging-in'], used: day, fetched: true }, ahead, loggedIn)
    expect(done).toEqual([])
    expect(session).toMatchObject({ due: NOW + 24 * HOUR - 60_000 })
    // The server's seconds from now use this device's clock.
    expect(run({ ...STATES['logging-in'], used: fetched, fetched: true }, ahead, loggedIn).session).toMatchObject({ due: NOW + HOUR - 60_000 })
  })
})

describe('when a token is renewed', () => {
  it.each([
    ['a day', 24 * HOUR, 24 * HOUR - 60_000],
    ['an hour', HOUR, HOUR - 60_000],
    ['five minutes', 300_000, 240_000],
    ['a hundred seconds', 100_000, 80_000],
    ['ten seconds', 10_000, 8_000],
    ['no time by this clock', 0, 5_000],
    ['less than none', -HOUR, 5_000],
  ])('of %s', (_what, life, after) => {
    expect(renewAt(NOW, NOW + life) - NOW).toBe(after)
  })

  it('is hourly if its expiry is unknown', () => {
    expect(renewAt(NOW, undefined)).toBe(NOW + HOUR)
  })

  it('depends on the one that was used', () => {
    const { session } = run(SIGNED_OUT, fetching, { type: 'sign-in', who: alice, accepted: true }, got(fetched), loggedIn)
    expect(session).toMatchObject({ due: NOW + HOUR - 60_000 })
    expect(run(SIGNED_OUT, typing, { type: 'sign-in', who: aliceTyped, accepted: true }, loggedIn).session).toMatchObject({ due: undefined })
  })
})

describe('a phone that slept for hours', () => {
  it('renews an expired token, and makes the client check the connection', () => {
    expect(run(STATES.online, at(5 * HOUR), EVENTS.wake).done).toEqual(['fetch a token for alice', 'check'])
    expect(run(STATES.online, at(0), EVENTS.wake).done).toEqual(['check'])
    expect(run(STATES.reconnecting, at(5 * HOUR), EVENTS.wake).done).toEqual(['fetch a token for alice', 'check'])
  })

  it('does not wait for the end of its pause', () => {
    expect(run(STATES.pausing, at(10), EVENTS.wake).session.phase).toBe('fetching')
  })
})

describe('a client that is still in another session', () => {
  it('is logged out, however often the login failed before, and the next login comes later', () => {
    const tried = { ...STATES['logging-in'], tries: 6 }
    const { session, done } = run(tried, typing, EVENTS['login refused: already in'], loggedOut)
    expect(done).toEqual(['logout'])
    expect(session.phase).toBe('pausing')
  })
})

describe('a session that ends by itself', () => {
  it('begins again at once if it was an old one, and more slowly otherwise', () => {
    const old = run(STATES.online, typing, EVENTS['ABORTED / INTERRUPTED'], loggedOut)
    expect(old.session).toMatchObject({ phase: 'logging-in', tries: 0 })
    const young = run({ ...STATES.online, since: NOW - 1_000, tries: 3 }, typing, EVENTS['ABORTED / INTERRUPTED'], loggedOut)
    expect(young.session).toMatchObject({ phase: 'pausing', tries: 5, due: NOW + 500 + 15_000 })
  })

  it('by a login elsewhere is restored only by the user', () => {
    const quiet: SessionEvent[] = [EVENTS.wake, EVENTS.time, EVENTS.TokenExpired, EVENTS.TokenPrivilegeWillExpire, EVENTS['CONNECTED / LOGIN_SUCCESS'], EVENTS['ABORTED / INTERRUPTED']]
    const { session, done } = run(STATES.kicked, at(9 * HOUR), ...quiet)
    expect([words(session), done]).toEqual(['kicked', []])
    expect(run(session, fetching, EVENTS['take over'], loggedOut, got(fetched), loggedIn).session.phase).toBe('online')
  })
})

describe('whatever happens', () => {
  const event = fc.constantFrom<SessionEvent>(...Object.values(EVENTS))
  /** Whether the answer, if it is one, is to the latest request. */
  const fitting = fc.boolean()

  it('only one answer is awaited at a time, a stopped session does nothing by itself, and no login follows a logout', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(event, fitting, fc.integer({ min: 0, max: HOUR })), { maxLength: 60 }), fc.boolean(), (events, fetchesToken) => {
        let session: Session = SIGNED_OUT
        let now = NOW
        let lastAttempt = session.attempt
        for (const [candidate, fits, ms] of events) {
          now += ms
          const before: Session = session
          const happened: SessionEvent = 'attempt' in candidate ? { ...candidate, attempt: fits ? before.attempt : before.attempt - 1 } : candidate
          const { session: next, effects } = step(before, happened, { now, random: () => 0.5, fetchesToken })
          for (const effect of effects) {
            if (!('attempt' in effect)) continue
            expect(effect.attempt).toBeGreaterThan(lastAttempt)
            expect(effect.attempt).toBe(next.attempt)
          }
          expect(next.attempt).toBeGreaterThanOrEqual(before.attempt)
          lastAttempt = next.attempt
          const logsIn = effects.some((effect) => effect.do === 'login' || effect.do === 'fetch-token')
          if (before.phase === 'stopped') expect(logsIn).toBe(false)
          if (before.phase === 'out' && happened.type !== 'sign-in') expect(next).toBe(before)
          if (effects.some((effect) => effect.do === 'login')) expect(next.phase).toBe('logging-in')
          if (effects.some((effect) => effect.do === 'logout')) expect(next.phase).toBe('leaving')
          if ('due' in next && next.due !== undefined) expect(Number.isFinite(next.due)).toBe(true)
          session = next
        }
      }),
      { numRuns: 500 },
    )
  })
})
