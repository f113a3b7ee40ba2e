import { parseArgs } from 'node:util'
import { GATEWAY_DEFAULT_PORT } from '../../src/rtm/local/frames'
import { Refusal } from '../sentence'

export const H5_DEFAULT_PORT = 5173

/** What `npm start` was asked for. */
export interface StartOptions {
  /** Bind to and print the LAN address, so that a phone can join. */
  readonly lan: boolean
  /** The first port to try for the H5 page. */
  readonly port: number
  /** The gateway's port. Fixed, since a built mini program has it inside; `GATEWAY_PORT` moves it for tests. */
  readonly gatewayPort: number
}

/** Reads the options of `npm start -- ...`. Throws a {@link Refusal} for what it does not know. */
export function startOptions(args: readonly string[], env: NodeJS.ProcessEnv): StartOptions {
  const { lan, port } = parse(args)
  return {
    lan,
    port: port === undefined ? H5_DEFAULT_PORT : portNumber('--port', port),
    gatewayPort: env.GATEWAY_PORT ? portNumber('GATEWAY_PORT', env.GATEWAY_PORT) : GATEWAY_DEFAULT_PORT,
  }
}

function parse(args: readonly string[]): { lan: boolean; port?: string } {
  try {
    const { values } = parseArgs({ args: [...args], options: { lan: { type: 'boolean', default: false }, port: { type: 'string' } } })
    return values
  } catch {
    throw new Refusal({
      zh: `不认识“${args.join(' ')}”：npm start -- 后面只能用 --lan 和 --port 端口号。`,
      en: `Cannot read "${args.join(' ')}": npm start -- takes --lan and --port NUMBER, nothing else.`,
    })
  }
}

function portNumber(name: string, value: string): number {
  const port = Number(value)
  if (/^\d+$/.test(value) && port >= 1 && port <= 65_535) return port
  throw new Refusal({
    zh: `${name} 必须是 1 到 65535 之间的端口号，现在是“${value}”。`,
    en: `${name} must be a port number from 1 to 65535, not "${value}".`,
  })
}
