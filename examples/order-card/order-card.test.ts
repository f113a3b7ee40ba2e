import { describe, expect, it } from 'vitest'
import { t } from '@/src/locales'
import { orderCard } from './spec'
import { view } from './view'

const order = { kind: 'order-card', number: 'A-20260001', state: 'shipped', amount: 26_800 } as const
const message = { id: 'a', seq: 1, from: 'shop', at: 1, conversation: 'peer:shop', isOwn: false } as const

describe('an order', () => {
  it.each([{ number: '' }, { number: 'A 1' }, { number: 'x'.repeat(41) }, { state: 'lost' }, { amount: -1 }, { amount: 1.5 }, { amount: '1' }, { amount: 100_000_000_000 }])('with %j is malformed', (fields) => {
    expect(orderCard.decode?.({ ...order, ...fields })).toBeUndefined()
  })

  it('shows its number, its state and its amount', () => {
    expect(view.row?.(order, { isOpened: false, message })).toEqual({ orderNumber: '订单 A-20260001', orderState: '已发货', orderAmount: '¥ 268.00' })
    expect(orderCard.line(orderCard.excerpt(order, 60), t)).toBe('[订单] A-20260001')
  })
})
