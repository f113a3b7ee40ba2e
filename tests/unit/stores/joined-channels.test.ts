import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Emitter } from '@/src/rtm/emitter'
import { errorOfCode } from '@/src/rtm/error-name'
import type { RtmChannel, RtmChannelEvents, RtmClient } from '@/src/rtm/port'
import { Channels, type JoinedChannel } from '@/src/stores/chat/joined-channels'

/** A service that answers joins as `answers` says, and records the members. */
class Service {
  readonly in = new Set<string>()
  readonly calls: string[] = []
  readonly channels: FakeChannel[] = []
  /** The results of the next joins of a channel: a code, or a promise to wait for. */
  readonly answers = new Map<string, (number | Promise<void>)[]>()
  connected = true

  latest(id: string): FakeChannel {
    return this.channels.filter((channel) => channel.channelId === id).at(-1)!
  }
}

class FakeChannel extends Emitter<RtmChannelEvents> implements RtmChannel {
  constructor(
    readonly channelId: string,
    private readonly service: Service,
  ) {
    super()
  }
  async join(): Promise<void> {
    this.service.calls.push(`join ${this.channelId}`)
    const answer = this.service.answers.get(this.channelId)?.shift()
    if (typeof answer === 'number') throw errorOfCode('join', answer, 'refused')
    await answer
    if (this.service.in.size >= 20) throw errorOfCode('join', 5, 'too many')
    this.service.in.add(this.channelId)
  }
  async leave(): Promise<void> {
    this.service.calls.push(`leave ${this.channelId}`)
    this.service.in.delete(this.channelId)
  }
  async sendMessage(): Promise<void> {}
  async getMembers(): Promise<string[]> {
    return ['me', 'bob']
  }
}

function setup() {
  const service = new Service()
  const joined = new Map<string, JoinedChannel>()
  const client = {
    createChannel: (id: string) => {
      const channel = new FakeChannel(id, service)
      service.channels.push(channel)
      return channel
    },
  } as Partial<RtmClient> as RtmClient
  const told: string[] = []
  const away: [id: string, from: number, to: number][] = []
  const BEGAN = Date.now()
  const channels = new Channels(
    joined,
    client,
    {
      message: async (id, from, message) => told.push(`${id} ${from}: ${message.text}`) > 0,
      member: (id, event, uid) => void told.push(`${id} ${event} ${uid}`),
      failed: (id, { code }) => void told.push(`no ${id} ${code}`),
      joined: (id) => void told.push(`in ${id}`),
      wasAway: (id, from, to) => void away.push([id, from - BEGAN, to - BEGAN]),
    },
    () => service.connected,
  )
  const state = (id: string) => channels.view(id).value.state
  return { service, joined, channels, told, state, away }
}

const ids = (count: number, from = 0) => Array.from({ length: count }, (_, i) => `c${from + i}`)
const settle = () => vi.advanceTimersByTimeAsync(0)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('joining', () => {
  it('shows each state on the way, and reports the join', async () => {
    const { channels, state, told } = setup()
    expect(state('x')).toBe('left')
    const joining = channels.join('x')
    await settle()
    await joining
    expect(state('x')).toBe('joined')
    expect(told).toEqual(['in x'])
  })

  it('twice at once joins once', async () => {
    const { channels, service, state, joined } = setup()
    await Promise.all([channels.join('x'), channels.join('x')])
    await channels.join('x')
    expect(service.calls).toEqual(['join x'])
    expect(state('x')).toBe('joined')
    expect(joined.size).toBe(1)
  })

  it('without a connection waits for one', async () => {
    const { channels, service, state } = setup()
    service.connected = false
    await channels.join('x')
    expect(state('x')).toBe('waiting')
    expect(service.calls).toEqual([])
    service.connected = true
    channels.joinAll(['x'])
    await settle()
    expect(state('x')).toBe('joined')
  })

  it('receives messages, joins and leaves', async () => {
    const { channels, service, told } = setup()
    await channels.join('__proto__')
    await channels.loadMembers('__proto__')
    const channel = service.latest('__proto__')
    await channel.emit('ChannelMessage', { text: 'hi' }, 'bob', { serverReceivedTs: 1 })
    await channel.emit('MemberJoined', 'carol')
    await channel.emit('MemberJoined', 'carol')
    await channel.emit('MemberLeft', 'bob')
    await channel.emit('MemberCountUpdated', 2)
    expect(told).toEqual(['in __proto__', '__proto__ bob: hi', '__proto__ joined carol', '__proto__ joined carol', '__proto__ left bob'])
    expect(channels.view('__proto__').value).toEqual({ state: 'joined', count: 2, members: ['me', 'carol'] })
  })
})

it('lists no more members than RTM does, whatever joins are reported', async () => {
  const { channels, service } = setup()
  await channels.join('x')
  await channels.loadMembers('x')
  for (let n = 0; n < 2_000; n++) await service.latest('x').emit('MemberJoined', `user${n}`)
  expect(channels.view('x').value.members).toHaveLength(512)
})

describe('a failed join', () => {
  it.each([
    [7, 'rate-limited', 3_000],
    [8, 'channel-rate-limited', 5_000],
    [4, 'timeout', 3_000],
    [1, 'failed', 5_000],
  ])('with code %i (%s) is shown, and passes after %i ms', async (code, reason, ms) => {
    const { channels, service, state } = setup()
    service.answers.set('x', [code])
    await expect(channels.join('x')).rejects.toMatchObject({ code })
    expect(channels.view('x').value).toMatchObject({ state: 'failed', failure: { reason, code } })
    await vi.advanceTimersByTimeAsync(ms - 1)
    expect(service.calls).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(state('x')).toBe('joined')
    expect(channels.view('x').value).not.toHaveProperty('failure')
  })

  it.each([2, 3, 5])('with code %i is final', async (code) => {
    const { channels, service, state } = setup()
    service.answers.set('x', [code])
    await expect(channels.join('x')).rejects.toMatchObject({ code })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(service.calls).toHaveLength(1)
    expect(state('x')).toBe('failed')
  })

  it('is not retried once the user has left', async () => {
    const { channels, service, state } = setup()
    service.answers.set('x', [7])
    await expect(channels.join('x')).rejects.toThrow()
    await channels.leave('x')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(service.calls).toEqual(['join x'])
    expect(state('x')).toBe('left')
  })
})

describe('leaving', () => {
  it('ends it, and no later event is handled', async () => {
    const { channels, service, state, told, joined } = setup()
    await channels.join('x')
    await channels.leave('x')
    expect(state('x')).toBe('left')
    expect(joined.size).toBe(0)
    await service.latest('x').emit('ChannelMessage', { text: 'late' }, 'bob', { serverReceivedTs: 1 })
    expect(told).toEqual(['in x'])
    await channels.join('x')
    expect(state('x')).toBe('joined')
  })

  it('during the join ends as left, whatever the result of the join', async () => {
    for (const outcome of ['in', 'refused'] as const) {
      const { channels, service, state, joined } = setup()
      let end: () => void = () => undefined
      const answer = new Promise<void>((resolve, reject) => {
        end = () => (outcome === 'in' ? resolve() : reject(errorOfCode('join', 201, 'aborted')))
      })
      service.answers.set('x', [answer])
      const joining = channels.join('x')
      await settle()
      expect(state('x')).toBe('joining')
      await channels.leave('x')
      end()
      await joining
      expect(state('x')).toBe('left')
      expect(joined.size).toBe(0)
    }
  })
})

describe('at the limit of twenty', () => {
  it('the least recently used one is suspended, and joined again on request', async () => {
    const { channels, service, state } = setup()
    for (const id of ids(20)) await channels.join(id)
    await channels.join('c0')
    await channels.join('new')
    expect([state('c1'), state('c0'), state('new')]).toEqual(['suspended', 'joined', 'joined'])
    await channels.join('c1')
    expect([state('c1'), state('c2')]).toEqual(['joined', 'suspended'])
    expect(service.in.size).toBe(20)
  })

  it('joins at the same time do not exceed it', async () => {
    const { channels, service, joined, state } = setup()
    for (const id of ids(20)) await channels.join(id)
    await Promise.all([channels.join('a'), channels.join('b'), channels.join('b')])
    expect(service.in.size).toBe(20)
    expect(joined.size).toBe(20)
    expect([state('a'), state('b')]).toEqual(['joined', 'joined'])
  })

  it('after a login the first twenty are joined, and the rest is suspended', async () => {
    const { channels, service, state } = setup()
    channels.joinAll(ids(25))
    await settle()
    expect([...service.in]).toEqual(ids(20))
    expect(ids(5, 20).map(state)).toEqual(Array(5).fill('suspended'))
  })
})

describe('when the session ends', () => {
  it('all wait, events of old channels are ignored, and the next session joins them again', async () => {
    const { channels, service, state, joined, told } = setup()
    await channels.join('x')
    const old = service.latest('x')
    channels.reset()
    service.in.clear()
    expect(state('x')).toBe('waiting')
    expect(joined.size).toBe(0)
    await old.emit('ChannelMessage', { text: 'ghost' }, 'bob', { serverReceivedTs: 1 })
    channels.joinAll(['x'])
    channels.joinAll(['x'])
    await settle()
    expect(state('x')).toBe('joined')
    expect(service.calls).toEqual(['join x', 'join x'])
    expect(told).toEqual(['in x', 'in x'])
  })

  it('a late failure of the old join does not affect the new one', async () => {
    const { channels, service, state } = setup()
    let fail: (error: unknown) => void = () => undefined
    service.answers.set('x', [new Promise((_, reject) => (fail = reject))])
    const joining = channels.join('x')
    await settle()
    channels.reset()
    channels.joinAll(['x'])
    await settle()
    fail(errorOfCode('join', 2, 'refused'))
    await joining
    expect(state('x')).toBe('joined')
  })

  it('nothing of it is left for another user', async () => {
    const { channels, service, state } = setup()
    service.answers.set('y', [7])
    await channels.join('x')
    await channels.join('y').catch(() => undefined)
    channels.clear()
    expect([state('x'), state('y')]).toEqual(['left', 'left'])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(service.calls).toEqual(['join x', 'join y'])
  })
})

describe('RTM’s rate', () => {
  it('is kept for repeated joins of one channel, without a visible error', async () => {
    const { channels, service, state } = setup()
    for (let i = 0; i < 2; i++) {
      await channels.join('general')
      await channels.leave('general')
    }
    const third = channels.join('general')
    await vi.advanceTimersByTimeAsync(4_000)
    expect(service.calls.filter((call) => call === 'join general')).toHaveLength(2)
    expect(state('general')).toBe('joining')
    await vi.advanceTimersByTimeAsync(1_000)
    await third
    expect(service.calls.filter((call) => call === 'join general')).toHaveLength(3)
    expect(state('general')).toBe('joined')
  })

  it('is kept for different ones, over lost sessions too', async () => {
    const { channels, service } = setup()
    const joins: number[] = []
    const start = Date.now()
    for (let session = 0; session < 4; session++) {
      channels.joinAll(ids(20, session * 20))
      await settle()
      channels.reset()
      service.in.clear()
    }
    expect(service.calls).toHaveLength(50)
    await vi.advanceTimersByTimeAsync(3_000)
    // The sessions that those waited for are over.
    expect(service.calls).toHaveLength(50)
    channels.joinAll(ids(20))
    await settle()
    joins.push(service.calls.length)
    expect(Date.now() - start).toBe(3_000)
    expect(joins).toEqual([70])
  })

  it('is not used up by a channel that was left while it waited', async () => {
    const { channels, service, state } = setup()
    for (let i = 0; i < 2; i++) {
      await channels.join('general')
      await channels.leave('general')
    }
    const third = channels.join('general')
    await channels.leave('general')
    await vi.advanceTimersByTimeAsync(10_000)
    await third
    expect(service.calls.filter((call) => call === 'join general')).toHaveLength(2)
    expect(state('general')).toBe('left')
  })
})

describe('an unreachable channel', () => {
  const passes = (ms: number) => vi.advanceTimersByTimeAsync(ms)

  async function joinedOne() {
    const made = setup()
    made.channels.reached()
    await made.channels.join('x')
    return made
  }

  it('reports its absence, if that was longer than the service redelivers', async () => {
    const { channels, away } = await joinedOne()
    for (const [there, gone] of [[5_000, 30_000], [7_000, 47_000], [1_000, 4_000]] as const) {
      await passes(there)
      channels.lost()
      await passes(gone)
      channels.reached()
    }
    expect(away).toEqual([['x', 42_000, 89_000]])
  })

  it('reports the time since the service was last heard, if known', async () => {
    const began = Date.now()
    const { channels, away } = await joinedOne()
    await passes(10_000)
    channels.lost(began + 2_000)
    await passes(23_000)
    channels.reached()
    channels.lost(began + 90_000)
    await passes(31_000)
    channels.reached()
    // Never later than the loss.
    expect(away).toEqual([['x', 2_000, 33_000], ['x', 33_000, 64_000]])
  })

  it('reports all the time until it is joined again, in another session', async () => {
    const { channels, away, service } = await joinedOne()
    await passes(10_000)
    channels.lost()
    await passes(9_000)
    channels.reset()
    service.in.clear()
    await passes(25_000)
    channels.reached()
    expect(away).toEqual([])
    service.answers.set('x', [4])
    await channels.join('x').catch(() => undefined)
    await passes(2_000)
    await channels.join('x')
    expect(away).toEqual([['x', 10_000, 46_000]])
  })

  it('reports the time in which the system had suspended the program', async () => {
    const { channels, away } = await joinedOne()
    await passes(50_000)
    vi.setSystemTime(Date.now() + 600_000)
    channels.lost()
    await passes(1_000)
    channels.reached()
    expect(away).toEqual([['x', 40_000, 651_000]])
  })

  it('reports nothing once it was left, or to another user', async () => {
    const { channels, away } = await joinedOne()
    channels.lost()
    await channels.leave('x')
    await passes(60_000)
    channels.reached()
    await channels.join('x')
    channels.clear()
    channels.forgetAway()
    await passes(60_000)
    channels.reached()
    await channels.join('x')
    expect(away).toEqual([])
  })

  it('reports the absence of a suspended one when it is opened again', async () => {
    const { channels, away } = setup()
    for (const id of ids(21)) await channels.join(id)
    await passes(90_000)
    await channels.join('c0')
    expect(away).toEqual([['c0', 0, 90_000]])
  })
})
