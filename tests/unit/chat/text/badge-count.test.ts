import { expect, it } from 'vitest'
import { badgeCount } from '@/src/chat/text/badge-count'

it('a badge shows a number, 99+, or nothing', () => {
  expect([1, 99, 100, 0].map(badgeCount)).toEqual(['1', '99', '99+', ''])
})
