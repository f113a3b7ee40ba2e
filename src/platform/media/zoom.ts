/** The zoom of a picture that is looked at: a scale, and how far its centre is from the centre of its place, px. */
export interface Zoom {
  readonly scale: number
  readonly x: number
  readonly y: number
}

/** The size of the place, px. */
export interface Place {
  readonly width: number
  readonly height: number
}

export const WHOLE: Zoom = { scale: 1, x: 0, y: 0 }
export const SCALE_MAX = 8
/** Of a double tap. */
export const SCALE_NEAR = 2.5

/** Zooms by `factor`; the point `x`, `y`, px from the centre of the place, stays where it is as far as the picture covers its place. */
export function zoomBy(zoom: Zoom, factor: number, x: number, y: number, place: Place): Zoom {
  const scale = Math.min(SCALE_MAX, Math.max(1, zoom.scale * factor))
  const by = scale / zoom.scale
  return within({ scale, x: x - (x - zoom.x) * by, y: y - (y - zoom.y) * by }, place)
}

/** Moves the picture. A picture in its whole size stays. */
export function moveBy({ scale, x, y }: Zoom, dx: number, dy: number, place: Place): Zoom {
  return within({ scale, x: x + dx, y: y + dy }, place)
}

function within({ scale, x, y }: Zoom, { width, height }: Place): Zoom {
  const [mostX, mostY] = [(width * (scale - 1)) / 2, (height * (scale - 1)) / 2]
  // No -0, which is another value to a test.
  return { scale, x: Math.min(mostX, Math.max(-mostX, x)) + 0, y: Math.min(mostY, Math.max(-mostY, y)) + 0 }
}
