/** A client's statement about its former channels counts only as far as the gateway knows the same. */
import { describe, expect, it } from 'vitest'
import { memoryBus } from '../../../gateway/bus'
import type { Gateway, GatewayOptions } from '../../../gateway/server'
import { clientOf } from '../../../gateway/secret'
import { memoryStore } from '../../../gateway/store/memory'
import { JOINED_CHANNELS_MAX } from '@/src/chat/rtm-limits'
import type { GatewayClient } from '../../support/gateway-client'
import { FAST, PATIENT, until, useGateways } from '../../support/gateways'
import { useFolder } from '../../support/folder'

const CH = 'board'

describe('a client that claims to have been in a channel', () => {
  const gateways = useGateways()
  const folder = useFolder()

  /** The state of the gateway between the first session of a client and the next. */
  const places: Record<string, () => Promise<{ first: Gateway; next: () => Promise<Gateway> }>> = {
    'the same gateway': async () => {
      const gateway = await gateways.start({ timing: FAST, rateLimits: false })
      return { first: gateway, next: async () => gateway }
    },
    'another node': async () => {
      const shared: GatewayOptions = { bus: memoryBus(), store: memoryStore(), timing: FAST, rateLimits: false }
      const [first, next] = [await gateways.start(shared), await gateways.start(shared)]
      return { first, next: async () => next }
    },
    'a restarted gateway': async () => {
      const first = await gateways.start({ dataDir: folder(), timing: PATIENT, rateLimits: false })
      return {
        first,
        next: async () => {
          await first.close()
          return gateways.start({ dataDir: folder(), timing: PATIENT, rateLimits: false })
        },
      }
    },
  }

  const say = async (gateway: Gateway, text: string) => {
    const alice = await gateways.login(gateway, 'alice')
    await alice.ask({ t: 'join', ch: CH })
    await alice.ask({ t: 'send', ch: CH, text })
    await alice.logout()
  }
  /** Comes back, claims to have seen nothing, joins, and returns what it receives. */
  const heard = async (gateway: Gateway, secret: string) => {
    const back = await gateways.login(gateway, 'eve', { resume: { secret, channels: [[CH, 0]] } })
    expect(back.frames[0]).toMatchObject({ resumed: false })
    await back.ask({ t: 'join', ch: CH })
    await say(gateway, 'now')
    await back.next((frame) => frame.text === 'now')
    return back.all('msg').map(({ text }) => text)
  }

  const never: Record<string, (eve: GatewayClient) => Promise<unknown>> = {
    'was never in it': (eve) => eve.logout(),
    'left it': async (eve) => {
      await eve.ask({ t: 'join', ch: CH })
      await eve.ask({ t: 'leave', ch: CH })
      await eve.drop()
    },
    'logged out': async (eve) => {
      await eve.ask({ t: 'join', ch: CH })
      await eve.logout()
    },
    'left it while its join was under way, and logged out': async (eve) => {
      eve.raw({ t: 'join', id: 9_000_000, ch: CH })
      eve.raw({ t: 'leave', id: 9_000_001, ch: CH })
      await eve.answer(9_000_001)
      await eve.logout()
    },
  }
  const cases = Object.keys(places).flatMap((place) => Object.keys(never).map((what) => [what, place] as const))
  it.each(cases)('and %s receives no message from before it joins %s', async (what, place) => {
    const { first, next } = await places[place]!()
    const eve = await gateways.login(first, 'eve')
    await never[what]!(eve)
    await until(() => first.stats().live === 0 && first.stats().grace === (place === 'a restarted gateway' && what === 'left it' ? 1 : 0))
    await say(first, 'secret')
    expect(await heard(await next(), eve.secret)).toEqual(['now'])
  })

  it.each(Object.keys(places))('and was, receives messages since it joined, and none from before: %s', async (place) => {
    const { first, next } = await places[place]!()
    await say(first, 'before')
    const eve = await gateways.login(first, 'eve')
    await eve.ask({ t: 'join', ch: CH })
    await eve.drop()
    await until(() => first.stats().live === 0)
    await say(first, 'missed')
    if (place !== 'a restarted gateway') await until(() => first.stats().grace === 0)
    expect(await heard(await next(), eve.secret)).toEqual(['missed', 'now'])
  })

  it('receives no message from before it was removed', async () => {
    const gateway = await gateways.start({ rateLimits: false })
    const eve = await gateways.login(gateway, 'eve')
    await eve.ask({ t: 'join', ch: CH })
    gateway.kick('eve', 'BANNED_BY_SERVER')
    await eve.closed()
    await say(gateway, 'secret')
    expect(await heard(gateway, eve.secret)).toEqual(['now'])
  })
})

describe('the known channels of a client', { timeout: 60_000 }, () => {
  const gateways = useGateways()
  const start = async () => {
    const store = memoryStore()
    const gateway = await gateways.start({ store, rateLimits: false })
    const known = async (client: GatewayClient) => [...((await store.memberships('eve')).get(clientOf(client.secret))?.keys() ?? [])]
    return { gateway, known }
  }
  const joinAll = async (client: GatewayClient, chs: readonly string[]) => {
    for (const ch of chs) expect(await client.ask({ t: 'join', ch })).toMatchObject({ t: 'ok' })
  }
  const names = (of: string) => Array.from({ length: JOINED_CHANNELS_MAX }, (_, i) => `${of}${i}`)
  /** Logs in again as the same client, without resuming the running session, which it does not know. */
  const again = async (gateway: Gateway, { secret }: GatewayClient, chs: readonly string[]) => {
    const back = await gateways.login(gateway, 'eve', { resume: { secret, channels: chs.map((ch): [string, number] => [ch, 0]) } })
    expect(back.frames[0]).toMatchObject({ resumed: false })
    return back
  }
  /** A client whose first session has ended. */
  const loseSession = async (gateway: Gateway) => {
    const eve = await gateways.login(gateway, 'eve')
    await joinAll(eve, names('first'))
    await gateways.login(gateway, 'eve')
    await eve.closed()
    return eve
  }

  it('are as many as it can be in, the newest, however often its sessions are replaced', async () => {
    const { gateway, known } = await start()
    const eve = await loseSession(gateway)
    await (await gateways.login(gateway, 'eve')).logout()
    let named = names('first')
    for (const round of ['second', 'third', 'fourth']) {
      const back = await again(gateway, eve, named)
      await joinAll(back, names(round))
      named = names(round)
      expect(await known(eve)).toEqual(named)
    }
  })

  it('are those of its login, as far as it was in them', async () => {
    const { gateway, known } = await start()
    const eve = await loseSession(gateway)
    await (await gateways.login(gateway, 'eve')).logout()
    expect(await known(eve)).toEqual(names('first'))
    await again(gateway, eve, ['first3', 'first5', 'never'])
    expect(await known(eve)).toEqual(['first3', 'first5'])
    await again(gateway, eve, [])
    expect(await known(eve)).toEqual([])
  })
})
