import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  DELIVERY_TRIES_MAX,
  OUTBOX_TTL_MS,
  RECEIPT_WAIT_MS,
  afterChannelResult,
  afterError,
  afterJoinError,
  afterPeerResult,
  afterReceipt,
  afterRestart,
  beforeSending,
  canCancel,
  cancelled,
  decided,
  nextStep,
  outboxItem,
  afterWake,
  type DeliveryService,
  type OutboxDecision,
  type OutboxItem,
  type WakeReason,
} from '@/src/chat/delivery/outbox-rules'
import { MESSAGE_MAX_BYTES } from '@/src/chat/rtm-limits'
import { RTM_REASONS, type RtmReason, type RtmRefusal } from '@/src/chat/rtm-reason'
import { own } from '../messages'

const rich = { wire: 'rich', tries: 1, random: () => 0.5 } as const
const plain = { ...rich, wire: 'plain' } as const

/** Agora's cloud, the local gateway, and a service that acknowledges only that it has the message. */
const cloud: DeliveryService = { peerAcknowledgement: 'delivered', offlineMessages: false }
const unacknowledged: DeliveryService = { peerAcknowledgement: 'none', offlineMessages: false }
const gateway: DeliveryService = { peerAcknowledgement: 'durable', offlineMessages: true }

const refusal = (reason: RtmReason, retryAfterMs?: number): RtmRefusal => ({ reason, retryAfterMs, operation: 'peerMessage', code: 42 })

/** What each reason means: in rich mode, and in plain mode where that differs. */
const again: OutboxDecision = { status: 'queued', keep: true, retry: 500 }
const unsure: OutboxDecision = { ...again, maybe: true }
const offline: OutboxDecision = { status: 'queued', keep: true, retry: 'on-reconnect' }
const inMs = (ms: number): OutboxDecision => ({ status: 'queued', keep: true, retry: ms })
const refused = (reason: RtmReason): OutboxDecision => ({ status: 'failed', keep: false, retry: 'never', failure: { reason, operation: 'peerMessage', code: 42 } })
const outside: OutboxDecision = { status: 'failed', keep: false, retry: 'never', failure: { reason: 'not-in-channel' } }

type Case = [reason: RtmReason, rich: OutboxDecision, plain?: OutboxDecision]

const common: Case[] = [
  ['rate-limited', inMs(3_000)],
  ['channel-rate-limited', inMs(3_000)],
  ['invalid-user', refused('invalid-user')],
  ['invalid-channel', refused('invalid-channel')],
  ['invalid-message', refused('invalid-message')],
  ['too-large', refused('too-large')],
  ['refused', refused('refused')],
  ['not-logged-in', offline],
  ['too-many-channels', offline],
  ['not-in-channel', outside],
]
/** Any other reason, one that this version does not know included: the message may have arrived. */
const messageCases: Case[] = [...common, ...otherThan(common).map((reason): Case => [reason, unsure, refused(reason)])]
const ofJoin: Case[] = [...common, ['aborted', outside]]
const joinCases: Case[] = [...ofJoin, ...otherThan(ofJoin).map((reason): Case => [reason, again])]

function otherThan(cases: readonly Case[]): RtmReason[] {
  return RTM_REASONS.filter((reason) => !cases.some(([known]) => known === reason))
}

describe.each([
  ['a message', afterError, messageCases],
  ['a join', afterJoinError, joinCases],
] as const)('after an error of %s', (_what, after, cases) => {
  it.each(cases)('%s', (reason, inRich, inPlain = inRich) => {
    const error = refusal(reason, 3_000)
    expect(after(error, rich)).toEqual(inRich)
    expect(after(error, plain)).toEqual(inPlain)
  })

  it('waits as before any try where the limit of the rate is not known', () => {
    expect(after(refusal('rate-limited'), rich)).toEqual(again)
  })
})

describe('after an error', () => {
  it('waits longer each time, up to the cap', () => {
    const retry = (tries: number) => afterError(refusal('timeout'), { wire: 'rich', tries, random: () => 1 }).retry
    expect([1, 2, 3, 6, 50].map(retry)).toEqual([1_000, 2_000, 4_000, 30_000, 30_000])
  })

  it('waits for the channel that is being joined again', () => {
    expect(afterError(refusal('not-in-channel'), { ...plain, rejoining: true })).toEqual(offline)
  })
})

describe('after a result', () => {
  const done = { keep: false, retry: 'never' }
  const waits = { keep: true, retry: 'on-peer' }
  it.each([
    ['rich', true, 'cloud', cloud, { status: 'delivered', ...waits, maybe: true }],
    ['rich', false, 'cloud', cloud, { status: 'sent', ...waits }],
    ['rich', true, 'gateway', gateway, { status: 'delivered', ...done }],
    ['rich', false, 'gateway', gateway, { status: 'sent', ...waits, stored: true }],
    ['plain', true, 'cloud', cloud, { status: 'delivered', ...done }],
    ['plain', false, 'cloud', cloud, { status: 'sent', ...done }],
    ['plain', false, 'gateway', gateway, { status: 'sent', ...done }],
    ['rich', true, 'service that says no more', unacknowledged, { status: 'sent', ...waits, maybe: true }],
    ['plain', true, 'service that says no more', unacknowledged, { status: 'sent', ...done }],
  ] as const)('a peer message, %s, received %s, by the %s', (wire, received, _name, service, expected) => {
    expect(afterPeerResult(received, { wire, tries: 1 }, service)).toEqual(expected)
  })

  it('is not sent forever to a program that sends no receipts', () => {
    expect(afterPeerResult(true, { wire: 'rich', tries: DELIVERY_TRIES_MAX - 1 }, cloud).keep).toBe(true)
    expect(afterPeerResult(true, { wire: 'rich', tries: DELIVERY_TRIES_MAX }, cloud)).toEqual({ status: 'delivered', keep: false, retry: 'never' })
    expect(afterPeerResult(false, { wire: 'rich', tries: 100 }, cloud).keep).toBe(true)
  })

  it('a channel message is sent, without a receipt', () => {
    expect(afterChannelResult()).toEqual({ status: 'sent', keep: false, retry: 'never' })
  })

  it.each([
    ['sent', 'delivered', 'delivered'],
    ['delivered', 'read', 'read'],
    ['read', 'delivered', 'read'],
    ['failed', 'delivered', 'delivered'],
    ['sending', 'read', 'read'],
  ] as const)('a receipt: %s and %s is %s', (status, receipt, expected) => {
    expect(afterReceipt(status, receipt)).toEqual({ status: expected, keep: false, retry: 'never' })
  })

  it('is rejected before sending if it is too large', () => {
    expect(beforeSending(MESSAGE_MAX_BYTES)).toBeUndefined()
    expect(beforeSending(MESSAGE_MAX_BYTES + 1)).toEqual({ status: 'failed', keep: false, retry: 'never', failure: { reason: 'too-large' } })
  })
})

describe('after a restart', () => {
  it.each([
    ['queued', 'rich', { ...offline, maybe: true }],
    ['sending', 'rich', { ...offline, maybe: true }],
    ['sent', 'rich', { status: 'sent', keep: true, retry: 'on-reconnect', maybe: true }],
    ['delivered', 'rich', { status: 'delivered', keep: true, retry: 'on-reconnect', maybe: true }],
    ['queued', 'plain', offline],
    ['sending', 'plain', { status: 'failed', keep: false, retry: 'never', failure: { reason: 'timeout' } }],
    ['sent', 'plain', { status: 'sent', keep: false, retry: 'never' }],
  ] as const)('a message that was %s, %s', (status, wire, expected) => {
    expect(afterRestart(status, wire)).toEqual(expected)
  })
})

const item = (seq: number, fields: Partial<OutboxItem> = {}): OutboxItem => ({ ...outboxItem(own(seq, { status: 'queued', at: 1_000 })), ...fields })

describe('the next step', () => {
  const now = 5_000
  it('is the oldest message', () => {
    expect(nextStep([item(3), item(4)], now)).toEqual({ do: 'send', seq: 3 })
    expect(nextStep([], now)).toEqual({ do: 'wait', ms: undefined })
  })

  it.each([
    ['a time', { wait: 7_000 }, { do: 'wait', ms: 2_000 }],
    ['a time that has come', { wait: 5_000 }, { do: 'send', seq: 3 }],
    ['a login', { wait: 'reconnect' }, { do: 'wait', ms: undefined }],
    ['a peer who is away', { wait: 'peer', status: 'sent' }, { do: 'wait', ms: OUTBOX_TTL_MS - 4_000 }],
    ['a peer for whom it is kept', { wait: 'peer', status: 'sent', stored: true }, { do: 'send', seq: 4 }],
    ['a receipt only', { wait: 'peer', status: 'delivered' }, { do: 'send', seq: 4 }],
  ] as const)('behind one that waits for %s', (_what, fields, expected) => {
    expect(nextStep([item(3, fields), item(4)], now)).toEqual(expected)
  })

  it('gives up a peer who was offline for too long', () => {
    const away = item(3, { wait: 'peer', status: 'sent', at: 1_000 })
    expect(nextStep([away], 1_000 + OUTBOX_TTL_MS - 1)).toEqual({ do: 'wait', ms: 1 })
    expect(nextStep([away], 1_000 + OUTBOX_TTL_MS)).toEqual({
      do: 'expire',
      seq: 3,
      decision: { status: 'failed', keep: false, retry: 'never', failure: { reason: 'expired' } },
    })
  })

  it('is due when the first message expires, or the one before it may be retried', () => {
    const away = item(3, { wait: 'peer', status: 'sent', stored: true, at: 3_000 })
    const answered = item(4, { wait: 'peer', status: 'delivered', at: 2_000 })
    expect(nextStep([away, answered], now)).toEqual({ do: 'wait', ms: OUTBOX_TTL_MS - 3_000 })
    expect(nextStep([away, item(5, { wait: 9_000 }), item(6)], now)).toEqual({ do: 'wait', ms: 4_000 })
  })

  it('keeps a delivered message whose receipt never arrives', () => {
    const unanswered = item(3, { wait: 'peer', status: 'delivered' })
    expect(nextStep([unanswered], 1_000 + OUTBOX_TTL_MS)).toEqual({ do: 'expire', seq: 3, decision: { status: 'delivered', keep: false, retry: 'never' } })
  })

  it('does not give up a message that this device never sent', () => {
    expect(nextStep([item(3, { at: 0 })], 2 * OUTBOX_TTL_MS)).toEqual({ do: 'send', seq: 3 })
  })
})

describe('an item', () => {
  it('remembers its attempts, and its wait', () => {
    const tried = decided(item(3), { status: 'queued', keep: true, retry: 500 }, 2_000)
    expect(tried).toMatchObject({ tries: 1, triedAt: 2_000, wait: 2_500 })
    expect(decided(item(3), afterPeerResult(false, rich, cloud), 2_000)).toMatchObject({ status: 'sent', wait: 'peer', stored: false })
    expect(decided(item(3), afterPeerResult(false, rich, gateway), 2_000)).toMatchObject({ status: 'sent', wait: 'peer', stored: true })
    expect(decided(item(3), offline, 2_000)).toMatchObject({ wait: 'reconnect' })
    expect(decided(item(3), afterChannelResult(), 2_000)).toBeUndefined()
  })

  const later = 2_000 + RECEIPT_WAIT_MS
  const signs: [WakeReason, Partial<OutboxItem>, number, boolean][] = [
    ['login', { wait: 'reconnect' }, 2_000, true],
    ['login', { wait: 'peer', status: 'sent' }, 2_000, true],
    ['login', { wait: 'peer', status: 'delivered' }, 2_000, true],
    ['login', { wait: 9_000 }, 2_000, true],
    ['peer', { wait: 'reconnect' }, later, false],
    ['peer', { wait: 9_000_000 }, later, false],
    ['peer', { wait: 'peer', status: 'sent' }, 2_000, true],
    ['peer', { wait: 'peer', status: 'delivered' }, later - 1, false],
    ['peer', { wait: 'peer', status: 'delivered' }, later, true],
    ['peer', { wait: 'peer', status: 'sent', stored: true }, 2_000, true],
    ['written', { wait: 'peer', status: 'sent', stored: true }, 2_000, false],
    ['written', { wait: 'peer', status: 'sent' }, 2_000, true],
    ['written', { wait: 'peer', status: 'delivered' }, later, false],
    ['written', { wait: 'reconnect' }, later, false],
  ]
  it.each(signs)('after the wake-up %s, %j, at %i: %s', (sign, fields, now, wakes) => {
    const waiting = item(3, { triedAt: 2_000, ...fields })
    expect(afterWake(waiting, sign, now).wait).toEqual(wakes ? 'nothing' : waiting.wait)
  })
})

/** A worker in one loop, with a peer who comes and goes. A message is identified by its first arrival. */
function run(events: readonly ('write' | 'peer-comes' | 'peer-goes' | 'login' | 'time')[]): { arrived: number[]; written: number; left: number[] } {
  let items: OutboxItem[] = []
  let now = 0
  let written = 0
  let present = false
  const arrived: number[] = []

  const settle = (seq: number, decision: OutboxDecision) => {
    items = items.flatMap((one) => (one.seq === seq ? (decided(one, decision, now) ?? []) : one))
  }
  const work = () => {
    for (let i = 0; i < 1_000; i++) {
      const step = nextStep(items, now)
      if (step.do === 'wait') return
      if (step.do === 'expire') {
        settle(step.seq, step.decision)
        continue
      }
      const one = items.find(({ seq }) => seq === step.seq)
      settle(step.seq, afterPeerResult(present, { wire: 'rich', tries: (one?.tries ?? 0) + 1 }, cloud))
      if (present && !arrived.includes(step.seq)) arrived.push(step.seq)
    }
    throw new Error('the worker does not come to rest')
  }
  const sign = (which: WakeReason) => {
    items = items.map((one) => afterWake(one, which, now))
    work()
  }

  for (const event of events) {
    if (event === 'write') {
      items = [...items, item(written++, { at: now })]
      sign('written')
    } else if (event === 'peer-comes') {
      present = true
      sign('peer')
    } else if (event === 'peer-goes') present = false
    else if (event === 'login') sign('login')
    else now += RECEIPT_WAIT_MS
  }
  return { arrived, written, left: items.filter(({ status }) => status !== 'delivered').map(({ seq }) => seq) }
}

describe('a conversation with a peer who comes and goes', () => {
  it('loses nothing and keeps the order of writing', () => {
    const event = fc.constantFrom('write' as const, 'peer-comes' as const, 'peer-goes' as const, 'login' as const, 'time' as const)
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const { arrived, written } = run([...events, 'peer-comes'])
        expect(arrived).toEqual(Array.from({ length: written }, (_, seq) => seq))
      }),
    )
  })

  it('holds back messages written after one that was not received', () => {
    expect(run(['write', 'write', 'write'])).toEqual({ arrived: [], written: 3, left: [0, 1, 2] })
  })
})

it.each([
  ['queued', true, true],
  ['sending', true, true],
  ['sent', false, true],
  ['delivered', false, false],
  ['read', false, false],
  ['failed', false, false],
  ['received', false, false],
] as const)('a message that is %s can be cancelled: %s if the service stores messages, %s if it does not', (status, whereKept, whereNot) => {
  expect([canCancel({ status }, gateway), canCancel({ status }, cloud)]).toEqual([whereKept, whereNot])
})

describe('a cancelled message', () => {
  const tookBack = (reason: 'cancelled' | 'cancelled-late'): OutboxDecision => ({ status: 'failed', keep: false, retry: 'never', failure: { reason } })
  const gone = (status: 'sent' | 'delivered'): OutboxDecision => ({ status, keep: false, retry: 'never' })
  it.each([
    ['never tried', false, undefined, tookBack('cancelled')],
    ['perhaps arrived', true, undefined, tookBack('cancelled-late')],
    ['on its way, and the peer was not there', false, afterPeerResult(false, rich, cloud), tookBack('cancelled')],
    ['on its way, and the service keeps it', false, afterPeerResult(false, rich, gateway), gone('sent')],
    ['on its way, and the peer has it', false, afterPeerResult(true, rich, gateway), gone('delivered')],
    ['on its way, and the receipt is to come', false, afterPeerResult(true, rich, cloud), gone('delivered')],
    ['on its way to a channel', false, afterChannelResult(), gone('sent')],
    ['on its way, and nobody knows', false, afterError(refusal('timeout'), rich), tookBack('cancelled-late')],
    ['on its way, and not logged in any more', false, offline, tookBack('cancelled')],
    ['on its way, and refused', false, refused('invalid-user'), tookBack('cancelled')],
  ] as const)('%s', (_name, maybe, result, expected) => {
    expect(cancelled({ maybe }, result)).toEqual(expected)
  })
})
