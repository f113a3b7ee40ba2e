/** Pictures of the host in Node. */
import type { NativeCanvas, Pixels } from '../runtime/types'
import type { Canvas } from '@napi-rs/canvas'

/** Loaded with the first picture: most programs of tests have none. */
const library = () => import('@napi-rs/canvas')
let loaded: Awaited<ReturnType<typeof library>> | undefined

export const nodePixels: Pixels = {
  createCanvas: (width, height) => {
    if (!loaded) throw new Error('no picture was decoded yet')
    return loaded.createCanvas(width, height) as unknown as NativeCanvas
  },
  decode: async (bytes) => (loaded ??= await library()).loadImage(Buffer.from(bytes)),
  encode: (canvas, type, quality) => {
    const drawn = canvas as unknown as Canvas
    return type === 'jpg' ? drawn.encode('jpeg', Math.round(quality * 100)) : drawn.encode('png')
  },
}
