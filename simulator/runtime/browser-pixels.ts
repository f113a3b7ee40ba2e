/** Pictures, sounds and digests of a browser. */
import type { NativeCanvas, Pixels } from './types'

export const browserPixels: Pixels = {
  createCanvas: (width, height) => new OffscreenCanvas(width, height) as unknown as NativeCanvas,
  decode: (bytes) => createImageBitmap(new Blob([new Uint8Array(bytes)])),
  encode: async (canvas, type, quality) => {
    const blob = await (canvas as unknown as OffscreenCanvas).convertToBlob({ type: type === 'jpg' ? 'image/jpeg' : 'image/png', quality })
    return new Uint8Array(await blob.arrayBuffer())
  },
}

const ALGORITHMS: Readonly<Record<string, string>> = { sha1: 'SHA-1', sha256: 'SHA-256' }

/** Browsers have no MD5. */
export async function digest(algorithm: string, bytes: Uint8Array): Promise<string> {
  const name = ALGORITHMS[algorithm]
  if (!name) throw new Error(`a browser has no ${algorithm}`)
  const hash = new Uint8Array(await crypto.subtle.digest(name, new Uint8Array(bytes)))
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The sound as a person hears it; the phone's own clock says how far it is. */
export function playAloud(bytes: Uint8Array, fromMs: number, rate: number): { stop(): void } {
  const address = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: 'audio/mpeg' }))
  const element = new Audio(address)
  element.playbackRate = rate
  element.currentTime = fromMs / 1000
  // A browser plays no sound before a person has touched the page. The phone goes on without it.
  element.play().catch((error: unknown) => console.warn('the phone is silent:', error))
  return {
    stop: () => {
      element.pause()
      URL.revokeObjectURL(address)
    },
  }
}
