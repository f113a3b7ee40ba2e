import { visibleArea, type Box } from '@/src/platform/measure'
import { menuSize, placeMenu, type MenuContent } from './placement'

/** The place of a menu as the markup takes it: a style, and the class of its side. */
export interface DrawnPlace {
  readonly style: string
  readonly side: string
}

/** `list`: where the list of the thread is on the screen; the style is relative to it. Without it nothing has a size, and so neither has the menu. */
export function drawnPlace(content: MenuContent, bubble: Box | undefined, list: Box | undefined): DrawnPlace {
  if (!list || list.height === 0) return { style: '', side: 'is-inside' }
  const size = menuSize(content, list.width)
  // Between the bar and the composer, unless a keyboard leaves too little there.
  const area = list.height < size.height ? (visibleArea() ?? list) : list
  const { side, left, top, width, height, arrow } = placeMenu(size, bubble, area)
  // By the end that is at the bubble: words that a browser enlarges make the menu higher.
  const end = side === 'below' ? ['top', top - list.top] : ['bottom', list.top + list.height - top - height]
  const values = [['left', left - list.left], end, ['width', width], ['--arrow', arrow], ['--most', height], ['--action', size.action]] as const
  return { style: values.map(([name, px]) => `${name}:${Math.round(Number(px))}px`).join(';'), side: `is-${side}` }
}
