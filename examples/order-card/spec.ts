import { isCount, isOneOf } from '@/src/chat/util/checks'
import type { Fields, KindBody, MessageKind } from '@/src/kinds/kind'
import { WORDS } from './words'

export const ORDER_STATES = ['paid', 'shipped', 'done'] as const

/** An order of the shop. */
export interface OrderBody extends KindBody {
  readonly kind: 'order-card'
  /** 1 to 40 letters, digits, hyphens and underscores. */
  readonly number: string
  readonly state: (typeof ORDER_STATES)[number]
  /** In fen, below a thousand million yuan. */
  readonly amount: number
}

const AMOUNT_MAX = 100_000_000_000

export const orderCard: MessageKind<OrderBody> = {
  name: 'order-card',
  fields: ['number', 'state', 'amount'],
  decode: read,
  encode: ({ number, state, amount }) => ({ number, state, amount }),
  // For readers of both languages: a client without this kind shows it.
  plain: ({ number, amount }) => `订单 Order ${number} ${yuan(amount)}`,
  parse: read,
  weight: ({ number }) => number.length,
  excerpt: ({ number }, maxLength) => number.slice(0, maxLength),
  line: (number, t) => t(WORDS.line, { number }),
  copyText: ({ number }) => number,
  searchText: ({ number }) => number,
}

/** Fields come from other programs and from the disk: anything may be in them. */
function read({ number, state, amount }: Fields): OrderBody | undefined {
  if (typeof number !== 'string' || !/^[\w-]{1,40}$/.test(number)) return undefined
  if (!isOneOf(ORDER_STATES, state) || !isCount(amount) || amount >= AMOUNT_MAX) return undefined
  return { kind: 'order-card', number, state, amount }
}

/** `fen` as `¥ 12.50`. */
export function yuan(fen: number): string {
  return `¥ ${(fen / 100).toFixed(2)}`
}
