import { isBlank, lineOf, oneLine } from '@/src/chat/text/written-text'
import { httpsHost } from '@/src/chat/util/web-address'
import type { Fields, KindBody, MessageKind } from '../kind'

/** The maximum lengths, UTF-16 units, and the maximum number of pairs. */
export const CARD_LIMITS = { title: 100, text: 200, pairs: 4, label: 30, value: 100, address: 1_000, page: 300, type: 64 } as const

/** A card of a team's own making, such as an article or a product. */
export interface CardBody extends KindBody {
  readonly kind: 'card'
  /** Never blank. */
  readonly title: string
  readonly text?: string
  /** An https address. It is loaded from a few hosts only: ask `mayLoad`. */
  readonly picture?: string
  /** Labels and values. */
  readonly pairs?: readonly CardPair[]
  /** An https address. */
  readonly link?: string
  /** A page of this program, which counts before `link`. It is checked against the pages that there are when it is opened. */
  readonly page?: string
  /** A name of the team that sends it. This version draws all alike. */
  readonly type?: string
}

export type CardPair = readonly [label: string, value: string]

export const card: MessageKind<CardBody> = {
  name: 'card',
  fields: ['title', 'text', 'picture', 'pairs', 'link', 'page', 'type'],
  decode: read,
  encode: written,
  plain,
  parse: read,
  weight: (body) => JSON.stringify(written(body)).length,
  excerpt: ({ title }, maxLength) => lineOf(title, maxLength),
  line: (excerpt) => excerpt,
  copyText: plain,
  searchText: (body) => linesOf(body).join('\n'),
}

function read({ title, text, picture, pairs, link, page, type }: Fields): CardBody | undefined {
  if (!isText(title, CARD_LIMITS.title) || isBlank(title)) return undefined
  if (!isOptional(text, isTextOfCard) || !isOptional(picture, isAddress) || !isOptional(pairs, arePairs)) return undefined
  if (!isOptional(link, isAddress) || !isOptional(page, isPage) || !isOptional(type, isType)) return undefined
  return { kind: 'card', ...written({ kind: 'card', title, text, picture, pairs, link, page, type }) }
}

/** The fields that it has. Those of a record and of an envelope are the same. */
function written({ title, text, picture, pairs, link, page, type }: CardBody): Omit<CardBody, 'kind' | 'raw'> {
  return {
    title,
    ...(text !== undefined && { text }),
    ...(picture !== undefined && { picture }),
    ...(pairs !== undefined && { pairs: pairs.map(([label, value]): CardPair => [label, value]) }),
    ...(link !== undefined && { link }),
    ...(page !== undefined && { page }),
    ...(type !== undefined && { type }),
  }
}

function plain(body: CardBody): string {
  return [...linesOf(body), ...(body.link === undefined ? [] : [body.link])].join('\n')
}

/** Its words, a line each. */
function linesOf({ title, text = '', pairs = [] }: CardBody): string[] {
  return [oneLine(title), text, ...pairs.map(([label, value]) => `${label}: ${value}`)].filter((line) => !isBlank(line))
}

function isOptional<T>(value: unknown, isValid: (value: unknown) => value is T): value is T | undefined {
  return value === undefined || isValid(value)
}

function isText(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value.length <= maxLength
}

function isTextOfCard(value: unknown): value is string {
  return isText(value, CARD_LIMITS.text)
}

function isAddress(value: unknown): value is string {
  return isText(value, CARD_LIMITS.address) && httpsHost(value) !== undefined
}

function isPage(value: unknown): value is string {
  return isText(value, CARD_LIMITS.page) && value !== ''
}

function isType(value: unknown): value is string {
  return isText(value, CARD_LIMITS.type) && /^[!-~]+$/.test(value)
}

function arePairs(value: unknown): value is readonly CardPair[] {
  return Array.isArray(value) && value.length <= CARD_LIMITS.pairs && value.every(isPair)
}

function isPair(value: unknown): value is CardPair {
  return Array.isArray(value) && value.length === 2 && isText(value[0], CARD_LIMITS.label) && isText(value[1], CARD_LIMITS.value)
}
