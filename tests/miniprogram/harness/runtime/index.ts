/** One mini program, running: puts the parts together and offers what the driver asks for. Bundled for both hosts. */
import * as glassEasel from 'glass-easel'
import { component as adapterComponent, MiniProgramEnv } from 'glass-easel-miniprogram-adapter'
import type { ElementSnapshot, Where } from '../driver'
import { createWx, HostEvents } from '../wx'
import { Interface } from '../wx/interface'
import { Sockets } from '../wx/sockets'
import type { PhoneState } from '../wx/system'
import { registerBuiltins } from './builtins'
import { Components, type Caller } from './components'
import { installEvents } from './events'
import { blurField, confirmField, focusElement, keyboardChanged, typeInto } from './fields'
import { installGestures } from './gestures'
import { createModules, joinPath, type Modules } from './modules'
import { Pages, type OpenPage } from './pages'
import { describe, Problems } from './problems'
import { Screen } from './screen'
import { raiseScroll } from './scroll-view'
import { SelectorQuery, ViewIntersectionObserver } from './selector-query'
import { SetDataMeter } from './set-data'
import type { DialogAnswer, HostEvent, RuntimeOptions, Theme } from './types'
import { descendants, domOf, find, isDisabled, isInert, snapshot, treeOf, type ViewElement } from './view-element'

/** Said at the first render, before uni-app has handed over its data, or of attributes that WeChat ignores too. */
const HARMLESS = [/for-list data/i, /is not a valid property/i, /type-incompatible value/i]

export type Runtime = ReturnType<typeof createRuntime>

export function createRuntime(options: RuntimeOptions) {
  const { bundle, host } = options
  const problems = new Problems()
  const meter = new SetDataMeter(problems)
  const phone: PhoneState = { language: options.language, theme: options.theme, online: true }
  watchEngine(problems)
  installEvents(problems, meter)

  const env = new MiniProgramEnv()
  const context = host.screen ? new glassEasel.CurrentWindowBackendContext() : new glassEasel.EmptyBackendContext()
  if (host.screen) installGestures(context, host.screen)
  const backend = env.associateBackend(context)
  const space = env.createCodeSpace('main', true)
  space.getComponentSpace().updateComponentOptions({ useMethodCallerListeners: true })
  registerAssets()

  const components = new Components(bundle, space, meter, () => modules, (call) => problems.guard(call))
  const tabTexts = new Map<number, string>()
  const screen: Screen | undefined = host.screen && new Screen(host.screen, bundle, () => barState(), { back, switchTab })
  const pages: Pages = new Pages(bundle.app, space, backend, components, problems, screen)
  const ui = new Interface(problems, pages, () => screen?.update(), tabTexts)
  const events = new HostEvents(problems)
  const sockets = new Sockets(problems, host)
  const viewportOf = (caller: Caller) => pageOf(caller)?.webview?.viewport
  registerBuiltins({
    space,
    templates: evaluate(bundle.builtinTemplates),
    imageUrl: (path) => bundle.images[joinPath('', path)] ?? path,
    navigate: (openType, url) => void (wx[openType === 'navigate' ? 'navigateTo' : openType] as (options: object) => void)({ url, complete: () => undefined }),
    setPageStyle: (component, style) => pageOf({ _$: component._$ } as Caller)?.webview?.content.setAttribute('style', style),
  })
  const wx = createWx({ options, problems, pages, phone, events, sockets, ui, viewportOf, topCaller: () => requireTop().caller })
  problems.onUncaught((error) => events.raise('Error', error))
  addQueries()

  const timers = {
    setTimeout: (run: () => void, ms?: number, ...args: []) => setTimeout(problems.guard(run), ms, ...args),
    setInterval: (run: () => void, ms?: number, ...args: []) => setInterval(problems.guard(run), ms, ...args),
    clearTimeout: (id: number) => clearTimeout(id),
    clearInterval: (id: number) => clearInterval(id),
  }
  const registration = components.globals()
  const modules: Modules = createModules(bundle, {
    ...registration,
    ...timers,
    wx,
    console: problems.console(),
    getApp: () => components.app,
    getCurrentPages: () => pages.stack.map(({ caller }) => caller),
  })

  function boot(): void {
    const launch = (wx['getLaunchOptionsSync'] as () => object)()
    problems.guard(() => {
      components.startApp()
      callApp('onLaunch', launch)
      callApp('onShow', launch)
      if (bundle.app.lazyCodeLoading !== 'requiredComponents') for (const path of bundle.app.pages) components.load(path)
      pages.open(options.launchPath, options.launchQuery)
    })()
  }

  function registerAssets(): void {
    for (const [path, config] of Object.entries(bundle.json)) space.addComponentStaticConfig(path, config as never)
    for (const [path, scope] of Object.entries(bundle.scopes)) space.addStyleSheet(path, undefined, scope)
    const templates = evaluate(bundle.templates)
    for (const path of Object.keys(templates)) {
      space.addCompiledTemplate(path, { groupList: templates, content: templates[path], fallbackListenerOnNativeNode: true } as never)
    }
  }

  /** `this.createSelectorQuery()` and the like inside components. */
  function addQueries(): void {
    const prototype = adapterComponent.ComponentCaller.prototype as unknown as Record<string, unknown>
    prototype['createSelectorQuery'] = function (this: Caller) {
      return new SelectorQuery(this, viewportOf)
    }
    prototype['createIntersectionObserver'] = function (this: Caller, given?: object) {
      return new ViewIntersectionObserver(this, viewportOf, given)
    }
  }

  function callApp(name: string, detail: unknown): void {
    const method = components.app?.[name]
    if (typeof method === 'function') problems.guard(() => (method as (detail: unknown) => void).call(components.app, detail))()
  }

  function pageOf(caller: Caller): OpenPage | undefined {
    let element: ViewElement = caller._$
    for (let host = element.ownerShadowRoot?.getHostNode(); host; host = element.ownerShadowRoot?.getHostNode()) element = host
    return pages.all().find(({ component }) => component === element)
  }

  function requireTop(): OpenPage {
    if (!pages.top) throw new Error('no page is open')
    return pages.top
  }

  function barState() {
    const top = pages.top
    const title = top && (ui.titles.get(top) ?? bundle.json[top.path]?.navigationBarTitleText ?? bundle.app.window?.navigationBarTitleText)
    return {
      path: top?.path ?? '',
      title: title ?? '',
      depth: pages.stack.length,
      colours: (top && ui.colours.get(top)) ?? {},
      badges: ui.badges,
      tabTexts,
      dialogs: ui.shown(),
    }
  }

  function back(): void {
    if (pages.stack.length > 1) problems.guard(() => pages.navigateBack())()
  }

  function switchTab(path: string): void {
    const top = pages.top
    const index = pages.tabIndex(path)
    problems.guard(() => pages.switchTab(`/${path}`))()
    const now = pages.top
    if (top === now && now) pages.call(now, 'onTabItemTap', { index, pagePath: path, text: bundle.app.tabBar?.list[index]?.text })
  }

  function raise(event: HostEvent, detail: Readonly<Record<string, unknown>> = {}): void {
    if (event === 'AppHide') {
      if (pages.top) pages.call(pages.top, 'onHide')
      callApp('onHide', detail)
    }
    if (event === 'AppShow') callApp('onShow', { ...(wx['getEnterOptionsSync'] as () => object)(), ...detail })
    if (event === 'ThemeChange') {
      phone.theme = detail['theme'] as Theme
      if (screen) screen.theme = phone.theme
      callApp('onThemeChange', detail)
    }
    if (event === 'KeyboardHeightChange') {
      const height = Number(detail['height'] ?? 0)
      const push = keyboardChanged(height, host.screen ? window.innerHeight : 0)
      screen?.showKeyboard(height, push)
    }
    events.raise(event, detail)
    if (event === 'AppShow' && pages.top) pages.call(pages.top, 'onShow')
    screen?.update()
  }

  function setNetwork(online: boolean): void {
    phone.online = online
    sockets.setOnline(online)
    raise('NetworkStatusChange', { isConnected: online, networkType: online ? 'wifi' : 'none' })
  }

  function locate(testId: string, where?: Where): ViewElement[] {
    return find(requireTop().component, testId, where)
  }

  function locateOne(testId: string, where?: Where): ViewElement {
    const [element] = locate(testId, where)
    if (!element) throw new Error(`no element ${testId} ${JSON.stringify(where ?? {})} on ${requireTop().path}:\n${tree()}`)
    return element
  }

  function tree(): string {
    return pages.top ? treeOf(pages.top.component) : '(no page is open)'
  }

  return {
    problems,
    boot,
    /** What the driver calls: arguments and results are plain JSON. */
    control: {
      route: () => requireTop().path,
      routes: () => pages.stack.map(({ path }) => path),
      query: () => ({ ...requireTop().query }),
      tree,
      all: (testId: string, where?: Where): ElementSnapshot[] => {
        const viewport = requireTop().webview?.viewport.getBoundingClientRect() ?? { left: 0, top: 0 }
        return locate(testId, where).map((element) => snapshot(element, viewport))
      },
      tap: (testId: string, where?: Where) => touch(locateOne(testId, where), 'tap'),
      longPress: (testId: string, where?: Where) => touch(locateOne(testId, where), 'longpress'),
      type: (testId: string, text: string, where?: Where) => typeInto(fieldIn(locateOne(testId, where)), text),
      confirm: (testId: string, where?: Where) => confirmField(fieldIn(locateOne(testId, where))),
      scroll: (testId: string, to: 'top' | 'bottom' | number, where?: Where) => scroll(locateOne(testId, where), to),
      back,
      switchTab,
      raise,
      sockets: () => sockets.snapshot(),
      cutSockets: () => sockets.cut(),
      setNetwork,
      dialogs: () => ui.shown(),
      answer: (answer: DialogAnswer) => ui.answer(answer),
      wxCalls: (name: string) => ui.callsOf(name),
      stats: () => meter.snapshot(),
      resetStats: () => meter.reset(),
      problems: () => [...problems.list],
    },
    /** In a browser: the element itself, for real touches and keys. */
    domOf: (testId: string, where?: Where) => domOf(locateOne(testId, where)),
    isDisabled: (testId: string, where?: Where) => isDisabled(locateOne(testId, where)),
  }
}

/** An input may be wrapped: the hook is on it or on an element that holds one. */
function fieldIn(element: ViewElement): ViewElement {
  for (const inner of descendants(element)) if (/^wx\/(input|textarea)$/.test(inner.is)) return inner
  throw new Error(`${element.is} is no input and holds none`)
}

/** What a finger does, where there is no screen to touch. */
function touch(element: ViewElement, gesture: 'tap' | 'longpress'): void {
  if (isInert(element)) return
  const point = { identifier: 0, clientX: 0, clientY: 0, pageX: 0, pageY: 0 }
  const options = { bubbles: true, composed: true, capturePhase: true, originalEvent: { changedTouches: [point] } }
  if (/^wx\/(input|textarea)$/.test(element.is)) focusElement(element)
  else blurField()
  element.triggerEvent('touchstart', {}, options)
  if (gesture === 'longpress') element.triggerEvent('longpress', { x: 0, y: 0 }, options)
  element.triggerEvent('touchend', {}, options)
  if (gesture === 'tap') element.triggerEvent('tap', { x: 0, y: 0 }, options)
}

function scroll(element: ViewElement, to: 'top' | 'bottom' | number): void {
  const dom = domOf(element)
  if (!dom) raiseScroll(element, to)
  else dom.scrollTo({ top: to === 'top' ? 0 : to === 'bottom' ? dom.scrollHeight : to, behavior: 'instant' })
}

/** glass-easel's own errors and warnings. */
function watchEngine(problems: Problems): void {
  glassEasel.globalOptions.throwGlobalError = false
  glassEasel.addGlobalErrorListener((error, method) => {
    problems.uncaught(error instanceof Error ? error : new Error(`${describe(error).message} in ${method ?? 'the view'}`))
    return false
  })
  glassEasel.addGlobalWarningListener((message) => {
    if (!HARMLESS.some((pattern) => pattern.test(message))) problems.add(`view: ${message}`)
    return false
  })
}

function evaluate(source: string): Record<string, unknown> {
  return new Function(`return ${source}`)() as Record<string, unknown>
}
