import type { OrderBody } from './spec'

/** For the contract suite of the kinds (tests/unit/kinds/contract.test.ts): ordinary bodies and the extremes. */
export const samples: readonly OrderBody[] = [
  { kind: 'order-card', number: 'A-20260001', state: 'paid', amount: 26_800 },
  { kind: 'order-card', number: '1', state: 'shipped', amount: 0 },
  { kind: 'order-card', number: '-'.repeat(40), state: 'done', amount: 99_999_999_999 },
]
