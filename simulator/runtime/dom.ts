/** From glass-easel's elements to the browser's, where there is a browser. */
import type * as glassEasel from 'glass-easel'

export type ViewElement = glassEasel.Element

export function domOf(element: ViewElement): HTMLElement | undefined {
  if (typeof document === 'undefined') return undefined
  return (element.getBackendElement() as unknown as HTMLElement | null) ?? undefined
}
