// `npm start`: the local gateway, the H5 dev server and the simulator of the mini program together, until Ctrl-C.
import { fileURLToPath } from 'node:url'
import type { Gateway } from '../gateway/server'
import type { Simulator } from '../simulator/server'
import { Refusal, runCommand } from './sentence'
import { banner, simulatorLines } from './start/banner'
import { startDevServer } from './start/dev-server'
import { interruption } from './start/interruption'
import { lanHost } from './start/network'
import { gatewayPort, pagePort, simulatorPort, startOptions, type StartOptions } from './start/options'
import { choosePorts } from './start/ports'
import { backendOf, readSettings, settingsProblem, type BuildSettings } from './vite/settings'

const root = fileURLToPath(new URL('..', import.meta.url))
/** How often a line says that the page is still being prepared, in ms. */
const PATIENCE_MS = 15_000

async function main(): Promise<number> {
  const interrupted = interruption()
  const options = startOptions(process.argv.slice(2), process.env)
  const settings = readSettings('development', root)
  const problem = settingsProblem(settings)
  if (problem) throw new Refusal(problem)

  const host = options.lan ? lanHost() : '127.0.0.1'
  const isLocal = backendOf(settings) === 'local'
  const hasSimulator = isLocal && options.miniProgram !== 'none'
  const [port = options.port] = await choosePorts(host, 'npm start', [
    pagePort(options.port),
    ...(isLocal ? [gatewayPort(options.gatewayPort)] : []),
    ...(hasSimulator ? [simulatorPort(options.simulatorPort, '--simulator-port')] : []),
  ])
  await import('./start/first-word.mjs')
  const gateway = isLocal ? await openGateway(host, options, settings) : undefined
  try {
    // The page uses the gateway that was started with it, whatever address a `.env` file has for the mini program.
    const env = gateway ? { ...process.env, VITE_RTM_GATEWAY_URL: gateway.url } : process.env
    const web = startDevServer({ host, port, env })
    const exited = web.exited.then((printed) => ({ printed }))
    const page = `http://${host}:${port}/`
    const waiting = setInterval(() => console.log(`还在等网页服务…… Still waiting for ${page} …`), PATIENCE_MS)
    try {
      let end = await Promise.race([web.ready, exited, interrupted])
      clearInterval(waiting)
      if (end === undefined) {
        const portInUse = port === options.port ? undefined : options.port
        console.log(banner({ page, gateway: gateway?.url, portInUse, lan: options.lan, hasSimulator: options.miniProgram !== 'none' }))
        // After the page, which must not wait for it.
        const simulator = gateway && hasSimulator ? await openSimulator(host, gateway.url, options, settings) : undefined
        try {
          end = await Promise.race([exited, interrupted])
        } finally {
          await simulator?.close()
        }
      }
      if (end === 'interrupted') return 0
      process.stderr.write(end.printed)
      throw new Refusal({ zh: 'H5 开发服务器意外退出，网关也已关闭。', en: 'The H5 dev server ended by itself, so the gateway was closed too.' })
    } finally {
      clearInterval(waiting)
      await web.stop()
    }
  } finally {
    await gateway?.close()
  }
}

async function openGateway(host: string, { gatewayPort }: StartOptions, settings: BuildSettings): Promise<Gateway> {
  // Imported here, since loading takes a moment and a line is printed before.
  const { openGateway: open } = await import('./start/gateway')
  return open('npm start', host, gatewayPort, settings.VITE_RTM_APP_ID)
}

/** Prints its address once the page shows the mini program. */
async function openSimulator(host: string, gateway: string, options: StartOptions, settings: BuildSettings): Promise<Simulator> {
  // Imported here, since its compilers would delay the page.
  const { startSimulator } = await import('../simulator/server')
  const isProduction = options.miniProgram === 'production'
  const simulator = await startSimulator({ host, port: options.simulatorPort, gateway, tokenUrl: settings.VITE_RTM_TOKEN_URL, isProduction })
  const portInUse = simulator.port === options.simulatorPort ? undefined : options.simulatorPort
  void simulator.ready.then(() => console.log(simulatorLines(simulator.url, portInUse)))
  return simulator
}

await runCommand(main)
