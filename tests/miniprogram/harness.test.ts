// The harness itself: both hosts behave as WeChat does, and a broken build is found. It runs tests/miniprogram/fixture, a mini program without uni-app.
import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { startInChromium, startInNode, SteppedClock, type MiniProgram, type StartOptions } from '../../simulator/drive/driver'
import { systemClock } from '../../src/chat/time/clock'
import { SUBPACKAGES_OUTPUT } from '../../scripts/test/builds'
import { STEPPED_CLOCK_START } from '../../simulator/drive/stepped-clock'
import { DEFAULT_DIST } from '../../simulator/compile/runtime-script'
import { checkBuild, hasOfficialCompilers, officialCompilers } from '../../simulator/compile/static-gate'

const FIXTURE = fileURLToPath(new URL('fixture', import.meta.url))

const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'mini-program-harness-'))
afterAll(() => fs.rmSync(temporary, { recursive: true, force: true }))

/** Echoes, and counts its connections. */
const echo = new WebSocketServer({ noServer: true })
const server = http.createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ method: request.method })))
})
let address = ''
beforeAll(async () => {
  server.on('upgrade', (request, socket, head) => echo.handleUpgrade(request, socket, head, (client) => client.on('message', (data, isBinary) => client.send(data, { binary: isBinary }))))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  for (const client of echo.clients) client.terminate()
  server.close()
})

const open: MiniProgram[] = []
afterEach(async () => {
  for (const program of open.splice(0)) await program.close()
})

/** Runs an experiment of fixture/experiments.js on the page lab. */
async function lab(mp: MiniProgram, name: string, url = ''): Promise<unknown> {
  await mp.type('name', `${name} ${url}`.trim())
  await mp.tap('run')
  await mp.waitFor(`the result of ${name}`, async () => !['', 'running'].includes(await mp.text('result')))
  return JSON.parse(await mp.text('result'))
}

describe.each([
  ['in Node', startInNode],
  ['in Chromium', startInChromium],
])('%s', (_host, start) => {
  async function run(options: StartOptions = {}): Promise<MiniProgram> {
    const mp = await start({ dist: FIXTURE, clock: new SteppedClock(), ...options })
    open.push(mp)
    return mp
  }
  const runLab = (options: StartOptions = {}) => run({ launchPath: 'lab/lab', ...options })

  test('lifecycle events come in order, inner components before their page', async () => {
    const mp = await run({ launchQuery: { from: 'a%20b' } })
    await mp.waitForCount('row', 2, { kind: 'attached' })
    await mp.tap('print')
    expect((await mp.text('log')).split('\n')).toEqual([
      'app launch {"from":"a%20b"}',
      'app show',
      'home load {"from":"a%20b"}',
      'row a attached',
      'row b attached',
      'home show',
      'row a ready',
      'row b ready',
      'home ready',
    ])
    expect(await mp.query()).toEqual({ from: 'a%20b' })
    expect(await mp.problems()).toEqual([])
  })

  test('handlers get plain events, and a long press replaces the tap', async () => {
    const mp = await run()
    await mp.waitForCount('row', 2)
    await mp.tap('row', { id: 'b' })
    await mp.waitForText('log', /picked tap b b true$/)
    await mp.longPress('row', { id: 'a' })
    await mp.waitForText('log', /picked longpress a a true$/)
    expect((await mp.text('log')).match(/picked/g)).toHaveLength(2)
  })

  test('tab pages stay alive, and hidden ones get an event', async () => {
    const mp = await run()
    await mp.switchTab('me/me')
    await mp.waitForText('shows', '1 1')
    await mp.switchTab('home/home')
    await mp.switchTab('me/me')
    await mp.waitForText('shows', '2 1')
    await mp.switchTab('home/home')
    await mp.switchTab('home/home')
    await mp.waitForText('log', /home hide\nhome show\nhome hide\nhome show\nhome tab Home$/)
    await mp.raise('AppHide')
    await mp.raise('AppShow')
    await mp.waitForText('log', /home hide\napp hide\napp show\nhome show$/)
  })

  test('navigation is rejected as in WeChat', async () => {
    const mp = await runLab()
    await mp.back()
    expect(await mp.routes()).toEqual(['lab/lab'])
    expect(await lab(mp, 'navigation')).toEqual([
      'navigateTo:fail can not navigateTo a tabbar page',
      'switchTab:fail can not switch to no-tabBar page',
      'navigateTo:fail page "nowhere/x" is not found',
      'navigateTo:fail webview count limit exceed',
      10,
    ])
    expect(await mp.routes()).toEqual(['lab/lab'])
    expect(await mp.problems()).toEqual([])
  })

  test('setData is counted, and rejected over 1 MiB', async () => {
    const mp = await runLab()
    await mp.resetStats()
    expect(await lab(mp, 'clearTyped')).toBe('set')
    const { calls, bytes, perComponent, log } = await mp.stats()
    expect(log.map(({ json }) => json)).toEqual(['{"url":""}', '{"result":"running"}', '{"value":""}', '{"result":"\\"set\\""}'])
    expect([calls, bytes, perComponent]).toEqual([4, log.reduce((sum, call) => sum + call.json.length, 0), { 'lab/lab': 4 }])
    expect(await lab(mp, 'tooMuchData')).toBe('went on')
    expect(await mp.problems()).toEqual([expect.stringMatching(/^setData of 10485\d\d bytes in lab\/lab/)])
    expect((await mp.element('area')).value).toBe('')
  })

  test('the program sees the globals of a phone only', async () => {
    const mp = await runLab({ language: 'en', theme: 'dark' })
    expect(await lab(mp, 'globals')).toEqual([...Array(6).fill('undefined'), 'object', 'object', 'undefined', 'function'])
    expect(await lab(mp, 'system')).toEqual(['en', 'dark', 'wifi', 'undefined'])
    await mp.raise('ThemeChange', { theme: 'light' })
    await mp.setNetwork(false)
    expect(await lab(mp, 'system')).toEqual(['en', 'light', 'none', 'undefined'])
  })

  test('storage and files keep to the limits and survive a restart', async () => {
    const mp = await runLab({ dir: path.join(temporary, `phone-${_host}`), limits: { files: 1_000 } })
    expect(await lab(mp, 'storage')).toEqual([{ list: [1, '二'] }, '', 'getStorage:fail data not found', ['a:b/..']])
    expect(await lab(mp, 'files')).toEqual([
      [
        "writeFile:fail no such file or directory, open 'wxfile://usr/dir/a.txt'",
        'mkdir:ok',
        'mkdir:fail file already exists wxfile://usr/dir',
        'appendFile:fail no such file or directory, open "wxfile://usr/dir/a.txt"',
        'writeFile:ok',
        'appendFile:ok',
        '你好!',
        "rmdir:fail directory not empty, rmdir 'wxfile://usr/dir'",
        ['a.txt'],
        'writeFile:fail permission denied, open /etc/passwd',
        'readFile:fail permission denied, open wxfile://usr/../x',
      ],
      7,
      7,
      true,
      "accessSync:fail no such file or directory, 'wxfile://usr/no'",
    ])
    expect(await lab(mp, 'fileLimit')).toEqual(['writeFile:ok', 'appendFile:fail the maximum size of the file storage limit is exceeded', 'writeFile:ok'])
    await mp.restart()
    expect(await lab(mp, 'kept')).toEqual([{ list: [1, '二'] }, '你好!'])
    expect(await lab(mp, 'storageLimits')).toEqual(['setStorage:fail entry size limit reached', 'setStorage:ok', 'setStorage:fail exceed storage max size 10Mb'])
    expect(await mp.problems()).toEqual([])
  })

  test('sockets are real, and break as with a lost network', async () => {
    const mp = await runLab({ hosts: { 'chat.invalid': address }, clock: systemClock })
    const early = 'sendSocketMessage:fail SocketTask.readyState is not OPEN'
    expect(await lab(mp, 'connect', 'ws://chat.invalid/echo')).toEqual([early, 'open'])
    expect(await lab(mp, 'send')).toMatch(/^closeSocket:fail The code must be either 1000/)
    await mp.waitFor('both echoes', async () => (await mp.sockets())[0]?.receivedMessages === 2)
    expect(await mp.sockets()).toEqual([{ url: 'ws://chat.invalid/echo', state: 'open', sentMessages: 2, receivedMessages: 2 }])
    await mp.cutSockets()
    await mp.waitFor('the other end to notice', async () => echo.clients.size === 0)
    await mp.waitFor('the app to notice', async () => (await mp.sockets())[0]?.state === 'closed')
    expect(await lab(mp, 'socketEvents')).toEqual([early, 'open', 'hello', '3 bytes', 'close 1006'])
    await mp.setNetwork(false)
    expect(await lab(mp, 'connect', 'ws://chat.invalid/echo')).toEqual([early, 'error true', 'close 1006'])
    await mp.setNetwork(true)
    expect(await lab(mp, 'sixSockets', 'ws://chat.invalid/echo')).toEqual([...Array(5).fill('connectSocket:ok'), 'connectSocket:fail exceed max task count 5'])
    expect(await mp.problems()).toEqual([])
  })

  test('HTTP reaches this machine only', async () => {
    const mp = await runLab()
    expect(await lab(mp, 'request', `http://${address}/x`)).toEqual([201, { method: 'POST' }, 'request:ok'])
    expect(await lab(mp, 'request', 'https://example.com/')).toEqual([null, null, expect.stringContaining('is not on this machine')])
  })

  test('fields behave as native ones', async () => {
    const mp = await runLab()
    const events = async () => (await mp.text('events')).split(',')
    await mp.type('field', 'x'.repeat(200))
    expect((await mp.element('field')).value).toHaveLength(140)
    await mp.type('field', '你好')
    expect(await lab(mp, 'clearTyped')).toBe('set')
    expect((await mp.element('field')).value).toBe('你好') // '' over '' is not a change.
    await lab(mp, 'clearForced')
    expect((await mp.element('field')).value).toBe('')
    await mp.type('field', 'done')
    await mp.confirm('field')
    await mp.waitFor('the field to lose the focus', async () => (await events()).at(-1) === 'blur done')
    expect((await events()).slice(-4)).toEqual(['focus ', 'input done', 'confirm done', 'blur done'])
    await mp.tap('off')
    expect((await mp.element('off')).disabled).toBe(true)
    expect(await events()).toHaveLength(8)
    await mp.tap('holding')
    await mp.tap('result')
    expect((await mp.element('holding')).hasFocus).toBe(true)
    await mp.tap('area')
    expect([(await mp.element('area')).hasFocus, (await mp.element('holding')).hasFocus]).toEqual([true, false])
    await mp.tap('result')
    expect((await mp.element('area')).hasFocus).toBe(false)
    await mp.tap('area')
    await mp.raise('KeyboardHeightChange', { height: 300 })
    await mp.waitForText('events', /keyboardheightchange 300$/)
    expect(await mp.problems()).toEqual([])
  })

  test('dialogs wait for an answer, badges for a tab page', async () => {
    const mp = await runLab()
    await mp.answer('confirm')
    await mp.answer(1)
    await mp.type('name', 'modal')
    await mp.tap('run')
    await mp.waitFor('the last dialog', async () => (await mp.dialogs()).at(-1)?.waiting === true)
    expect(await mp.dialogs()).toEqual([
      { kind: 'modal', options: { title: 'Sure?' }, waiting: false },
      { kind: 'actionSheet', options: { itemList: ['a', 'b'] }, waiting: false },
      { kind: 'actionSheet', options: { itemList: ['a'] }, waiting: true },
    ])
    await mp.answer('cancel')
    await mp.waitForText('result', '[true,1,"showActionSheet:fail cancel"]')
    expect(await lab(mp, 'badge')).toBe('setTabBarBadge:fail not TabBar page')
    expect(await mp.wxCalls('setTabBarBadge')).toEqual([{ index: 0, text: '1' }])
  })

  describe('private functions', () => {
    const UNDECLARED = 'fail api scope is not declared in the privacy agreement 112'
    const REFUSED = 'fail privacy permission is not authorized 104'
    const both = (answer: string) => [`setClipboardData:${answer}`, `requirePrivacyAuthorize:${answer}`]
    const begin = async (mp: MiniProgram, name: string) => {
      await mp.type('name', name)
      await mp.tap('run')
    }
    const resolved = async (mp: MiniProgram) => (await mp.wxCalls('privacyResolve')).map(({ event, referrer }) => `${String(event)} ${String(referrer)}`)

    test('run after the user has agreed, and WeChat itself shows that a copy was made', async () => {
      const mp = await runLab()
      expect(await lab(mp, 'copyAndRead')).toEqual(['setClipboardData:ok', 'x'])
      expect(await mp.dialogs()).toEqual([{ kind: 'toast', options: { title: '内容已复制', icon: 'success', duration: 1500 }, waiting: false }])
    })

    test('fail if the console does not declare them, or the user has declined', async () => {
      const mp = await runLab({ privacy: 'undeclared' })
      expect(await lab(mp, 'copy')).toEqual(both(UNDECLARED))
      await mp.setPrivacy('refused')
      expect(await lab(mp, 'copy')).toEqual(both(REFUSED))
      expect(await mp.dialogs()).toEqual([])
    })

    test('wait for the popup of the program, and run once its button was tapped', async () => {
      const mp = await runLab({ privacy: 'declared' })
      await lab(mp, 'listenForPrivacy')
      await begin(mp, 'copy')
      await mp.waitFor('both calls to ask', async () => (await resolved(mp)).length === 2)
      expect(await resolved(mp)).toEqual(['exposureAuthorization setClipboardData', 'exposureAuthorization requirePrivacyAuthorize'])
      await mp.tap('agree')
      await mp.waitForText('result', JSON.stringify(both('ok')))
      expect(await mp.problems()).toEqual([])
      // The user is asked once, also after a restart.
      await mp.restart()
      expect(await lab(mp, 'copy')).toEqual(both('ok'))
      expect(await lab(mp, 'contract')).toEqual([false, '《小程序隐私保护指引》', 'openPrivacyContract:ok'])
    })

    test('fail if the program says that the user agreed, and no button was tapped', async () => {
      const mp = await runLab({ privacy: 'declared' })
      await lab(mp, 'listenForPrivacy')
      await begin(mp, 'copy')
      await mp.waitFor('both calls to ask', async () => (await resolved(mp)).length === 2)
      await begin(mp, 'agreeToPrivacy')
      await mp.waitForText('result', JSON.stringify(both(REFUSED)))
      expect((await mp.problems())[0]).toContain('no button "agree" with open-type="agreePrivacyAuthorization" was tapped')
    })

    test("wait for WeChat's own popup if the program has none, which does not ask twice within 10 s", async () => {
      const mp = await runLab({ privacy: 'declared' })
      await mp.answer('cancel')
      expect(await lab(mp, 'copyAndRead')).toEqual(['setClipboardData:fail privacy permission is not authorized', null])
      expect((await mp.dialogs()).map(({ options }) => options['title'])).toEqual(['用户隐私保护提示'])
      if (!mp.clock) return
      await mp.elapse(10_000)
      await mp.answer('confirm')
      expect(await lab(mp, 'copyAndRead')).toEqual(['setClipboardData:ok', 'x'])
    })
  })

  test('uncaught errors are problems, also those of an earlier run', async () => {
    const mp = await runLab()
    expect(await lab(mp, 'throwLater')).toBe('thrown')
    await mp.waitFor('the problem', async () => (await mp.problems()).length === 1)
    await mp.restart()
    expect(await mp.problems()).toEqual([expect.stringContaining('thrown later')])
  })

  test('scrolling is reported, with or without layout', async () => {
    const mp = await run({ launchPath: 'thread/thread' })
    await mp.scroll('list', 'bottom')
    await mp.waitForText('events', 'scrolltolower')
    await mp.scroll('list', 'top')
    await mp.waitForText('events', 'scrolltolower,scrolltoupper')
    await mp.tap('measure')
    await mp.waitForText('measured', /"lines":60/)
    await mp.tap('to-top')
    expect(await mp.problems()).toEqual([])
  })

  test('a missing element is named, with the page as it is', async () => {
    const mp = await runLab()
    await expect(mp.text('nothing')).rejects.toThrow(/there is no nothing[^]*<wx\/button testid=run>/)
    await expect(mp.waitForText('result', 'x', {}, 50)).rejects.toThrow(/(waited 50 ms|nothing is left to happen, waiting) for result to say x[^]*lab\/lab/)
  })
})

describe('with layout', () => {
  async function thread(): Promise<MiniProgram> {
    const mp = await startInChromium({ dist: FIXTURE, launchPath: 'thread/thread', launchQuery: { title: '%E4%BC%9A%E8%AF%9D' } })
    open.push(mp)
    await mp.waitForCount('line', 60)
    return mp
  }
  const top = async (mp: MiniProgram) => (await mp.element('list')).scroll.top

  test('a scroll-view scrolls to an element, reports its ends and can be scrolled by the program', async () => {
    const mp = await thread()
    await mp.waitForText('seen', '')
    await mp.tap('to-end')
    await mp.waitForText('seen', 'seen')
    await mp.waitForText('events', 'scrolltolower')
    await mp.tap('measure')
    await mp.waitForText('measured', /scrollTop/)
    // 667 px minus the bars of 64 px, the tools of 40 px and two lines of text. 80rpx are 40 px.
    expect(JSON.parse(await mp.text('measured'))).toEqual({
      rect: [40, expect.closeTo(520, -2)],
      scrollTop: await top(mp),
      lines: 60,
      line: { id: 'r0', width: 375, height: 40 },
      nothing: null,
    })
    await mp.tap('to-top')
    await mp.waitForText('events', 'scrolltolower,scrolltoupper')
    expect(await top(mp)).toBe(0)
    await mp.scroll('list', 'bottom')
    await mp.waitForText('events', 'scrolltolower,scrolltoupper,scrolltolower')
    expect(await mp.problems()).toEqual([])
  })

  test('a covered or hidden element cannot be tapped', async () => {
    const mp = await startInChromium({ dist: FIXTURE, launchPath: 'lab/lab' })
    open.push(mp)
    await expect(mp.tap('hidden')).rejects.toThrow('cannot be seen')
    await mp.page?.addStyleTag({ content: '.phone-tabs { display: block !important; height: 667px }' })
    await expect(mp.tap('run')).rejects.toThrow('cannot be touched')
  })

  test('the keyboard pushes the page up as far as the field needs it', async () => {
    const mp = await startInChromium({ dist: FIXTURE, launchPath: 'lab/lab' })
    open.push(mp)
    const bottom = () => mp.page?.evaluate(() => document.querySelector('wx-textarea textarea')?.getBoundingClientRect().bottom ?? 0)
    await mp.tap('area')
    const before = (await bottom()) ?? 0
    await mp.raise('KeyboardHeightChange', { height: 300 })
    expect(before).toBeGreaterThan(367)
    expect(await bottom()).toBeCloseTo(367)
    await mp.raise('KeyboardHeightChange', { height: 0 })
    expect(await bottom()).toBeCloseTo(before)
  })

  test('a touch answers the dialogs', async () => {
    const mp = await startInChromium({ dist: FIXTURE, launchPath: 'lab/lab' })
    open.push(mp)
    await mp.type('name', 'modal')
    await mp.tap('run')
    await mp.page?.getByText('确定').tap()
    await mp.page?.getByText('b', { exact: true }).tap()
    await mp.page?.getByText('取消').tap()
    await mp.waitForText('result', '[true,1,"showActionSheet:fail cancel"]')
    expect(await mp.page?.locator('.phone-mask').count()).toBe(0)
  })

  test('the document has the test hooks, and those roles that WeChat reads', async () => {
    const mp = await startInChromium({ dist: FIXTURE, launchPath: 'lab/lab' })
    open.push(mp)
    const roleOf = (testId: string) => mp.page?.locator(`[data-testid=${testId}]`).getAttribute('role')
    expect(await roleOf('role')).toBe(null)
    expect(await roleOf('aria-role')).toBe('link')
  })

  test('a screenshot shows the phone', async () => {
    const mp = await thread()
    const file = (await mp.screenshot('harness')) ?? ''
    const png = fs.readFileSync(file)
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([750, 1334])
    expect(await mp.page?.textContent('.phone-title')).toBe('会话')
  })
})

describe('in Node with a stepped clock', () => {
  /** A phone that has started timers, of which none has run. */
  async function startedPhone(clock: SteppedClock): Promise<{ mp: MiniProgram; began: number }> {
    const mp = await startInNode({ dist: FIXTURE, launchPath: 'lab/lab', clock, hosts: { 'chat.invalid': address } })
    open.push(mp)
    return { mp, began: (await lab(mp, 'startTimers')) as number }
  }
  const ticks = (mp: MiniProgram) => lab(mp, 'ticks')

  test('the time advances only while a test waits, and runs due timers in order, including new ones', async () => {
    const clock = new SteppedClock()
    const { mp, began } = await startedPhone(clock)
    expect([began, clock.now()]).toEqual([STEPPED_CLOCK_START, STEPPED_CLOCK_START])
    expect(await ticks(mp)).toEqual([])
    await mp.elapse(20)
    expect(await ticks(mp)).toEqual(['early 20', 'early too 20'])
    await mp.elapse(100)
    expect(await ticks(mp)).toEqual(['early 20', 'early too 20', 'inner 30', 'interval 40', 'after a promise 40', 'late 60', 'interval 80', 'interval 120'])
    await mp.waitFor('the twentieth', async () => ((await ticks(mp)) as string[]).length === 20)
    expect(clock.now()).toBe(began + 40 * 15)
    expect(await mp.problems()).toEqual([])
  })

  test('a restart ends the timers, and the time continues', async () => {
    const clock = new SteppedClock()
    const { mp, began } = await startedPhone(clock)
    await mp.restart()
    expect(await ticks(mp)).toEqual([])
    await mp.elapse(60)
    expect(await ticks(mp)).toEqual([])
    expect(await lab(mp, 'startTimers')).toBe(began + 60)
    await mp.close()
    expect(clock.waiting).toBe(0)
    expect(await mp.problems()).toEqual([])
  })

  test('a wait ends as soon as nothing is left to happen, and at its limit with endless timers', async () => {
    const mp = await startInNode({ dist: FIXTURE, launchPath: 'lab/lab', clock: new SteppedClock() })
    open.push(mp)
    await expect(mp.waitForText('result', 'x')).rejects.toThrow(/^nothing is left to happen, waiting for result to say x\n[^]*<wx\/button testid=run>/)
    await lab(mp, 'startTimers')
    await expect(mp.waitForText('result', 'x')).rejects.toThrow(/^waited 60000 ms for result to say x\n[^]*lab\/lab/)
  })

  test('an HTTP request stops the time until it is answered', async () => {
    const clock = new SteppedClock()
    const { mp } = await startedPhone(clock)
    expect(await lab(mp, 'request', `http://${address}/x`)).toEqual([201, { method: 'POST' }, 'request:ok'])
    expect(clock.elapsed()).toBeLessThan(20)
  })

  test('two runs have the same random numbers, two phones of one run have different ones', async () => {
    const drawn = async (clock: SteppedClock) => {
      const mp = await startInNode({ dist: FIXTURE, launchPath: 'lab/lab', clock })
      open.push(mp)
      return lab(mp, 'random')
    }
    const clock = new SteppedClock()
    const first = await drawn(clock)
    expect(await drawn(new SteppedClock())).toEqual(first)
    expect(await drawn(clock)).not.toEqual(first)
  })
})

describe('a broken build is found', () => {
  /** A fault, and who must find it: WeChat's compilers, the gate or the run. */
  type Breakage = readonly [name: string, by: ('official' | 'gate' | 'run')[], file: string, from: string | RegExp | null, to: string | ((found: string) => string)]

  const breakages: Breakage[] = [
    ['an unclosed tag', ['official', 'gate'], 'home/home.wxml', '</text>\n</view>', '</text>'],
    ['a bad expression', ['official', 'gate'], 'home/home.wxml', '{{log}}', '{{log +}}'],
    ['an orphan wx:else', ['official', 'gate'], 'home/home.wxml', '<text data', '<text wx:else data'],
    ['a broken style', ['official', 'gate'], 'home/home.wxss', /$/, '.a { color: red'],
    ['a renamed handler', ['run'], 'row/row.wxml', 'bindtap="pick"', 'bindtap="pike"'],
    ['a lost usingComponents key', ['gate', 'run'], 'home/home.json', '"x-row"', '"y-row"'],
    ['a missing component script', ['gate', 'run'], 'row/row.js', null, ''],
    ['a missing component template', ['gate', 'run'], 'row/row.wxml', null, ''],
    ['a page that app.json names and is not there', ['gate'], 'app.json', '"me/me", ', '"me/nope", "me/me", '],
    ['a missing tab icon', ['gate'], 'icons/tab.png', null, ''],
    ['a script that does not parse', ['gate', 'run'], 'home/home.js', 'onLoad(query) {', 'onLoad(query) {{'],
    ['a required file that is missing', ['gate', 'run'], 'app.js', /^/, 'require("./nowhere.js");'],
    ['an exception while a page loads', ['run'], 'home/home.js', 'onLoad(query) {', 'onLoad(query) { null.x;'],
    ['an exception in a component', ['run'], 'row/row.js', 'attached() {', 'attached() { null.x;'],
    ['window', ['run'], 'home/home.js', 'onLoad(query) {', 'onLoad(query) { window.localStorage.getItem("a");'],
    ['fetch', ['run'], 'home/home.js', 'onLoad(query) {', 'onLoad(query) { fetch("/x");'],
    ['a function that wx does not have', ['run'], 'home/home.js', 'onLoad(query) {', 'onLoad(query) { wx.noSuchThing();'],
    ['console.error', ['run'], 'home/home.js', 'onLoad(query) {', 'onLoad(query) { console.error("bad");'],
    ['a page that never registers', ['run'], 'home/home.js', 'Page({', 'void ({'],
  ]

  function broken(dist: string, name: string, [, , file, from, to]: Breakage): string {
    const copy = path.join(temporary, name.replace(/\W+/g, '-'))
    fs.cpSync(dist, copy, { recursive: true })
    const target = path.join(copy, file)
    if (from === null) fs.rmSync(target)
    else {
      const source = fs.readFileSync(target, 'utf8')
      const changed = source.replace(from, (found) => (typeof to === 'string' ? to : to(found)))
      expect(changed, `${file} holds ${String(from)}`).not.toBe(source)
      fs.writeFileSync(target, changed)
    }
    return copy
  }

  /** The errors that a test with the program would see. */
  async function problemsOfRun(dist: string): Promise<string[]> {
    const mp = await startInNode({ dist, clock: new SteppedClock() })
    try {
      await mp.waitForCount('row', 2)
      await mp.tap('row')
      await mp.waitForText('log', /picked tap a/)
      return await mp.problems()
    } catch (error) {
      return [String(error), ...(await mp.problems())]
    } finally {
      await mp.close()
    }
  }

  test('and the intact one is not rejected', async () => {
    expect([officialCompilers(FIXTURE), checkBuild(FIXTURE), await problemsOfRun(FIXTURE)]).toEqual([[], [], []])
  })

  test.each(breakages)('%s', async (...breakage) => {
    const [name, by] = breakage
    const dist = broken(FIXTURE, name, breakage)
    const caught = { official: officialCompilers(dist).length > 0, gate: checkBuild(dist).length > 0, run: by.includes('run') && (await problemsOfRun(dist)).length > 0 }
    for (const who of by) if (who !== 'official' || hasOfficialCompilers) expect([who, caught[who]]).toEqual([who, true])
  })

  describe('in a build with subpackages', () => {
    const HOME = 'src/pages/home/home'
    const subpackages = fileURLToPath(new URL(`../../${SUBPACKAGES_OUTPUT}`, import.meta.url))

    test.each<Breakage>([
      ['a lost placeholder', ['gate'], `${HOME}.json`, '"photo-picker": "view"', ''],
      ['an unknown placeholder', ['gate'], `${HOME}.json`, '"photo-picker": "view"', '"photo-picker": "vieuw"'],
      ['a placeholder of a placeholder', ['gate'], `${HOME}.json`, '"photo-picker": "view"', '"photo-picker": "photo-picker"'],
      ['a file of another subpackage', ['gate'], 'src/polls/poll/poll.js', /^/, 'require("../../media/common/own.js");'],
      ['a file of a subpackage in the main package', ['gate'], `${HOME}.js`, /^/, 'require("../../media/common/own.js");'],
      ['a missing page of a subpackage', ['gate'], 'src/polls/poll/poll.wxml', null, ''],
      ['a subpackage without a page', ['gate'], 'app.json', /"poll\/poll"/, ''],
      ['a preload of what is no subpackage', ['gate'], 'app.json', /^\{/, `{ "preloadRule": { "${HOME}": { "packages": ["src/nope"] } },`],
      ['a preload on what is no page', ['gate'], 'app.json', /^\{/, '{ "preloadRule": { "src/nope": { "packages": ["src/media"] } },'],
    ])('%s', (...breakage) => {
      expect(checkBuild(broken(subpackages, `subpackages ${breakage[0]}`, breakage))).toHaveLength(1)
    })
  })

  describe("in uni-app's build", () => {
    const LOGIN_PAGE = 'src/pages/login/login'
    /** The head of a setup function, however it was minified: up to the brace of its block or the parenthesis of its expression. */
    const SETUP = /\bsetup(?:\([^)]*\)\s*\{|:\s*\(?[\w, ]*\)?\s*=>\s*[({])/

    async function problemsOfLogin(dist: string): Promise<string[]> {
      const mp = await startInNode({ dist, launchPath: LOGIN_PAGE, clock: new SteppedClock() })
      try {
        await mp.waitForCount('login-submit', 1)
        return await mp.problems()
      } catch (error) {
        return [String(error), ...(await mp.problems())]
      } finally {
        await mp.close()
      }
    }

    test('the intact one is not rejected', async () => {
      expect(await problemsOfLogin(DEFAULT_DIST)).toEqual([])
    })

    test.each([
      ['an exception in setup', 'null.x'],
      ['window in setup', 'window.localStorage.getItem("a")'],
      ['an unknown function of uni in setup', 'require("../../../common/vendor.js").index.noSuchThing()'],
    ])('%s', async (name, code) => {
      const dist = broken(DEFAULT_DIST, name, [name, ['run'], `${LOGIN_PAGE}.js`, SETUP, (head) => `${head}${code}${head.endsWith('(') ? ',' : ';'}`])
      expect(await problemsOfLogin(dist)).not.toEqual([])
    })
  })
})

test('a missing build is one sentence', async () => {
  const nowhere = path.join(temporary, 'nowhere')
  await expect(startInNode({ dist: nowhere })).rejects.toThrow(/^There is no mini program in .*: run `npm run build:mp-weixin` first\.$/)
  expect(() => checkBuild(nowhere)).toThrow(/run `npm run build:mp-weixin` first/)
})
