import { parseArgs } from 'node:util'
import { GATEWAY_DEFAULT_PORT } from '../../src/rtm/local/frames'
import { Refusal } from '../sentence'
import type { WantedPort } from './ports'

export const H5_DEFAULT_PORT = 5173
export const SIMULATOR_DEFAULT_PORT = 5180

/** The options of `npm start`. */
export interface StartOptions {
  /** Bind to and print the LAN address, so that a phone can join. */
  readonly lan: boolean
  /** The first port to try for the H5 page. */
  readonly port: number
  /** The gateway's port. There is no fallback, since the port is built into the mini program for WeChat's tools. Tests also set it with `GATEWAY_PORT`. */
  readonly gatewayPort: number
  /** Whether to show the mini program, and in which build: `production`, or the one that follows changes. */
  readonly miniProgram: 'none' | 'production' | 'development'
  /** The first port to try for the simulator. Tests also set it with `SIMULATOR_PORT`. */
  readonly simulatorPort: number
}

/** The options of `npm run dev:simulator`. */
export interface SimulatorStartOptions extends Pick<StartOptions, 'lan' | 'port' | 'gatewayPort'> {
  /** Run the production build. */
  readonly isProduction: boolean
}

/** The gateway's port as a {@link WantedPort}. */
export function gatewayPort(from: number): WantedPort {
  return { name: { zh: '网关', en: 'the gateway' }, option: '--gateway-port', from, isFixed: true }
}

/** The H5 page's port as a {@link WantedPort}. */
export function pagePort(from: number): WantedPort {
  return { name: { zh: '网页', en: 'the page' }, option: '--port', from }
}

/** The simulator's port as a {@link WantedPort}. */
export function simulatorPort(from: number, option: '--port' | '--simulator-port'): WantedPort {
  return { name: { zh: '模拟器', en: 'the simulator' }, option, from }
}

const SHARED = {
  lan: { type: 'boolean', default: false },
  port: { type: 'string' },
  'gateway-port': { type: 'string' },
  production: { type: 'boolean', default: false },
} as const

/** Reads the options of `npm start -- ...`. Throws a {@link Refusal} for unknown ones. */
export function startOptions(args: readonly string[], env: NodeJS.ProcessEnv): StartOptions {
  const values = parsed(args, 'npm start', ['--lan', '--port', '--gateway-port', '--simulator-port', '--production', '--no-mini-program'], () =>
    parseArgs({ args: [...args], options: { ...SHARED, 'simulator-port': { type: 'string' }, 'no-mini-program': { type: 'boolean', default: false } } }),
  )
  return {
    lan: values.lan,
    port: portOr(H5_DEFAULT_PORT, '--port', values.port),
    gatewayPort: gatewayPortOf(values, env),
    miniProgram: values['no-mini-program'] ? 'none' : values.production ? 'production' : 'development',
    simulatorPort: portOr(portOr(SIMULATOR_DEFAULT_PORT, 'SIMULATOR_PORT', env.SIMULATOR_PORT), '--simulator-port', values['simulator-port']),
  }
}

/** Reads the options of `npm run dev:simulator -- ...`. Throws a {@link Refusal} for unknown ones. */
export function simulatorOptions(args: readonly string[], env: NodeJS.ProcessEnv): SimulatorStartOptions {
  const values = parsed(args, 'npm run dev:simulator', ['--lan', '--port', '--gateway-port', '--production'], () => parseArgs({ args: [...args], options: SHARED }))
  return {
    lan: values.lan,
    port: portOr(SIMULATOR_DEFAULT_PORT, '--port', values.port),
    gatewayPort: gatewayPortOf(values, env),
    isProduction: values.production,
  }
}

function gatewayPortOf(values: { readonly 'gateway-port'?: string }, env: NodeJS.ProcessEnv): number {
  return portOr(portOr(GATEWAY_DEFAULT_PORT, 'GATEWAY_PORT', env.GATEWAY_PORT), '--gateway-port', values['gateway-port'])
}

function parsed<Values>(args: readonly string[], command: string, options: readonly string[], parse: () => { values: Values }): Values {
  try {
    return parse().values
  } catch {
    const last = options.at(-1)
    const others = options.slice(0, -1)
    const named = (list: readonly string[], number: string) => list.map((option) => (option.endsWith('port') ? `${option} ${number}` : option))
    throw new Refusal({
      zh: `不认识“${args.join(' ')}”：${command} -- 后面只能用 ${named(others, '端口号').join('、')} 和 ${last}。`,
      en: `Cannot read "${args.join(' ')}": ${command} -- takes ${named(others, 'NUMBER').join(', ')} and ${last}, nothing else.`,
    })
  }
}

/** An empty variable counts as unset. An empty option is an error. */
function portOr(standard: number, name: string, value: string | undefined): number {
  if (value === undefined || (value === '' && !name.startsWith('--'))) return standard
  const port = Number(value)
  if (/^\d+$/.test(value) && port >= 1 && port <= 65_535) return port
  throw new Refusal({
    zh: `${name} 必须是 1 到 65535 之间的端口号，现在是“${value}”。`,
    en: `${name} must be a port number from 1 to 65535, not "${value}".`,
  })
}
