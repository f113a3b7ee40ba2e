/** Characters of addresses and of numbers, by their UTF-16 units; -1 is the end of the text. No Unicode property escapes: old phones do not know them. */

export const COLON = 0x3a
export const SLASH = 0x2f
export const AT = 0x40
export const PLUS = 0x2b
export const HYPHEN = 0x2d
export const DOT = 0x2e
export const SPACE = 0x20
export const OPEN = 0x28
export const CLOSE = 0x29
export const OPEN_SQUARE = 0x5b
export const CLOSE_SQUARE = 0x5d

/** `$ £ ¥ €` and the wide yen: an amount follows. */
export const AMOUNTS: ReadonlySet<number> = new Set([0x24, 0xa3, 0xa5, 0x20ac, 0xffe5])
/** `- . / = & @ + % \ * ~ ,`, which join a number with what is before or behind it. */
export const JOINS: ReadonlySet<number> = new Set([HYPHEN, DOT, SLASH, 0x3d, 0x26, AT, PLUS, 0x25, 0x5c, 0x2a, 0x7e, 0x2c])

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

export function isLetter(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)
}

export function isAlphanumeric(code: number): boolean {
  return isDigit(code) || isLetter(code)
}

/** An ASCII letter, a digit or `_`. */
export function isWord(code: number): boolean {
  return isAlphanumeric(code) || code === 0x5f
}

/** `. _ % + -` and alphanumerics: the common characters of a mail address before its `@`. */
export function isLocalCharacter(code: number): boolean {
  return isWord(code) || code === DOT || code === 0x25 || code === PLUS || code === HYPHEN
}

/** Han, kana, hangul: scripts that are written without spaces, or directly behind an address. */
export function isCjk(code: number): boolean {
  if (code < 0x2e80) return false
  return (code < 0xa000 && (code < 0x3000 || code > 0x3040 || code === 0x3005 || code === 0x3007) && code !== 0x30fb) || (code >= 0xac00 && code <= 0xd7a3) || (code >= 0xf900 && code <= 0xfaff)
}

/** Punctuation, a space and invisible characters among the letters that {@link isForeignLetter} covers. */
const NO_LETTERS: ReadonlySet<number> = new Set([0xd7, 0xf7, 0x37e, 0x387, 0x589, 0x5be, 0x5c0, 0x5c3, 0x60c, 0x61b, 0x61c, 0x61f, 0x66a, 0x6d4, 0x964, 0x965, 0x115f, 0x1160, 0x1680, 0x180e])

/** A letter that is neither ASCII nor written without spaces: Latin with accents, Greek, Cyrillic, Hebrew, Arabic and so on. */
function isForeignLetter(code: number): boolean {
  return code >= 0xc0 && code < 0x2000 && !NO_LETTERS.has(code)
}

export function isHostCharacter(code: number, isIdeographic: boolean): boolean {
  return isWord(code) || code === HYPHEN || isForeignLetter(code) || (isIdeographic && isCjk(code))
}

/** A character of a path or a query: those of RFC 3986, and letters of scripts that have spaces. */
export function isAddressCharacter(code: number): boolean {
  if (code < 0x80) return code > SPACE && code !== 0x7f && !NOT_IN_ADDRESSES.has(code)
  return isForeignLetter(code)
}

/** `" < > \ ^ { | }` and the backtick. */
const NOT_IN_ADDRESSES: ReadonlySet<number> = new Set([0x22, 0x3c, 0x3e, 0x5c, 0x5e, 0x60, 0x7b, 0x7c, 0x7d])

/** `. , ; : ! ? ' *`, which end a sentence rather than an address. */
export function isPunctuation(code: number): boolean {
  return code === DOT || code === 0x2c || code === 0x3b || code === COLON || code === 0x21 || code === 0x3f || code === 0x27 || code === 0x2a
}
