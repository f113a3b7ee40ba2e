/** From glass-easel's elements to the browser's, where there is a browser. */
import * as glassEasel from 'glass-easel'

export type ViewElement = glassEasel.Element

export function domOf(element: ViewElement): HTMLElement | undefined {
  if (typeof document === 'undefined') return undefined
  return (element.getBackendElement() as unknown as HTMLElement | null) ?? undefined
}

/** From here on an element's `data-…` can be found in the browser's document too: tools and people look for `data-testid` there. */
export function showDatasets(): void {
  const { setDataset } = glassEasel.Element.prototype
  glassEasel.Element.prototype.setDataset = function (this: ViewElement, name: string, value: unknown) {
    setDataset.call(this, name, value)
    if (value !== undefined && typeof value !== 'object') domOf(this)?.setAttribute(`data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, String(value))
  }
}
