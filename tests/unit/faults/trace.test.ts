import { describe, expect, it } from 'vitest'
import { Trace } from '../../faults/trace'

const send = { t: 'send', id: 7, ch: 'c', text: JSON.stringify({ v: 1, id: 'x', kind: 'text', text: 'hi' }) }

describe('the time when the gateway accepted a channel message', () => {
  it('is that of the frame it delivers', () => {
    const trace = new Trace()
    trace.up('alice', 1, send)
    const ts = Date.now()
    trace.down('bob', 1, { ...send, t: 'msg', from: 'alice', seq: 1, ts })
    trace.down('alice', 1, { t: 'ok', id: 7 })
    expect(trace.taken()).toEqual([{ from: 'alice', raw: JSON.parse(send.text) as unknown, text: 'hi', at: ts, sentAt: expect.any(Number) as number, isExact: true }])
  })

  it('is that of its answer if the channel has no other member', () => {
    const trace = new Trace()
    trace.up('alice', 1, send)
    trace.down('alice', 1, { t: 'ok', id: 7 })
    expect(trace.taken()).toMatchObject([{ text: 'hi', isExact: true }])
  })

  it('is recorded once, however often the request and its answer are repeated', () => {
    const trace = new Trace()
    for (let times = 0; times < 3; times++) {
      trace.up('alice', 1, send)
      trace.down('alice', 1, { t: 'ok', id: 7 })
    }
    expect(trace.taken()).toHaveLength(1)
    // Another run of the program counts its requests from the start.
    trace.up('alice', 2, send)
    trace.down('alice', 2, { t: 'ok', id: 7 })
    expect(trace.taken()).toHaveLength(2)
  })
})
