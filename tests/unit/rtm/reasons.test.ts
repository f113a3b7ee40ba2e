/**
 * The reason of every code of RTM 1.x, and what the rules and the sentences make of it: `rules-by-code.json` was recorded while
 * they still went by codes, so it holds them to the same behaviour.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { afterError, afterJoinError } from '@/src/chat/delivery/outbox-rules'
import { RTM_REASONS, type RtmReason } from '@/src/chat/rtm-reason'
import { step, type Session, type SessionContext } from '@/src/chat/session/session'
import { errorOfCode } from '@/src/rtm/error-name'
import { notInChannel, notLoggedIn, type RtmOperation } from '@/src/rtm/errors'
import type { RtmChannel, RtmClient } from '@/src/rtm/port'
import { parseFailure } from '@/src/storage/failure-record'
import { Channels } from '@/src/stores/chat/joined-channels'
import { loginProblemOf } from '@/src/stores/chat/login-problem'
import { PeerWatch } from '@/src/stores/chat/peer-watch'
import { loginSentence } from '@/src/ui/account/login-sentence'
import { channelText } from '@/src/ui/channel/channel-text'
import { failureText } from '@/src/ui/thread/failure-text'
import { CODES } from '../../support/rtm-codes'

/** A sentence is its key, with its values. */
vi.mock('@/src/locales', async (original) => ({
  ...(await original<object>()),
  t: (key: string, values?: object) => (values ? `${key} ${JSON.stringify(values)}` : key),
}))

/** By operation and code, for how long a rate limit lasts in ms after its reason. */
const REASONS: { readonly [O in RtmOperation]: Readonly<Record<number, RtmReason | readonly [RtmReason, number]>> } = {
  createInstance: { 1: 'invalid-app-id' },
  createChannel: { 1: 'invalid-channel' },
  login: {
    1: 'failed',
    2: 'refused',
    3: 'invalid-argument',
    4: 'invalid-app-id',
    5: 'token-invalid',
    6: 'token-expired',
    7: 'not-authorized',
    8: 'already-logged-in',
    9: 'timeout',
    10: ['rate-limited', 500],
    201: 'aborted',
  },
  logout: { 102: 'not-logged-in' },
  renewToken: {
    1: 'failed',
    2: 'invalid-argument',
    3: 'refused',
    4: ['rate-limited', 1_000],
    5: 'token-expired',
    6: 'token-invalid',
    102: 'not-logged-in',
    201: 'aborted',
  },
  fileBearer: { 1: 'failed', 102: 'not-logged-in' },
  peerMessage: { 1: 'failed', 2: 'timeout', 5: ['rate-limited', 3_000], 6: 'invalid-user', 7: 'invalid-message', 8: 'invalid-message', 102: 'not-logged-in' },
  join: {
    1: 'failed',
    2: 'refused',
    3: 'invalid-channel',
    4: 'timeout',
    5: 'too-many-channels',
    6: 'already-in-channel',
    7: ['rate-limited', 3_000],
    8: ['channel-rate-limited', 5_000],
    102: 'not-logged-in',
    201: 'aborted',
    202: 'already-in-channel',
  },
  leave: { 1: 'failed', 2: 'refused', 3: 'not-in-channel', 4: 'not-in-channel', 102: 'not-logged-in' },
  channelMessage: { 1: 'failed', 2: 'timeout', 3: ['rate-limited', 3_000], 4: 'invalid-message', 5: 'not-in-channel', 102: 'not-logged-in' },
  getMembers: { 1: 'failed', 2: 'refused', 3: 'timeout', 4: ['rate-limited', 2_000], 5: 'not-in-channel', 102: 'not-logged-in' },
  peerSubscription: { 1: 'failed', 2: 'invalid-user', 3: 'refused', 4: 'timeout', 5: ['rate-limited', 5_000], 6: 'too-many-peers', 102: 'not-logged-in' },
}

const NOW = 1_000_000
const error = (operation: RtmOperation, code: number) => errorOfCode(operation, code, 'refused')

function sending(operation: 'peerMessage' | 'channelMessage' | 'join', code: number) {
  const after = operation === 'join' ? afterJoinError : afterError
  const one = (wire: 'rich' | 'plain', rejoining: boolean) => {
    const { failure, ...decision } = after(error(operation, code), { wire, tries: 1, random: () => 0.5, rejoining })
    return { ...decision, ...(failure && { text: failureText(failure) }) }
  }
  return { rich: one('rich', false), plain: one('plain', false), rejoining: one('plain', true) }
}

const summary = ({ session, effects }: ReturnType<typeof step>) =>
  [session.phase, 'due' in session && session.due !== undefined ? session.due - NOW : '', 'tries' in session ? `try ${session.tries}` : '', 'next' in session && session.next ? 'then again' : '', ...effects.map((effect) => effect.do)].filter(String).join(' ')

function loggingIn(code: number) {
  const cases: Record<string, string> = {}
  for (const accepted of [false, true]) {
    for (const fetchesToken of [false, true]) {
      for (const fetched of [false, true]) {
        for (const tries of [0, 1, 2, 5]) {
          const session: Session = { phase: 'logging-in', attempt: 7, who: { uid: 'alice', token: undefined }, tries, accepted, used: undefined, fetched }
          const context: SessionContext = { now: NOW, random: () => 0.5, fetchesToken }
          cases[`${accepted ? 'accepted' : 'new'} ${fetchesToken ? 'fetches' : 'types'} ${fetched ? 'fetched' : 'typed'} ${tries}`] = summary(step(session, { type: 'login-failed', attempt: 7, refusal: error('login', code) }, context))
        }
      }
    }
  }
  const sentences: Record<string, string> = {}
  const problem = loginProblemOf(error('login', code))
  for (const backend of ['local', 'agora-mini', 'agora-web'] as const) {
    for (const token of ['', '006', '007']) {
      for (const fetchesToken of [false, true]) {
        sentences[`${backend} ${token || 'none'} ${fetchesToken ? 'fetches' : 'types'}`] = loginSentence(problem, { token, fetchesToken, backend, gatewayUrl: 'ws://x' })
      }
    }
  }
  return { cases: grouped(cases), sentences: grouped(sentences) }
}

/** The cases by what comes of them. */
function grouped(cases: Record<string, string>): Record<string, string[]> {
  const groups: Record<string, string[]> = {}
  for (const [name, result] of Object.entries(cases)) (groups[result] ??= []).push(name)
  const [only, ...more] = Object.keys(groups)
  return more.length === 0 ? { [only!]: ['always'] } : groups
}

function renewing(code: number) {
  const session: Session = { phase: 'online', attempt: 7, who: { uid: 'alice', token: undefined }, tries: 0, since: 0, renewal: 'sending', renewing: { text: 't', expiresAt: NOW + 3_600_000 }, renewTries: 2, expired: false, due: undefined }
  const stepped = step(session, { type: 'renew-failed', attempt: 7, refusal: error('renewToken', code) }, { now: NOW, random: () => 0.5, fetchesToken: true })
  return `${summary(stepped)} renew try ${'renewTries' in stepped.session ? stepped.session.renewTries : ''}`
}

async function joining(code: number) {
  let asked = 0
  const told: unknown[] = []
  const join = async () => {
    asked++
    throw error('join', code)
  }
  const channel = { channelId: 'x', on: () => undefined, removeAllListeners: () => undefined, join } as unknown as RtmChannel
  const client = { createChannel: () => channel } as Partial<RtmClient> as RtmClient
  const channels = new Channels(new Map(), client, { message: async () => true, member: () => undefined, failed: (id) => void told.push(id), joined: () => undefined }, () => true)
  await channels.join('x').catch(() => undefined)
  const view = channels.view('x').value
  const result = { state: view.state, text: channelText(view), told: told.length, again: await until(() => asked > 1) }
  channels.clear()
  return result
}

async function until(isTrue: () => boolean): Promise<number | 'never'> {
  for (let ms = 0; ms <= 20_000; ms += 100) {
    if (isTrue()) return ms
    await vi.advanceTimersByTimeAsync(100)
  }
  return 'never'
}

async function watching(code: number) {
  let asked = 0
  const watch = new PeerWatch(async () => {
    asked++
    throw error('peerSubscription', code)
  })
  watch.watch('bob')
  await vi.advanceTimersByTimeAsync(0)
  const result = { again: await until(() => asked > 1), isWanted: watch.isWatched('bob') }
  watch.clear()
  return result
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe.each(Object.entries(REASONS))('the codes of %s', (name, reasons) => {
  const operation = name as RtmOperation

  it('are all here', () => {
    expect(Object.keys(reasons).map(Number)).toEqual(Object.values(CODES[operation]).sort((a, b) => a - b))
  })

  it.each(Object.entries(reasons))('%s has its reason, and keeps its operation and code', (code, expected) => {
    const [reason, retryAfterMs] = typeof expected === 'string' ? [expected] : expected
    const { reason: told, retryAfterMs: after, operation: of, code: kept } = error(operation, Number(code))
    expect({ told, after, of, kept }).toEqual({ told: reason, after: retryAfterMs, of: operation, kept: Number(code) })
  })

  it('that are not known have a reason for that', () => {
    expect(error(operation, 99)).toMatchObject({ reason: 'unknown', code: 99 })
  })
})

it('what this client refuses itself has the code of RTM 1.x', () => {
  for (const operation of ['logout', 'peerMessage', 'join'] as const) expect(error(operation, notLoggedIn(operation).code).reason).toBe('not-logged-in')
  expect(error('channelMessage', notInChannel().code).reason).toBe('not-in-channel')
})

const rules = JSON.parse(readFileSync(new URL('rules-by-code.json', import.meta.url), 'utf8')) as Record<string, Record<string, unknown>>
const recorded = (operation: string) => Object.entries(rules[operation] ?? {}).map(([key, made]) => [key, parseInt(key, 10), made] as const)

describe('the reason of a code leads to the same decision as the code did', () => {
  it.each(recorded('login'))('login %s', (_key, code, made) => {
    expect(loggingIn(code)).toEqual(made)
  })

  it.each(recorded('renewToken'))('renewToken %s', (_key, code, made) => {
    expect(renewing(code)).toBe(made)
  })

  it.each(recorded('peerMessage'))('peerMessage %s', (_key, code, made) => {
    expect({ messages: sending('peerMessage', code), stored: stored('peerMessage', code) }).toEqual(made)
  })

  it.each(recorded('channelMessage'))('channelMessage %s', (_key, code, made) => {
    expect({ messages: sending('channelMessage', code), stored: stored('channelMessage', code) }).toEqual(made)
  })

  it.each(recorded('join'))('join %s', async (_key, code, made) => {
    expect({ messages: sending('join', code), channel: await joining(code), stored: stored('join', code) }).toEqual(made)
  })

  it.each(recorded('peerSubscription'))('peerSubscription %s', async (_key, code, made) => {
    expect(await watching(code)).toEqual(made)
  })

  it.each(recorded('createInstance'))('createInstance %s', (_key, code, made) => {
    expect(loginSentence(loginProblemOf(error('createInstance', code)), { token: '', fetchesToken: false, backend: 'local', gatewayUrl: '' })).toBe(made)
  })
})

it('no file outside of src/rtm knows the codes', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => /\.(ts|vue)$/.test(name) && !name.startsWith('rtm'))
  expect(files.length).toBeGreaterThan(100)
  expect(files.filter((name) => /rtm\/(codes|error-name)'|\.code [=!]==/.test(readFileSync(join('src', name), 'utf8')))).toEqual([])
})

it('no reason is named twice', () => {
  expect(new Set(RTM_REASONS).size).toBe(RTM_REASONS.length)
})

/** The sentence for a failure that a version stored which went by codes. */
function stored(operation: string, code: number): string {
  return failureText(parseFailure({ reason: 'rtm', operation, code }))
}
