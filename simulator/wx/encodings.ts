/** The encodings of readFile and writeFile. Node's vm contexts have no atob. */
import type { TextCodec } from '../runtime/types'
import { WxFailure } from './callbacks'

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const LATIN1 = new Set(['ascii', 'binary', 'latin1'])
const UTF8 = new Set(['utf8', 'utf-8'])

export function encodeText(codec: TextCodec, text: string, encoding: unknown): Uint8Array {
  if (isUtf8(encoding)) return codec.encode(text)
  if (encoding === 'base64') return fromBase64(text)
  if (encoding === 'hex') return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16))
  if (LATIN1.has(String(encoding))) return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff)
  throw new WxFailure(`invalid encoding "${String(encoding)}"`)
}

export function decodeText(codec: TextCodec, bytes: Uint8Array, encoding: unknown): string {
  if (isUtf8(encoding)) return codec.decode(bytes)
  if (encoding === 'base64') return toBase64(bytes)
  if (encoding === 'hex') return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  if (LATIN1.has(String(encoding))) return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  throw new WxFailure(`invalid encoding "${String(encoding)}"`)
}

function isUtf8(encoding: unknown): boolean {
  return encoding === undefined || encoding === '' || UTF8.has(String(encoding))
}

export function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const bits = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    text += letter(bits >> 18) + letter(bits >> 12) + (at + 1 < bytes.length ? letter(bits >> 6) : '=') + (at + 2 < bytes.length ? letter(bits) : '=')
  }
  return text
}

function letter(bits: number): string {
  return BASE64[bits & 63] ?? ''
}

/** By the letter's code, its 6 bits. */
const BITS = new Uint8Array(128)
for (let bits = 0; bits < BASE64.length; bits++) BITS[BASE64.charCodeAt(bits)] = bits

export function fromBase64(text: string): Uint8Array {
  const letters = text.replace(/[^A-Za-z0-9+/]/g, '')
  const bytes = new Uint8Array(Math.floor((letters.length * 3) / 4))
  for (let at = 0, to = 0; at < letters.length; at += 4) {
    let bits = 0
    for (let i = 0; i < 4; i++) bits = (bits << 6) | (at + i < letters.length ? (BITS[letters.charCodeAt(at + i)] ?? 0) : 0)
    for (const shift of [16, 8, 0]) if (to < bytes.length) bytes[to++] = (bits >> shift) & 0xff
  }
  return bytes
}
