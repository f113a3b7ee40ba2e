/** What an idle logged-in connection costs the gateway: the growth of its resident memory, garbage excluded. */
import type { Benchmark } from '../bench'
import { LeanClient } from './lean-client'
import { startServer } from './processes'

const CONNECTIONS = 5_000
/** How many clients connect at a time: fewer than the backlog of a listening socket. */
const BATCH = 100
/** By then the heartbeat has run once, and the buffers of the logins are free. */
const SETTLE_MS = 3_000

export const idle: Benchmark = {
  names: ['gateway.idle'],
  budgets: [{ name: 'gateway.idle', figure: 'bytes', atMost: 20 * 1024 }],
  async *run({ quick }) {
    const n = quick ? 200 : CONNECTIONS
    const gateway = await startServer('gateway')
    const clients: LeanClient[] = []
    try {
      // The code that the first logins load and compile is not a cost of a connection.
      const early = await connectMany(gateway.url, 'early', BATCH)
      await settle()
      const before = await gateway.costs()
      clients.push(...early, ...(await connectMany(gateway.url, 'idle', n)))
      await settle()
      const bytes = Math.round(((await gateway.costs()).residentBytes - before.residentBytes) / n)
      yield { name: 'gateway.idle', n, figures: { bytes } }
    } finally {
      for (const client of clients) client.close()
      await gateway.stop()
    }
  },
}

async function connectMany(url: string, prefix: string, n: number): Promise<LeanClient[]> {
  const clients: LeanClient[] = []
  while (clients.length < n) {
    const size = Math.min(BATCH, n - clients.length)
    clients.push(...(await Promise.all(Array.from({ length: size }, (_, i) => LeanClient.login(url, `${prefix}${clients.length + i}`)))))
  }
  return clients
}

function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
}
