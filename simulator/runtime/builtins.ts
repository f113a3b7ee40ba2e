/** WeChat's built-in components. In Node they have only properties and events; in a browser they are also drawn. */
import type { GeneralComponentDefinition } from 'glass-easel'
import type { CodeSpace } from 'glass-easel-miniprogram-adapter'
import { ARIA_ATTRIBUTES, BUILTIN_TEMPLATES } from '../compile/builtin-tags'
import { fieldDefinition, type BuiltinComponent } from './fields'
import { scrollViewDefinition } from './scroll-view'
import { domOf, type ViewElement } from './dom'

/** The native elements inside built-in components. */
const INNER_TAGS = { 'mp-input': 'input', 'mp-textarea': 'textarea', 'mp-img': 'img' } as const

/** Maps a tag's property to the document's attribute that a screen reader reads. */
const READ: Readonly<Record<string, string>> = { ariaRole: 'role', ...Object.fromEntries(ARIA_ATTRIBUTES.map((name) => [name.replace(/-(.)/, (_, letter: string) => letter.toUpperCase()), name])) }

/**
 * The properties of every tag of WeChat. `role` and `tabindex` are named although WeChat ignores them, because glass-easel makes an attribute of any unknown
 * property.
 */
const COMMON = {
  hidden: Boolean, hoverClass: String, hoverStopPropagation: Boolean, hoverStartTime: Number, hoverStayTime: Number, role: String, tabindex: null,
  ...Object.fromEntries(Object.keys(READ).map((property) => [property, null])),
}

interface Environment {
  readonly space: CodeSpace
  /** Whether scroll-views support scroll anchoring. */
  readonly anchorsScrolling: boolean
  /** Evaluated glass-easel templates, by path `wx/<tag>`. */
  readonly templates: Record<string, unknown>
  /** An image of the build by its path, as a data: URL. */
  imageUrl(path: string): string
  navigate(openType: string, url: string): void
  /** A button with the open type `agreePrivacyAuthorization` was tapped. `id` is '' if it has none. */
  consentTapped(id: string): void
  /** The style that page-meta gives the page. */
  setPageStyle(element: ViewElement, style: string): void
}

export function registerBuiltins(environment: Environment): void {
  const { space, templates } = environment
  const definitions = definitionsFor(environment)
  const components = space.getComponentSpace()
  for (const [alias, tag] of Object.entries(INNER_TAGS)) components.setGlobalUsingComponent(alias, tag)
  for (const tag of Object.keys(BUILTIN_TEMPLATES)) {
    const path = `wx/${tag}`
    space.addCompiledTemplate(path, { groupList: templates, content: templates[path] } as never)
    space.addComponentStaticConfig(path, { component: true, styleIsolation: 'isolated' } as never)
    const { properties, observers, ...rest } = definitions[tag] ?? {}
    const definition = {
      ...rest,
      properties: { ...COMMON, ...(properties as object) },
      observers: {
        ...(observers as object),
        [['hidden', ...Object.keys(READ)].join(', ')](this: BuiltinComponent) {
          reflect(this)
        },
      },
    }
    const registered = space.component(path).definition(definition as never).register()
    components.setGlobalUsingComponent(`wx-${tag}`, (registered as unknown as { _$: GeneralComponentDefinition })._$)
  }
}

function definitionsFor({ anchorsScrolling, imageUrl, navigate, consentTapped, setPageStyle }: Environment): Record<string, Record<string, unknown>> {
  return {
    input: fieldDefinition(false),
    textarea: fieldDefinition(true),
    'scroll-view': scrollViewDefinition(anchorsScrolling),
    image: {
      properties: { src: String, mode: { type: String, value: 'scaleToFill' }, lazyLoad: Boolean, showMenuByLongpress: Boolean },
      observers: {
        'src, mode'(this: BuiltinComponent, src: string, mode: string) {
          const inner = this._$.getShadowRoot()?.getElementById('n')
          const native = inner && (domOf(inner) as HTMLImageElement | undefined)
          if (!native) return
          native.style.objectFit = mode === 'aspectFit' ? 'contain' : mode === 'aspectFill' ? 'cover' : 'fill'
          if (src) native.src = imageUrl(src)
        },
      },
    },
    button: {
      properties: { type: String, size: String, plain: Boolean, disabled: Boolean, loading: Boolean, formType: String, openType: String },
      observers: {
        'type, size, plain, disabled, loading'(this: BuiltinComponent, type: string, size: string, plain: boolean, disabled: boolean, loading: boolean) {
          const attributes = { type: type || 'default', size: size || 'default', plain: plain && 'plain', disabled: disabled && 'disabled', loading: loading && 'loading' }
          for (const [name, value] of Object.entries(attributes)) setAttribute(this, name, value)
        },
      },
      lifetimes: {
        attached(this: BuiltinComponent) {
          this._$.addListener('tap', () => {
            // It may be combined: `getPhoneNumber|agreePrivacyAuthorization`.
            if (!String(this.data['openType']).split('|').includes('agreePrivacyAuthorization')) return
            consentTapped(this._$.id)
            this.triggerEvent('agreeprivacyauthorization', {})
          })
        },
      },
    },
    navigator: {
      properties: { url: String, openType: { type: String, value: 'navigate' } },
      lifetimes: {
        attached(this: BuiltinComponent) {
          this._$.addListener('tap', () => navigate(String(this.data['openType']), String(this.data['url'])))
        },
      },
    },
    switch: {
      properties: { checked: Boolean, disabled: Boolean, type: String, color: String },
      observers: {
        checked(this: BuiltinComponent, checked: boolean) {
          setAttribute(this, 'checked', checked && 'checked')
        },
      },
      lifetimes: {
        attached(this: BuiltinComponent & { setData(data: object): void }) {
          this._$.addListener('tap', () => {
            if (this.data['disabled'] === true) return
            const value = !this.data['checked']
            this.setData({ checked: value })
            this.triggerEvent('change', { value })
          })
        },
      },
    },
    icon: { properties: { type: String, size: null, color: String } },
    form: { properties: { reportSubmit: Boolean } },
    label: { properties: { for: String } },
    'rich-text': { properties: { nodes: null, space: String } },
    'root-portal': { properties: { enable: { type: Boolean, value: true } } },
    'page-meta': {
      properties: { pageStyle: String, rootFontSize: String, backgroundColor: String, backgroundTextStyle: String, rootBackgroundColor: String },
      observers: {
        pageStyle(this: BuiltinComponent, style: string) {
          setPageStyle(this._$, style)
        },
      },
    },
  }
}

function reflect(component: BuiltinComponent): void {
  const data = component.data as Record<string, unknown>
  setAttribute(component, 'hidden', data['hidden'] === true && '')
  const dom = component._$.getShadowRoot()?.getElementById('n')
  const field = dom && isNativeField(domOf(dom)) ? domOf(dom) : undefined
  for (const [property, name] of Object.entries(READ)) {
    const value = text(data[property])
    // On a phone the native field has its own accessible name.
    if (!field || name !== 'aria-label') setAttribute(component, name, value ?? false)
    else field.setAttribute(name, value ?? '')
  }
}

function isNativeField(element: HTMLElement | undefined): boolean {
  return element?.tagName === 'INPUT' || element?.tagName === 'TEXTAREA'
}

function text(value: unknown): string | undefined {
  return value === undefined || value === null || value === '' ? undefined : String(value)
}

function setAttribute(component: BuiltinComponent, name: string, value: string | false): void {
  const dom = domOf(component._$)
  if (!dom) return
  if (value === false) dom.removeAttribute(name)
  else dom.setAttribute(name, value)
}
