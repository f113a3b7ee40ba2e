import { startGateway, type Gateway } from '../../gateway/server'
import { GATEWAY_PATH } from '../../src/rtm/local/frames'
import { Refusal } from '../sentence'

/** How long a program at the gateway's port may take to say what it is. */
const HEALTH_TIMEOUT_MS = 2_000

/** Starts the gateway for the App ID of the settings, where there is one. Throws a {@link Refusal} when its port is in use. */
export async function openGateway(host: string, port: number, appId: string | undefined): Promise<Gateway> {
  try {
    return await startGateway({ host, port, ...(appId ? { appId } : {}) })
  } catch (error) {
    if (!isPortInUse(error)) throw error
    throw new Refusal({
      zh: `网关的端口 ${port} 已被占用：它写在小程序的构建里，不能换，请先结束占用它的程序（也许是另一个 npm start）。`,
      en: `The gateway's port ${port} is in use: built mini programs have it inside, so it cannot move; end the program that holds it first (perhaps another npm start).`,
    })
  }
}

/** The address of a gateway that this process uses. */
export interface UsedGateway {
  readonly url: string
  /** Closes it, when this process has started it. */
  close(): Promise<void>
}

/** The gateway that already has the port, or a new one. Throws a {@link Refusal} when another program has it. */
export async function runningOrNewGateway(host: string, port: number, appId: string | undefined): Promise<UsedGateway> {
  return (await isGateway(host, port)) ? { url: `ws://${host}:${port}${GATEWAY_PATH}`, close: async () => {} } : openGateway(host, port, appId)
}

async function isGateway(host: string, port: number): Promise<boolean> {
  try {
    const health: unknown = await (await fetch(`http://${host}:${port}/healthz`, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) })).json()
    return typeof health === 'object' && health !== null && 'protocol' in health
  } catch {
    // No program has the port, or another one.
    return false
  }
}

function isPortInUse(error: unknown): boolean {
  return error instanceof Error && ((error as NodeJS.ErrnoException).code === 'EADDRINUSE' || isPortInUse(error.cause))
}
