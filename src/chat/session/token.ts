/** The data in an RTM token that can be read without the certificate. */
import { APP_ID_LENGTH } from '../rtm-limits'

/** The privilege to log in to RTM, in a 006 token. */
const PRIVILEGE_LOGIN = 1_000
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/**
 * When a 006 token expires, ms since 1970: the token or its right to log in, whichever is first. Undefined for a 007 token, whose content is compressed, and
 * for an invalid one.
 * 006 + App ID + base64(signature, 2 checksums, message{salt, end, privileges}); little-endian, texts with a 16-bit length.
 */
export function tokenExpiry(token: string): number | undefined {
  if (!token.startsWith('006')) return undefined
  const bytes = fromBase64(token.slice(3 + APP_ID_LENGTH))
  let at = 0
  const uint16 = () => read(2)
  const uint32 = () => read(4)
  /** NaN beyond the end, and from then on. */
  function read(size: number): number {
    let value = 0
    for (let i = 0; i < size; i++) value += (bytes[at + i] ?? NaN) * 256 ** i
    at += size
    return value
  }

  const signature = uint16()
  at += signature
  uint32()
  uint32()
  uint16() // the length of the message
  uint32() // the salt
  const end = uint32()
  let login = 0
  for (let privileges = uint16(); privileges > 0; privileges--) {
    const [key, value] = [uint16(), uint32()]
    if (key === PRIVILEGE_LOGIN) login = value
  }
  const seconds = login > 0 ? Math.min(end, login) : end
  return seconds > 0 ? seconds * 1_000 : undefined
}

/** The bytes up to the first character that is not base64. */
function fromBase64(text: string): number[] {
  const bytes: number[] = []
  let bits = 0
  let held = 0
  for (const character of text) {
    const value = ALPHABET.indexOf(character)
    if (value < 0) break
    held = (held << 6) | value
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes.push((held >> bits) & 0xff)
    held &= (1 << bits) - 1
  }
  return bytes
}
