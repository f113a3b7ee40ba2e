import { createRequire } from 'node:module'
import { RtmTokenBuilder as Builder006 } from 'agora-access-token'
import { RtmTokenBuilder as Builder007 } from 'agora-token'
import { describe, expect, it } from 'vitest'
import { CLOSE_CODE } from '@/src/rtm/local/frames'
import { STEPPED, useGateways } from '../../support/gateways'
import { TestClock } from '../../support/test-clock'
import { madeAt } from '../../support/tokens'

const { AccessToken2, ServiceRtm } = createRequire(import.meta.url)('agora-token/src/AccessToken2')
const appId = '0123456789abcdef0123456789abcdef'
const certificate = 'fedcba9876543210fedcba9876543210'
const soon = (seconds: number) => Math.floor(Date.now() / 1000) + seconds
const token006 = (uid = 'alice', lifetime = 3_600) => Builder006.buildToken(appId, certificate, uid, 1, soon(lifetime))
const rtm007 = (lifetime = 3_600) => {
  const token = new AccessToken2(appId, certificate, 0, lifetime)
  const service = new ServiceRtm('alice')
  service.add_privilege(1, lifetime)
  token.add_service(service)
  return token
}
const token007 = (uid = 'alice', lifetime = 3_600) => Builder007.buildToken(appId, certificate, uid, lifetime)

describe('a gateway with a certificate', () => {
  const gateways = useGateways()
  const start = () => gateways.start({ appId, certificate })

  it('accepts tokens of both kinds', async () => {
    const gateway = await start()
    for (const token of [token006(), token007()]) await gateways.login(gateway, 'alice', { appId, token })
  })

  it.each([
    ['none', undefined, 5],
    ['an empty one', '', 5],
    ['the App ID in its place', appId, 5],
    ["another user's 006", token006('bob'), 5],
    ["another user's 007", token007('bob'), 5],
    ['nonsense', '006nonsense', 5],
    ['an ended 006', token006('alice', -1), 6],
    ['a 007 that will be made tomorrow', Object.assign(rtm007(), { issueTs: soon(86_400) }).build(), 5],
    ['an ended 007', Builder007.buildToken(appId, certificate, 'alice', 0), 6],
  ])('rejects %s', async (_what, token, code) => {
    const client = await gateways.connect(await start())
    expect(await client.login('alice', { appId, token })).toMatchObject({ t: 'err', code })
  })

  it('rejects a token that is not a text', async () => {
    const client = await gateways.connect(await start())
    expect(await client.login('alice', { appId, token: 7 as never })).toMatchObject({ t: 'err', code: 3 })
  })

  it('requires a good token for a resume too', async () => {
    const gateway = await start()
    const alice = await gateways.login(gateway, 'alice', { appId, token: token006() })
    await alice.drop()
    const back = await gateways.connect(gateway)
    const resume = { secret: alice.secret, channels: [] as [string, number][] }
    expect(await back.login('alice', { appId, token: token006('alice', -1), resume })).toMatchObject({ t: 'err', code: 6 })
    const again = await gateways.login(gateway, 'alice', { appId, token: token006(), resume })
    expect(again.frames[0]).toMatchObject({ resumed: true })
  })

  it('without one requires none', async () => {
    const gateway = await gateways.start({ appId })
    await gateways.login(gateway, 'alice', { appId, token: 'whatever' })
  })
})

describe('the end of a token', () => {
  const gateways = useGateways()

  it('of 007 is announced, then ends the session', async () => {
    const clock = new TestClock(Date.now())
    const gateway = await gateways.start({ clock, appId, certificate, timing: STEPPED })
    const alice = await gateways.login(gateway, 'alice', { appId, token: madeAt(clock.now(), () => token007('alice', 100)) })
    await clock.advance(69_000)
    await alice.settled()
    expect(alice.all('expiring')).toEqual([])
    // A token counts in whole seconds.
    await clock.advance(2_000)
    expect(await alice.next('expiring')).toEqual({ t: 'expiring' })
    await clock.advance(28_000)
    await alice.settled()
    expect(alice.all('kick')).toEqual([])
    await clock.advance(2_000)
    expect(await alice.next('kick')).toEqual({ t: 'kick', reason: 'TOKEN_EXPIRED' })
    expect(await alice.closed()).toBe(CLOSE_CODE.SESSION_ENDED)
  })

  it('of 007 may be as late as a token can live', async () => {
    const gateway = await gateways.start({ appId, certificate })
    const alice = await gateways.login(gateway, 'alice', { appId, token: token007('alice', 4_000_000_000) })
    await alice.settled()
    expect(await alice.ask({ t: 'renew', token: Object.assign(rtm007(), { issueTs: soon(3_650 * 86_400) }).build() })).toMatchObject({ code: 6 })
    await alice.settled()
    expect(alice.frames.map(({ t }) => t)).toEqual(['ok', 'pong', 'err', 'pong'])
  })

  it('of 007 is delayed by a new token', async () => {
    const clock = new TestClock(Date.now())
    const gateway = await gateways.start({ clock, appId, certificate, timing: STEPPED })
    const alice = await gateways.login(gateway, 'alice', { appId, token: token007('alice', 100) })
    await clock.advance(80_000)
    await alice.next('expiring')
    expect(await alice.ask({ t: 'renew', token: token007('alice', 200) })).toMatchObject({ t: 'ok' })
    await clock.advance(100_000)
    await alice.next('expiring')
    expect(alice.all('kick')).toEqual([])
    await clock.advance(30_000)
    expect(await alice.next('kick')).toMatchObject({ reason: 'TOKEN_EXPIRED' })
  })

  it('of 006 does not affect a running session', async () => {
    const clock = new TestClock(Date.now())
    const gateway = await gateways.start({ clock, appId, certificate, timing: STEPPED })
    const alice = await gateways.login(gateway, 'alice', { appId, token: token006('alice', 50) })
    const bob = await gateways.login(gateway, 'bob', { appId, token: token007('bob', 60) })
    await clock.advance(70_000)
    await bob.next('kick') // By now the token of alice has expired.
    await alice.settled()
    expect(alice.frames.map(({ t }) => t)).toEqual(['ok', 'pong'])
  })

  it('is renewed by good tokens only', async () => {
    const gateway = await gateways.start({ appId, certificate, rateLimits: false })
    const alice = await gateways.login(gateway, 'alice', { appId, token: token007() })
    const renew = async (token: unknown) => (await alice.ask({ t: 'renew', token: token as string })).code
    expect(await renew(token006())).toBe(undefined)
    expect(await renew(token007('bob'))).toBe(6)
    expect(await renew('nonsense')).toBe(6)
    expect(await renew(token006('alice', -1))).toBe(5)
    expect(await renew('')).toBe(2)
    expect(await renew(7)).toBe(2)
  })

  it('is renewed twice a second at most', async () => {
    const gateway = await gateways.start({ appId, certificate })
    const alice = await gateways.login(gateway, 'alice', { appId, token: token007() })
    const answers = await Promise.all([1, 2, 3].map(() => alice.ask({ t: 'renew', token: token007() })))
    expect(answers.map(({ code }) => code)).toEqual([undefined, undefined, 4])
  })
})
