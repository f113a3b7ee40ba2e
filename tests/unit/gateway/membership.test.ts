/** What a client says about the channels it was in counts only as far as the gateway knows the same. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { memoryBus } from '../../../gateway/bus'
import type { Gateway, GatewayOptions } from '../../../gateway/server'
import { memoryStore } from '../../../gateway/store/memory'
import type { GatewayClient } from '../../support/gateway-client'
import { FAST, PATIENT, until, useGateways } from '../../support/gateways'

const CH = 'board'

describe('a client that claims to have been in a channel', () => {
  const gateways = useGateways()
  let dataDir: string
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'gateway-data-'))
  })
  afterEach(async () => {
    await rm(dataDir, { recursive: true, force: true })
  })

  /** How the gateway lies between the first session of a client and the next. */
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
      const first = await gateways.start({ dataDir, timing: PATIENT, rateLimits: false })
      return {
        first,
        next: async () => {
          await first.close()
          return gateways.start({ dataDir, timing: PATIENT, rateLimits: false })
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
  /** Comes back, claims to have seen nothing, joins, and tells what it hears. */
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
  it.each(cases)('and %s hears nothing of before it joins %s', async (what, place) => {
    const { first, next } = await places[place]!()
    const eve = await gateways.login(first, 'eve')
    await never[what]!(eve)
    await until(() => first.stats().live === 0 && first.stats().grace === (place === 'a restarted gateway' && what === 'left it' ? 1 : 0))
    await say(first, 'secret')
    expect(await heard(await next(), eve.secret)).toEqual(['now'])
  })

  it.each(Object.keys(places))('and was, hears what was said since it joined, and nothing of before: %s', async (place) => {
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

  it('hears nothing of before it was sent away', async () => {
    const gateway = await gateways.start({ rateLimits: false })
    const eve = await gateways.login(gateway, 'eve')
    await eve.ask({ t: 'join', ch: CH })
    gateway.kick('eve', 'BANNED_BY_SERVER')
    await eve.closed()
    await say(gateway, 'secret')
    expect(await heard(gateway, eve.secret)).toEqual(['now'])
  })
})
