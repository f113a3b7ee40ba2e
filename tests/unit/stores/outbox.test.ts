import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { decode, encode } from '@/src/chat/message/envelope'
import type { Message } from '@/src/chat/message/message'
import { OUTBOX_TTL_MS } from '@/src/chat/delivery/outbox-rules'
import { errorOfCode } from '@/src/rtm/error-name'
import { type RtmOperation } from '@/src/rtm/errors'
import { Outbox } from '@/src/stores/chat/send/outbox'
import type { OutboxPorts } from '@/src/stores/chat/send/outbox-ports'
import { RateLimiter } from '@/src/stores/chat/send/rate-limiter'
import { CAPABILITIES, own } from './doubles'

const BOB = 'peer:bob'

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => void vi.useRealTimers())

/** A log, a service that accepts messages as `serve` says, and an outbox between them. */
function setup(ports: Partial<OutboxPorts> = {}, serve: (text: string, to: string) => Promise<boolean> = async () => true) {
  const log = new Map<ConversationId, Message[]>()
  const sent: string[] = []
  /** Whether each was to be stored for an offline peer. */
  const kept: boolean[] = []
  const watched: string[] = []
  const gone: [id: ConversationId, seq: number][] = []
  let isReady = true
  const textIn = (wired: string) => {
    const envelope = decode(wired)
    return envelope.kind === 'message' && envelope.body.kind === 'text' ? envelope.body.text : ''
  }
  const put = (id: ConversationId, message: Message) => {
    const messages = log.get(id) ?? []
    messages[message.seq] = message
    log.set(id, messages)
  }
  const serveAs = async (to: string, wired: string) => {
    sent.push(`${to}: ${textIn(wired)}`)
    return serve(textIn(wired), to)
  }
  const pace = new RateLimiter()
  const outbox = new Outbox({
    pace: () => pace.acquire(),
    wire: 'rich',
    capabilities: CAPABILITIES,
    text: ({ id, body }, again) => encode({ kind: 'message', id, body, ...(again && { again: true as const }) }, ports.wire ?? 'rich'),
    ready: () => isReady,
    rejoining: () => false,
    sendToPeer: async (peer, wired, keep) => {
      kept.push(keep)
      return { hasPeerReceived: await serveAs(peer, wired) }
    },
    sendToChannel: async (channel, wired) => void (await serveAs(`#${channel}`, wired)),
    read: async (id, seq) => log.get(id)?.[seq],
    show: put,
    save: async (id, message) => put(id, message),
    gone: async (id, seq) => void gone.push([id, seq]),
    watchPeer: (peer) => void watched.push(peer),
    isPeerOnline: () => false,
    ...ports,
  })
  return {
    outbox,
    sent,
    kept,
    watched,
    gone,
    write(id: ConversationId, message: Message) {
      put(id, message)
      outbox.add(id, message)
    },
    statuses: (id: ConversationId) => (log.get(id) ?? []).map(({ status }) => status),
    message: (id: ConversationId, seq: number) => log.get(id)![seq]!,
    online(ready: boolean) {
      isReady = ready
      if (ready) outbox.wakeAll('login')
    },
  }
}

const settle = () => vi.advanceTimersByTimeAsync(0)
const refuse = (operation: RtmOperation, code: number) => errorOfCode(operation, code, 'refused')

it('sends one conversation in the order of writing, one at a time, and different ones in parallel', async () => {
  const open: (() => void)[] = []
  const { write, sent } = setup({}, () => new Promise((resolve) => open.push(() => resolve(true))))
  for (const seq of [0, 1, 2]) write(BOB, own(seq))
  write('channel:bob', own(0))
  await settle()
  expect(sent).toEqual(['bob: text 0', '#bob: text 0'])
  for (let i = 0; i < 4; i++) {
    open[i]?.()
    await settle()
  }
  expect(sent).toEqual(['bob: text 0', '#bob: text 0', 'bob: text 1', 'bob: text 2'])
})

it('waits for a connection, and continues after a login', async () => {
  const { write, sent, online, statuses } = setup()
  online(false)
  write(BOB, own(0))
  await vi.advanceTimersByTimeAsync(60_000)
  expect(sent).toEqual([])
  expect(statuses(BOB)).toEqual(['queued'])
  online(true)
  await settle()
  expect(sent).toEqual(['bob: text 0'])
  expect(statuses(BOB)).toEqual(['delivered'])
})

it('keeps within 180 sends in 3 s, over all conversations', async () => {
  const { write, sent } = setup()
  for (let i = 0; i < 200; i++) write(`peer:user${i % 40}`, own(Math.floor(i / 40)))
  await vi.advanceTimersByTimeAsync(2_900)
  expect(sent).toHaveLength(180)
  await vi.advanceTimersByTimeAsync(200)
  expect(sent).toHaveLength(200)
})

describe('an offline peer', () => {
  it('is watched, and gets the message once they are online, before later ones', async () => {
    let isThere = false
    const { outbox, write, sent, watched, statuses } = setup({}, async () => isThere)
    write(BOB, own(0))
    await settle()
    expect([statuses(BOB), watched]).toEqual([['sent'], ['bob']])
    write(BOB, own(1))
    await vi.advanceTimersByTimeAsync(600_000)
    expect(sent).toEqual(['bob: text 0'])
    isThere = true
    outbox.wake(BOB, 'peer')
    await settle()
    expect(sent).toEqual(['bob: text 0', 'bob: text 0', 'bob: text 1'])
    expect(statuses(BOB)).toEqual(['delivered', 'delivered'])
  })

  it('blocks nothing if the service stores the message for them', async () => {
    const { outbox, write, sent } = setup({ capabilities: { ...CAPABILITIES, offlineMessages: true } }, async () => false)
    write(BOB, own(0))
    write(BOB, own(1))
    outbox.wake(BOB, 'written')
    await settle()
    expect(sent).toEqual(['bob: text 0', 'bob: text 1'])
  })

  it('is given up after seven days', async () => {
    const { write, statuses, message } = setup({}, async () => false)
    write(BOB, own(0))
    await settle()
    await vi.advanceTimersByTimeAsync(OUTBOX_TTL_MS - 1)
    expect(statuses(BOB)).toEqual(['sent'])
    await vi.advanceTimersByTimeAsync(1)
    expect(message(BOB, 0)).toMatchObject({ status: 'failed', failure: { reason: 'expired' } })
  })

  it('is given up even if the clock was a month ahead when the message was written, once it is due, without polling', async () => {
    const { write, sent, statuses } = setup({}, async () => false)
    write(BOB, own(0, 'queued', { at: Date.now() + 30 * 24 * 3_600_000 }))
    await vi.advanceTimersByTimeAsync(OUTBOX_TTL_MS + 29 * 24 * 3_600_000)
    expect([statuses(BOB), sent.length]).toEqual([['sent'], 1])
    await vi.advanceTimersByTimeAsync(24 * 3_600_000)
    expect(statuses(BOB)).toEqual(['failed'])
  })

  it('is not sent a message twice in plain mode', async () => {
    const { outbox, write, sent, statuses } = setup({ wire: 'plain' }, async () => false)
    write(BOB, own(0))
    await settle()
    outbox.wake(BOB, 'peer')
    outbox.wakeAll('login')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(sent).toHaveLength(1)
    expect(statuses(BOB)).toEqual(['sent'])
  })
})

describe('a failing message', () => {
  it('for good blocks none of those behind it, and says why', async () => {
    const { write, statuses, message } = setup({}, async (text) => {
      if (text === 'text 0') throw refuse('peerMessage', 6)
      return true
    })
    write(BOB, own(0))
    write(BOB, own(1))
    await settle()
    expect(statuses(BOB)).toEqual(['failed', 'delivered'])
    expect(message(BOB, 0).failure).toEqual({ reason: 'invalid-user', operation: 'peerMessage', code: 6 })
  })

  it('for now is retried with longer and longer waits, in its place', async () => {
    let failures = 3
    const { write, sent, statuses } = setup({}, async () => {
      if (failures-- > 0) throw refuse('peerMessage', 2)
      return true
    })
    write(BOB, own(0))
    write(BOB, own(1))
    await vi.advanceTimersByTimeAsync(20_000)
    expect(sent).toEqual(['bob: text 0', 'bob: text 0', 'bob: text 0', 'bob: text 0', 'bob: text 1'])
    expect(statuses(BOB)).toEqual(['delivered', 'delivered'])
  })

  it('too large once encoded is never sent, fails at once without a connection, keeps its text and blocks nothing', async () => {
    const { write, sent, message, online, statuses } = setup()
    const words = '字'.repeat(11_000)
    online(false)
    write(BOB, own(0))
    write(BOB, own(1, 'queued', { body: { kind: 'text', text: words } }))
    write(BOB, own(2))
    await settle()
    expect(message(BOB, 1)).toMatchObject({ status: 'failed', failure: { reason: 'too-large' }, body: { text: words } })
    online(true)
    await settle()
    expect(sent).toEqual(['bob: text 0', 'bob: text 2'])
    expect(statuses(BOB)).toEqual(['delivered', 'failed', 'delivered'])
  })

  it('outside its channel waits while that is joined again, and fails if it was left', async () => {
    let isIn = false
    let isRejoining = true
    const { outbox, write, statuses, message } = setup({ rejoining: () => isRejoining }, async () => {
      if (!isIn) throw refuse('channelMessage', 5)
      return true
    })
    write('channel:x', own(0))
    await settle()
    expect(statuses('channel:x')).toEqual(['queued'])
    isIn = true
    outbox.wake('channel:x', 'login')
    await settle()
    expect(statuses('channel:x')).toEqual(['sent'])
    isIn = isRejoining = false
    write('channel:x', own(1))
    await settle()
    expect(message('channel:x', 1).failure).toEqual({ reason: 'not-in-channel' })
  })
})

describe('a removed message', () => {
  it('is not sent, and the result of its attempt is not saved', async () => {
    let finish: () => void = () => undefined
    const settled = vi.fn(async () => undefined)
    const { outbox, write, sent } = setup({ save: settled }, () => new Promise((resolve) => (finish = () => resolve(true))))
    write(BOB, own(0))
    write(BOB, own(1))
    await settle()
    outbox.remove(BOB, 0)
    outbox.remove(BOB, 1)
    finish()
    await settle()
    expect(sent).toEqual(['bob: text 0'])
    expect(settled).not.toHaveBeenCalled()
  })

  it('with its conversation stays removed', async () => {
    const { outbox, write, sent, online } = setup()
    online(false)
    write(BOB, own(0))
    outbox.clear(BOB)
    online(true)
    await settle()
    expect(sent).toEqual([])
  })
})

describe('a message that is read to be sent', () => {
  it('and need not be sent any more leaves the outbox, which says so; those behind it go', async () => {
    const { outbox, sent, gone, write } = setup({ read: async (_id, seq) => (seq === 0 ? undefined : own(seq)) })
    write(BOB, own(0))
    write(BOB, own(1))
    await settle()
    expect(gone).toEqual([[BOB, 0]])
    expect([outbox.has(BOB, 0), sent]).toEqual([false, ['bob: text 1']])
  })

  /** An outbox whose reads wait for `answer`. */
  function held() {
    const answers: (() => void)[] = []
    const log = new Map<number, Message>()
    const read = (_id: ConversationId, seq: number) => {
      const message = log.get(seq)
      return new Promise<Message | undefined>((resolve) => answers.push(() => resolve(message)))
    }
    const { outbox, sent } = setup({ read })
    return {
      outbox,
      sent,
      write(message: Message) {
        log.set(message.seq, message)
        outbox.add(BOB, message)
      },
      async answer() {
        for (const answer of answers.splice(0)) answer()
        await settle()
      },
    }
  }

  it('and is taken out is sent as it is then', async () => {
    const { outbox, sent, write, answer } = held()
    write(own(0))
    expect(outbox.takeOut(BOB, 0)).toBe(true)
    await answer()
    expect(sent).toEqual([])
    write(own(0, 'queued', { body: { kind: 'text', text: 'changed' } }))
    outbox.resume(BOB)
    await answer()
    expect(sent).toEqual(['bob: changed'])
  })

  it('and is taken out and put back is sent as it is then', async () => {
    const { outbox, sent, write, answer } = held()
    write(own(0))
    expect(outbox.takeOut(BOB, 0)).toBe(true)
    write(own(0, 'queued', { body: { kind: 'text', text: 'changed' } }))
    outbox.resume(BOB)
    await answer()
    await answer()
    expect(sent).toEqual(['bob: changed'])
  })

  it.each(['cancel', 'remove', 'clear'] as const)('and whose end is %s is not sent', async (end) => {
    const { outbox, sent, write, answer } = held()
    write(own(0))
    write(own(1))
    outbox[end](BOB, 0)
    await answer()
    await answer()
    expect(sent).toEqual(end === 'clear' ? [] : ['bob: text 1'])
  })
})

it('stops: waiting messages stay where they are, also those that wait for a time', async () => {
  const { outbox, write, sent } = setup({}, async () => {
    throw refuse('peerMessage', 2)
  })
  write(BOB, own(0))
  await settle()
  outbox.stop()
  outbox.wakeAll('login')
  write(BOB, own(1))
  await vi.advanceTimersByTimeAsync(600_000)
  expect(sent).toHaveLength(1)
})

it('delivers everything, in order and each conversation separately, over a failing service', async () => {
  const trouble = fc.constantFrom('ok', 'ok', 'lost', 'rate', 'offline', 'absent')
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom<ConversationId>('peer:a', 'peer:b', 'channel:a'), fc.nat(2_000)), { maxLength: 20 }), fc.array(trouble, { maxLength: 30 }), async (writes, troubles) => {
      const arrived = new Map<string, number[]>()
      const { outbox, write, statuses } = setup({}, async (text, to) => {
        const what = troubles.shift() ?? 'ok'
        const operation = to.startsWith('#') ? 'channelMessage' : 'peerMessage'
        if (what === 'lost') throw refuse(operation, 2)
        if (what === 'rate') throw refuse(operation, operation === 'peerMessage' ? 5 : 3)
        if (what === 'offline') throw refuse(operation, 102)
        if (what === 'absent' && operation === 'peerMessage') return false
        arrived.set(to, [...(arrived.get(to) ?? []), Number(text.slice(5))])
        return true
      })
      const lengths = new Map<ConversationId, number>()
      for (const [id, pause] of writes) {
        const seq = lengths.get(id) ?? 0
        lengths.set(id, seq + 1)
        write(id, own(seq))
        await vi.advanceTimersByTimeAsync(pause)
      }
      for (let i = 0; i < 40; i++) {
        outbox.wakeAll('login')
        for (const id of lengths.keys()) outbox.wake(id, 'peer')
        await vi.advanceTimersByTimeAsync(31_000)
      }
      for (const [id, length] of lengths) {
        const all = Array.from({ length }, (_, seq) => seq)
        expect(arrived.get(id.startsWith('channel:') ? `#${id.slice(8)}` : id.slice(5))).toEqual(all)
        expect(statuses(id)).toEqual(all.map(() => (id.startsWith('channel:') ? 'sent' : 'delivered')))
      }
      outbox.stop()
    }),
    { numRuns: 100 },
  )
})


describe('a message that the user cancels', () => {
  it('while it waits is not sent, and lets those behind it pass', async () => {
    const { outbox, write, online, sent } = setup()
    online(false)
    for (const seq of [0, 1]) write(BOB, own(seq))
    expect(outbox.cancel(BOB, 0)).toMatchObject({ status: 'failed', failure: { reason: 'cancelled' } })
    online(true)
    await settle()
    expect(sent).toEqual(['bob: text 1'])
  })

  it('after an attempt that may have arrived says so', async () => {
    const { outbox, write } = setup({}, async () => {
      throw refuse('peerMessage', 2)
    })
    write(BOB, own(0))
    await settle()
    expect(outbox.cancel(BOB, 0)).toMatchObject({ failure: { reason: 'cancelled-late' } })
  })

  it.each([
    ['arrived', true, { status: 'delivered' }],
    ['did not find the peer', false, { status: 'failed', failure: { reason: 'cancelled' } }],
  ])('during its attempt shows the result: it %s', async (_, hasPeerReceived, shown) => {
    let answer = (_received: boolean) => {}
    const { outbox, write, message, sent } = setup({}, () => new Promise((resolve) => (answer = resolve)))
    for (const seq of [0, 1]) write(BOB, own(seq))
    await settle()
    expect(outbox.cancel(BOB, 0)).toBe('on-its-way')
    answer(hasPeerReceived)
    await settle()
    expect(message(BOB, 0)).toMatchObject(shown)
    expect(sent).toEqual(['bob: text 0', 'bob: text 1'])
  })

  it('when the service stores it for the peer is sent all the same', async () => {
    const { outbox, write, statuses } = setup({ capabilities: { ...CAPABILITIES, offlineMessages: true } }, async () => false)
    write(BOB, own(0))
    await settle()
    expect(outbox.cancel(BOB, 0)).toBe('too-late')
    expect(statuses(BOB)).toEqual(['sent'])
  })

  it('when the peer has it and only its receipt is to come stays as it is', async () => {
    const { outbox, write, statuses } = setup({ capabilities: { ...CAPABILITIES, peerAcknowledgement: 'delivered' } })
    write(BOB, own(0))
    await settle()
    expect(outbox.cancel(BOB, 0)).toBe('too-late')
    expect(statuses(BOB)).toEqual(['delivered'])
  })

  it('when it is not in the outbox any more stays as it is', async () => {
    const { outbox, write, statuses } = setup()
    write(BOB, own(0))
    await settle()
    expect(outbox.cancel(BOB, 0)).toBe('too-late')
    expect(outbox.cancel('peer:nobody', 0)).toBe('too-late')
    expect(statuses(BOB)).toEqual(['delivered'])
  })
})

it('makes the service store one copy for an offline peer, however often it is sent again, until the user retries', async () => {
  const kept: boolean[] = []
  const sendToPeer: OutboxPorts['sendToPeer'] = async (_peer, _text, keep) => {
    kept.push(keep)
    if (code) throw refuse('peerMessage', code)
    return { hasPeerReceived: false }
  }
  let code: number | undefined
  const { outbox, write, statuses } = setup({ capabilities: { ...CAPABILITIES, offlineMessages: true }, sendToPeer })
  write(BOB, own(0))
  await settle()
  // A timeout, too many at a time, no login.
  for (code of [2, 5, 102]) {
    outbox.wake(BOB, 'peer')
    await settle()
    expect([statuses(BOB), outbox.cancel(BOB, 0)]).toEqual([['sent'], 'too-late'])
    code = undefined
    outbox.wakeAll('login')
    await settle()
  }
  expect(kept).toEqual([true, ...Array<boolean>(6).fill(false)])
  outbox.wake(BOB, 'asked')
  await settle()
  expect(kept.at(-1)).toBe(false)
  // A message that the user retries is stored once more, even if its first attempt fails.
  code = 102
  outbox.wake(BOB, 'asked', 0)
  await settle()
  code = undefined
  outbox.wakeAll('login')
  await settle()
  expect(kept.slice(-2)).toEqual([true, true])
})

it('keeps the order also among messages that the service may have lost, when an attempt fails', async () => {
  let isThere = false
  let fails = false
  const capabilities = { ...CAPABILITIES, offlineMessages: true }
  const { outbox, write, sent, statuses } = setup({ capabilities }, async () => {
    if (fails) {
      fails = false
      throw refuse('peerMessage', 2)
    }
    return isThere
  })
  for (const seq of [0, 1, 2]) write(BOB, own(seq))
  await settle()
  sent.splice(0)
  isThere = fails = true
  outbox.wake(BOB, 'peer')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(sent).toEqual(['bob: text 0', 'bob: text 0', 'bob: text 1', 'bob: text 2'])
  expect(statuses(BOB)).toEqual(['delivered', 'delivered', 'delivered'])
})

it('sends at once what the user retries, and marks a repeated message as a resend', async () => {
  const wired: string[] = []
  let fails = true
  const { outbox, write } = setup({
    sendToPeer: async (_peer, text) => {
      wired.push(text)
      if (fails) throw refuse('peerMessage', 2)
      return { hasPeerReceived: true }
    },
  })
  write(BOB, own(0))
  await settle()
  fails = false
  outbox.wake(BOB, 'asked')
  await settle()
  expect(wired.map((text) => decode(text))).toEqual([
    { kind: 'message', id: 'id0', body: { kind: 'text', text: 'text 0' } },
    { kind: 'message', id: 'id0', body: { kind: 'text', text: 'text 0' }, again: true },
  ])
})

it('in plain mode saves that a message is being sent before it sends it, so that a kill does not send it twice', async () => {
  const order: string[] = []
  const { write } = setup({
    wire: 'plain',
    save: async (_id, { status }, keep) => void order.push(`kept ${status} ${keep}`),
    sendToPeer: async () => {
      order.push('sent')
      return { hasPeerReceived: true }
    },
  })
  write(BOB, own(0))
  await settle()
  expect(order).toEqual(['kept sending true', 'sent', 'kept delivered false'])
})

it('sends a message that the service stores for an offline peer again only at a sign of life, also after a restart', async () => {
  const capabilities = { ...CAPABILITIES, offlineMessages: true }
  const read: OutboxPorts['read'] = async (_id, seq) => own(seq, seq === 0 ? 'sent' : 'queued')
  const first = setup({ capabilities, read })
  first.outbox.add(BOB, own(0, 'sent'), true)
  await settle()
  expect([first.sent, first.watched]).toEqual([[], ['bob']])
  first.online(true)
  await settle()
  expect(first.sent).toEqual([])
  // A new one is sent at once: the service has the other one instead.
  first.write(BOB, own(1))
  await settle()
  expect(first.sent).toEqual(['bob: text 1'])
  first.outbox.wake(BOB, 'peer')
  await settle()
  expect(first.sent).toEqual(['bob: text 1', 'bob: text 0'])
  expect(first.kept).toEqual([true, false])

  const retired = setup({ read })
  retired.outbox.add(BOB, own(0, 'sent'), true)
  await settle()
  expect(retired.sent).toEqual(['bob: text 0'])
})

it('tries a message again that an online peer did not save, until it does; one to an offline peer waits for a sign of life', async () => {
  let canSave = false
  const online = new Set(['bob'])
  const service = { ...CAPABILITIES, offlineMessages: true }
  const { write, sent, kept, statuses } = setup({ capabilities: service, isPeerOnline: (peer) => online.has(peer) }, async () => canSave)
  write(BOB, own(0))
  write('peer:carol', own(0))
  await settle()
  expect(statuses(BOB)).toEqual(['sent'])
  await vi.advanceTimersByTimeAsync(10_000)
  expect(sent).toEqual(['bob: text 0', 'carol: text 0', 'bob: text 0'])
  canSave = true
  await vi.advanceTimersByTimeAsync(10_000)
  expect(statuses(BOB)).toEqual(['delivered'])
  await vi.advanceTimersByTimeAsync(60_000)
  expect(sent).toEqual(['bob: text 0', 'carol: text 0', 'bob: text 0', 'bob: text 0'])
  expect(statuses('peer:carol')).toEqual(['sent'])
  // The service is asked to store the first copy only.
  expect(kept).toEqual([true, true, false, false])
})
