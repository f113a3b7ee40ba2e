import fc from 'fast-check'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { clockLabel } from '@/src/chat/time/clock-label'

const zone = process.env.TZ

beforeEach(() => {
  process.env.TZ = 'Asia/Shanghai'
})
afterAll(() => {
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
})

const at = (local: string) => new Date(local).getTime()
const label = (then: string, now: string, form?: 'full' | 'short') => clockLabel(at(then), at(now), form)

describe('clockLabel', () => {
  const now = '2025-03-12T15:30:00'
  it.each([
    ['2025-03-12T15:04:00', { kind: 'today', time: '15:04' }],
    ['2025-03-12T00:00:00', { kind: 'today', time: '00:00' }],
    ['2025-03-11T23:59:59', { kind: 'yesterday', time: '23:59' }],
    ['2025-03-11T00:00:00', { kind: 'yesterday' }],
    ['2025-03-10T23:59:59', { kind: 'weekday', weekday: 1 }],
    ['2025-03-06T09:05:00', { kind: 'weekday', weekday: 4, time: '09:05' }],
    // A week ago has the weekday of today.
    ['2025-03-05T23:59:59', { kind: 'this-year', month: 3, day: 5 }],
    ['2025-01-01T00:00:00', { kind: 'this-year', month: 1, day: 1 }],
    ['2024-12-31T23:59:59', { kind: 'other-year', year: 2024, month: 12, day: 31 }],
    // A wrong clock.
    ['2025-03-12T18:00:00', { kind: 'today', time: '18:00' }],
    ['2025-03-13T00:00:00', { kind: 'this-year', month: 3, day: 13 }],
    ['2026-01-01T00:00:00', { kind: 'other-year', year: 2026 }],
  ])('%s', (then, expected) => {
    expect(label(then, now)).toMatchObject(expected)
  })

  it('says yesterday and the weekday across the new year', () => {
    expect(label('2024-12-31T12:00:00', '2025-01-01T12:00:00').kind).toBe('yesterday')
    expect(label('2024-12-28T12:00:00', '2025-01-01T12:00:00')).toMatchObject({ kind: 'weekday', weekday: 6 })
  })

  it('has the time in the short form for today only', () => {
    expect(label('2025-03-12T15:04:00', now, 'short')).toMatchObject({ kind: 'today', time: '15:04' })
    expect(label('2025-03-11T15:04:00', now, 'short')).toMatchObject({ kind: 'yesterday', time: '' })
    expect(label('2024-03-11T15:04:00', now, 'short')).toMatchObject({ kind: 'other-year', year: 2024, month: 3, day: 11, time: '' })
  })

  it('counts days, not hours, when the clocks change', () => {
    process.env.TZ = 'America/New_York'
    // 23 hours: 2025-03-09, and 25 hours: 2025-11-02
    expect(label('2025-03-08T23:30:00', '2025-03-09T23:30:00').kind).toBe('yesterday')
    expect(label('2025-03-09T00:10:00', '2025-03-10T00:05:00').kind).toBe('yesterday')
    expect(label('2025-11-01T23:50:00', '2025-11-03T00:10:00')).toMatchObject({ kind: 'weekday', weekday: 6 })
    expect(label('2025-11-02T00:10:00', '2025-11-02T23:50:00').kind).toBe('today')
  })

  it('uses the days of this time zone', () => {
    const then = Date.UTC(2025, 2, 11, 17, 0)
    const now = Date.UTC(2025, 2, 12, 3, 0)
    expect(clockLabel(then, now).kind).toBe('today')
    process.env.TZ = 'America/New_York'
    expect(clockLabel(then, now)).toMatchObject({ kind: 'today', time: '13:00' })
    process.env.TZ = 'Europe/London'
    expect(clockLabel(then, now)).toMatchObject({ kind: 'yesterday', time: '17:00' })
  })

  it.each([NaN, Infinity, -Infinity, 8.64e15 + 1, Number.MAX_VALUE])('treats %d as no time', (absurd) => {
    expect(clockLabel(absurd, at(now))).toEqual({ kind: 'unknown' })
  })

  it.each([
    [-1, { kind: 'other-year', year: 1970 }],
    [-86_400_000, { kind: 'other-year', year: 1969 }],
    [Date.UTC(9999, 11, 30), { kind: 'other-year', year: 9999, month: 12, day: 30 }],
    [8.64e15 - 86_400_000, { kind: 'other-year', year: 275760 }],
  ])('accepts %d', (absurd, expected) => {
    expect(clockLabel(absurd, at(now))).toMatchObject(expected)
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.double(), fc.double(), (then, now) => void clockLabel(then, now)))
  })
})
