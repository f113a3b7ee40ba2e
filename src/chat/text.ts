/** Text that others wrote, made safe to stand in a line of ours. */

/**
 * Control characters, which draw nothing, and bidi embeddings, overrides and isolates, which would turn round what stands
 * beside the text. Tab and newline stay.
 */
// eslint-disable-next-line no-control-regex -- control characters are what it is about
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g

/** `text` without control characters and bidi controls, lone surrogates replaced: for names and previews. */
export function cleanText(text: string): string {
  return text.replace(CONTROLS, '').replace(/[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g, (match) => (match.length === 2 ? match : '\ufffd'))
}

/** `text` on one line: cleaned, and every run of white space a single space. */
export function oneLine(text: string): string {
  return cleanText(text.replace(/\s+/g, ' ')).trim()
}

const POP_EMBEDDING = '\u202c'
const POP_ISOLATE = '\u2069'

/** `text` with the bidi controls closed that it leaves open, so that they end with it; otherwise as it was written. */
export function closeBidi(text: string): string {
  if (!/[\u202a\u202b\u202d\u202e\u2066-\u2068]/.test(text)) return text
  const open: string[] = []
  for (const mark of text.match(/[\u202a-\u202e\u2066-\u2069\n\r\u2029]/g) ?? []) {
    if (mark === POP_EMBEDDING) {
      if (open[open.length - 1] === POP_EMBEDDING) open.pop()
    } else if (mark === POP_ISOLATE) {
      // It closes the embeddings within the isolate too; without an isolate it closes nothing.
      const isolate = open.lastIndexOf(POP_ISOLATE)
      if (isolate >= 0) open.length = isolate
    } else if (mark <= '\u2029') {
      // The end of a paragraph ends them all.
      open.length = 0
    } else {
      open.push(mark >= '\u2066' ? POP_ISOLATE : POP_EMBEDDING)
    }
  }
  return text + open.reverse().join('')
}

/** At most `max` UTF-16 units of `text`, the last one `…` when something was cut. What people see as one character stays whole. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text
  let end = 0
  for (let next = characterEnd(text, 0); next < max; next = characterEnd(text, next)) end = next
  return `${text.slice(0, end)}…`
}

/** Where the character that begins at `start` ends: its code point and what is drawn together with it. At most 32 units. */
export function characterEnd(text: string, start: number): number {
  const first = codePoint(text, start)
  let end = start + unitsOf(first)
  if (isRegional(first) && isRegional(codePoint(text, end))) return end + 2
  while (end < text.length && end - start < 32) {
    const next = codePoint(text, end)
    if (next === ZERO_WIDTH_JOINER) end += 1 + unitsOf(codePoint(text, end + 1))
    else if (isExtender(next)) end += unitsOf(next)
    else break
  }
  return Math.min(end, text.length)
}

const ZERO_WIDTH_JOINER = 0x200d

/** Ranges of combining marks, variation selectors, skin tones and tags: `from, to, from, to, …`. Not all of Unicode's: what chat meets. */
const EXTENDERS = [0x0300, 0x036f, 0x0e31, 0x0e31, 0x0e34, 0x0e3a, 0x1ab0, 0x1aff, 0x1dc0, 0x1dff, 0x20d0, 0x20ff, 0xfe00, 0xfe0f, 0xfe20, 0xfe2f, 0x1f3fb, 0x1f3ff, 0xe0020, 0xe007f]

function isExtender(code: number): boolean {
  return EXTENDERS.some((from, i) => i % 2 === 0 && code >= from && code <= (EXTENDERS[i + 1] ?? from))
}

/** Half of a flag. */
function isRegional(code: number): boolean {
  return code >= 0x1f1e6 && code <= 0x1f1ff
}

/** -1 behind the end. */
function codePoint(text: string, at: number): number {
  return text.codePointAt(at) ?? -1
}

function unitsOf(code: number): number {
  return code > 0xffff ? 2 : 1
}
