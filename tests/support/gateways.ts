/** Real gateways and clients for a test file. All are closed after each test. */
import { afterEach } from 'vitest'
import { startGateway, type Gateway, type GatewayOptions } from '../../gateway/server'
import type { Logger } from '../../gateway/logger'
import { GatewayClient, type LoginOptions } from './gateway-client'
import { PipeWebSocket } from './pipe-web-socket'

/** The transport of the clients: a WebSocket, or a pipe to a gateway without a port. */
export const TRANSPORTS = ['socket', 'pipe'] as const
export type TransportName = (typeof TRANSPORTS)[number]

export interface Gateways {
  start(options?: GatewayOptions): Promise<Gateway>
  login(gateway: Gateway, uid: string, options?: LoginOptions): Promise<GatewayClient>
  connect(gateway: Gateway): Promise<GatewayClient>
  /** Errors that the gateways logged. A test may read them, and they must be empty unless it says otherwise. */
  readonly errors: string[]
}

/** Short times for things that take seconds otherwise, and long ones for things that must not happen by themselves. A user may log in at any time. */
export const FAST = { loginIntervalMs: 0, graceMs: 100, ackTimeoutMs: 200, pingIntervalMs: 1_000, pingTimeoutMs: 30_000 }
export const PATIENT = { loginIntervalMs: 0, graceMs: 60_000, pingIntervalMs: 1_000, pingTimeoutMs: 30_000 }
/** For a clock that a test moves far: the sockets are slower, and no connection may count as silent. */
export const STEPPED = { ...PATIENT, pingTimeoutMs: 10 ** 9 }

export function useGateways(transport: TransportName = 'socket'): Gateways {
  const target = (gateway: Gateway) => (transport === 'pipe' ? PipeWebSocket.open(gateway) : gateway.url)
  const gateways: Gateway[] = []
  const clients: GatewayClient[] = []
  const errors: string[] = []
  const log: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (message, details) => void errors.push(`${message} ${String(details?.error)}`),
  }
  const remember = (client: GatewayClient) => {
    clients.push(client)
    return client
  }

  afterEach(async () => {
    for (const client of clients.splice(0)) client.ws.terminate()
    await Promise.all(gateways.splice(0).map((gateway) => gateway.close()))
    const seen = errors.splice(0)
    if (seen.length > 0) throw new Error(`the gateway logged errors: ${seen.join('; ')}`)
  })

  return {
    errors,
    async start(options = {}) {
      const gateway = await startGateway({ port: 0, listen: transport === 'socket', log, timing: PATIENT, ...options })
      gateways.push(gateway)
      return gateway
    },
    login: async (gateway, uid, options) => remember(await GatewayClient.login(target(gateway), uid, options)),
    connect: async (gateway) => remember(await GatewayClient.connect(target(gateway))),
  }
}

/** Waits until `condition` holds. */
export async function until(condition: () => boolean, what = 'a condition'): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
