/** Maps glass-easel's elements to the browser's, if there is a browser. */
import * as glassEasel from 'glass-easel'
import { isUnread } from '../compile/builtin-tags'

export type ViewElement = glassEasel.Element

export function domOf(element: ViewElement): HTMLElement | undefined {
  if (typeof document === 'undefined') return undefined
  return (element.getBackendElement() as unknown as HTMLElement | null) ?? undefined
}

/**
 * From now on the browser's document has the attributes that tools and people look for: the `data-…` of each element, and `aria-role`, which WeChat reads, as
 * its role. Attributes that WeChat ignores, such as `role` and `tabindex`, are left out.
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
