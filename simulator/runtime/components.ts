/** App(), Page(), Component(), Behavior(): registration, and the order in which lifetimes reach a page's components. */
import type { CodeSpace } from 'glass-easel-miniprogram-adapter'
import { joinPath, type Modules } from './modules'
import type { Packages } from './packages'
import type { SetDataMeter } from './set-data'
import type { Bundle } from './types'
import type { ViewElement } from './dom'

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown
export type Definition = Record<string, unknown>

/** A component or page as its own code sees it. */
export interface Caller {
  readonly _$: ViewElement
  readonly is: string
  setData(data: Record<string, unknown>, callback?: () => void): void
}

const LIFETIMES = ['created', 'attached', 'ready', 'detached', 'moved', 'error'] as const

export class Components {
  /** The argument of App(). */
  app: Definition | undefined
  private current = ''
  /** Components that were rendered as their placeholders. */
  private readonly wanted = new Set<string>()
  private wantedTimer: ReturnType<typeof setTimeout> | undefined
  private readonly registered = new Set<string>()
  private readonly waitingForReady: { element: ViewElement; depth: number }[] = []
  private readonly depths = new WeakMap<object, number>()
  private readyTimer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly bundle: Bundle,
    private readonly space: CodeSpace,
    private readonly meter: SetDataMeter,
    private readonly modules: () => Modules,
    private readonly packages: Packages,
    /** Told of a component whose subpackage could not be downloaded. */
    private readonly onLazyLoadError: (detail: { readonly type: 'subpackage'; readonly subpackage: readonly string[]; readonly errMsg: string }) => void,
    private readonly guard: <A extends unknown[], R>(call: (...args: A) => R) => (...args: A) => R | undefined,
  ) {
    space.getComponentSpace().setComponentWaitingListener((_isPublic, path) => {
      this.wanted.add(path)
      this.wantedTimer ??= setTimeout(this.guard(() => this.loadWanted()))
    })
  }

  /** The globals that register things. */
  globals(): Record<string, unknown> {
    return {
      App: (definition: Definition) => {
        this.app = definition
      },
      Component: (definition: Definition) => {
        const path = this.current
        this.registered.add(path)
        this.space.component(path).definition(this.instrument(definition) as never).register()
      },
      Page: (definition: Definition) => {
        const path = this.current
        this.registered.add(path)
        const created = this.countSetData()
        const onLoad = definition['onLoad'] as AnyFunction | undefined
        const counted = {
          ...definition,
          onLoad(this: Caller, query: unknown) {
            created.call(this)
            return onLoad?.call(this, query)
          },
        }
        this.space.component(path).pageDefinition(counted as never).register()
      },
      Behavior: (definition: Definition) => this.space.behavior().definition(definition as never).register(),
    }
  }

  /** Runs app.js. */
  startApp(): void {
    this.current = 'app'
    this.modules().require('app.js')
    if (!this.app) throw new Error('app.js did not call App()')
  }

  /** Runs the code of a page or component after that of the components it uses, without those that have a placeholder. */
  load(path: string): void {
    if (this.registered.has(path)) return
    this.registered.add(path)
    const { usingComponents, componentPlaceholder = {} } = this.bundle.json[path] ?? {}
    for (const [tag, reference] of Object.entries({ ...this.bundle.app.usingComponents, ...usingComponents })) {
      if (!(tag in componentPlaceholder)) this.load(joinPath(path, reference))
    }
    this.registered.delete(path)
    const before = this.current
    this.current = path
    this.modules().require(`${path}.js`)
    this.current = before
    if (!this.registered.has(path)) throw new Error(`${path}.js did not call Page() or Component()`)
  }

  /**
   * After the rendering: downloads the subpackages of the components that were rendered as their placeholders, and runs their code, which puts them in the
   * place of these. WeChat renders the placeholder once on each page; here it does so only until the code has run.
   */
  private loadWanted(): void {
    this.wantedTimer = undefined
    for (const path of this.wanted) {
      this.packages.download(path).then(
        this.guard(() => this.load(path)),
        this.guard((error: Error) => this.onLazyLoadError({ type: 'subpackage', subpackage: [this.packages.homeOf(path)], errMsg: error.message })),
      )
    }
    this.wanted.clear()
  }

  /** Fires `ready` on everything attached since the last call, inner components first. WeChat does so after their first render. */
  flushReady(): ViewElement[] {
    clearTimeout(this.readyTimer)
    this.readyTimer = undefined
    const batch = this.waitingForReady.splice(0).sort((a, b) => b.depth - a.depth)
    for (const { element } of batch) this.meter.logic(() => (element as unknown as { triggerLifetime(name: string, args: unknown[]): void }).triggerLifetime('ready', []))
    return batch.map(({ element }) => element)
  }

  private instrument(definition: Definition): Definition {
    const logic = (method: unknown) => (typeof method === 'function' ? this.asLogic(method as AnyFunction) : method)
    const table = (methods: unknown) => Object.fromEntries(Object.entries((methods ?? {}) as object).map(([name, method]) => [name, logic(method)]))
    const lifetimes: Record<string, unknown> = table(definition['lifetimes'])
    const rest = { ...definition }
    for (const name of LIFETIMES) {
      if (rest[name] && !lifetimes[name]) lifetimes[name] = logic(rest[name])
      delete rest[name]
    }
    const queueReady = (element: ViewElement) => this.queueReady(element)
    const countSetData = this.countSetData()
    const { created, attached } = lifetimes as { created?: AnyFunction; attached?: AnyFunction }
    return {
      ...rest,
      pageLifetimes: table(definition['pageLifetimes']),
      methods: table(definition['methods']),
      observers: table(definition['observers']),
      lifetimes: {
        ...lifetimes,
        created(this: Caller) {
          countSetData.call(this)
          created?.call(this)
        },
        attached(this: Caller) {
          queueReady(this._$)
          attached?.call(this)
        },
      },
    }
  }

  private countSetData(): (this: Caller) => void {
    const { meter } = this
    return function (this: Caller) {
      this.setData = meter.wrap(this.is, this.setData.bind(this))
    }
  }

  private asLogic(method: AnyFunction): AnyFunction {
    const { meter } = this
    return function (this: unknown, ...args) {
      return meter.logic(() => method.apply(this, args))
    }
  }

  private queueReady(element: ViewElement): void {
    const host = element.ownerShadowRoot?.getHostNode()
    const depth = host ? (this.depths.get(host) ?? 0) + 1 : 0
    this.depths.set(element, depth)
    this.waitingForReady.push({ element, depth })
    this.readyTimer ??= setTimeout(this.guard(() => this.flushReady()))
  }
}
