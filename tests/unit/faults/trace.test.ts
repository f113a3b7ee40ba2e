import { describe, expect, it } from 'vitest'
import { Trace } from '../../faults/trace'

const send = { t: 'send', id: 7, ch: 'c', text: JSON.stringify({ v: 1, id: 'x', kind: 'text', text: 'hi' }) }

it('sees when the store has a picture, and which uploads went on', () => {
  const trace = new Trace()
  const answer = { path: '/files/1', status: 200, headers: {}, body: '' }
  trace.http('alice', { ...answer, method: 'HEAD', headers: { 'upload-offset': '0' } })
  expect(trace.resumed.size).toBe(0)
  for (let times = 0; times < 2; times++) trace.http('alice', { ...answer, method: 'HEAD', headers: { 'upload-offset': '7' } })
  trace.http('alice', { ...answer, method: 'POST', path: '/files/1/finish', status: 503, body: 'busy' })
  expect([trace.resumed.size, trace.uploaded.size]).toEqual([1, 0])
  trace.http('alice', { ...answer, method: 'POST', path: '/files/1/finish', body: '{"sha256":"abc"}' })
  expect([...trace.uploaded.keys()]).toEqual(['picture abc'])
})

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
