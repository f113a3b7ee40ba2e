// `npm start` as a user runs it: its output, its servers, and a clean end after Ctrl-C.
import type { AddressInfo, Server } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { launchChromium } from '../../simulator/drive/chromium'
import { processesOf, untilPrinted, useCommands, type Started } from '../support/commands'
import { freePort, hold } from '../support/ports'

const root = fileURLToPath(new URL('../..', import.meta.url))

const holders: Server[] = []
const run = useCommands(root)
afterEach(async () => {
  await Promise.all(holders.splice(0).map((server) => new Promise((resolve) => server.close(resolve))))
})

const npmStart = (args: string[], env: NodeJS.ProcessEnv) => run('npm', ['start', '--', ...args], env)
/** The same without npm in between, so that the exit code is the command's own. */
const start = (args: string[], env: NodeJS.ProcessEnv) => run(process.execPath, ['--import', 'tsx', 'scripts/start.ts', ...args], env)

/** NODE_OPTIONS by which every process of a command loads a module of tests/support/preload. */
const preload = (name: string) => `--import ${new URL(`../support/preload/${name}`, import.meta.url).href}`

const untilReady = (command: Started) => untilPrinted(command, 'Ctrl-C')
/** A build of the mini program takes minutes while others run. */
const untilBuilt = (command: Started) => untilPrinted(command, '小程序 Mini program  http', 240_000)

/** Waits until the mini program and the page of the simulator are being built. */
async function untilBuilding(command: Started): Promise<void> {
  await untilReady(command)
  const isRunning = (name: string) => processesOf(command.child).some(({ args }) => args.includes(name))
  await vi.waitUntil(() => isRunning('-p mp-weixin') && isRunning('build-page.ts'), { timeout: 60_000 })
}

async function holdFree(): Promise<number> {
  const server = await hold(0)
  holders.push(server)
  return (server.address() as AddressInfo).port
}

async function isFree(port: number): Promise<boolean> {
  try {
    const server = await hold(port)
    await new Promise((resolve) => server.close(resolve))
    return true
  } catch {
    return false
  }
}

/** Waits until an ending command and everything it started are gone, and its ports are free again. */
async function expectNothingLeft({ child, exit }: Started, ports: number[]): Promise<void> {
  await exit
  await vi.waitUntil(() => processesOf(child).length === 0, { timeout: 20_000 })
  for (const port of ports) expect(await isFree(port), `port ${port}`).toBe(true)
}

const id = (name: string) => `[data-testid="${name}"]`

/** Opens both links, sends from the first to the second, and returns the requests and errors of the pages. */
async function chat(alicesLink: string, bobsLink: string): Promise<{ hosts: string[]; sockets: string[]; problems: string[] }> {
  const browser = await launchChromium()
  try {
    const hosts = new Set<string>()
    const sockets: string[] = []
    const problems: string[] = []
    const open = async (url: string) => {
      const page = await browser.newPage()
      page.on('request', (request) => {
        if (request.url().startsWith('http')) hosts.add(new URL(request.url()).host)
      })
      page.on('websocket', (socket) => sockets.push(socket.url()))
      page.on('console', (message) => {
        if (message.type() === 'error' || /\[Vue warn\]/.test(message.text())) problems.push(message.text())
      })
      page.on('pageerror', (error) => problems.push(error.stack ?? error.message))
      await page.goto(url)
      await page.waitForSelector(id('conversation-list'), { timeout: 60_000 })
      return page
    }
    const [bob, alice] = [await open(bobsLink), await open(alicesLink)]
    await alice.click(`${id('new-chat')}:visible`)
    await alice.fill(`${id('new-chat-id')} input`, 'bob')
    await alice.click(id('new-chat-submit'))
    await alice.fill(`${id('composer-input')} textarea`, '你好')
    await alice.click(id('composer-send'))
    await alice.waitForSelector(`${id('message-status')}.is-delivered`, { timeout: 60_000 })
    await bob.waitForSelector(`${id('conversation-row')}[data-id="peer:alice"] ${id('conversation-preview')} >> text=你好`)
    return { hosts: [...hosts], sockets, problems }
  } finally {
    await browser.close()
  }
}

describe('npm start', () => {
  it('serves the page and the gateway, prints two ready links, and leaves nothing behind after Ctrl-C', async () => {
    const [port, gatewayPort, simulatorPort] = [await freePort(), await freePort(), await freePort()]
    // A gateway for phones, as a `.env.local` may have it: the page and the simulator still use the one that was started with them.
    const running = npmStart(['--port', String(port)], { GATEWAY_PORT: String(gatewayPort), SIMULATOR_PORT: String(simulatorPort), VITE_RTM_GATEWAY_URL: 'wss://chat.example.com/rtm' })
    const text = await untilReady(running)

    const page = `http://127.0.0.1:${port}/`
    expect(text).toContain(` ${page}?uid=alice\n`)
    expect(text).toContain(` ${page}?uid=bob\n`)
    expect(text).toContain(` ws://127.0.0.1:${gatewayPort}/rtm\n`)
    expect(text).toContain('npm run dev:mp-weixin')
    expect(text).not.toContain('in use')

    const health = await fetch(`http://127.0.0.1:${gatewayPort}/healthz`)
    expect(health.status).toBe(200)

    const { hosts, sockets, problems } = await chat(`${page}?uid=alice`, `${page}?uid=bob`)
    expect(problems).toEqual([])
    // uni-app's dev server used to add a third party's script after searching its own files.
    expect(hosts).toEqual([`127.0.0.1:${port}`])
    expect(sockets).toContain(`ws://127.0.0.1:${gatewayPort}/rtm`)
    expect(sockets.filter((socket) => socket.includes('example.com'))).toEqual([])
    const html = await (await fetch(page)).text()
    const sources = [...html.matchAll(/<(?:script|link)[^>]+(?:src|href)="([^"]+)"/g)].map(([, source]) => source!)
    expect(sources).toContain('/main.ts')
    expect(sources.filter((source) => new URL(source, page).origin !== new URL(page).origin)).toEqual([])

    expect((await untilBuilt(running)).trim().split('\n').at(-1)).toBe(`  小程序 Mini program  http://127.0.0.1:${simulatorPort}/`)
    const simulator = `http://127.0.0.1:${simulatorPort}`
    for (const path of ['/', '/phone?uid=alice']) expect((await fetch(simulator + path)).status, path).toBe(200)
    expect(await (await fetch(`${simulator}/settings.json`)).json()).toMatchObject({ hosts: { '127.0.0.1:7070': `127.0.0.1:${gatewayPort}` }, users: ['alice', 'bob'], production: false })
    const bundle = await (await fetch(`${simulator}/bundle.json`)).text()
    expect(Object.keys((JSON.parse(bundle) as { scripts: object }).scripts)).toContain('app.js')
    expect(bundle).not.toContain('chat.example.com')

    process.kill(-running.child.pid!, 'SIGINT')
    await expectNothingLeft(running, [port, gatewayPort, simulatorPort])
  }, 400_000)

  it('leaves nothing behind when npm gets the signal to end and ends only its shell', async () => {
    const [port, gatewayPort, simulatorPort] = [await freePort(), await freePort(), await freePort()]
    const running = npmStart(['--port', String(port)], { GATEWAY_PORT: String(gatewayPort), SIMULATOR_PORT: String(simulatorPort) })
    await untilBuilding(running)
    running.child.kill('SIGTERM')
    await expectNothingLeft(running, [port, gatewayPort, simulatorPort])
  }, 120_000)

  it('uses the next port for the page when one is taken, says so, and ends at SIGTERM', async () => {
    const [taken, gatewayPort] = [await holdFree(), await freePort()]
    const running = start(['--port', String(taken), '--no-mini-program'], { GATEWAY_PORT: String(gatewayPort) })
    const text = await untilReady(running)
    expect(text).not.toContain('simulator')
    expect(processesOf(running.child).filter(({ args }) => args.includes('mp-weixin'))).toEqual([])
    expect(text).toContain(`Port ${taken} is in use`)
    const port = Number(/http:\/\/127\.0\.0\.1:(\d+)\/\?uid=alice/.exec(text)![1])
    expect(port).toBeGreaterThan(taken)
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200)
    running.child.kill('SIGTERM')
    expect(await running.exit).toBe(0)
    await expectNothingLeft(running, [port, gatewayPort])
  }, 120_000)

  it('fails with one sentence when the port of the gateway is taken', async () => {
    const [taken, port] = [await holdFree(), await freePort()]
    const running = start(['--port', String(port)], { GATEWAY_PORT: String(taken) })
    expect(await running.exit).toBe(1)
    expect(running.text()).toMatch(new RegExp(`^网关的端口 ${taken} .*。\nThe gateway's port ${taken} is in use.*\\.\n$`))
    expect(await isFree(port)).toBe(true)
  }, 60_000)

  it('names every unavailable port, taken or reserved, and how to choose another', async () => {
    const [taken, reserved] = [await holdFree(), await freePort()]
    const running = start(['--gateway-port', String(reserved), '--port', '65535', '--simulator-port', String(taken)], { NODE_OPTIONS: preload('reserved-ports.mjs'), RESERVED_PORTS: `${reserved},65535` })
    expect(await running.exit).toBe(1)
    expect(running.text().trim().split('\n')).toHaveLength(2)
    expect(running.text()).toMatch(new RegExp(`The gateway's port ${reserved} is reserved by the system \\(EACCES\\).* --gateway-port NUMBER`))
    expect(running.text()).toMatch(/the page's port 65535 is reserved.* --port NUMBER/i)
  }, 60_000)

  it('prints a line at once, and starts on the chosen ports when fetch goes through a proxy that does not answer', async () => {
    const [port, gatewayPort] = [await freePort(), await freePort()]
    const running = npmStart(['--port', String(port), '--gateway-port', String(gatewayPort), '--no-mini-program'], { NODE_OPTIONS: preload('silent-proxy.mjs') })
    const text = await untilReady(running)
    // npm's own two lines come before.
    expect(text.split('\n').find((line) => line !== '' && !line.startsWith('>'))).toBe('正在启动…… Starting …')
    expect(text).toContain(` ws://127.0.0.1:${gatewayPort}/rtm\n`)
    expect(text).toContain(`VITE_RTM_GATEWAY_URL=ws://127.0.0.1:${gatewayPort}/rtm`)
    process.kill(-running.child.pid!, 'SIGINT')
    await expectNothingLeft(running, [port, gatewayPort])
  }, 120_000)

  it('says what it waits for while the page does not answer', async () => {
    const [port, gatewayPort] = [await freePort(), await freePort()]
    const running = npmStart(['--port', String(port), '--gateway-port', String(gatewayPort), '--no-mini-program'], { NODE_OPTIONS: preload('silent-page.mjs') })
    expect(await untilPrinted(running, 'Still waiting')).toContain(`还在等网页服务…… Still waiting for http://127.0.0.1:${port}/ …\n`)
    process.kill(-running.child.pid!, 'SIGINT')
    await expectNothingLeft(running, [port, gatewayPort])
    expect(running.text()).not.toContain('Ctrl-C')
  }, 120_000)

  it('ends with a sentence when the dev server dies', async () => {
    const [port, gatewayPort, simulatorPort] = [await freePort(), await freePort(), await freePort()]
    const running = start(['--port', String(port)], { GATEWAY_PORT: String(gatewayPort), SIMULATOR_PORT: String(simulatorPort) })
    await untilBuilding(running)
    const server = processesOf(running.child).find(({ args }) => args.includes('uni.mjs --host'))!
    process.kill(server.pid, 'SIGKILL')
    expect(await running.exit).toBe(1)
    expect(running.text()).toContain('The H5 dev server ended by itself')
    await expectNothingLeft(running, [port, gatewayPort, simulatorPort])
  }, 120_000)

  it('ends the builds of the mini program even when it is killed', async () => {
    const [port, gatewayPort, simulatorPort] = [await freePort(), await freePort(), await freePort()]
    const running = start(['--port', String(port)], { GATEWAY_PORT: String(gatewayPort), SIMULATOR_PORT: String(simulatorPort) })
    await untilBuilding(running)
    running.child.kill('SIGKILL')
    await expectNothingLeft(running, [port, gatewayPort, simulatorPort])
  }, 120_000)

  it('starts no gateway for the cloud, and ends its dev server even when it is killed', async () => {
    const [port, gatewayPort] = [await freePort(), await freePort()]
    const running = start(['--port', String(port)], {
      GATEWAY_PORT: String(gatewayPort),
      VITE_RTM_BACKEND: 'agora',
      VITE_RTM_APP_ID: '0123456789abcdef0123456789abcdef',
    })
    const text = await untilReady(running)
    expect(text).not.toMatch(/uid=|ws:/)
    expect(text).toContain('The simulator talks to the local gateway only, so it was not started.')
    expect(processesOf(running.child).filter(({ args }) => args.includes('mp-weixin'))).toEqual([])
    expect(await isFree(gatewayPort)).toBe(true)
    running.child.kill('SIGKILL')
    await expectNothingLeft(running, [port])
  }, 120_000)

  it.each<[string, string[], NodeJS.ProcessEnv, RegExp]>([
    ['an option it does not know', ['--hots'], {}, /Cannot read "--hots"/],
    ['a port that is none', ['--port', 'http'], {}, /--port must be a port number/],
    ['a setting that is wrong', [], { VITE_RTM_BACKEND: 'cloud' }, /VITE_RTM_BACKEND must be local or agora, not "cloud"\./],
  ])('rejects %s with one sentence', async (_, args, env, sentence) => {
    const running = start(args, env)
    expect(await running.exit).toBe(1)
    expect(running.text().trim().split('\n')).toHaveLength(2)
    expect(running.text()).toMatch(sentence)
  }, 60_000)
})
