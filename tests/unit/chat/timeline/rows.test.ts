import { describe, expect, it } from 'vitest'
import type { Message } from '@/src/chat/message/message'
import { TIME_LINE_AFTER_MS, rows, type Row } from '@/src/chat/timeline/rows'
import { message, notice, own } from '../messages'

const channel = { me: 'alice', kind: 'channel' } as const
const peer = { me: 'alice', kind: 'peer' } as const

function of(messages: Message[], context: Parameters<typeof rows>[3] = channel, before?: Message, after?: Message): Row[] {
  return rows({ index: 0, messages }, before, after, context)
}
const marks = (list: Row[], mark: 'time' | 'name') => list.filter((row) => row[mark]).map((row) => row.seq)
const statuses = (list: Row[]) => list.map((row) => row.status)

describe('time lines', () => {
  it('are above the first message and after a silence', () => {
    const at = 10_000
    const list = [message(0, { at }), message(1, { at: at + TIME_LINE_AFTER_MS - 1 }), message(2, { at: at + 2 * TIME_LINE_AFTER_MS })]
    expect(marks(of(list), 'time')).toEqual([0, 2])
  })

  it('depend on the chunk before', () => {
    expect(marks(of([message(20, { at: 500 })], channel, message(19, { at: 400 })), 'time')).toEqual([])
    expect(marks(of([message(20, { at: 400 + TIME_LINE_AFTER_MS })], channel, message(19, { at: 400 })), 'time')).toEqual([20])
  })

  it('are not caused by a clock that goes back or by an invalid time', () => {
    expect(marks(of([message(0, { at: 10 * TIME_LINE_AFTER_MS }), message(1, { at: 0 }), message(2, { at: NaN })]), 'time')).toEqual([0])
  })
})

describe('time lines of days', () => {
  const midnight = new Date(2027, 2, 9).getTime()

  it('are above the first message of each day, however soon it comes', () => {
    const list = [-70_000, -1, 0, 20_000, 24 * 3_600_000, 24 * 3_600_000 + 5].map((after, seq) => message(seq, { at: midnight + after }))
    expect(marks(of(list), 'time')).toEqual([0, 2, 4])
    expect(marks(of([message(20, { at: midnight })], channel, message(19, { at: midnight - 1 })), 'time')).toEqual([20])
  })

  it('never go back to the day before', () => {
    expect(marks(of([message(0, { at: midnight }), message(1, { at: midnight - 60_000 })]), 'time')).toEqual([0])
  })

  it('use the shown time', () => {
    const list = [message(0, { at: midnight }), message(1, { at: midnight - 3_600_000, shownAt: midnight }), message(2, { at: midnight - 900_000, shownAt: midnight })]
    expect(marks(of(list), 'time')).toEqual([0])
    expect(of(list).map(({ at }) => at)).toEqual([midnight, midnight, midnight])
  })
})

describe('runs', () => {
  it('have the name once, for other users, in channels', () => {
    const list = [message(0), message(1), message(2, { from: 'carol' }), own(3), own(4), message(5)]
    expect(marks(of(list), 'name')).toEqual([0, 2, 5])
    expect(marks(of(list, peer), 'name')).toEqual([])
  })

  it('end at a time line and at a notice', () => {
    const list = [message(0), notice(1, { at: 1_001 }), message(2), message(3, { at: 1_002 + TIME_LINE_AFTER_MS })]
    expect(marks(of(list), 'name')).toEqual([0, 2, 3])
  })

  it('go on across chunks', () => {
    expect(marks(of([message(20)], channel, message(19)), 'name')).toEqual([])
    expect(marks(of([message(20)], channel, message(19, { from: 'carol' })), 'name')).toEqual([20])
  })

  it('tell alice from Alice', () => {
    expect(of([message(0, { from: 'Alice' })])).toMatchObject([{ own: false, name: true }])
  })
})

describe('status', () => {
  it('is shown once for a series of messages with the same status', () => {
    expect(statuses(of([own(0), own(1), own(2)]))).toEqual(['', '', 'sent'])
  })

  it('is shown where the next differs', () => {
    const list = [own(0, { status: 'read' }), own(1, { status: 'read' }), own(2, { status: 'delivered' }), own(3, { status: 'sent' })]
    expect(statuses(of(list, peer))).toEqual(['', 'read', 'delivered', 'sent'])
  })

  it('is that of a delivery if read marks are hidden', () => {
    const list = [own(0, { status: 'read' }), own(1, { status: 'delivered' }), own(2, { status: 'sent' })]
    expect(statuses(of(list, { ...peer, hidesRead: true }))).toEqual(['', 'delivered', 'sent'])
  })

  it('is always shown for a waiting or failed message', () => {
    const list = (['queued', 'queued', 'sending', 'failed', 'failed', 'sent'] as const).map((status, seq) => own(seq, { status }))
    expect(statuses(of(list))).toEqual(['queued', 'queued', 'sending', 'failed', 'failed', 'sent'])
  })

  it('is shown at the end of a run, whatever comes next', () => {
    expect(statuses(of([own(0), message(1), own(2)]))).toEqual(['sent', '', 'sent'])
    expect(statuses(of([own(0), notice(1), own(2)]))).toEqual(['sent', '', 'sent'])
    expect(statuses(of([own(0), own(1, { at: 1_001 + TIME_LINE_AFTER_MS })]))).toEqual(['sent', 'sent'])
  })

  it('waits for the chunk after', () => {
    expect(statuses(of([own(19)], peer, undefined, own(20)))).toEqual([''])
    expect(statuses(of([own(19)], peer, undefined, message(20)))).toEqual(['sent'])
  })

  it('is never shown for others or for a notice', () => {
    const mine = notice(1, { from: 'alice' })
    expect(statuses(of([message(0), mine]))).toEqual(['', ''])
    expect(of([message(0), mine])[1]).toMatchObject({ own: false, name: false })
  })
})

it('copies the fields of the message', () => {
  const words = message(7, { id: '__proto__' })
  expect(of([words])).toEqual([{ seq: 7, id: '__proto__', own: false, from: 'bob', at: 1_007, message: words, time: true, name: true, status: '' }])
  expect(of([])).toEqual([])
})
