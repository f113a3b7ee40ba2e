/** The driver's interface over a host that answers calls by name. The host may perform touches and typing itself. */
import { setImmediate as nextTask, setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import type { GivenFileJson } from '../wx/media'
import type { SteppedClock } from './stepped-clock'
import type { AlbumEntry, AudioSnapshot, Dialog, DialogAnswer, ElementSnapshot, GivenFile, GivenPlace, HostEvent, MiniProgram, PermissionScope, PermissionState, PrivacyState, SetDataStats, SocketSnapshot, Where } from './driver'

export interface Host {
  readonly name: 'node' | 'chromium'
  readonly page: Page | undefined
  /** Runs between two checks of a condition. */
  readonly clock?: SteppedClock | undefined
  /** Calls a control of the runtime. */
  call(method: string, args: readonly unknown[]): Promise<unknown>
  tap?(testId: string, where?: Where): Promise<void>
  longPress?(testId: string, where?: Where): Promise<void>
  hold?: MiniProgram['hold']
  type?(testId: string, text: string, where?: Where): Promise<void>
  confirm?(testId: string, where?: Where): Promise<void>
  /** Waits until idle in real time, if the host can detect it. */
  settled?(): Promise<void>
  setTheme?(theme: unknown): Promise<void>
  require?(path: string): unknown
  screenshot(name: string): Promise<string | undefined>
  /** Saves the disk into the folder, if the host keeps it in memory. */
  saveDisk?(): Promise<void>
  restart(): Promise<void>
  close(): Promise<void>
}

const TIMEOUT_MS = 10_000
/** The same with a stepped clock, without real waiting. */
const STEPPED_TIMEOUT_MS = 60_000
const POLL_MS = 15
/** Longer than any delay that a step starts. Used if the host cannot detect that it is idle. */
const SETTLED_MS = 1_000

export class RemoteMiniProgram implements MiniProgram {
  private earlierProblems: string[] = []

  constructor(private readonly on: Host) {}

  get host(): 'node' | 'chromium' {
    return this.on.name
  }

  get page(): Page | undefined {
    return this.on.page
  }

  get clock(): SteppedClock | undefined {
    return this.on.clock
  }

  route = () => this.ask<string>('route')
  routes = () => this.ask<string[]>('routes')
  query = () => this.ask<Record<string, string>>('query')
  tree = () => this.ask<string>('tree')
  all = (testId: string, where?: Where) => this.ask<ElementSnapshot[]>('all', testId, where)
  count = async (testId: string, where?: Where) => (await this.all(testId, where)).length
  text = async (testId: string, where?: Where) => (await this.element(testId, where)).text

  async element(testId: string, where?: Where): Promise<ElementSnapshot> {
    const [first] = await this.all(testId, where)
    if (!first) throw new Error(`there is no ${describe(testId, where)}\n${await this.report()}`)
    return first
  }

  tap = async (testId: string, where?: Where) => {
    await (this.on.tap ? this.on.tap(testId, where) : this.ask('tap', testId, where))
  }

  longPress = async (testId: string, where?: Where) => {
    await (this.on.longPress ? this.on.longPress(testId, where) : this.ask('longPress', testId, where))
  }

  hold: MiniProgram['hold'] = async (testId, run, where) => {
    if (this.on.hold) return this.on.hold(testId, run, where)
    await this.ask('fingerDown', testId, where)
    await run((px) => this.ask('fingerUpBy', px))
    await this.ask('fingerLifted')
  }

  type = async (testId: string, text: string, where?: Where) => {
    await (this.on.type ? this.on.type(testId, text, where) : this.ask('type', testId, text, where))
  }

  confirm = async (testId: string, where?: Where) => {
    await (this.on.confirm ? this.on.confirm(testId, where) : this.ask('confirm', testId, where))
  }

  tapAfter = async (run: () => Promise<void>, testId: string, where?: Where) => {
    await this.ask('aim', testId, where)
    await run()
    await this.ask('tapAimed')
  }

  whileUnderWay = async (run: () => Promise<void>) => {
    await this.ask('holdMessages')
    await run()
    // Each message is a task of its own.
    do await nextTask()
    while (await this.ask<boolean>('deliverMessage'))
  }

  scroll = (testId: string, to: 'top' | 'bottom' | number, where?: Where) => this.ask<void>('scroll', testId, to, where)

  async waitFor(what: string, condition: () => Promise<boolean>, timeoutMs?: number): Promise<void> {
    const { clock } = this
    if (clock) return this.runUntil(clock, what, condition, timeoutMs)
    const end = Date.now() + (timeoutMs ?? TIMEOUT_MS)
    while (!(await condition())) {
      if (Date.now() > end) throw new Error(`waited ${timeoutMs ?? TIMEOUT_MS} ms for ${what}\n${await this.report()}`)
      await sleep(POLL_MS)
    }
  }

  private async runUntil(clock: SteppedClock, what: string, condition: () => Promise<boolean>, timeoutMs = STEPPED_TIMEOUT_MS): Promise<void> {
    const end = await clock.runUntil(condition, timeoutMs)
    if (end === 'nothing left') throw new Error(`nothing is left to happen, waiting for ${what}\n${await this.report()}`)
    if (end === 'time over') throw new Error(`waited ${timeoutMs} ms for ${what}\n${await this.report()}`)
  }

  elapse = (ms: number): Promise<void> => this.clock?.advance(ms) ?? sleep(ms)

  settled = (): Promise<void> => this.on.settled?.() ?? this.elapse(SETTLED_MS)

  async waitForText(testId: string, expected: string | RegExp, where?: Where, timeoutMs?: number): Promise<void> {
    const matches = (text: string) => (typeof expected === 'string' ? text === expected : expected.test(text))
    await this.waitFor(`${describe(testId, where)} to say ${String(expected)}`, async () => (await this.all(testId, where)).some(({ text }) => matches(text)), timeoutMs)
  }

  async waitForCount(testId: string, count: number, where?: Where, timeoutMs?: number): Promise<void> {
    await this.waitFor(`${count} × ${describe(testId, where)}`, async () => (await this.count(testId, where)) === count, timeoutMs)
  }

  async waitForRoute(path: string, timeoutMs?: number): Promise<void> {
    await this.waitFor(`the page ${path}`, async () => (await this.routes()).at(-1) === path, timeoutMs)
  }

  back = () => this.ask<void>('back')
  switchTab = (path: string) => this.ask<void>('switchTab', path)

  async raise(event: HostEvent, detail?: Readonly<Record<string, unknown>>): Promise<void> {
    if (event === 'ThemeChange') await this.on.setTheme?.(detail?.['theme'])
    await this.ask('raise', event, detail)
  }

  sockets = () => this.ask<SocketSnapshot[]>('sockets')
  cutSockets = () => this.ask<void>('cutSockets')
  setNetwork = (online: boolean) => this.ask<void>('setNetwork', online)
  setPrivacy = (privacy: PrivacyState) => this.ask<void>('setPrivacy', privacy)
  give = (files: readonly GivenFile[] | 'cancel') => this.ask<void>('give', files === 'cancel' ? files : files.map(asJson))
  givePlace = (place: GivenPlace | 'cancel') => this.ask<void>('givePlace', place)
  setPermission = (scope: PermissionScope, state: PermissionState) => this.ask<void>('setPermission', scope, state)
  album = () => this.ask<AlbumEntry[]>('album')
  audio = () => this.ask<AudioSnapshot[]>('audio')
  dialogs = () => this.ask<Dialog[]>('dialogs')
  answer = (answer: DialogAnswer) => this.ask<void>('answer', answer)
  wxCalls = (name: string) => this.ask<Record<string, unknown>[]>('wxCalls', name)
  stats = () => this.ask<SetDataStats>('stats')
  resetStats = () => this.ask<void>('resetStats')
  problems = async () => [...this.earlierProblems, ...(await this.ask<string[]>('problems'))]
  require(path: string): unknown {
    if (!this.on.require) throw new Error('the modules of a program can be had in Node only')
    return this.on.require(path)
  }

  screenshot = (name: string) => this.on.screenshot(name)
  saveDisk = async () => this.on.saveDisk?.()
  close = () => this.on.close()

  async restart(): Promise<void> {
    this.earlierProblems = await this.problems()
    await this.on.restart()
  }

  private async ask<Result>(method: string, ...args: unknown[]): Promise<Result> {
    return (await this.on.call(method, args)) as Result
  }

  private async report(): Promise<string> {
    const [routes, tree, problems] = await Promise.all([this.routes(), this.tree(), this.problems()])
    return [`pages: ${routes.join(' > ')}`, tree, problems.length > 0 ? `problems:\n${problems.join('\n')}` : 'no problems'].join('\n')
  }
}

function asJson({ bytes, thumb, ...file }: GivenFile): GivenFileJson {
  return { ...file, base64: Buffer.from(bytes).toString('base64'), ...(thumb ? { thumbBase64: Buffer.from(thumb).toString('base64') } : {}) }
}

function describe(testId: string, where: Where = {}): string {
  const conditions = Object.entries(where).map(([name, value]) => `${name}=${String(value)}`)
  return [testId, ...conditions].join(' ')
}
