import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Deadlines } from '@/gateway/deadlines'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('calls back each in due time, those that were cancelled never', () => {
  const deadlines = new Deadlines(1_000)
  const due: string[] = []
  deadlines.add(() => due.push('a'))
  vi.advanceTimersByTime(400)
  const b = deadlines.add(() => due.push('b'))
  deadlines.add(() => due.push('c'))
  vi.advanceTimersByTime(599)
  expect(due).toEqual([])
  vi.advanceTimersByTime(1)
  expect(due).toEqual(['a'])
  deadlines.cancel(b)
  vi.advanceTimersByTime(399)
  expect(due).toEqual(['a'])
  vi.advanceTimersByTime(1)
  expect(due).toEqual(['a', 'c'])
})

it('has one timer however many wait, and none when none do', () => {
  const deadlines = new Deadlines(1_000)
  for (let i = 0; i < 100; i++) deadlines.add(() => undefined)
  expect(vi.getTimerCount()).toBe(1)
  vi.advanceTimersByTime(1_000)
  expect(vi.getTimerCount()).toBe(0)
})

it('takes what is added while others are due', () => {
  const deadlines = new Deadlines(1_000)
  const due: string[] = []
  deadlines.add(() => {
    due.push('first')
    deadlines.add(() => due.push('second'))
  })
  vi.advanceTimersByTime(1_999)
  expect(due).toEqual(['first'])
  expect(vi.getTimerCount()).toBe(1)
  vi.advanceTimersByTime(1)
  expect(due).toEqual(['first', 'second'])
})
