// Builds and `npm start` in a folder whose name the build tools would misread, and builds without a file.
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { filesUnder } from '../../simulator/compile/build-files'
import { launchChromium } from '../../simulator/drive/chromium'
import { commandsIn, untilPrinted } from '../support/commands'
import { freePort } from '../support/ports'
import { copyProject } from '../support/project-copy'

const root = fileURLToPath(new URL('../..', import.meta.url))
const parent = realpathSync(mkdtempSync(path.join(tmpdir(), 'folders-')))
// Brackets are patterns in chokidar, `#` ends a path in Vite, `%41` is an A in a URL.
const copy = path.join(parent, '项目 b[2] c#d (1) {e} %41 !')
const { run: runAny, endAll } = commandsIn(copy)
/** The link for the build tools is removed with the copy. */
const run: typeof runAny = (command, args, env) => runAny(command, args, { ...env, TMPDIR: parent })

beforeAll(() => copyProject(root, copy))
afterEach(endAll)
afterAll(() => rmSync(parent, { recursive: true, force: true }))

const BUILD_TIMEOUT_MS = 240_000
const build = (platform: string, output: string) => run(process.execPath, ['scripts/uni.mjs', 'build', '-p', platform], { UNI_OUTPUT_DIR: path.join(copy, output) })
const statics = filesUnder(path.join(root, 'static')).map((file) => `static/${file}`)

describe('in a folder with brackets, #, %, spaces and Chinese in its name', () => {
  it.each(['mp-weixin', 'h5'])('builds %s with every file', async (platform) => {
    const building = build(platform, `dist/build/${platform}`)
    expect(await building.exit, building.text()).toBe(0)
    const files = filesUnder(path.join(copy, 'dist/build', platform))
    expect(files).toEqual(expect.arrayContaining([...statics, ...(platform === 'h5' ? ['index.html'] : ['app.json', 'theme.json'])]))
  }, BUILD_TIMEOUT_MS)

  it('starts the page, the gateway and the simulator', async () => {
    const [port, gatewayPort, simulatorPort] = [await freePort(), await freePort(), await freePort()]
    const running = run('npm', ['start', '--', ...['--port', String(port)], ...['--gateway-port', String(gatewayPort)], ...['--simulator-port', String(simulatorPort)]])
    await untilPrinted(running, `?uid=alice`)
    const page = `http://127.0.0.1:${port}`
    for (const file of ['/', '/main.ts', '/static/logo.png']) expect((await fetch(page + file)).status, file).toBe(200)
    const browser = await launchChromium()
    try {
      const tab = await browser.newPage()
      await tab.goto(`${page}/?uid=alice`)
      await tab.waitForSelector('[data-testid="conversation-list"]', { timeout: 120_000 })
    } finally {
      await browser.close()
    }
    await untilPrinted(running, `http://127.0.0.1:${simulatorPort}/`, BUILD_TIMEOUT_MS)
    const { images } = (await (await fetch(`http://127.0.0.1:${simulatorPort}/bundle.json`)).json()) as { images: object }
    expect(Object.keys(images)).toContain('static/tab/chat.png')
    process.kill(-running.child.pid!, 'SIGINT')
    await running.exit
  }, 400_000)
})

describe('a build that lacks a file', () => {
  it('fails, and names a tab icon', async () => {
    rmSync(path.join(copy, 'static/tab/me-on.png'))
    const building = build('mp-weixin', 'dist/lacking')
    expect(await building.exit).not.toBe(0)
    expect(building.text()).toContain('The build lacks files that it names: static/tab/me-on.png')
  }, BUILD_TIMEOUT_MS)

  it('fails, and names a file that index.html loads', async () => {
    const html = path.join(copy, 'index.html')
    writeFileSync(html, readFileSync(html, 'utf8').replace('<head>', '<head><link rel="apple-touch-icon" href="/static/touch.png" />'))
    const building = build('h5', 'dist/lacking-h5')
    expect(await building.exit).not.toBe(0)
    expect(building.text()).toContain('The build lacks files that it names: static/touch.png')
  }, BUILD_TIMEOUT_MS)
})
