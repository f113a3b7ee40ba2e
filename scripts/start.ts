// `npm start`: the local gateway and the H5 dev server together, until Ctrl-C.
import { networkInterfaces } from 'node:os'
import { fileURLToPath } from 'node:url'
import { startGateway, type Gateway } from '../gateway/server'
import { Refusal, runCommand } from './sentence'
import { banner } from './start/banner'
import { startDevServer } from './start/dev-server'
import { firstFreePort, lanAddress } from './start/network'
import { startOptions } from './start/options'
import { backendOf, readSettings, settingsProblem } from './vite/settings'

const root = fileURLToPath(new URL('..', import.meta.url))

async function main(): Promise<number> {
  const interrupted = interruption()
  const options = startOptions(process.argv.slice(2), process.env)
  const settings = readSettings('development', root)
  const problem = settingsProblem(settings)
  if (problem) throw new Refusal(problem)

  const host = options.lan ? lanHost() : '127.0.0.1'
  const gateway = backendOf(settings) === 'local' ? await openGateway(host, options.gatewayPort, settings.VITE_RTM_APP_ID) : undefined
  try {
    const port = await firstFreePort(host, options.port)
    // The page talks to the gateway that was started with it, whatever address a `.env` file names for the mini program.
    const env = gateway ? { ...process.env, VITE_RTM_GATEWAY_URL: gateway.url } : process.env
    const web = startDevServer({ host, port, env })
    const exited = web.exited.then((printed) => ({ printed }))
    try {
      let end = await Promise.race([web.ready, exited, interrupted])
      if (end === undefined) {
        const portInUse = port === options.port ? undefined : options.port
        console.log(banner({ page: `http://${host}:${port}/`, gateway: gateway?.url, portInUse, lan: options.lan }))
        end = await Promise.race([exited, interrupted])
      }
      if (end === 'interrupted') return 0
      process.stderr.write(end.printed)
      throw new Refusal({ zh: 'H5 开发服务器意外退出，网关也已关闭。', en: 'The H5 dev server ended by itself, so the gateway was closed too.' })
    } finally {
      await web.stop()
    }
  } finally {
    await gateway?.close()
  }
}

function lanHost(): string {
  const address = lanAddress(networkInterfaces())
  if (address) return address
  throw new Refusal({
    zh: '这台机器没有局域网地址：连上 Wi-Fi 或网线后再用 --lan，或去掉 --lan 只在本机使用。',
    en: 'This machine has no LAN address: join a network before using --lan, or leave --lan out to stay on this machine.',
  })
}

async function openGateway(host: string, port: number, appId: string | undefined): Promise<Gateway> {
  try {
    // The page names the App ID of the settings, where there is one.
    return await startGateway({ host, port, ...(appId ? { appId } : {}) })
  } catch (error) {
    if (!isPortInUse(error)) throw error
    throw new Refusal({
      zh: `网关的端口 ${port} 已被占用：它写在小程序的构建里，不能换，请先结束占用它的程序（也许是另一个 npm start）。`,
      en: `The gateway's port ${port} is in use: built mini programs have it inside, so it cannot move; end the program that holds it first (perhaps another npm start).`,
    })
  }
}

function isPortInUse(error: unknown): boolean {
  return error instanceof Error && ((error as NodeJS.ErrnoException).code === 'EADDRINUSE' || isPortInUse(error.cause))
}

/** Settles at the first Ctrl-C or request to end. */
function interruption(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    const interrupt = () => resolve('interrupted')
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupt)
    if (process.env.npm_lifecycle_event) onParentExit(interrupt)
  })
}

/** npm runs a script in a shell, and a SIGTERM to npm ends the shell alone: what the shell started sees only that its parent changes. */
function onParentExit(callback: () => void): void {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    callback()
  }, 500)
  timer.unref()
}

await runCommand(main)
