/** Tokens that expire during a session, of both kinds, on a real gateway with a certificate; with a token server, and without. */
import { createRequire } from 'node:module'
import { RtmRole, RtmTokenBuilder as Builder006 } from 'agora-access-token'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Clock } from '@/src/chat/time/clock'
import { LOGIN_INTERVAL_MS } from '@/src/chat/rtm-limits'
import type { TestClock } from '../../support/test-clock'
import { eventually, useWorld, type ChatStore } from '../../support/world'

const { AccessToken2, ServiceRtm } = createRequire(import.meta.url)('agora-token/src/AccessToken2')

const APP_ID = '0123456789abcdef0123456789abcdef'
const CERTIFICATE = 'c0ffee00c0ffee00c0ffee00c0ffee00'

// Read when the store is loaded.
vi.hoisted(() => {
  vi.stubEnv('VITE_RTM_TOKEN_URL', 'https://tokens.example/rtm')
  vi.stubEnv('VITE_RTM_APP_ID', '0123456789abcdef0123456789abcdef')
})

/** Tokens count in whole seconds, so this is two to three: the store would renew a token after five. */
const LIFE_S = 3
/** The gateway warns of the end of a 007 token this long before, ms. */
const WARNING_MS = 300
/** A failed renewal is repeated within this time, ms. */
const RENEW_AGAIN_MS = 3_000
/** The client comes back within this time after its connection was cut, ms. */
const RETRY_MS = 400

/** Of the product, and of the gateway if the device's clock is right. */
let clock: TestClock
/** How far the device is ahead of the gateway and the token server, ms. */
let ahead = 0
const serviceClock: Clock = {
  now: () => clock.now() - ahead,
  elapsed: () => clock.elapsed(),
  after: (ms, run) => clock.after(ms, run),
}

type Kind = '006' | '007'

function token(kind: Kind, uid: string, seconds: number): string {
  const now = Math.floor(serviceClock.now() / 1_000)
  if (kind === '006') return Builder006.buildToken(APP_ID, CERTIFICATE, uid, RtmRole.Rtm_User, now + seconds)
  const made = new AccessToken2(APP_ID, CERTIFICATE, now, seconds)
  const service = new ServiceRtm(uid)
  service.add_privilege(ServiceRtm.kPrivilegeLogin, seconds)
  made.add_service(service)
  return made.build()
}

/** Moves the time to `ms` after the end of a token for LIFE_S; the time has not moved since it was made. */
const toEnd = (ms: number) => clock.advance(LIFE_S * 1_000 - (clock.now() % 1_000) + ms)

/** Cuts the connection, and lets the client come back. */
async function cut(chat: ChatStore): Promise<void> {
  world.gateway.cut('alice')
  await eventually(() => expect(chat.connection.state).toBe('RECONNECTING'))
  await clock.advance(RETRY_MS)
}

/** How long the server's tokens live, one after the other, in seconds; the last value applies to all later ones. */
let lives: number[]
let kind: Kind
let asked: number

const world = useWorld((begun) => {
  clock = begun.stopTime()
  ahead = 0
  return { clock: serviceClock, appId: APP_ID, certificate: CERTIFICATE, timing: { graceMs: 5_000, pingTimeoutMs: 10 ** 9, tokenWarningMs: WARNING_MS } }
})
beforeEach(() => {
  asked = 0
  lives = [600]
  world.phone.tokenServer = () => {
    asked++
    const life = lives.length > 1 ? (lives.shift() ?? 600) : (lives[0] ?? 600)
    return { statusCode: 200, data: token(kind, 'alice', life) }
  }
})

describe.each(['006', '007'] as const)('a token of kind %s', (each) => {
  beforeEach(() => {
    kind = each
  })

  it('is fetched for the login, and a new one when the session needs it', async () => {
    lives = [LIFE_S, 600]
    const chat = await world.signedIn('alice')
    await chat.startConversation('channel', 'general')
    await eventually(() => expect(chat.channelView('general').value.state).toBe('joined'))
    if (kind === '006') {
      // RTM checks a 006 token only when a connection begins
      await toEnd(100)
      expect(chat.session.phase).toBe('online')
      await cut(chat)
    } else await toEnd(-WARNING_MS)
    await eventually(() => expect(asked).toBe(2))
    await eventually(() => expect(chat.session).toMatchObject({ phase: 'online', renewal: 'none' }))
    await eventually(() => expect(chat.channelView('general').value.state).toBe('joined'))
    expect(chat.banner).toBe('none')
  })

  it('that cannot be renewed in time leads to a login with another one, and nothing is lost', async () => {
    lives = [LIFE_S, 600]
    const chat = await world.signedIn('alice')
    await chat.startConversation('peer', 'bob')
    const { tokenServer } = world.phone
    world.phone.tokenServer = undefined
    await toEnd(100)
    if (kind === '006') await cut(chat)
    // The gateway ends a session with the 007 token that it began with. With 006 the session waits for another token.
    await eventually(() => expect(chat.session).toMatchObject(kind === '007' ? { phase: 'pausing' } : { phase: 'reconnecting', renewTries: 1 }))
    await chat.account!.own.send('peer:bob', { kind: 'text', text: 'written meanwhile' })
    world.phone.tokenServer = tokenServer
    world.phone.comesToFront()
    if (kind === '006') await clock.advance(RENEW_AGAIN_MS)
    // How many attempts had begun by then depends on the sockets, which are real: the next one comes after a pause.
    await eventually(async () => {
      if (kind === '006') await clock.advance(RETRY_MS)
      expect(chat.session.phase).toBe('online')
    })
    expect(chat.phase).toBe('signed-in')
    expect(chat.account!.conversations.get('peer:bob')).toMatchObject({ length: 1 })
    await eventually(() => expect(chat.account!.conversations.get('peer:bob')!.preview!.status).toBe('ok'))
  })
})

it('a token that has expired by the device’s clock, but not by the service’s, is used until its end', async () => {
  kind = '006'
  ahead = 25 * 3_600_000
  const chat = await world.signedIn('alice')
  await clock.advance(60_000)
  expect(chat.session).toMatchObject({ phase: 'online', renewTries: 0 })
  expect({ asked, tokensOver: chat.tokensOver }).toEqual({ asked: 1, tokensOver: 0 })
  // Renewed before its end, and not earlier.
  await clock.advance(600_000)
  await eventually(() => expect(asked).toBe(2))
  expect(chat.tokensOver).toBe(0)
})

it('a start with an expired typed token fetches one', async () => {
  kind = '006'
  const chat = world.start()
  expect(await clock.advanceUntil(chat.signIn('alice', token('006', 'alice', LIFE_S)), 0)).toBeUndefined()
  expect(asked).toBe(0)
  await toEnd(100)
  const again = await world.restart()
  await clock.advanceUntil(again.restore(), 0)
  await eventually(() => expect(again.session.phase).toBe('pausing'))
  await clock.advance(LOGIN_INTERVAL_MS)
  await eventually(() => expect(again.session.phase).toBe('online'))
  expect(asked).toBe(1)
})

it('a start that the token server rejects leads to the login page with its reason, and keeps all data', async () => {
  kind = '007'
  const chat = await world.signedIn('alice')
  await chat.startConversation('peer', 'bob')
  const again = await world.restart()
  world.phone.tokenServer = () => ({ statusCode: 401, data: 'who are you?' })
  await clock.advanceUntil(again.restore(), 0)
  await eventually(() => expect(again.phase).toBe('signed-out'))
  expect(again.loginProblem).toEqual({ kind: 'token', failure: 'status', status: 401 })
  world.phone.tokenServer = () => ({ statusCode: 200, data: token('007', 'alice', 600) })
  expect(await clock.advanceUntil(again.signIn('alice', undefined), 0)).toBeUndefined()
  expect(again.account!.conversations.order.value).toEqual(['peer:bob'])
})
