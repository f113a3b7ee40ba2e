/**
 * createSelectorQuery and createIntersectionObserver. Positions are relative to the page's own viewport. Without a browser there is no layout: rectangles and
 * offsets are zero, and nothing intersects.
 */
import type { Caller } from './components'
import { scrollViewContext } from './scroll-view'
import { domOf, type ViewElement } from './dom'
import { propertyOf } from './view-element'
import { tellProgram } from './view-messages'

type Result = Record<string, unknown> | null
type Listener = (result: unknown) => void
type Margins = { readonly left?: number; readonly top?: number; readonly right?: number; readonly bottom?: number }

export interface Fields {
  readonly id?: boolean
  readonly dataset?: boolean
  readonly rect?: boolean
  readonly size?: boolean
  readonly scrollOffset?: boolean
  readonly properties?: readonly string[]
  readonly computedStyle?: readonly string[]
  readonly node?: boolean
  readonly context?: boolean
}

export interface ViewportOf {
  /** The element of the page's own viewport; undefined without a browser. */
  (caller: Caller): HTMLElement | undefined
}

interface Request {
  readonly caller: Caller
  /** Undefined: the viewport. */
  readonly selector: string | undefined
  readonly single: boolean
  readonly fields: Fields
  readonly listener: Listener
}

const ignore = () => undefined

export class SelectorQuery {
  private readonly requests: Request[] = []

  constructor(
    private caller: Caller,
    private readonly viewportOf: ViewportOf,
  ) {}

  in(caller: Caller): this {
    this.caller = caller
    return this
  }

  select(selector: string): NodesRef {
    return new NodesRef(this, { caller: this.caller, selector, single: true })
  }

  selectAll(selector: string): NodesRef {
    return new NodesRef(this, { caller: this.caller, selector, single: false })
  }

  selectViewport(): NodesRef {
    return new NodesRef(this, { caller: this.caller, selector: undefined, single: true })
  }

  exec(listener: (results: unknown[]) => void = ignore): this {
    const requests = [...this.requests]
    setTimeout(() => {
      const results = requests.map((request) => this.answer(request))
      tellProgram(() => {
        requests.forEach((request, index) => request.listener(results[index]))
        listener(results)
      })
    })
    return this
  }

  push(request: Request): this {
    this.requests.push(request)
    return this
  }

  private answer({ caller, selector, single, fields }: Request): Result | Result[] {
    const viewport = this.viewportOf(caller)
    if (selector === undefined) return describeViewport(viewport, fields)
    const elements = selectIn(caller, selector)
    const origin = viewport?.getBoundingClientRect() ?? { left: 0, top: 0 }
    if (!single) return elements.map((element) => describe(element, fields, origin))
    const [first] = elements
    return first ? describe(first, fields, origin) : null
  }
}

class NodesRef {
  constructor(
    private readonly query: SelectorQuery,
    private readonly target: Pick<Request, 'caller' | 'selector' | 'single'>,
  ) {}

  fields(fields: Fields, listener: Listener = ignore): SelectorQuery {
    return this.query.push({ ...this.target, fields, listener })
  }

  boundingClientRect(listener?: Listener): SelectorQuery {
    return this.fields({ id: true, dataset: true, rect: true, size: true }, listener)
  }

  scrollOffset(listener?: Listener): SelectorQuery {
    return this.fields({ id: true, dataset: true, scrollOffset: true }, listener)
  }

  node(listener?: Listener): SelectorQuery {
    return this.fields({ node: true }, listener)
  }

  context(listener?: Listener): SelectorQuery {
    return this.fields({ context: true }, listener)
  }
}

export class ViewIntersectionObserver {
  private root: HTMLElement | undefined
  private margins = '0px'
  private observer: IntersectionObserver | undefined

  constructor(
    private readonly caller: Caller,
    private readonly viewportOf: ViewportOf,
    private readonly options: { thresholds?: number[]; initialRatio?: number; observeAll?: boolean } = {},
  ) {}

  relativeTo(selector: string, margins: Margins = {}): this {
    const [element] = selectIn(this.caller, selector)
    return this.measureAgainst(element && domOf(element), margins)
  }

  relativeToViewport(margins: Margins = {}): this {
    return this.measureAgainst(this.viewportOf(this.caller), margins)
  }

  observe(selector: string, listener: Listener): void {
    if (!this.viewportOf(this.caller)) return
    const elements = selectIn(this.caller, selector).slice(0, this.options.observeAll ? undefined : 1)
    const byDom = new Map(elements.map((element) => [domOf(element) as Element, element]))
    const ratios = new Map<Element, number>()
    this.observer = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          const before = ratios.get(entry.target) ?? this.options.initialRatio ?? 0
          ratios.set(entry.target, entry.intersectionRatio)
          if (before === entry.intersectionRatio) continue
          const element = byDom.get(entry.target)
          listener({
            id: element?.id ?? '',
            dataset: { ...element?.dataset },
            intersectionRatio: entry.intersectionRatio,
            intersectionRect: plainRect(entry.intersectionRect),
            boundingClientRect: plainRect(entry.boundingClientRect),
            relativeRect: entry.rootBounds && plainRect(entry.rootBounds),
            time: Date.now(),
          })
        }
      },
      { root: this.root, rootMargin: this.margins, threshold: this.options.thresholds ?? [0] },
    )
    for (const dom of byDom.keys()) this.observer.observe(dom)
  }

  disconnect(): void {
    this.observer?.disconnect()
  }

  private measureAgainst(root: HTMLElement | undefined, { top = 0, right = 0, bottom = 0, left = 0 }: Margins): this {
    this.root = root
    this.margins = `${top}px ${right}px ${bottom}px ${left}px`
    return this
  }
}

function selectIn(caller: Caller, selector: string): ViewElement[] {
  const component = caller._$ as unknown as { getShadowRoot(): { querySelectorAll(selector: string): ViewElement[] } | null }
  return component.getShadowRoot()?.querySelectorAll(selector) ?? []
}

function describe(element: ViewElement, fields: Fields, origin: { left: number; top: number }): Result {
  const dom = domOf(element)
  const box = dom?.getBoundingClientRect()
  const left = (box?.left ?? origin.left) - origin.left
  const top = (box?.top ?? origin.top) - origin.top
  const width = box?.width ?? 0
  const height = box?.height ?? 0
  const style = dom && fields.computedStyle ? getComputedStyle(dom) : undefined
  return {
    ...(fields.id && { id: element.id }),
    ...(fields.dataset && { dataset: { ...element.dataset } }),
    ...(fields.rect && { left, top, right: left + width, bottom: top + height }),
    ...(fields.size && { width, height }),
    ...(fields.scrollOffset && offsets(dom)),
    ...Object.fromEntries((fields.properties ?? []).map((name) => [name, propertyOf(element, name)])),
    ...Object.fromEntries((fields.computedStyle ?? []).map((name) => [name, style?.getPropertyValue(name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`))])),
    ...(fields.node && { node: propertyOf(element, 'enhanced') === true ? scrollViewContext(element) : null }),
    ...(fields.context && { context: null }),
  }
}

function describeViewport(viewport: HTMLElement | undefined, fields: Fields): Result {
  const width = viewport?.clientWidth ?? 0
  const height = viewport?.clientHeight ?? 0
  return {
    ...(fields.id && { id: '' }),
    ...(fields.dataset && { dataset: {} }),
    ...(fields.rect && { left: 0, top: 0, right: width, bottom: height }),
    ...(fields.size && { width, height }),
    ...(fields.scrollOffset && offsets(viewport?.firstElementChild as HTMLElement | undefined)),
  }
}

function offsets(dom: HTMLElement | undefined): Record<string, number> {
  return { scrollTop: dom?.scrollTop ?? 0, scrollLeft: dom?.scrollLeft ?? 0, scrollHeight: dom?.scrollHeight ?? 0, scrollWidth: dom?.scrollWidth ?? 0 }
}

function plainRect({ left, top, right, bottom, width, height }: DOMRectReadOnly): Record<string, number> {
  return { left, top, right, bottom, width, height }
}
