/** From glass-easel's elements to the browser's, where there is a browser. */
import * as glassEasel from 'glass-easel'
import { isUnread } from '../compile/builtin-tags'

export type ViewElement = glassEasel.Element

export function domOf(element: ViewElement): HTMLElement | undefined {
  if (typeof document === 'undefined') return undefined
  return (element.getBackendElement() as unknown as HTMLElement | null) ?? undefined
}

/**
 * From here on the browser's document has what tools and people look for in it: the `data-…` of each element, and as its role the
 * `aria-role`, which WeChat reads. Nothing is there that means nothing to WeChat, such as `role` and `tabindex`.
 */
export function showAttributes(): void {
  const { setDataset, setAttribute } = glassEasel.Element.prototype
  glassEasel.Element.prototype.setDataset = function (this: ViewElement, name: string, value: unknown) {
    setDataset.call(this, name, value)
    if (value !== undefined && typeof value !== 'object') domOf(this)?.setAttribute(`data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, String(value))
  }
  glassEasel.Element.prototype.setAttribute = function (this: ViewElement, name: string, value: unknown) {
    setAttribute.call(this, name, value)
    const dom = domOf(this)
    if (isUnread(name) || name === 'aria-role') dom?.removeAttribute(name)
    else if (name.startsWith('aria-')) dom?.setAttribute(name, String(value))
    if (name !== 'role' && name !== 'aria-role') return
    const role = this.getAttribute('aria-role')
    if (typeof role === 'string' && role !== '') dom?.setAttribute('role', role)
    else dom?.removeAttribute('role')
  }
}
