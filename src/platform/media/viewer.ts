/**
 * Shows a picture or plays a video of this device in an element of the page, on H5. With the browser's own elements: uni-app's take some 20 KB of the first load.
 * A picture is zoomed by pinching, with the wheel and by a double tap, and moved while it is zoomed; a swipe over one that is not goes to the next.
 */
// #ifdef H5
import { moveBy, SCALE_NEAR, WHOLE, zoomBy, type Zoom } from './zoom'
// #endif

export interface ViewerStage {
  /** Replaces what is shown. `name`: for screen readers. */
  show(kind: 'image' | 'video', address: string, name: string): void
  close(): void
}

/** px. A shorter movement is a tap. */
const SWIPE_PX = 50
const TAP_PX = 10
/** Between two taps, ms and px. */
const DOUBLE = { ms: 300, px: 30 } as const
/** The strip of a video with its controls, px: a finger on it moves the time. */
const CONTROLS_PX = 80

/** `onSwipe`: 1 for the next, -1 for the one before. */
export function openStage(place: HTMLElement, onSwipe: (by: 1 | -1) => void): ViewerStage {
  // #ifdef MP-WEIXIN
  throw new Error(`WeChat has a viewer of its own${place.tagName} ${typeof onSwipe} ${SWIPE_PX + TAP_PX + DOUBLE.ms + CONTROLS_PX}`)
  // #endif
  // #ifdef H5
  let shown: HTMLImageElement | HTMLVideoElement | undefined
  let zoom: Zoom = WHOLE
  const fingers = new Map<number, { readonly x: number; readonly y: number }>()
  let from: { readonly x: number; readonly y: number; readonly isSwipe: boolean } | undefined
  let tapped = { at: -Infinity, x: 0, y: 0 }

  function draw(next: Zoom): void {
    zoom = next
    if (shown instanceof HTMLImageElement) shown.style.transform = `translate(${zoom.x}px,${zoom.y}px) scale(${zoom.scale})`
  }

  /** From the centre of the place. */
  function offset(clientX: number, clientY: number): readonly [x: number, y: number] {
    const { left, top, width, height } = place.getBoundingClientRect()
    return [clientX - left - width / 2, clientY - top - height / 2]
  }

  const size = () => ({ width: place.clientWidth, height: place.clientHeight })
  const isPicture = () => shown instanceof HTMLImageElement
  const zoomAt = (factor: number, x: number, y: number) => isPicture() && draw(zoomBy(zoom, factor, ...offset(x, y), size()))

  function down(event: PointerEvent): void {
    if (event.button !== 0) return
    const { clientX: x, clientY: y } = event
    fingers.set(event.pointerId, { x, y })
    const { bottom } = place.getBoundingClientRect()
    from = fingers.size === 1 ? { x, y, isSwipe: isPicture() || y < bottom - CONTROLS_PX } : undefined
    if (isPicture()) place.setPointerCapture(event.pointerId)
  }

  function move(event: PointerEvent): void {
    const before = fingers.get(event.pointerId)
    if (!before || !isPicture()) return
    const now = { x: event.clientX, y: event.clientY }
    fingers.set(event.pointerId, now)
    const other = [...fingers].find(([finger]) => finger !== event.pointerId)?.[1]
    if (!other) return zoom.scale > 1 ? draw(moveBy(zoom, now.x - before.x, now.y - before.y, size())) : undefined
    const spread = (at: typeof now) => Math.max(1, Math.hypot(at.x - other.x, at.y - other.y))
    zoomAt(spread(now) / spread(before), (now.x + other.x) / 2, (now.y + other.y) / 2)
  }

  function up(event: PointerEvent): void {
    if (!fingers.delete(event.pointerId) || !from) return
    const { clientX: x, clientY: y, timeStamp: at } = event
    const [dx, dy] = [x - from.x, y - from.y]
    const { isSwipe } = from
    from = undefined
    if (isSwipe && zoom.scale === 1 && Math.abs(dx) > SWIPE_PX && Math.abs(dx) > 2 * Math.abs(dy)) return onSwipe(dx < 0 ? 1 : -1)
    if (Math.hypot(dx, dy) > TAP_PX) return
    const isDouble = at - tapped.at < DOUBLE.ms && Math.hypot(x - tapped.x, y - tapped.y) < DOUBLE.px
    tapped = { at: isDouble ? -Infinity : at, x, y }
    if (isDouble) zoomAt(zoom.scale > 1 ? 0 : SCALE_NEAR, x, y)
  }

  function lost({ pointerId }: PointerEvent): void {
    fingers.delete(pointerId)
    from = undefined
  }

  function wheel(event: WheelEvent): void {
    if (!isPicture()) return
    event.preventDefault()
    zoomAt(Math.exp(-event.deltaY / 300), event.clientX, event.clientY)
  }

  place.style.touchAction = 'none'
  place.addEventListener('pointerdown', down)
  place.addEventListener('pointermove', move)
  place.addEventListener('pointerup', up)
  place.addEventListener('pointercancel', lost)
  place.addEventListener('wheel', wheel, { passive: false })

  function clear(): void {
    if (shown instanceof HTMLVideoElement) shown.pause()
    shown?.remove()
    shown = undefined
    fingers.clear()
    zoom = WHOLE
  }

  return {
    show(kind, address, name) {
      clear()
      shown = kind === 'video' ? player(address) : picture(address)
      shown.dataset.testid = `viewer-${kind}`
      shown.setAttribute('aria-label', name)
      place.append(shown)
    },
    // The listeners go with the element.
    close: clear,
  }
  // #endif
}

// #ifdef H5
function player(address: string): HTMLVideoElement {
  const video = document.createElement('video')
  video.src = address
  video.controls = true
  video.autoplay = true
  video.playsInline = true
  return video
}

function picture(address: string): HTMLImageElement {
  const image = document.createElement('img')
  image.src = address
  image.draggable = false
  return image
}
// #endif
