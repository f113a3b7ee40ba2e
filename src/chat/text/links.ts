/**
 * Finds what can be opened in a text: addresses of pages, mail addresses and phone numbers. It reads a text once, character by character: a hostile one of
 * 32 KB takes no longer per character than an ordinary one.
 */
import {
  COLON, SLASH, AT, PLUS, HYPHEN, DOT, SPACE, OPEN, CLOSE, OPEN_SQUARE, CLOSE_SQUARE, AMOUNTS, JOINS, isDigit, isLetter, isAlphanumeric, isWord,
  isLocalCharacter, isCjk, isHostCharacter, isAddressCharacter, isPunctuation,
} from './link-characters'
import { WORDS_WITHIN, HOTLINES, EMERGENCY, CALL_BEFORE, CALL_AFTER, QUANTITY_AFTER, POSTCODE_BEFORE, ORDER_BEFORE, LIST_BETWEEN, LIST_BETWEEN_MAX } from './link-words'

export interface TextLink {
  /** Where it begins in the text, and the place behind its end, UTF-16 units. */
  readonly start: number
  readonly end: number
  /** `http:`, `https:`, `mailto:` or `tel:`. */
  readonly href: string
}

/** Later ones are plain text. */
export const LINKS_MAX = 50

/** A longer address of a page is plain text, UTF-16 units. */
const ADDRESS_MAX_LENGTH = 2_048
/** Limits of the domain name system and of mail, in characters. */
const HOST_MAX_LENGTH = 253
const LABEL_MAX_LENGTH = 63
const LOCAL_PART_MAX_LENGTH = 64

/** Digits of a number in the international form, without the `+` (E.164; the shortest in use have 7). */
const PHONE_MIN_DIGITS = 7
const PHONE_MAX_DIGITS = 15

/** The links of `text` that begin before `until`, in order. */
export function linksIn(text: string, until = text.length): readonly TextLink[] {
  return mayHaveLinks(text) ? new LinkReader(text, until).read() : NONE
}

/** False for most texts without links, at the cost of one regular expression. */
export function mayHaveLinks(text: string): boolean {
  return MAY_HAVE_LINKS.test(text)
}

const NONE: readonly TextLink[] = []
const MAY_HAVE_LINKS = /\/\/|@|\d{3}/

class LinkReader {
  private readonly links: TextLink[] = []
  /** The end of the last link: nothing before it is read again. */
  private from = 0
  /** The ends of the last number that belongs to an order, and of the last hotline: the next one of a list is the same. */
  private orderEnd = -1
  private hotlineEnd = -1

  constructor(
    private readonly text: string,
    private readonly until: number,
  ) {}

  read(): readonly TextLink[] {
    // A link begins before the character by which it is known, by 64 characters at most.
    const last = Math.min(this.text.length, this.until + LOCAL_PART_MAX_LENGTH)
    for (let at = 0; at < last && this.links.length < LINKS_MAX; ) {
      const code = this.code(at)
      if (code === COLON) at = this.address(at)
      else if (code === AT) at = this.mail(at)
      else if (code === PLUS || isDigit(code)) at = this.number(at, code)
      else at++
    }
    return this.links.filter(({ start }) => start < this.until)
  }

  /** -1 outside of the text. */
  private code(at: number): number {
    return at >= 0 && at < this.text.length ? this.text.charCodeAt(at) : -1
  }

  /** Adds a link. Returns its end. */
  private add(start: number, end: number, href: string): number {
    this.links.push({ start, end, href })
    this.from = end
    return end
  }

  /** The address of a page whose scheme ends at `colon`. Returns where to go on. */
  private address(colon: number): number {
    const begin = colon + 3
    if (this.code(colon + 1) !== SLASH || this.code(colon + 2) !== SLASH) return colon + 1
    const scheme = /https?$/i.exec(this.text.slice(Math.max(this.from, colon - 5), colon))?.[0]
    const start = colon - (scheme?.length ?? 0)
    const before = this.code(start - 1)
    if (scheme === undefined || isWord(before) || before === PLUS) return begin
    let end = this.host(begin)
    if (end === begin) return begin
    if (this.code(end) === COLON) {
      let port = end + 1
      while (isDigit(this.code(port)) && port - end <= 5) port++
      // `user:password@host` would show another host than the one that is opened.
      if (port === end + 1 && isAddressCharacter(this.code(port))) return begin
      if (port > end + 1) end = port
    }
    if (this.code(end) === AT) return begin
    if (![SLASH, 0x3f, 0x23].includes(this.code(end))) return this.add(start, end, this.text.slice(start, end))
    const whole = this.path(end)
    if (whole - start > ADDRESS_MAX_LENGTH) return whole
    end = this.withoutPunctuation(end, whole)
    return this.add(start, end, this.text.slice(start, end))
  }

  /**
   * The end of the host that begins at `begin`, or `begin` if there is none. Chinese, Japanese and Korean letters are part of it only if a label begins with
   * one: people write on behind an address without a space.
   */
  private host(begin: number): number {
    let end = begin
    for (let label = begin; ; label = end + 1) {
      let at = label
      const isIdeographic = isCjk(this.code(label))
      while (isHostCharacter(this.code(at), isIdeographic) && at - begin <= HOST_MAX_LENGTH) at++
      const length = at - label
      const isLabel = length > 0 && length <= LABEL_MAX_LENGTH && at - begin <= HOST_MAX_LENGTH && this.code(label) !== HYPHEN && this.code(at - 1) !== HYPHEN
      if (!isLabel) return end
      end = at
      if (this.code(at) !== DOT) return end
    }
  }

  private path(begin: number): number {
    let end = begin
    while (isAddressCharacter(this.code(end))) end++
    return end
  }

  /** `end` of an address without what belongs to the sentence around it: punctuation, and brackets that it does not open. */
  private withoutPunctuation(begin: number, end: number): number {
    let round = 0
    let square = 0
    for (let at = begin; at < end; at++) {
      const code = this.code(at)
      if (code === OPEN) round++
      else if (code === CLOSE) round--
      else if (code === OPEN_SQUARE) square++
      else if (code === CLOSE_SQUARE) square--
    }
    for (let last = end; ; last--) {
      const code = this.code(last - 1)
      if (code === CLOSE && round < 0) round++
      else if (code === CLOSE_SQUARE && square < 0) square++
      else if (code === OPEN) round--
      else if (code === OPEN_SQUARE) square--
      else if (!isPunctuation(code)) return last
    }
  }

  /** The mail address around the `@` at `at`. Returns where to go on. */
  private mail(at: number): number {
    let start = at
    while (start > this.from && at - start <= LOCAL_PART_MAX_LENGTH && isLocalCharacter(this.code(start - 1))) start--
    while (start < at && !isAlphanumeric(this.code(start))) start++
    const local = this.text.slice(start, at)
    const isLocal = local !== '' && local.length <= LOCAL_PART_MAX_LENGTH && !local.endsWith('.') && !local.includes('..') && this.code(start - 1) !== SLASH
    const end = this.mailHost(at + 1)
    if (!isLocal || end === at + 1 || this.code(end) === AT) return Math.max(end, at + 1)
    return this.add(start, end, `mailto:${encodeURIComponent(local)}@${this.text.slice(at + 1, end)}`)
  }

  /** The end of a host of ASCII letters with a dot in it, or `begin`. */
  private mailHost(begin: number): number {
    let end = begin
    for (let label = begin, labels = 0; ; label = end + 1, labels++) {
      let at = label
      let letters = 0
      while ((isAlphanumeric(this.code(at)) || this.code(at) === HYPHEN) && at - begin <= HOST_MAX_LENGTH) if (isLetter(this.code(at++))) letters++
      const length = at - label
      const isEnd = this.code(at) !== DOT || !isAlphanumeric(this.code(at + 1))
      const isLabel = length > 0 && length <= LABEL_MAX_LENGTH && at - begin <= HOST_MAX_LENGTH && this.code(label) !== HYPHEN && this.code(at - 1) !== HYPHEN
      if (!isLabel) return begin
      if (isEnd) return labels > 0 && letters === length && length > 1 ? at : begin
      end = at
    }
  }

  /** The phone number that begins at `at`, with a `+` or a digit. Returns where to go on. */
  private number(at: number, code: number): number {
    let runEnd = at + 1
    while (isDigit(this.code(runEnd))) runEnd++
    const end = this.isGluedBefore(at) ? -1 : code === PLUS ? this.international(at + 1) : this.domestic(at, runEnd)
    if (end < 0 || this.isGluedAfter(end)) return runEnd
    if (this.isOfOrder(at)) {
      this.orderEnd = end
      return end
    }
    return this.add(at, end, `tel:${this.text.slice(at, end).replace(/[^+\d]/g, '')}`)
  }

  /** The end of the number behind a `+` at `begin - 1`. Its digits may be in groups; one of more than four is the last. -1: there is none. */
  private international(begin: number): number {
    let end = begin
    let digits = 0
    let bracket = 0
    for (;;) {
      const start = end
      while (isDigit(this.code(end)) && digits <= PHONE_MAX_DIGITS) {
        end++
        digits++
      }
      if (end === start || digits > PHONE_MAX_DIGITS) return -1
      const isLast = end - start > 4
      if (bracket === 1 && this.code(end) === CLOSE) {
        end++
        bracket = 2
      }
      let next = this.code(end) === SPACE || this.code(end) === HYPHEN ? end + 1 : end
      if (bracket === 0 && this.code(next) === OPEN && isDigit(this.code(next + 1))) {
        next++
        bracket = 1
      }
      if (isLast || next === end || !isDigit(this.code(next))) {
        const isClosed = bracket !== 1
        return digits >= PHONE_MIN_DIGITS && isClosed ? end : -1
      }
      end = next
    }
  }

  /** The end of a mobile number or a service number of mainland China that begins with the digits up to `runEnd`. -1: there is none. */
  private domestic(at: number, runEnd: number): number {
    const length = runEnd - at
    if (length > 11 || length < 3) return -1
    const run = this.text.slice(at, runEnd)
    if (length === 11) return /^1[3-9]/.test(run) ? runEnd : -1
    if (length === 10) return /^[48]00/.test(run) ? runEnd : -1
    if (length === 5) return (/^95/.test(run) || HOTLINES.includes(run)) && this.isHotline(at, runEnd) ? runEnd : -1
    if (length === 4) return /^[48]00/.test(run) ? this.groups(at, runEnd, [3, 3]) : -1
    if (length !== 3) return -1
    if (/^1[3-9]/.test(run)) return this.groups(at, runEnd, [4, 4])
    if (/^[48]00/.test(run)) return Math.max(this.groups(at, runEnd, [3, 4]), this.groups(at, runEnd, [4, 3]))
    return EMERGENCY.includes(run) && this.isCalled(at, runEnd) ? runEnd : -1
  }

  /** The end of groups of digits with these lengths, each behind the same space or hyphen. -1: they are not there, or the number goes on. */
  private groups(start: number, end: number, lengths: readonly number[]): number {
    const separator = this.code(end)
    if (separator !== SPACE && separator !== HYPHEN) return -1
    if (this.code(start - 1) === separator && isDigit(this.code(start - 2))) return -1
    let at = end
    for (const length of lengths) {
      if (this.code(at) !== separator) return -1
      at++
      for (let digit = 0; digit < length; digit++) if (!isDigit(this.code(at++))) return -1
    }
    const goesOn = isDigit(this.code(at)) || (this.code(at) === separator && isDigit(this.code(at + 1)))
    return goesOn ? -1 : at
  }

  /** Whether a number of five digits is a hotline. Otherwise it may be a quantity. */
  private isHotline(start: number, end: number): boolean {
    return this.isCalled(start, end) || !(QUANTITY_AFTER.test(this.after(end)) || POSTCODE_BEFORE.test(this.before(start)))
  }

  private isCalled(start: number, end: number): boolean {
    const isListed = this.hotlineEnd >= 0 && this.isInListAfter(this.hotlineEnd, start)
    if (!isListed && !CALL_BEFORE.test(this.before(start)) && !CALL_AFTER.test(this.after(end))) return false
    this.hotlineEnd = end
    return true
  }

  private isOfOrder(start: number): boolean {
    return ORDER_BEFORE.test(this.before(start)) || (this.orderEnd >= 0 && this.isInListAfter(this.orderEnd, start))
  }

  private isInListAfter(end: number, start: number): boolean {
    return start - end <= LIST_BETWEEN_MAX && LIST_BETWEEN.test(this.text.slice(end, start))
  }

  private before(start: number): string {
    return this.text.slice(Math.max(0, start - WORDS_WITHIN), start)
  }

  private after(end: number): string {
    return this.text.slice(end, end + WORDS_WITHIN)
  }

  /** Whether what is before a number makes it a part of something else: a word, an amount, a longer number. */
  private isGluedBefore(at: number): boolean {
    const before = this.code(at - 1)
    if (isWord(before) || AMOUNTS.has(before) || (before === PLUS && this.code(at) === PLUS) || before === 0x23 || before === 0xff03) return true
    if (!JOINS.has(before)) return false
    const isAfterLink = at - 1 === this.from && this.from > 0
    return isWord(this.code(at - 2)) && !(before === SLASH && isAfterLink)
  }

  private isGluedAfter(end: number): boolean {
    const after = this.code(end)
    if (isWord(after) || after === AT || after === 0x25 || after === 0x5143) return true
    if (after === SLASH) return isLetter(this.code(end + 1))
    return after === DOT ? isDigit(this.code(end + 1)) : JOINS.has(after) && isWord(this.code(end + 1))
  }
}
