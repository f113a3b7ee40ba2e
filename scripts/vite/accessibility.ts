/** Attributes for screen readers and keyboards, in the form of each platform. Sources write `role`. */
import type { CompilerOptions } from 'vue/compiler-sfc'

type NodeTransform = NonNullable<CompilerOptions['nodeTransforms']>[number]
type TemplateNode = Parameters<NodeTransform>[0]
type ElementNode = Extract<TemplateNode, { type: typeof ELEMENT }>
type Property = ElementNode['props'][number]

// `NodeTypes` of Vue's compiler, whose enum has no values at run time here.
const ELEMENT = 1
const ATTRIBUTE = 6
const DIRECTIVE = 7

/** The `tabindex` of each role on H5: 0 if Tab reaches it, -1 if the arrow keys do (src/platform/keyboard-use.ts). */
const TAB_INDEX: Readonly<Record<string, number>> = { button: 0, tab: 0, link: 0, switch: 0, log: 0, article: -1, menuitem: -1, listbox: 0, option: -1 }

/** Roles that are announced when they change. Browsers know that from `role`; not every WeChat does from `aria-role`. */
const LIVE: Readonly<Record<string, string>> = { alert: 'assertive', status: 'polite' }

/**
 * Returns the template transform for a platform. In the mini program `role` becomes `aria-role`, which WeChat reads, and announced elements get `aria-live`.
 * On H5 `role` stays, and controls become focusable.
 */
export function accessibleMarkup(platform: string | undefined): NodeTransform {
  return platform === 'mp-weixin' ? forWeChat : forBrowsers
}

const forWeChat: NodeTransform = (node) => {
  if (node.type !== ELEMENT) return
  const role = textOf(node, 'role')
  const live = role === undefined ? undefined : LIVE[role]
  for (const property of node.props) {
    if (property.type === ATTRIBUTE && property.name === 'role') property.name = 'aria-role'
    else if (isBinding(property, 'role')) property.arg.content = 'aria-role'
  }
  if (live) add(node, 'aria-live', live)
}

const forBrowsers: NodeTransform = (node) => {
  if (node.type !== ELEMENT) return
  const index = TAB_INDEX[textOf(node, 'role') ?? '']
  if (index !== undefined) add(node, 'tabindex', String(index))
}

/** Adds an attribute unless the source has it. */
function add(node: ElementNode, name: string, content: string): void {
  if (textOf(node, name) !== undefined || node.props.some((property) => isBinding(property, name))) return
  const { loc } = node
  node.props.push({ type: ATTRIBUTE, name, loc, nameLoc: loc, value: { type: 2, content, loc } } as Property)
}

function textOf({ props }: ElementNode, name: string): string | undefined {
  for (const property of props) if (property.type === ATTRIBUTE && property.name === name) return property.value?.content
  return undefined
}

function isBinding(property: Property, name: string): property is Extract<Property, { type: typeof DIRECTIVE }> & { arg: { content: string } } {
  return property.type === DIRECTIVE && property.name === 'bind' && property.arg !== undefined && 'content' in property.arg && property.arg.content === name
}
