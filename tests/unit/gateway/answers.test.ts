/** The answers that the gateway keeps for the requests of a session. */
import { describe, expect, it } from 'vitest'
import { GatewayClient } from '../../support/gateway-client'
import { until, useGateways } from '../../support/gateways'
import { heapUsed } from '../../support/heap'

describe('the answers of a session', { timeout: 60_000 }, () => {
  const gateways = useGateways()

  it('do not keep their connections alive', async () => {
    const gateway = await gateways.start({ rateLimits: false })
    const { secret } = await gateways.login(gateway, 'alice')
    const resume = { secret, channels: [] }
    const comeAndGo = async (times: number) => {
      for (let i = 0; i < times; i++) {
        const client = await GatewayClient.login(gateway.url, 'alice', { resume })
        await client.ask({ t: 'leave', ch: 'general' })
        await client.drop()
        await until(() => gateway.stats().grace === 1 && gateway.stats().connections === 0)
      }
    }
    await comeAndGo(100)
    const before = await heapUsed()
    await comeAndGo(500)
    // An answer takes some 250 bytes, a connection 4 KB more.
    expect((await heapUsed()) - before).toBeLessThan(1024 * 1024)
  })
})
