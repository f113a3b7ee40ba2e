/**
 * Encodes any string as lower-case hex digits, and back, so that ids such as `..`, `a/b`, `100%` or `Alice` can be part of a path, a key or a URL. Own code,
 * because WeChat's JavaScript on iOS has no TextEncoder.
 */

/** The UTF-8 bytes of `text`, two digits each. A lone surrogate is encoded too (3 bytes), so that different texts never collide. */
export function encodeHex(text: string): string {
  let hex = ''
  for (const character of text) {
    for (const byte of utf8(character.codePointAt(0) ?? 0)) hex += byte.toString(16).padStart(2, '0')
  }
  return hex
}

/** The text that `encodeHex` encoded as `hex`, or undefined for anything else. */
export function decodeHex(hex: string): string | undefined {
  if (!/^(?:[0-9a-f]{2})*$/.test(hex)) return undefined
  let text = ''
  for (let at = 0; at < hex.length; ) {
    const first = byteAt(hex, at)
    const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    let code = length === 1 ? first : first & (0xff >> (length + 1))
    for (let i = 1; i < length; i++) code = (code << 6) | (byteAt(hex, at + 2 * i) & 0x3f)
    if (code > 0x10ffff) return undefined
    text += String.fromCodePoint(code)
    at += 2 * length
  }
  // Stray, missing and overlong bytes do not encode to the same digits again.
  return encodeHex(text) === hex ? text : undefined
}

function byteAt(hex: string, at: number): number {
  return at < hex.length ? Number.parseInt(hex.slice(at, at + 2), 16) : 0
}

function utf8(code: number): number[] {
  if (code < 0x80) return [code]
  if (code < 0x800) return [0xc0 | (code >> 6), 0x80 | (code & 0x3f)]
  if (code < 0x10000) return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)]
  return [0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)]
}
