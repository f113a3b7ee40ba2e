/** One running mini program: creates and connects the parts. */
import * as glassEasel from 'glass-easel'
import { component as adapterComponent, MiniProgramEnv } from 'glass-easel-miniprogram-adapter'
import { createWx, HostEvents } from '../wx'
import { Interface } from '../wx/interface'
import { Media } from '../wx/media'
import { Permissions } from '../wx/permissions'
import { PhoneFiles } from '../wx/phone-files'
import { Requests } from '../wx/request'
import { Sockets } from '../wx/sockets'
import type { PhoneState } from '../wx/system'
import { registerBuiltins } from './builtins'
import { Components, type Caller } from './components'
import { FileUrls } from './file-urls'
import { driverControls, type Controls } from './driver-controls'
import { showAttributes, type ViewElement } from './dom'
import { installEvents } from './events'
import { installGestures } from './gestures'
import { createModules, joinPath, type Modules } from './modules'
import { Packages } from './packages'
import { Pages, type OpenPage } from './pages'
import { PhoneEvents } from './phone-events'
import { barsOf, PLAIN_PHONES, type Bars } from './phone-size'
import { describe, Problems } from './problems'
import { Screen, type BarState } from './screen'
import { SelectorQuery, ViewIntersectionObserver } from './selector-query'
import { SetDataMeter } from './set-data'
import { Suspension } from './suspension'
import type { HostParts, RuntimeOptions } from './types'

/** Warnings at the first render, before uni-app has passed its data, or about attributes that WeChat ignores too. */
const HARMLESS_WARNINGS = [/for-list data/i, /is not a valid property/i, /type-incompatible value/i]

export interface Runtime {
  readonly controls: Controls
  readonly problems: Problems
  /** Runs app.js and opens the first page. */
  boot(): void
  /** Redraws the bars after a change of the host's status. */
  redraw(): void
  /** The live exports of a module of the program. */
  require(path: string): unknown
}

export function createRuntime(options: RuntimeOptions): Runtime {
  const { bundle } = options
  const host = redirected(options.host, options.hosts)
  const launch = { path: options.launchPath, query: { ...options.launchQuery }, scene: 1001, referrerInfo: {} }
  const model = options.phone ?? PLAIN_PHONES[options.platform]
  const state: PhoneState = { language: options.language, theme: options.theme, platform: options.platform, model, fontSize: options.fontSize ?? 16, online: options.online ?? true, screenReader: options.screenReader ?? false }
  const problems = new Problems()
  const meter = new SetDataMeter(problems)
  const events = new HostEvents(problems)
  const suspension = new Suspension()
  const sockets = new Sockets(problems, host, suspension)
  if (!state.online) sockets.setOnline(false)
  const packages = new Packages(bundle.app, () => state.online)
  watchEngine(problems)
  installEvents(problems, meter)
  problems.onUncaught((error) => events.raise('Error', error))

  const env = new MiniProgramEnv()
  const backend = env.associateBackend(host.screen ? browserContext(host.screen) : new glassEasel.EmptyBackendContext())
  const space = env.createCodeSpace('main', true)
  space.getComponentSpace().updateComponentOptions({ useMethodCallerListeners: true })
  for (const [path, config] of Object.entries(bundle.json)) space.addComponentStaticConfig(path, config as never)
  for (const [path, scope] of Object.entries(bundle.scopes)) space.addStyleSheet(path, undefined, scope)
  const templates = evaluate(bundle.templates)
  for (const [path, content] of Object.entries(templates)) {
    space.addCompiledTemplate(path, { groupList: templates, content, fallbackListenerOnNativeNode: true } as never)
  }

  const components = new Components(bundle, space, meter, () => modules, packages, (detail) => events.raise('LazyLoadError', detail), (call) => problems.guard(call))
  const screen: Screen | undefined = host.screen && new Screen(host.screen, bundle, model, options.theme, () => barState(), { back: () => phone.back(), switchTab: (path) => phone.switchTab(path), answer: (answer) => ui.answer(answer) })
  const pages: Pages = new Pages(bundle.app, space, backend, components, packages, problems, screen)
  const ui = new Interface(problems, pages, () => screen?.update(), options.privacy, (privacy) => options.onPrivacyChange?.(privacy))
  const files = new PhoneFiles(host.disk, options.limits)
  const requests = new Requests(problems, host, files, () => state.online)
  const permit = new Permissions(problems, host.disk, host.codec, options.permissions ?? 'allowed', (question) => ui.question(question))
  const media = new Media({ problems, record: (name, given) => ui.record(name, given), privacy: ui.privacy, permit }, host, files, bundle.app, permit, suspension)
  const phone = new PhoneEvents({ app: bundle.app, state, pages, components, events, sockets, requests, media, suspension, problems, screen: () => screen, launch })
  const pictures = new FileUrls(files)
  const viewportOf = ({ _$ }: { readonly _$: ViewElement }) => pageOf(_$)?.webview?.viewport
  const wx = createWx({ host, limits: options.limits, launch, problems, pages, state, events, sockets, requests, files, media, ui, viewportOf, bars })
  addQueries(viewportOf)
  registerBuiltins({
    anchorsScrolling: options.platform !== 'ios',
    space,
    templates: evaluate(bundle.builtinTemplates),
    imageUrl: (path) => bundle.images[joinPath('', path)] ?? pictures.url(path),
    navigate: (openType, url) => (wx[openType === 'navigate' ? 'navigateTo' : openType] as (options: object) => void)({ url, complete: () => undefined }),
    consentTapped: (id) => ui.privacy.buttonTapped(id),
    setPageStyle: (element, style) => pageOf(element)?.webview?.content.setAttribute('style', style),
  })
  const modules: Modules = createModules(bundle, {
    ...components.globals(),
    wx,
    console: problems.console(),
    setTimeout: (run: () => void, ms?: number, ...args: []) => setTimeout(suspension.wrap(problems.guard(run)), ms, ...args),
    setInterval: (run: () => void, ms?: number, ...args: []) => setInterval(suspension.wrapRepeated(() => void problems.guard(run)(...args)), ms),
    clearTimeout: (id: number) => clearTimeout(id),
    clearInterval: (id: number) => clearInterval(id),
    getApp: () => components.app,
    getCurrentPages: () => pages.stack.map(({ caller }) => caller),
  }, packages)

  function boot(): void {
    problems.guard(() => {
      components.startApp()
      phone.callApp('onLaunch', launch)
      phone.callApp('onShow', launch)
      if (bundle.app.lazyCodeLoading !== 'requiredComponents') for (const path of bundle.app.pages) components.load(path)
      packages.install(options.launchPath)
      pages.open(options.launchPath, options.launchQuery)
    })()
  }

  function pageOf(element: ViewElement): OpenPage | undefined {
    const host = element.ownerShadowRoot?.getHostNode()
    return host ? pageOf(host) : pages.all().find(({ component }) => component === element)
  }

  function bars(): Bars {
    const path = pages.top?.path ?? options.launchPath
    return barsOf(model, (bundle.json[path]?.navigationStyle ?? bundle.app.window?.navigationStyle) === 'custom', pages.isTab(path))
  }

  function barState(): BarState {
    const top = pages.top
    const status = host.status?.()
    return {
      path: top?.path ?? '',
      title: (top && (ui.titles.get(top) ?? bundle.json[top.path]?.navigationBarTitleText ?? bundle.app.window?.navigationBarTitleText)) ?? '',
      depth: pages.stack.length,
      colours: (top && ui.colours.get(top)) ?? {},
      ...(top && ui.backgrounds.has(top) ? { background: ui.backgrounds.get(top) } : {}),
      tabStyle: ui.tabStyle,
      badges: ui.badges,
      tabTexts: ui.tabTexts,
      dialogs: ui.shown(),
      toast: ui.box,
      language: state.language,
      time: status?.time ?? '15:04',
      network: !state.online ? 'none' : status?.slow ? 'slow' : 'wifi',
    }
  }

  return { problems, boot, redraw: () => screen?.update(), require: (path) => modules.require(path), controls: driverControls({ pages, phone, sockets, requests, media, ui, meter, problems }) }
}

function redirected(host: HostParts, hosts: Readonly<Record<string, string>>): HostParts {
  const instead = (url: string) => url.replace(/(?<=^\w+:\/\/)[^/?#]+/, (address) => hosts[address] ?? address)
  return {
    ...host,
    openSocket: (url, ...rest) => host.openSocket(instead(url), ...rest),
    request: (request) => host.request({ ...request, url: instead(request.url) }),
  }
}

function browserContext(screen: HTMLElement): glassEasel.CurrentWindowBackendContext {
  showAttributes()
  const context = new glassEasel.CurrentWindowBackendContext()
  installGestures(context, screen)
  return context
}

/** `this.createSelectorQuery()` and the like inside components. */
function addQueries(viewportOf: (caller: Caller) => HTMLElement | undefined): void {
  const prototype = adapterComponent.ComponentCaller.prototype as unknown as Record<string, unknown>
  prototype['createSelectorQuery'] = function (this: Caller) {
    return new SelectorQuery(this, viewportOf)
  }
  prototype['createIntersectionObserver'] = function (this: Caller, options?: object) {
    return new ViewIntersectionObserver(this, viewportOf, options)
  }
}

/** glass-easel's own errors and warnings. */
function watchEngine(problems: Problems): void {
  glassEasel.globalOptions.throwGlobalError = false
  glassEasel.addGlobalErrorListener((error, method) => {
    problems.uncaught(error instanceof Error ? error : new Error(`${describe(error).message} in ${method ?? 'the view'}`))
    return false
  })
  glassEasel.addGlobalWarningListener((message) => {
    if (!HARMLESS_WARNINGS.some((pattern) => pattern.test(message))) problems.add(`view: ${message}`)
    return false
  })
}

function evaluate(source: string): Record<string, unknown> {
  return new Function(`return ${source}`)() as Record<string, unknown>
}
