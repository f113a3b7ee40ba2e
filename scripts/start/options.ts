import { parseArgs } from 'node:util'
import { GATEWAY_DEFAULT_PORT } from '../../src/rtm/local/frames'
import { Refusal } from '../sentence'

export const H5_DEFAULT_PORT = 5173
export const SIMULATOR_DEFAULT_PORT = 5180

/** What `npm start` was asked for. */
export interface StartOptions {
  /** Bind to and print the LAN address, so that a phone can join. */
  readonly lan: boolean
  /** The first port to try for the H5 page. */
  readonly port: number
  /** The gateway's port. Fixed, since a built mini program has it inside; `GATEWAY_PORT` moves it for tests. */
  readonly gatewayPort: number
  /** Show the mini program, in the build that is uploaded or in the one that follows changes. */
  readonly miniProgram: 'none' | 'production' | 'development'
  /** The first port to try for the simulator; `SIMULATOR_PORT` moves it for tests. */
  readonly simulatorPort: number
}

/** What `npm run dev:simulator` was asked for. */
export interface SimulatorStartOptions extends Pick<StartOptions, 'lan' | 'port' | 'gatewayPort'> {
  /** Run the build that is uploaded. */
  readonly isProduction: boolean
}

const LAN_AND_PORT = { lan: { type: 'boolean', default: false }, port: { type: 'string' }, production: { type: 'boolean', default: false } } as const

/** Reads the options of `npm start -- ...`. Throws a {@link Refusal} for what it does not know. */
export function startOptions(args: readonly string[], env: NodeJS.ProcessEnv): StartOptions {
  const values = parsed(args, 'npm start', ['--lan', '--port', '--production', '--no-mini-program'], () =>
    parseArgs({ args: [...args], options: { ...LAN_AND_PORT, 'no-mini-program': { type: 'boolean', default: false } } }),
  )
  return {
    lan: values.lan,
    port: portOr(H5_DEFAULT_PORT, '--port', values.port),
    gatewayPort: portOr(GATEWAY_DEFAULT_PORT, 'GATEWAY_PORT', env.GATEWAY_PORT),
    miniProgram: values['no-mini-program'] ? 'none' : values.production ? 'production' : 'development',
    simulatorPort: portOr(SIMULATOR_DEFAULT_PORT, 'SIMULATOR_PORT', env.SIMULATOR_PORT),
  }
}

/** Reads the options of `npm run dev:simulator -- ...`. Throws a {@link Refusal} for what it does not know. */
export function simulatorOptions(args: readonly string[], env: NodeJS.ProcessEnv): SimulatorStartOptions {
  const values = parsed(args, 'npm run dev:simulator', ['--lan', '--port', '--production'], () => parseArgs({ args: [...args], options: LAN_AND_PORT }))
  return {
    lan: values.lan,
    port: portOr(SIMULATOR_DEFAULT_PORT, '--port', values.port),
    gatewayPort: portOr(GATEWAY_DEFAULT_PORT, 'GATEWAY_PORT', env.GATEWAY_PORT),
    isProduction: values.production,
  }
}

function parsed<Values>(args: readonly string[], command: string, options: readonly string[], parse: () => { values: Values }): Values {
  try {
    return parse().values
  } catch {
    const last = options.at(-1)
    const others = options.slice(0, -1)
    const named = (list: readonly string[], number: string) => list.map((option) => (option === '--port' ? `--port ${number}` : option))
    throw new Refusal({
      zh: `不认识“${args.join(' ')}”：${command} -- 后面只能用 ${named(others, '端口号').join('、')} 和 ${last}。`,
      en: `Cannot read "${args.join(' ')}": ${command} -- takes ${named(others, 'NUMBER').join(', ')} and ${last}, nothing else.`,
    })
  }
}

/** An empty variable is unset. An empty option is no port. */
function portOr(standard: number, name: string, value: string | undefined): number {
  if (value === undefined || (value === '' && !name.startsWith('--'))) return standard
  const port = Number(value)
  if (/^\d+$/.test(value) && port >= 1 && port <= 65_535) return port
  throw new Refusal({
    zh: `${name} 必须是 1 到 65535 之间的端口号，现在是“${value}”。`,
    en: `${name} must be a port number from 1 to 65535, not "${value}".`,
  })
}
