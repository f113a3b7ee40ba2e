import { expect, it } from 'vitest'
import { Deadlines } from '@/gateway/deadlines'
import { TestClock } from '../../support/test-clock'

it('calls back each in due time, and cancelled ones never', async () => {
  const clock = new TestClock()
  const deadlines = new Deadlines(clock, 1_000)
  const due: string[] = []
  deadlines.add(() => due.push('a'))
  await clock.advance(400)
  const b = deadlines.add(() => due.push('b'))
  deadlines.add(() => due.push('c'))
  await clock.advance(599)
  expect(due).toEqual([])
  await clock.advance(1)
  expect(due).toEqual(['a'])
  deadlines.cancel(b)
  await clock.advance(399)
  expect(due).toEqual(['a'])
  await clock.advance(1)
  expect(due).toEqual(['a', 'c'])
})

it('has one timer for any number of waits, and none without', async () => {
  const clock = new TestClock()
  const deadlines = new Deadlines(clock, 1_000)
  for (let i = 0; i < 100; i++) deadlines.add(() => undefined)
  expect(clock.waiting).toBe(1)
  await clock.advance(1_000)
  expect(clock.waiting).toBe(0)
})

it('accepts additions while others are due', async () => {
  const clock = new TestClock()
  const deadlines = new Deadlines(clock, 1_000)
  const due: string[] = []
  deadlines.add(() => {
    due.push('first')
    deadlines.add(() => due.push('second'))
  })
  await clock.advance(1_999)
  expect(due).toEqual(['first'])
  expect(clock.waiting).toBe(1)
  await clock.advance(1)
  expect(due).toEqual(['first', 'second'])
})
