import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clockLabel } from '@/src/chat/time/clock-label'
import { createConversation, receive, sortConversations } from '@/src/chat/conversation/order'
import { receivedAt, SERVER_TIME_AHEAD_MAX_MS, SERVER_TIME_BEHIND_MAX_MS } from '@/src/chat/time/received-at'
import { text } from '../messages'

const now = new Date('2026-03-04T15:04:05Z').getTime()

describe('receivedAt', () => {
  it.each([
    ['now', now],
    ['a moment ago', now - 40],
    ['what waited for a week', now - 7 * 24 * 3_600_000],
    ['this device in the wrong time zone', now + 13 * 3_600_000],
    ['the earliest', now - SERVER_TIME_BEHIND_MAX_MS],
    ['the latest', now + SERVER_TIME_AHEAD_MAX_MS],
  ])('believes the server: %s', (_what, time) => {
    expect(receivedAt(time, now)).toBe(time)
  })

  it.each([
    ['none', Number.NaN],
    ['none', 0],
    ['seconds', now / 1_000],
    ['microseconds', now * 1_000],
    ['negative', -now],
    ['the year 9999', Date.UTC(9999, 0)],
    ['last year', Date.UTC(2025, 0)],
    ['beyond all dates', 1e300],
    ['endless', Infinity],
    ['endless', -Infinity],
  ])('replaces an impossible time by its own: %s', (_what, time) => {
    expect(receivedAt(time, now)).toBe(now)
  })

  it('is a time that can be shown, for any number', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.integer(), fc.double({ min: now - 1e10, max: now + 1e10 })), (time) => {
        const at = receivedAt(time, now)
        expect(Number.isSafeInteger(at)).toBe(true)
        expect(clockLabel(at, now).kind).not.toBe('unknown')
      }),
    )
  })

  it('keeps no conversation above newer ones for longer than a day', () => {
    const times = fc.oneof(fc.double(), fc.double({ min: now - 1e10, max: now + 1e10 }))
    fc.assert(
      fc.property(times, (time) => {
        const pinnedBySomeone = receive(createConversation('peer:mallory', now), text(0, 'x', { at: receivedAt(time, now) }), false)
        const later = now + SERVER_TIME_AHEAD_MAX_MS + 1
        const newer = receive(createConversation('peer:bob', now), text(0, 'y', { at: receivedAt(later, later) }), false)
        expect(sortConversations([pinnedBySomeone, newer])[0]?.id).toBe('peer:bob')
      }),
    )
  })
})
