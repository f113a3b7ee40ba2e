/** Makes text by users safe to show: in a message, in a line of the list, in a sentence of the app. */

/**
 * Control characters, which are invisible, and bidi embeddings, overrides and isolates, which would reverse the text around them. Without tab and newline.
 */
// eslint-disable-next-line no-control-regex -- control characters are what it is about
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g

/** `text` without control characters and bidi controls, and with lone surrogates replaced: for names and previews. */
export function cleanText(text: string): string {
  return wellFormed(text.replace(CONTROLS, ''))
}

/** `text` with lone surrogates replaced. */
function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g, (match) => (match.length === 2 ? match : '\ufffd'))
}

/** `text` on one line: cleaned, and every run of white space a single space. */
export function oneLine(text: string): string {
  return cleanText(text.replace(/\s+/g, ' ')).replace(/ {2,}/g, ' ').trim()
}

/**
 * Invisible characters: white space, control characters, those that Unicode draws as nothing (Default_Ignorable_Code_Point and the interlinear marks) and the
 * empty Braille pattern. Inside a text they have their use, in an emoji for example.
 */
const UNSEEN = String.raw`\s\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}`
/* eslint-disable no-misleading-character-class -- each of these characters is meant by itself */
const SEEN = new RegExp(`[^${UNSEEN}]`, 'u')
const UNSEEN_BUT_SPACE = new RegExp(`(?! )[${UNSEEN}]`, 'u')
const ALL_UNSEEN = new RegExp(`[${UNSEEN}]`, 'gu')
/* eslint-enable no-misleading-character-class */

/** Whether `text` has no visible character. */
export function isBlank(text: string): boolean {
  return !SEEN.test(text)
}

/** `text` without invisible characters, spaces among them: for comparing, not for showing. */
export function seenPart(text: string): string {
  return text.replace(ALL_UNSEEN, '')
}

/** The first invisible character of `text` except ordinary spaces, as `U+200B`. Undefined if there is none. */
export function unseenCharacter(text: string): string | undefined {
  const [found] = UNSEEN_BUT_SPACE.exec(text) ?? []
  return found === undefined ? undefined : `U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}

/** The beginning of `text` on one line, at most `max` UTF-16 units, the last one `…` if something was cut. '' if nothing of it is visible. */
export function lineOf(text: string, max: number): string {
  const line = oneLine(text)
  const isHidden = isBlank(line.slice(0, max))
  return isBlank(line) ? '' : cutText(isHidden ? line.slice(line.search(SEEN)) : line, max)
}

/** Right-to-left letters, as far as UTF-16 units tell: Hebrew to Syriac and their presentation forms, and the planes beyond. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\ud802\ud803\ud83a\ud83b]/

/** Whether `text` has right-to-left letters. */
export function hasRightToLeft(text: string): boolean {
  return RIGHT_TO_LEFT.test(text)
}

/**
 * `text` as part of a line of the app: if it has right-to-left letters it is put between two isolates (U+2068, U+2069), so that it has its own direction and
 * does not reverse the text around it.
 */
export function isolated(text: string): string {
  return hasRightToLeft(text) ? `\u2068${text}\u2069` : text
}

const POP_EMBEDDING = '\u202c'
const POP_ISOLATE = '\u2069'

/** `text` with its open bidi controls closed, so that they end with it. Otherwise unchanged. */
export function closeBidi(text: string): string {
  if (!/[\u202a\u202b\u202d\u202e\u2066-\u2068]/.test(text)) return text
  const open: string[] = []
  let isolates = 0
  for (const mark of text.match(/[\u202a-\u202e\u2066-\u2069\n\r\u2029]/g) ?? []) {
    if (mark === POP_EMBEDDING) {
      if (open[open.length - 1] === POP_EMBEDDING) open.pop()
    } else if (mark === POP_ISOLATE) {
      // It closes the embeddings within the isolate too. Without an isolate it closes nothing.
      if (isolates === 0) continue
      while (open.pop() === POP_EMBEDDING);
      isolates--
    } else if (mark <= '\u2029') {
      // The end of a paragraph ends them all.
      open.length = 0
      isolates = 0
    } else if (mark >= '\u2066') {
      open.push(POP_ISOLATE)
      isolates++
    } else {
      open.push(POP_EMBEDDING)
    }
  }
  return text + open.reverse().join('')
}

/** The maximum size of one message in a setData call: 1 MiB in WeChat, for a chunk of 20 messages. */
const SHOWN_MAX_BYTES = 48 * 1024

/** Unicode's own limit (UAX #9, max_depth). A text that nests deeper is not written by a person. */
const BIDI_DEPTH_MAX = 125

/**
 * `text` as a message shows it: with its bidi controls closed, and without invisible characters that take six times their size on the way to the view. Only a
 * text made for the purpose is still too large then. It ends with `…`.
 */
export function shownText(text: string): string {
  return closed(cutToBytes(drawnText(text), SHOWN_MAX_BYTES))
}

function closed(shown: string): string {
  const all = closeBidi(shown)
  return all.length - shown.length > BIDI_DEPTH_MAX ? cleanText(shown) : all
}

/** A text with this number of lines or UTF-16 units is folded. */
const FOLDED_FROM = { lines: 40, length: 4_000 } as const
/** The visible part of a folded text, in lines and UTF-16 units. */
const FOLDED_TO = { lines: 20, length: 1_000 } as const

/** The beginning of a long `text`, in the form of {@link shownText}. Undefined if the text is short enough to be shown whole. */
export function foldedText(text: string): string | undefined {
  // A line has at least one unit.
  if (text.length < FOLDED_FROM.lines) return undefined
  const shown = drawnText(text)
  let lines = 1
  let end = shown.length
  // A line break at the very end does not start a line.
  for (let at = shown.indexOf('\n'); at >= 0 && at < shown.length - 1 && lines < FOLDED_FROM.lines; at = shown.indexOf('\n', at + 1)) {
    if (lines === FOLDED_TO.lines) end = at
    lines++
  }
  if (lines < FOLDED_FROM.lines && shown.length < FOLDED_FROM.length) return undefined
  return closed(shown.slice(0, Math.min(end, wholeCharacters(shown, FOLDED_TO.length))))
}

/** `text` with one kind of line break, without control characters and lone surrogates. Messages show the beginning of it. */
export function drawnText(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what it is about
  const visible = text.replace(/\r\n?|[\u2028\u2029]/g, '\n').replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
  return wellFormed(visible)
}

/** At most `max` bytes of `text`, counted as JSON in UTF-8. For a well-formed text without control characters except tab and newline. */
function cutToBytes(text: string, max: number): string {
  // no unit takes more than three bytes
  if (text.length * 3 <= max) return text
  let bytes = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const isPair = code >= 0xd800 && code < 0xdc00
    if (code < 0x80) bytes += code < 0x20 || code === 0x22 || code === 0x5c ? 2 : 1
    else bytes += isPair ? 4 : code < 0x800 ? 2 : 3
    // room for the `…` itself
    if (bytes > max - 3) return `${text.slice(0, i)}…`
    if (isPair) i++
  }
  return text
}

/** At most `max` UTF-16 units of `text`, the last one `…` if something was cut. Never cuts inside a grapheme. */
export function cutText(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, wholeCharacters(text, max - 1))}…`
}

/** The end of the last grapheme within the first `max` UTF-16 units of `text`. */
function wholeCharacters(text: string, max: number): number {
  if (text.length <= max) return text.length
  let end = 0
  for (let next = characterEnd(text, 0); next <= max; next = characterEnd(text, next)) end = next
  return end
}

/** The end of the grapheme that begins at `start`: its code point and the marks drawn with it. At most 32 units. */
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

/** Ranges of combining marks, variation selectors, skin tones and tags: `from, to, from, to, …`. Not all of Unicode's, but those common in chat. */
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
