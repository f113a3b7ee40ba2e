/** The point at which a finger would touch an element. Throws if a finger could not reach it. */

export function pointOf(dom: HTMLElement | undefined, disabled: boolean, name: string): { x: number; y: number } {
  if (!dom) throw new Error(`${name} is not drawn`)
  if (!isInside(dom)) dom.scrollIntoView({ block: 'center', behavior: 'instant' })
  const { left, top, width, height } = dom.getBoundingClientRect()
  if (width === 0 || height === 0) throw new Error(`${name} has no size: it cannot be seen`)
  const x = left + width / 2
  const y = top + height / 2
  const hit = document.elementFromPoint(x, y)
  if (!disabled && (!hit || !dom.contains(hit))) throw new Error(`${name} cannot be touched at ${Math.round(x)}, ${Math.round(y)}: ${hit ? label(hit) : 'nothing'} is there`)
  return { x, y }
}

/** Whether it takes its place but is not painted yet. */
export function isHidden(dom: HTMLElement | undefined): boolean {
  return dom !== undefined && getComputedStyle(dom).visibility === 'hidden'
}

/** Whether the point is inside all ancestors that clip. */
function isInside(dom: HTMLElement): boolean {
  const own = dom.getBoundingClientRect()
  const middle = own.top + own.height / 2
  for (let at = dom.parentElement; at; at = at.parentElement) {
    if (getComputedStyle(at).overflowY === 'visible') continue
    const box = at.getBoundingClientRect()
    if (middle < box.top || middle > box.bottom) return false
  }
  return middle >= 0 && middle <= window.innerHeight
}

function label(element: Element): string {
  return `<${element.tagName.toLowerCase()} class="${element.className}">`
}
