/** One phone: its disk, its program and the user's actions on both. Each run of the program has a new document. */
import { openSocket, request } from '../../runtime/browser'
import { createRuntime, type Runtime } from '../../runtime/index'
import { installPhoneUnits } from '../../runtime/inline-style'
import { pagePaths } from '../../runtime/packages'
import type { Bundle, DiskLimits, HostParts } from '../../runtime/types'
import { browserPixels, digest, playAloud } from '../../runtime/browser-pixels'
import { FILES_FOLDER, SAVED_FOLDER } from '../../wx/phone-files'
import { WECHAT_LIMITS } from '../../wx/limits'
import { STORAGE_FOLDER, storageKeyOf } from '../../wx/storage'
import { MODELS, type SimulatedPhone } from '../models'
import type { BuildState, PhoneApi, PhoneState, StoredFile } from '../phone-api'
import { FONT_PX, readPhoneSettings, writePhoneSettings, type PhoneSettings } from '../phone-settings'
import type { TextKey } from '../texts'
import { Cover, Notice } from './cover'
import { DurableDisk } from './durable-disk'
import { logIn } from './log-in'
import { installMouse } from './mouse'
import { ownPhone } from './one-page'
import { Records } from './records'
import { pickFiles, pickPlace } from './pickers'
import { drawScreen } from './screenshot'
import { slowRequest, slowSocket } from './slow-line'

/** WeChat stops a hidden program after this time, ms. */
const SUSPENDED_AFTER_MS = 5_000
/** A window up to this width is itself the screen, px. */
const SCREEN_MAX_WIDTH = 500
/** The margin around the phone in a larger window, px. */
const MARGIN = 28

/** What one document passes to the next document of the same phone. */
interface Legacy {
  readonly isKilled?: boolean
  readonly isCleared?: boolean
  /** The page stack to open again. */
  readonly pages?: readonly string[]
}

interface Options {
  readonly uid: string
  readonly hosts: Readonly<Record<string, string>>
  /** The build when this document was loaded. The program is of this build or a later one. */
  readonly version: number
  readonly isFramed: boolean
  readonly t: (key: TextKey) => string
  /** Undefined while there is no build. */
  readonly loadBundle: () => Promise<Bundle | undefined>
}

export class PhonePage implements PhoneApi {
  state: PhoneState = 'starting'
  settings: PhoneSettings
  hiddenUntil: number | undefined
  private readonly cover = new Cover()
  private readonly notice = new Notice()
  private readonly records = new Records()
  private readonly model: SimulatedPhone
  private readonly screen = document.getElementById('phone') as HTMLElement
  private disk: DurableDisk | undefined
  private runtime: Runtime | undefined
  /** The page stack that this run of the program starts with. */
  private firstPages: readonly string[] = []
  /** The latest build that the server has announced. */
  private build: BuildState | undefined
  /** Set while it is hidden. */
  private timers: ReturnType<typeof setTimeout>[] = []
  private resizing: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly options: Options) {
    this.settings = readPhoneSettings(options.uid)
    this.model = fitting(MODELS[this.settings.model], options.isFramed)
    this.layOut()
    installMouse(this.screen)
    if (!options.isFramed) window.addEventListener('resize', () => this.fitWindow())
  }

  get uid(): string {
    return this.options.uid
  }

  get problemCount(): number {
    return this.runtime?.problems.list.length ?? 0
  }

  /** Waits until this page owns the phone and there is a program. Then runs it. */
  async open(): Promise<void> {
    const { t, uid } = this.options
    const legacy = takeLegacy(uid)
    this.firstPages = legacy.pages ?? []
    try {
      this.cover.show({ title: t('phone.starting'), isBusy: true })
      await ownPhone(uid, () => {
        this.state = 'taken'
        this.cover.show({ title: t('phone.taken'), text: t('phone.taken-hint') })
      })
      this.state = 'starting'
      this.disk = await DurableDisk.open(uid)
      if (legacy.isCleared) await this.disk.erase()
      if (legacy.isKilled) this.showKilled()
      else await this.run(this.firstPages)
    } catch (error) {
      this.state = 'broken'
      console.error(error)
      this.cover.show({ title: t('phone.broken'), text: error instanceof Error ? error.message : String(error), button: { label: t('phone.retry'), press: () => this.start() } })
    }
  }

  configure(change: Partial<PhoneSettings>): void {
    const before = this.settings
    this.settings = { ...before, ...change }
    writePhoneSettings(this.uid, this.settings)
    const { model, language, font, theme, network, privacy } = this.settings
    // A program reads these at its start.
    if (model !== before.model || language !== before.language || font !== before.font) {
      if (this.state === 'killed') this.kill()
      else if (this.state === 'taken' || this.state === 'building') location.reload()
      else void this.restart()
      return
    }
    if (theme !== before.theme) {
      document.documentElement.dataset['phoneTheme'] = theme
      this.runtime?.controls.raise('ThemeChange', { theme })
    }
    this.runtime?.controls.setPrivacy(privacy)
    const isOnline = network !== 'off'
    if (isOnline !== (before.network !== 'off')) this.runtime?.controls.setNetwork(isOnline)
    this.runtime?.redraw()
  }

  hide(ms: number): void {
    if (this.state !== 'running' || !this.runtime) return
    const { t } = this.options
    const { controls } = this.runtime
    this.state = 'hidden'
    this.hiddenUntil = Date.now() + ms
    controls.raise('AppHide')
    const cover = (text: string) => this.cover.show({ title: t('phone.hidden'), text, button: { label: t('phone.show'), press: () => this.show() }, isHome: true })
    cover(t('phone.hidden-awake'))
    this.timers = [
      setTimeout(() => {
        controls.suspend()
        cover(t('phone.hidden-suspended'))
      }, SUSPENDED_AFTER_MS),
      setTimeout(() => this.show(), ms),
    ]
  }

  show(): void {
    if (this.state !== 'hidden') return
    for (const timer of this.timers.splice(0)) clearTimeout(timer)
    this.state = 'running'
    this.hiddenUntil = undefined
    this.cover.hide()
    this.runtime?.controls.raise('AppShow')
    // A build that finished while it was hidden.
    if (this.build) this.follow(this.build)
  }

  kill(): void {
    this.leave({ isKilled: true })
  }

  start(): void {
    this.leave({})
  }

  clear(): void {
    // WeChat forgets the consent along with the program.
    if (this.settings.privacy === 'agreed') writePhoneSettings(this.uid, { ...this.settings, privacy: 'declared' })
    this.leave({ isCleared: true })
  }

  follow(build: BuildState): void {
    const { t } = this.options
    this.build = build
    if (build.state === 'failed') this.notice.show(t('build.failed'), build.message ?? '', { details: t('build.details'), close: t('build.close') })
    if (build.state !== 'ready') return
    this.notice.hide()
    if (this.state === 'building') this.start()
    else if (this.state === 'running' && build.version > this.options.version) void this.restart()
  }

  screenshot = (): Promise<Blob> => drawScreen(this.screen)
  setData = () => this.runtime?.controls.stats() ?? { calls: 0, bytes: 0, max: 0, viewMs: 0, perComponent: {}, log: [] }
  lines = () => this.records.lines
  sockets = () => this.runtime?.controls.sockets() ?? []
  frames = () => this.records.frames
  pages = () => this.runtime?.controls.addresses() ?? []
  tree = () => this.runtime?.controls.tree() ?? ''

  files(): StoredFile[] {
    return (this.disk?.files() ?? []).map(({ path, bytes, modifiedAt }) => {
      const isStorage = path.startsWith(`${STORAGE_FOLDER}/`)
      return { name: isStorage ? storageKeyOf(path.slice(STORAGE_FOLDER.length), codec) : path.startsWith(`${FILES_FOLDER}/`) ? path.slice(FILES_FOLDER.length + 1) : path, isStorage, bytes, modifiedAt, path }
    })
  }

  read(file: StoredFile): string {
    return this.disk?.stat(file.path) ? codec.decode(this.disk.read(file.path)) : ''
  }

  private async run(pages: readonly string[]): Promise<void> {
    const { t, uid, hosts, loadBundle } = this.options
    const disk = this.disk as DurableDisk
    const bundle = await loadBundle()
    if (!bundle) {
      this.state = 'building'
      this.cover.show({ title: t('phone.building'), text: t('phone.building-hint'), isBusy: true })
      // The build may have finished in the meantime.
      if (this.build?.state === 'ready') this.start()
      return
    }
    const { settings, model } = this
    // A new version of the program may lack the page.
    const isThere = pages.every((page) => pagePaths(bundle.app).includes(page.slice(1).split('?')[0] ?? ''))
    const [first = `/${bundle.app.pages[0] ?? ''}`, ...others] = isThere ? pages : []
    const [path = '', query = ''] = first.slice(1).split('?')
    installPhoneUnits()
    const runtime = createRuntime({
      bundle,
      host: this.host(disk),
      launchPath: path,
      launchQuery: Object.fromEntries(query.split('&').filter(Boolean).map((pair) => pair.split('=', 2) as [string, string])),
      language: settings.language,
      theme: settings.theme,
      platform: model.platform,
      phone: model,
      fontSize: FONT_PX[settings.font],
      // A browser cannot detect a screen reader.
      screenReader: true,
      limits: this.limits(disk),
      privacy: settings.privacy,
      permissions: 'ask',
      onPrivacyChange: (privacy) => privacy !== this.settings.privacy && this.configure({ privacy }),
      hosts,
    })
    this.runtime = runtime
    runtime.problems.onLine = (line) => this.records.addLine(line)
    window.addEventListener('unhandledrejection', ({ reason }) => runtime.problems.uncaught(reason))
    window.addEventListener('error', ({ error }) => error && runtime.problems.uncaught(error))
    runtime.boot()
    if (settings.network === 'off') runtime.controls.setNetwork(false)
    for (const page of others) runtime.controls.restore(page)
    setInterval(() => runtime.redraw(), 10_000)
    this.state = 'running'
    this.cover.hide()
    // A build that finished while this one was loaded.
    if (this.build) this.follow(this.build)
    if (!(await disk.isMarked())) {
      await logIn(runtime, uid)
      await disk.mark()
    }
  }

  private host(disk: DurableDisk): HostParts {
    const isSlow = () => this.settings.network === 'slow'
    return {
      disk,
      settled: disk.settled,
      codec,
      digest,
      pixels: browserPixels,
      pick: (wanted) => pickFiles(this.cover, wanted, this.options.t),
      pickPlace: () => pickPlace(this.settings.language),
      play: playAloud,
      screen: this.screen,
      status: () => ({ time: new Date().toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' }), slow: isSlow() }),
      openSocket: (url, protocols, headers, handlers) =>
        this.records.recorded(url, handlers, (recorded) => slowSocket(isSlow, recorded, (slowed) => openSocket(url, protocols, headers, slowed))),
      request: (wanted) => slowRequest(isSlow, request, wanted),
    }
  }

  /** A full disk accepts no more bytes than it has. Removing files makes room again. */
  private limits(disk: DurableDisk): DiskLimits {
    const used = (folder: string) => disk.files().reduce((sum, { path, bytes }) => sum + (path.startsWith(`${folder}/`) ? bytes : 0), 0)
    const isFull = () => this.settings.isDiskFull
    return {
      get storageKey() {
        return WECHAT_LIMITS.storageKey
      },
      get storage() {
        return isFull() ? used(STORAGE_FOLDER) : WECHAT_LIMITS.storage
      },
      get files() {
        return isFull() ? used(FILES_FOLDER) + used(SAVED_FOLDER) : WECHAT_LIMITS.files
      },
    }
  }

  /** Starts a new run of the program, on the same pages and with the same disk. */
  private async restart(): Promise<void> {
    // A program that is still starting has not opened all of them yet.
    const pages = this.state === 'starting' ? this.firstPages : (this.runtime?.controls.addresses() ?? [])
    await this.disk?.settled().catch(() => undefined)
    this.leave({ pages })
  }

  private leave(legacy: Legacy): void {
    sessionStorage.setItem(legacyKey(this.uid), JSON.stringify(legacy))
    location.reload()
  }

  private showKilled(): void {
    const { t } = this.options
    this.state = 'killed'
    this.cover.show({ title: t('phone.killed'), button: { label: t('phone.start'), press: () => this.start() }, isHome: true })
  }

  private layOut(): void {
    const { width, height, notch, radius } = this.model
    const device = document.getElementById('device') as HTMLElement
    device.style.width = `${width}px`
    device.style.height = `${height}px`
    device.style.setProperty('--corner', `${radius}px`)
    device.dataset['notch'] = notch
    document.documentElement.dataset['phoneTheme'] = this.settings.theme
  }

  private fitWindow(): void {
    const { width, height } = fitting(MODELS[this.settings.model], false)
    // An on-screen keyboard makes some windows lower.
    const isTyping = document.activeElement instanceof HTMLInputElement || document.activeElement instanceof HTMLTextAreaElement
    if ((width === this.model.width && height === this.model.height) || isTyping) return
    clearTimeout(this.resizing)
    this.resizing = setTimeout(() => (this.state === 'running' ? void this.restart() : location.reload()), 300)
  }
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const codec = { encode: (text: string) => encoder.encode(text), decode: (bytes: Uint8Array) => decoder.decode(bytes) }

const legacyKey = (uid: string) => `simulator/legacy/${uid}`

function takeLegacy(uid: string): Legacy {
  const kept = sessionStorage.getItem(legacyKey(uid))
  sessionStorage.removeItem(legacyKey(uid))
  return kept ? (JSON.parse(kept) as Legacy) : {}
}

/**
 * The size of the phone in this window. In a frame: as it is. Alone in a narrow window, the window is its screen. In a wide window that is too low, the phone
 * is shorter.
 */
function fitting(model: SimulatedPhone, isFramed: boolean): SimulatedPhone {
  const { innerWidth, innerHeight } = window
  if (isFramed) return model
  if (innerWidth <= SCREEN_MAX_WIDTH) return { ...model, width: innerWidth, height: innerHeight, radius: 0 }
  return { ...model, height: Math.min(model.height, innerHeight - 2 * MARGIN) }
}
