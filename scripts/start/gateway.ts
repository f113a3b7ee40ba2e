import { startGateway, type Gateway } from '../../gateway/server'
import { GATEWAY_PATH } from '../../src/rtm/local/frames'
import { jsonFrom } from './direct-request'
import { gatewayPort } from './options'
import { portProblemOf, portRefusal } from './ports'

/** How long a program at the gateway's port may take to identify itself, ms. */
const HEALTH_TIMEOUT_MS = 2_000

/**
 * Starts the gateway for the App ID of the settings, if there is one. Throws a Refusal if its port is not available.
 * @param command the command that the user typed, as in `npm start`
 */
export async function openGateway(command: string, host: string, port: number, appId: string | undefined): Promise<Gateway> {
  try {
    return await startGateway({ host, port, ...(appId ? { appId } : {}) })
  } catch (error) {
    const problem = portProblemOf(error)
    throw problem ? portRefusal(command, [{ wanted: gatewayPort(port), last: port, problems: [problem] }]) : error
  }
}

/** The address of a gateway that this process uses. */
export interface UsedGateway {
  readonly url: string
  /** Closes it if this process has started it. */
  close(): Promise<void>
}

/** The gateway that already has the port, or a new one. Throws a Refusal if another program has the port. */
export async function runningOrNewGateway(command: string, host: string, port: number, appId: string | undefined): Promise<UsedGateway> {
  return (await isGateway(host, port)) ? { url: `ws://${host}:${port}${GATEWAY_PATH}`, close: async () => {} } : openGateway(command, host, port, appId)
}

async function isGateway(host: string, port: number): Promise<boolean> {
  try {
    const health = await jsonFrom(`http://${host}:${port}/healthz`, HEALTH_TIMEOUT_MS)
    return typeof health === 'object' && health !== null && 'protocol' in health
  } catch {
    // The port is free, or another program has it.
    return false
  }
}
