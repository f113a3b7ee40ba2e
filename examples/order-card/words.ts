import type { Words } from '@/src/locales'

/** The words of an order, in both languages of the interface. */
export const WORDS = {
  line: { zh: '[订单] {number}', en: '[Order] {number}' },
  number: { zh: '订单 {number}', en: 'Order {number}' },
  paid: { zh: '已付款', en: 'Paid' },
  shipped: { zh: '已发货', en: 'Shipped' },
  done: { zh: '已完成', en: 'Completed' },
} satisfies Readonly<Record<string, Words>>
