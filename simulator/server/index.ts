/** The simulator: a page with two phones that run the compiled mini program against a gateway. */
import { fileURLToPath } from 'node:url'
import { both } from '../../scripts/sentence'
import { simulatorPort } from '../../scripts/start/options'
import { choosePorts } from '../../scripts/start/ports'
import { GATEWAY_DEFAULT_PORT } from '../../src/rtm/local/frames'
import { listen } from './http-server'
import { buildPage, type PageFiles } from './page-files'
import { BuiltProgram } from './program'
import { tokenServers } from './token-servers'

const USERS = ['alice', 'bob']
/** The gateway's address in a build without settings. */
const BUILT_IN = `127.0.0.1:${GATEWAY_DEFAULT_PORT}`

export interface SimulatorOptions {
  /** The address to listen on. */
  readonly host: string
  /** The first port to try. */
  readonly port: number
  /** The address of the gateway, such as `ws://127.0.0.1:7070/rtm`. */
  readonly gateway: string
  /** VITE_RTM_TOKEN_URL. The phones may fetch tokens from it if it is on this machine. */
  readonly tokenUrl?: string
  /** Runs the production build instead of a development build that follows changes. */
  readonly isProduction?: boolean
  /** Prints into the terminal; console.log by default. */
  readonly print?: (text: string) => void
}

export interface Simulator {
  /** The address of the page, with a `/` at its end. The server already answers. */
  readonly url: string
  readonly port: number
  /**
   * Resolves when the page can be opened and the first build has ended, whether it failed or not. Never resolves if the simulator is closed before, or the
   * page cannot be built.
   */
  readonly ready: Promise<void>
  /** Ends the builds and all connections. */
  close(): Promise<void>
}

/** Starts the simulator's server and the builds of its page and of the mini program. */
export async function startSimulator({ host, port: wanted, gateway, tokenUrl, isProduction = false, print = console.log }: SimulatorOptions): Promise<Simulator> {
  const port = await choosePort(host, wanted)
  const gatewayHost = new URL(gateway).host
  // The folder's name has the port, since two simulators of one project may run.
  const output = fileURLToPath(new URL(`../../dist/simulator/${port}`, import.meta.url))
  const program = new BuiltProgram({ output, isProduction })
  const page = buildPage()
  let files: PageFiles | undefined
  const stop = () => Promise.all([program.stop(), page.stop()])
  try {
    const server = await listen({
      host,
      port,
      program,
      pageFiles: () => files,
      settings: { hosts: { [BUILT_IN]: gatewayHost }, users: USERS, production: isProduction },
      gateways: [gatewayHost],
      targets: [`http://${gatewayHost}`, ...tokenServers(host, tokenUrl)],
      print,
    })
    program.onBuild(({ state, message = '' }) => {
      if (state === 'failed') print(`${both({ zh: '小程序构建失败。', en: 'The mini program could not be built.' })}\n${message}`)
    })
    let isClosed = false
    const ready = new Promise<void>((resolve) => {
      const ended = firstBuild(program)
      page.files.then(
        (built) => {
          files = built
          void ended.then(resolve)
        },
        (error: Error) => {
          if (!isClosed) print(`${both({ zh: '模拟器的网页构建失败。', en: 'The page of the simulator could not be built.' })}\n${error.message}`)
        },
      )
    })
    return {
      url: `http://${host}:${port}/`,
      port,
      ready,
      close: async () => {
        isClosed = true
        await stop()
        await server.close()
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function choosePort(host: string, wanted: number): Promise<number> {
  const [port = wanted] = await choosePorts(host, 'npm run dev:simulator', [simulatorPort(wanted, '--port')])
  return port
}

/** Resolves when a build has ended, whether it failed or not. */
function firstBuild(program: BuiltProgram): Promise<void> {
  return new Promise((resolve) => {
    const end = program.onBuild(({ state }) => {
      if (state === 'building') return
      end()
      resolve()
    })
  })
}
