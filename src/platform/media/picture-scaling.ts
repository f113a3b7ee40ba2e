/** The size of a picture that is sent: its long side is at most 1,920 px, unless the user wants the original. */

/** px. */
const LONG_SIDE = 1920
/** Of a JPEG, 0 to 1. */
export const QUALITY = 0.82

/** The size to which a picture is scaled, px. */
export function scaledSize(width: number, height: number): { readonly width: number; readonly height: number } {
  const scale = Math.min(1, LONG_SIDE / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}
