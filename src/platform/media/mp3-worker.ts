/** Encodes a recording as MP3, beside the page: a minute takes a second of a fast machine. */
import { Mp3Encoder } from '@breezystack/lamejs'

/** What the page sends: samples of 16 bits, mono, at `hertz`; then `end`. */
export type ToEncoder = { readonly samples: Int16Array } | 'end'

export const HERTZ = 16_000
const KBITS = 24

const encoder = new Mp3Encoder(1, HERTZ, KBITS)
const parts: Uint8Array<ArrayBuffer>[] = []

self.onmessage = ({ data }: MessageEvent<ToEncoder>) => {
  parts.push(new Uint8Array(data === 'end' ? encoder.flush() : encoder.encodeBuffer(data.samples)))
  if (data === 'end') self.postMessage(new Blob(parts, { type: 'audio/mpeg' }))
}
