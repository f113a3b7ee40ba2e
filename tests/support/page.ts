/** A page on the screen, used as a person would: found by its test hooks, tapped, typed into, shown and hidden. */
import { mount, flushPromises, type DOMWrapper, type VueWrapper } from '@vue/test-utils'
import { nextTick, type Component } from 'vue'
import { fireHook } from './uni-app'
import type { World } from './world'

export interface PageOptions {
  /** The argument of the page's onLoad. */
  query?: Record<string, string>
  props?: Record<string, unknown>
}

export class Page {
  private readonly renders = new Map<string, number>()
  private readonly fields = new WeakMap<Element, Field>()
  readonly wrapper: VueWrapper

  constructor(world: World, component: Component, props?: Record<string, unknown>) {
    const count = (name: string) => this.renders.set(name, (this.renders.get(name) ?? 0) + 1)
    const counter = {
      updated(this: { $options: { __name?: string } }) {
        count(this.$options.__name ?? '')
      },
    }
    this.wrapper = mount(component, { props, attachTo: document.body, global: { plugins: [world.pinia], mixins: [counter] } })
    world.atEnd(() => this.close())
  }

  /** Closes it. */
  close(): void {
    if (this.wrapper.exists()) this.wrapper.unmount()
  }

  fire(hook: string, ...args: unknown[]): void {
    fireHook(this.wrapper.vm.$.root, hook, ...args)
  }

  async show(): Promise<void> {
    this.fire('onShow')
    await nextTick()
  }

  async hide(): Promise<void> {
    this.fire('onHide')
    await nextTick()
  }

  /** How often components of this name have been rendered again. */
  rendersOf(name: string): number {
    return this.renders.get(name) ?? 0
  }

  all(hook: string): DOMWrapper<Element>[] {
    return this.wrapper.findAll(`[data-testid="${hook}"]`)
  }

  get(hook: string): Omit<DOMWrapper<Element>, 'exists'> {
    return this.wrapper.get(`[data-testid="${hook}"]`)
  }

  has(hook: string): boolean {
    return this.all(hook).length > 0
  }

  text(hook: string): string {
    return this.get(hook).text()
  }

  texts(hook: string): string[] {
    return this.all(hook).map((element) => element.text())
  }

  /** An element by its hook and its `data-id`, `data-kind`, `data-action` or `data-emoji`. */
  one(hook: string, which: string): DOMWrapper<Element> {
    const found = this.all(hook).find((element) => ['id', 'kind', 'action', 'emoji'].some((name) => element.attributes(`data-${name}`) === which))
    if (!found) throw new Error(`no ${hook} ${which} among ${this.all(hook).length}`)
    return found
  }

  async tap(hook: string, which?: string): Promise<void> {
    await this.gesture('tap', hook, which)
  }

  async longPress(hook: string, which?: string): Promise<void> {
    await this.gesture('longpress', hook, which)
  }

  field(hook: string): Field {
    const element = this.get(hook).element as HTMLInputElement
    const known = this.fields.get(element) ?? new Field(element)
    this.fields.set(element, known)
    return known
  }

  async type(hook: string, text: string): Promise<void> {
    await this.field(hook).type(text)
  }

  private async gesture(name: string, hook: string, which: string | undefined): Promise<void> {
    await (which === undefined ? this.get(hook) : this.one(hook, which)).trigger(name)
    await flushPromises()
  }
}

/** Opens a page as the platform does: onLoad with its query, then onShow. */
export async function openPage(world: World, component: Component, { query = {}, props }: PageOptions = {}): Promise<Page> {
  const page = new Page(world, component, props)
  page.fire('onLoad', query)
  await page.show()
  await flushPromises()
  return page
}

/** A text field as in WeChat: it keeps the typed text, and takes a value from the program only if that differs from the last value. */
export class Field {
  /** The text that the user sees in it. */
  text: string
  private given: string

  constructor(private readonly element: HTMLInputElement) {
    this.text = this.given = element.value
    Object.defineProperty(element, 'value', {
      get: () => this.given,
      set: (value: string) => {
        if (value === this.given) return
        this.given = this.text = value
      },
    })
  }

  async type(text: string): Promise<void> {
    this.text = text
    await this.event('input')
  }

  /** The keyboard's own key, which sends. */
  async confirm(): Promise<void> {
    await this.event('confirm')
    await flushPromises()
  }

  /** `cursor`: where the event says that the caret is. */
  async event(name: string, cursor?: number): Promise<void> {
    this.element.dispatchEvent(new CustomEvent(name, { detail: { value: this.text, ...(cursor !== undefined && { cursor }) } }))
    await nextTick()
  }
}
