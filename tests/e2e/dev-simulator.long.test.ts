// `npm run dev:simulator` as a user runs it, in a copy of the project whose sources change.
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { startGateway } from '../../gateway/server'
import type { BuildState } from '../../simulator/server/program'
import { commandsIn, processesOf, untilPrinted } from '../support/commands'
import { freePort, hold } from '../support/ports'
import { copyProject } from '../support/project-copy'

const root = fileURLToPath(new URL('../..', import.meta.url))
const parent = realpathSync(mkdtempSync(path.join(tmpdir(), 'dev-simulator-')))
const copy = path.join(parent, 'project')
const { run, endAll } = commandsIn(copy)

beforeAll(() => copyProject(root, copy))
afterEach(endAll)
afterAll(() => rmSync(parent, { recursive: true, force: true }))

/** A build takes minutes while others run. */
const BUILD_TIMEOUT_MS = 240_000
/** Without npm in between, so that the exit code is the command's own. */
const simulator = (args: string[], env: NodeJS.ProcessEnv) => run(process.execPath, ['--import', 'tsx', 'simulator/server/main.ts', ...args], env)

/** Follows the builds as a phone does. `next` resolves to the next state of this name. */
async function builds(url: string): Promise<{ next(state: BuildState['state']): Promise<BuildState> }> {
  const { body } = await fetch(`${url}events`)
  const seen: BuildState[] = []
  const read = async () => {
    let text = ''
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
      const events = (text + Buffer.from(chunk).toString()).split('\n\n')
      text = events.pop() ?? ''
      seen.push(...events.map((event) => JSON.parse(/^data: (.*)$/m.exec(event)![1]!) as BuildState))
    }
  }
  // The connection ends with the command.
  read().catch((error: Error) => expect(error.message).toBe('terminated'))
  return {
    async next(state) {
      const index = await vi.waitUntil(() => seen.findIndex((one) => one.state === state) + 1, { timeout: BUILD_TIMEOUT_MS })
      return seen.splice(0, index).at(-1)!
    },
  }
}

describe('npm run dev:simulator', () => {
  it('follows the sources, and runs the last good build when they cannot be built', async () => {
    const [port, gatewayPort] = [await freePort(), await freePort()]
    const running = run('npm', ['run', 'dev:simulator', '--', '--port', String(port)], { GATEWAY_PORT: String(gatewayPort) })
    const url = `http://127.0.0.1:${port}/`
    await untilPrinted(running, 'Built.', BUILD_TIMEOUT_MS)
    expect(running.text()).toContain(url)
    expect((await fetch(`http://127.0.0.1:${gatewayPort}/healthz`)).status).toBe(200)
    const { next } = await builds(url)
    const first = await next('ready')
    const bundle = async () => (await fetch(`${url}bundle.json`)).text()
    const built = await bundle()

    const file = path.join(copy, 'src/ui/account/MePanel.vue')
    const source = readFileSync(file, 'utf8')
    const changed = (text: string) => writeFileSync(file, source.replace('<template>', `<template>${text}`))
    changed('<view>added</veiw>')
    expect(await next('failed')).toMatchObject({ version: first.version, message: expect.stringContaining('Invalid end tag') })
    expect(running.text()).toContain('The mini program could not be built.')
    expect(await bundle()).toBe(built)
    // The same bundle has the same version, so that no phone restarts without a change.
    changed('')
    expect((await next('ready')).version).toBe(first.version)
    changed('<view>added line</view>')
    expect((await next('ready')).version).toBeGreaterThan(first.version)
    expect(await bundle()).toContain('added line')

    // Files of static/ too: changed, added and removed ones.
    const changedPicture = readFileSync(path.join(copy, 'static/logo.png'))
    const pictures = async () => (JSON.parse(await bundle()) as { images: Record<string, string> }).images
    const expectPicture = async (name: string, bytes: Buffer | undefined) => {
      await vi.waitUntil(async () => (await pictures())[name] === (bytes && `data:image/png;base64,${bytes.toString('base64')}`), { timeout: BUILD_TIMEOUT_MS, interval: 200 })
    }
    writeFileSync(path.join(copy, 'static/empty.png'), changedPicture)
    await expectPicture('static/empty.png', changedPicture)
    writeFileSync(path.join(copy, 'static/added.png'), changedPicture)
    await expectPicture('static/added.png', changedPicture)
    rmSync(path.join(copy, 'static/added.png'))
    await expectPicture('static/added.png', undefined)

    process.kill(-running.child.pid!, 'SIGINT')
    await running.exit
    await vi.waitUntil(() => processesOf(running.child).length === 0, { timeout: 20_000 })
  }, 900_000)

  it('runs the production build against a gateway that already runs, and leaves that one running', async () => {
    const [port, gatewayPort] = [await freePort(), await freePort()]
    const gateway = await startGateway({ port: gatewayPort })
    try {
      const running = simulator(['--port', String(port), '--production'], { GATEWAY_PORT: String(gatewayPort) })
      await untilPrinted(running, 'Built.', BUILD_TIMEOUT_MS)
      expect(running.text()).toContain(gateway.url)
      const settings = (await (await fetch(`http://127.0.0.1:${port}/settings.json`)).json()) as object
      expect(settings).toMatchObject({ production: true, hosts: { '127.0.0.1:7070': `127.0.0.1:${gatewayPort}` } })
      const { scripts } = (await (await fetch(`http://127.0.0.1:${port}/bundle.json`)).json()) as { scripts: Record<string, string> }
      // Minified: a line or two.
      expect(scripts['app.js']!.trim().split('\n').length).toBeLessThan(5)
      running.child.kill('SIGTERM')
      expect(await running.exit).toBe(0)
      expect((await fetch(`http://127.0.0.1:${gatewayPort}/healthz`)).status).toBe(200)
    } finally {
      await gateway.close()
    }
  }, 400_000)

  it.each<[string, string[], NodeJS.ProcessEnv, RegExp]>([
    ['an option it does not know', ['--no-mini-program'], {}, /Cannot read "--no-mini-program"/],
    ['the cloud', [], { VITE_RTM_BACKEND: 'agora', VITE_RTM_APP_ID: '0123456789abcdef0123456789abcdef' }, /on the local backend only/],
  ])('rejects %s with one sentence', async (_, args, env, sentence) => {
    const running = simulator(args, env)
    expect(await running.exit).toBe(1)
    expect(running.text().trim().split('\n')).toHaveLength(2)
    expect(running.text()).toMatch(sentence)
  }, 60_000)

  it('does not start if another program has the port of the gateway', async () => {
    const taken = await freePort()
    const holder = await hold(taken)
    // It does not answer.
    holder.on('connection', (socket) => socket.on('error', () => socket.destroy()))
    const running = simulator([], { GATEWAY_PORT: String(taken) })
    expect(await running.exit).toBe(1)
    expect(running.text()).toMatch(new RegExp(`^网关的端口 ${taken} .*。\nThe gateway's port ${taken} is in use.*\\.\n$`))
    holder.close()
  }, 60_000)
})
