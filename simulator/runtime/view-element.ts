/** glass-easel's elements, as far as the simulator reads them. */
import * as glassEasel from 'glass-easel'
import type { ElementSnapshot, Where } from '../drive/driver'
import { domOf, type ViewElement } from './dom'
import { isFocused, shownText } from './fields'

/** The element and all drawn elements below it, in document order. */
export function* descendants(element: ViewElement): Generator<ViewElement> {
  yield element
  for (const child of childrenOf(element)) if (!glassEasel.TextNode.isTextNode(child)) yield* descendants(child)
}

/** The `data-` attributes by which an element can be found. */
const DATA = ['id', 'kind', 'action', 'emoji'] as const

export function find(root: ViewElement, testId: string, where: Where = {}): ViewElement[] {
  const matches = [...descendants(root)].filter(({ dataset }) => {
    if (dataset['testid'] !== testId) return false
    return DATA.every((name) => where[name] === undefined || dataset[name] === where[name])
  })
  if (where.index === undefined) return matches
  const chosen = matches.at(where.index)
  return chosen ? [chosen] : []
}

export function textOf(element: ViewElement): string {
  return childrenOf(element)
    .map((child) => (glassEasel.TextNode.isTextNode(child) ? child.textContent : textOf(child)))
    .join('')
}

/** The value of a component's property. */
export function propertyOf(element: ViewElement, name: string): unknown {
  return glassEasel.Component.isComponent(element) ? (element.data as Record<string, unknown>)[name] : undefined
}

export function isDisabled(element: ViewElement): boolean {
  return propertyOf(element, 'disabled') === true
}

/** Whether it or an ancestor is disabled, so that touches have no effect. */
export function isInert(element: ViewElement): boolean {
  for (let at: ViewElement | null = element; at; at = at.getComposedParent()) if (isDisabled(at)) return true
  return false
}

export function snapshot(element: ViewElement, viewport: { left: number; top: number }): ElementSnapshot {
  const dom = domOf(element)
  const box = dom?.getBoundingClientRect()
  return {
    text: textOf(element),
    className: String((element as { class?: string }).class ?? ''),
    dataset: Object.fromEntries(Object.entries(element.dataset).map(([name, value]) => [name, String(value)])),
    disabled: isDisabled(element) || element.getAttribute('aria-disabled') === true || String(propertyOf(element, 'ariaDisabled')) === 'true',
    label: String(element.getAttribute('aria-label') ?? propertyOf(element, 'ariaLabel') ?? ''),
    value: shownText(element),
    hasFocus: isFocused(element),
    rect: box ? { left: box.left - viewport.left, top: box.top - viewport.top, width: box.width, height: box.height } : { left: 0, top: 0, width: 0, height: 0 },
    scroll: dom ? { top: dom.scrollTop, height: dom.scrollHeight, clientHeight: dom.clientHeight } : { top: 0, height: 0, clientHeight: 0 },
  }
}

/** The component's path, or the tag. */
export function tagOf(element: ViewElement): string {
  return String((element as { is?: string }).is || 'node')
}

/** Whether the user can type into it. */
export function isField(element: ViewElement): boolean {
  return shownText(element) !== undefined
}

/** Prints one line per element or text. */
export function treeOf(element: ViewElement, depth = 0): string {
  const indent = '  '.repeat(depth)
  const virtual = glassEasel.VirtualNode.isVirtualNode(element)
  const { testid, id, kind } = element.dataset as Record<string, unknown>
  const label = [tagOf(element), testid && `testid=${testid}`, id && `id=${id}`, kind && `kind=${kind}`, isDisabled(element) && 'disabled'].filter(Boolean).join(' ')
  const lines = virtual ? [] : [`${indent}<${label}>`]
  const value = shownText(element)
  if (value) lines.push(`${indent}  ${JSON.stringify(value)}`)
  for (const child of childrenOf(element)) {
    if (!glassEasel.TextNode.isTextNode(child)) lines.push(treeOf(child, virtual ? depth : depth + 1))
    else if (child.textContent) lines.push(`${indent}  ${JSON.stringify(child.textContent)}`)
  }
  return lines.filter(Boolean).join('\n')
}

function childrenOf(element: ViewElement): glassEasel.Node[] {
  const children: glassEasel.Node[] = []
  element.forEachComposedChild((child) => {
    children.push(child)
  })
  return children
}
