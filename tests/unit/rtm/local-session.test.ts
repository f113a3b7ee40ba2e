import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Emitter } from '@/src/rtm/emitter'
import { createLocalRtm } from '@/src/rtm/local'
import { CLOSE_CODE, LOCAL_APP_ID } from '@/src/rtm/local/frames'
import type { RtmClient } from '@/src/rtm/port'
import { ScriptedGateway } from './scripted-gateway'

let gateway: ScriptedGateway
let client: RtmClient
let told: string[]

beforeEach(() => {
  vi.useFakeTimers()
  gateway = new ScriptedGateway()
  client = createLocalRtm({ url: 'ws://gateway/rtm', connectSocket: gateway.connectSocket, random: () => 0.5 }).createInstance(LOCAL_APP_ID)
  told = []
  client.on('ConnectionStateChanged', (state, reason) => void told.push(`${state} / ${reason}`))
  client.on('TokenExpired', () => void told.push('TokenExpired'))
})
afterEach(() => {
  vi.useRealTimers()
})

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

/** Records how a promise ends, without waiting for it. */
function outcome(promise: Promise<unknown>): { value: unknown } {
  const seen: { value: unknown } = { value: 'pending' }
  promise.then(
    (value) => void (seen.value = value ?? 'done'),
    (error: { operation: string; code: number; name: string }) => void (seen.value = `${error.operation} ${error.code} ${error.name}`),
  )
  return seen
}

async function loggedIn(token?: string): Promise<void> {
  const login = client.login({ uid: 'alice', token })
  gateway.socket.open().accept()
  await login
  told.length = 0
}

/** Loses the connection and opens the next one, up to its login frame. */
async function reconnecting(): Promise<void> {
  gateway.socket.drop()
  await pass(300)
  gateway.socket.open()
}

async function joined(id: string, seq = 0) {
  const channel = client.createChannel(id)
  const join = channel.join()
  gateway.socket.ok('join', { seq })
  await join
  return channel
}

describe('login', () => {
  it('gives up after 12 s of retries', async () => {
    const login = outcome(client.login({ uid: 'alice' }))
    gateway.socket.on.error?.()
    await pass(11_999)
    expect(gateway.sockets.length).toBeGreaterThan(2)
    expect(login.value).toBe('pending')
    await pass(1)
    expect(login.value).toBe('login 9 RtmTimeoutError')
    expect(told).toEqual(['CONNECTING / LOGIN', 'DISCONNECTED / LOGIN_TIMEOUT'])
    const tries = gateway.sockets.length
    await pass(60_000)
    expect(gateway.sockets.length).toBe(tries)
  })

  it('survives an invalid address', async () => {
    const broken = createLocalRtm({ url: 'nonsense', connectSocket: () => { throw new Error('no such address') } }).createInstance(LOCAL_APP_ID)
    const login = outcome(broken.login({ uid: 'alice' }))
    await pass(12_000)
    expect(login.value).toBe('login 9 RtmTimeoutError')
  })

  it('ignores answers to other requests', async () => {
    const login = outcome(client.login({ uid: 'alice' }))
    const { socket } = gateway
    socket.open()
    socket.deliver({ t: 'ok', id: socket.login.id + 1, secret: 's', resumed: false, channels: [] })
    await pass(0)
    expect(login.value).toBe('pending')
    socket.deliver({ t: 'ok', id: socket.login.id, secret: 's', resumed: 'no' })
    await pass(0)
    expect(login.value).toBe('login 1 RtmUnknownError')
  })
})

describe('logout', () => {
  it('notifies the gateway, and does not wait for it for long', async () => {
    await loggedIn()
    const pending = outcome(client.createChannel('room').join())
    const logout = outcome(client.logout())
    await pass(0)
    expect(told).toEqual(['DISCONNECTED / LOGOUT'])
    expect(gateway.socket.sent('logout')).toHaveLength(1)
    expect(pending.value).toBe('join 102 RtmInvalidStatusError')
    gateway.socket.deliver({ t: 'kick', reason: 'REMOTE_LOGIN' })
    await pass(1_000)
    expect(logout.value).toBe('done')
    expect(told).toEqual(['DISCONNECTED / LOGOUT'])
    expect(gateway.socket.isClosed).toBe(true)
  })
})

describe('a silently dead connection', () => {
  it('is noticed 6 s after a ping', async () => {
    await loggedIn()
    await pass(2_000)
    expect(gateway.socket.sent('ping')).toHaveLength(1)
    await pass(5_999)
    expect(told).toEqual([])
    await pass(1)
    expect(told).toEqual(['RECONNECTING / INTERRUPTED'])
  })

  it('lives as long as anything is received', async () => {
    await loggedIn()
    for (let i = 0; i < 20; i++) {
      await pass(5_000)
      gateway.socket.deliver('nonsense')
    }
    expect(told).toEqual([])
  })

  it('is not confused with an app that slept', async () => {
    await loggedIn()
    await pass(2_000)
    // The app is suspended: no timer runs, and the answer waits behind the timer that will fire first.
    vi.setSystemTime(Date.now() + 3_600_000)
    await pass(6_000)
    expect(told).toEqual([])
    gateway.socket.deliver({ t: 'pong' })
    await pass(1_000)
    expect(told).toEqual([])
  })

  it('was last heard before the silence, or when the gateway closed it', async () => {
    const began = Date.now()
    const heard: number[] = []
    client = createLocalRtm({ url: 'ws://gateway/rtm', connectSocket: gateway.connectSocket, random: () => 0.5 }).createInstance(LOCAL_APP_ID, undefined, (at) => void heard.push(at - began))
    await loggedIn()
    await pass(2_000)
    gateway.socket.deliver({ t: 'pong' })
    await pass(500)
    gateway.socket.deliver('nonsense')
    // The next ping comes at 4 s.
    await pass(7_500)
    expect(heard).toEqual([2_500])
    await pass(300)
    gateway.socket.open().accept({ resumed: true })
    await pass(1_000)
    gateway.socket.drop(1001)
    expect(heard).toEqual([2_500, 11_300])
    await pass(600)
    gateway.socket.open().accept({ resumed: true })
    await pass(1_000)
    gateway.socket.drop(1006)
    expect(heard).toEqual([2_500, 11_300, 11_900])
  })

  it('is noticed sooner when the app asks', async () => {
    await loggedIn()
    client.checkConnection?.()
    expect(gateway.socket.sent('ping')).toHaveLength(1)
    await pass(3_000)
    expect(told).toEqual(['RECONNECTING / INTERRUPTED'])
  })
})

describe('a lost connection', () => {
  it('is retried forever: soon at first, then at most every 5 s', async () => {
    await loggedIn()
    gateway.socket.drop()
    const at: number[] = []
    let last = Date.now()
    for (let i = 0; i < 12; i++) {
      const { length } = gateway.sockets
      while (gateway.sockets.length === length) await pass(10)
      at.push(Date.now() - last)
      last = Date.now()
      gateway.socket.drop()
    }
    expect(at).toEqual([300, 600, 1200, 2400, ...Array.from({ length: 8 }, () => 3750)])
    expect(told).toEqual(['RECONNECTING / INTERRUPTED'])
  })

  it('is retried at once when the app asks', async () => {
    await loggedIn()
    gateway.socket.drop()
    client.checkConnection?.()
    expect(gateway.sockets).toHaveLength(2)
    client.checkConnection?.()
    expect(gateway.sockets).toHaveLength(2)
    // A new attempt replaces one that hangs.
    await pass(1_000)
    client.checkConnection?.()
    expect(gateway.sockets).toHaveLength(3)
    expect(gateway.sockets[1]?.isClosed).toBe(true)
  })

  it('resumes the session: the secret, the channels with the last message seen, the requests without an answer', async () => {
    await loggedIn()
    await joined('room')
    gateway.socket.deliver({ t: 'msg', ch: 'room', seq: 7, from: 'bob', text: 'hi', ts: 1 })
    const sent = outcome(client.sendMessageToPeer({ text: 'in flight' }, 'bob'))
    const { id } = gateway.socket.last('peer')
    await reconnecting()
    const queued = outcome(client.sendMessageToPeer({ text: 'queued' }, 'bob'))
    expect(gateway.socket.login).toMatchObject({ v: 1, uid: 'alice', resume: { secret: 'secret', channels: [['room', 7]] } })
    gateway.socket.accept({ resumed: true, channels: ['room'] })
    expect(gateway.socket.sent('peer').map(({ text }) => text)).toEqual(['in flight', 'queued'])
    expect(gateway.socket.sent('peer')[0]?.id).toBe(id)
    expect(gateway.socket.sent('join')).toEqual([])
    gateway.socket.deliver({ t: 'ok', id, received: true })
    gateway.socket.ok('peer', { received: false })
    await pass(0)
    expect([sent.value, queued.value]).toEqual([{ hasPeerReceived: true }, { hasPeerReceived: false }])
  })

  it('continues from the join, in a channel without a received message', async () => {
    await loggedIn()
    await joined('room', 7)
    await reconnecting()
    expect(gateway.socket.login).toMatchObject({ resume: { channels: [['room', 7]] } })
  })

  it('joins channels again that the session has lost', async () => {
    await loggedIn()
    await joined('kept')
    await joined('lost')
    await reconnecting()
    gateway.socket.accept({ resumed: true, channels: ['kept'] })
    expect(gateway.socket.sent('join').map(({ ch }) => ch)).toEqual(['lost'])
  })

  it('fails messages queued for 9 s, and requests after 10 s', async () => {
    await loggedIn()
    const channel = await joined('room')
    gateway.socket.drop()
    const queued = outcome(channel.sendMessage({ text: 'queued' }))
    const members = outcome(channel.getMembers())
    await pass(8_999)
    expect(queued.value).toBe('pending')
    await pass(1)
    expect(queued.value).toBe('channelMessage 2 RtmTimeoutError')
    await pass(1_000)
    expect(members.value).toBe('getMembers 3 RtmTimeoutError')
  })

  it('uses a rate slot for a queued message when it is sent', async () => {
    await loggedIn()
    gateway.socket.drop()
    const sends = Array.from({ length: 181 }, () => outcome(client.sendMessageToPeer({ text: 'x' }, 'bob')))
    await pass(300)
    gateway.socket.open().accept({ resumed: true })
    await pass(0)
    expect(gateway.socket.sent('peer')).toHaveLength(180)
    expect(sends[180]?.value).toBe('peerMessage 5 RtmLimitExceededError')
  })
})

describe('a new session instead of a lost one', () => {
  it('restores everything before anything new, and does not guess about messages', async () => {
    await loggedIn()
    const channel = await joined('room')
    const subscribed = client.subscribePeersOnlineStatus(['bob'])
    gateway.socket.ok('subscribe')
    await subscribed
    const inFlight = [outcome(client.sendMessageToPeer({ text: 'a' }, 'bob')), outcome(channel.sendMessage({ text: 'b' }))]
    const more = outcome(client.subscribePeersOnlineStatus(['carol']))
    await reconnecting()
    const queued = [outcome(client.sendMessageToPeer({ text: 'c' }, 'bob')), outcome(channel.sendMessage({ text: 'd' }))]
    gateway.socket.accept({ resumed: false })
    await pass(0)
    expect(inFlight.map(({ value }) => value)).toEqual(['peerMessage 2 RtmTimeoutError', 'channelMessage 2 RtmTimeoutError'])
    expect(gateway.socket.frames.slice(1).map((frame) => frame.t)).toEqual(['join', 'subscribe', 'subscribe', 'peer'])
    expect(gateway.socket.sent('subscribe')).toMatchObject([{ uids: ['bob'] }, { uids: ['carol'] }])
    expect(gateway.socket.sent('send')).toEqual([])
    gateway.socket.ok('join', { seq: 0 })
    await pass(0)
    expect(gateway.socket.sent('send')).toMatchObject([{ ch: 'room', text: 'd' }])
    gateway.socket.ok('subscribe')
    gateway.socket.ok('peer', { received: true })
    gateway.socket.ok('send')
    await pass(0)
    expect([more.value, ...queued.map(({ value }) => value)]).toEqual(['done', { hasPeerReceived: true }, 'done'])
  })

  it('ignores an answer to an unsent request', async () => {
    await loggedIn()
    const channel = await joined('room')
    await reconnecting()
    const held = outcome(channel.sendMessage({ text: 'held' }))
    gateway.socket.accept({ resumed: false })
    gateway.socket.deliver({ t: 'ok', id: gateway.socket.login.id + 1 })
    await pass(0)
    expect(held.value).toBe('pending')
    gateway.socket.ok('join', { seq: 0 })
    await pass(0)
    expect(gateway.socket.last('send').id).toBe(gateway.socket.login.id + 1)
    gateway.socket.ok('send')
    await pass(0)
    expect(held.value).toBe('done')
  })

  it('retries a join that is rejected for now', async () => {
    await loggedIn()
    const channel = await joined('room')
    await reconnecting()
    gateway.socket.accept({ resumed: false })
    gateway.socket.deliver({ t: 'err', id: gateway.socket.last('join').id, code: 8, why: 'too often' })
    await pass(1_000)
    const send = outcome(channel.sendMessage({ text: 'patience' }))
    for (let s = 0; s < 4; s++) {
      await pass(1_000)
      gateway.socket.deliver({ t: 'pong' })
    }
    expect(gateway.socket.sent('join')).toHaveLength(2)
    gateway.socket.ok('join', { seq: 0 })
    await pass(0)
    gateway.socket.ok('send')
    await pass(0)
    expect(send.value).toBe('done')
  })

  it('is out of a channel whose join is rejected for good', async () => {
    await loggedIn()
    const channel = await joined('room')
    await reconnecting()
    const send = outcome(channel.sendMessage({ text: 'hi' }))
    gateway.socket.accept({ resumed: false })
    gateway.socket.deliver({ t: 'err', id: gateway.socket.last('join').id, code: 2, why: 'rejected' })
    await pass(0)
    expect(send.value).toBe('channelMessage 5 RtmInvalidStatusError')
    expect(outcome(channel.join()).value).toBe('pending')
  })

  it('rejoins a channel also if the last session was lost during the join', async () => {
    await loggedIn()
    const channel = await joined('room')
    for (let i = 0; i < 3; i++) {
      await reconnecting()
      gateway.socket.accept({ resumed: false })
    }
    gateway.socket.ok('join', { seq: 0 })
    await pass(0)
    const send = outcome(channel.sendMessage({ text: 'hi' }))
    gateway.socket.ok('send')
    await pass(0)
    expect(send.value).toBe('done')
  })
})

describe('peer messages', () => {
  const peer = (mid: number, text = `m${mid}`) => ({ t: 'peer', mid, from: 'bob', text, ts: mid })

  it('are acknowledged when all listeners have saved them, and only then', async () => {
    await loggedIn()
    let keep = () => {}
    client.on('MessageFromPeer', () => new Promise<void>((resolve) => (keep = resolve)))
    client.on('MessageFromPeer', () => {})
    gateway.socket.deliver(peer(1))
    await pass(1_000)
    expect(gateway.socket.sent('ack')).toEqual([])
    keep()
    await pass(0)
    expect(gateway.socket.sent('ack')).toEqual([{ t: 'ack', mid: 1 }])
  })

  it('are delivered again when they were not saved, and never twice when they were', async () => {
    const errors: unknown[] = []
    const { onListenerError } = Emitter
    Emitter.onListenerError = (error) => void errors.push(error)
    try {
      await loggedIn()
      const heard: string[] = []
      client.on('MessageFromPeer', async ({ text }) => {
        heard.push(String(text))
        if (text === 'm2' && heard.length < 3) throw new Error('disk full')
      })
      gateway.socket.deliver(peer(1))
      gateway.socket.deliver(peer(2))
      await pass(0)
      expect(gateway.socket.sent('ack')).toEqual([{ t: 'ack', mid: 1 }])
      await reconnecting()
      gateway.socket.accept({ resumed: true })
      for (const mid of [1, 2]) gateway.socket.deliver(peer(mid))
      await pass(0)
      expect(heard).toEqual(['m1', 'm2', 'm2'])
      expect(gateway.socket.sent('ack').map(({ mid }) => mid)).toEqual([1, 2])
      expect(errors).toEqual([new Error('disk full')])
    } finally {
      Emitter.onListenerError = onListenerError
    }
  })

  it('that are being saved while the connection is lost are acknowledged on the next one', async () => {
    await loggedIn()
    let keep = () => {}
    const heard: string[] = []
    client.on('MessageFromPeer', ({ text }) => {
      heard.push(String(text))
      return new Promise<void>((resolve) => (keep = resolve))
    })
    gateway.socket.deliver(peer(1))
    await reconnecting()
    gateway.socket.accept({ resumed: true })
    gateway.socket.deliver(peer(1))
    keep()
    await pass(0)
    expect(heard).toEqual(['m1'])
    expect(gateway.socket.sent('ack')).toEqual([{ t: 'ack', mid: 1 }])
  })

  it('of an ended session are not acknowledged in the next, which counts from the start', async () => {
    await loggedIn()
    const keep: (() => void)[] = []
    client.on('MessageFromPeer', () => new Promise<void>((resolve) => void keep.push(resolve)))
    gateway.socket.deliver(peer(1, 'old'))
    await reconnecting()
    gateway.socket.accept({ resumed: false })
    gateway.socket.deliver(peer(1, 'new'))
    keep[0]?.()
    await pass(0)
    expect(gateway.socket.sent('ack')).toEqual([])
    keep[1]?.()
    await pass(0)
    expect(gateway.socket.sent('ack')).toEqual([{ t: 'ack', mid: 1 }])
  })
})

describe('channel messages', () => {
  it('arrive once, whatever is delivered again, and are not lost when they come after a later one', async () => {
    await loggedIn()
    const channel = await joined('room')
    const heard: string[] = []
    channel.on('ChannelMessage', ({ text }) => void heard.push(String(text)))
    for (const seq of [3, 4, 4, 3, 6, 5, 6, 5, 2]) gateway.socket.deliver({ t: 'msg', ch: 'room', seq, from: 'bob', text: `m${seq}`, ts: seq })
    gateway.socket.deliver({ t: 'msg', ch: 'elsewhere', seq: 9, from: 'bob', text: 'no', ts: 9 })
    expect(heard).toEqual(['m3', 'm4', 'm6', 'm5', 'm2'])
    await reconnecting()
    expect(gateway.socket.login.resume?.channels).toEqual([['room', 6]])
  })
})

describe('joining', () => {
  it('is cancelled by a leave', async () => {
    await loggedIn()
    const channel = client.createChannel('room')
    const join = outcome(channel.join())
    await channel.leave()
    gateway.socket.ok('join', { seq: 0 })
    await pass(0)
    expect(join.value).toBe('join 201 RtmInvalidStatusError')
    expect(gateway.socket.sent('leave')).toHaveLength(1)
  })

  it('without an answer is undone', async () => {
    await loggedIn()
    const join = outcome(client.createChannel('room').join())
    for (let s = 0; s < 10; s++) {
      gateway.socket.deliver({ t: 'pong' })
      await pass(1_000)
    }
    expect(join.value).toBe('join 4 RtmTimeoutError')
    expect(gateway.socket.sent('leave')).toHaveLength(1)
  })

  it.each([{}, { seq: '7' }, { seq: -1 }])('with an unreadable answer (%j) is undone', async (answer) => {
    await loggedIn()
    const join = outcome(client.createChannel('room').join())
    gateway.socket.ok('join', answer)
    await pass(0)
    expect(join.value).toBe('join 1 RtmUnavailableError')
    expect(gateway.socket.sent('leave')).toHaveLength(1)
  })

  it('that the gateway has already done is done', async () => {
    await loggedIn()
    const join = outcome(client.createChannel('room').join())
    gateway.socket.deliver({ t: 'err', id: gateway.socket.last('join').id, code: 6, why: 'already' })
    await pass(0)
    expect(join.value).toBe('done')
  })

  it('counts the joins in progress', async () => {
    await loggedIn()
    const joins = Array.from({ length: 21 }, (_, i) => outcome(client.createChannel(`room${i}`).join()))
    const twin = outcome(client.createChannel('room0').join())
    await pass(0)
    expect(joins[20]?.value).toBe('join 5 RtmLimitExceededError')
    expect(twin.value).toBe('join 202 RtmInvalidStatusError')
  })
})

describe('a leave', () => {
  it('while the connection is lost reaches the gateway when it is back', async () => {
    await loggedIn()
    const channel = await joined('room')
    gateway.socket.drop()
    const leave = outcome(channel.leave())
    await pass(0)
    expect(leave.value).toBe('done')
    await pass(300)
    gateway.socket.open()
    expect(gateway.socket.login.resume?.channels).toEqual([])
    gateway.socket.accept({ resumed: true })
    expect(gateway.socket.sent('leave')).toMatchObject([{ ch: 'room' }])
  })
})

describe('the end of a session', () => {
  it('by its token is reported after the state', async () => {
    await loggedIn('t')
    gateway.socket.deliver({ t: 'kick', reason: 'TOKEN_EXPIRED' })
    expect(told).toEqual(['ABORTED / TOKEN_EXPIRED', 'TokenExpired'])
    await pass(60_000)
    expect(gateway.sockets).toHaveLength(1)
  })

  it('is also received while the connection is lost', async () => {
    await loggedIn()
    await reconnecting()
    gateway.socket.deliver({ t: 'kick', reason: 'REMOTE_LOGIN' })
    expect(told).toEqual(['RECONNECTING / INTERRUPTED', 'ABORTED / REMOTE_LOGIN'])
  })

  it('without a reason is a permanent interruption', async () => {
    await loggedIn()
    const sent = outcome(client.sendMessageToPeer({ text: 'hi' }, 'bob'))
    gateway.socket.drop(CLOSE_CODE.SESSION_ENDED)
    await pass(0)
    expect(told).toEqual(['ABORTED / INTERRUPTED'])
    expect(sent.value).toBe('peerMessage 2 RtmTimeoutError')
  })
})

it('does not repeat a request that the gateway could not read', async () => {
  await loggedIn()
  const sent = outcome(client.sendMessageToPeer({ text: 'poison' }, 'bob'))
  gateway.socket.drop(CLOSE_CODE.BAD_FRAME)
  await pass(300)
  gateway.socket.open().accept({ resumed: true })
  expect(sent.value).toBe('peerMessage 1 RtmUnavailableError')
  expect(gateway.socket.sent('peer')).toEqual([])
})

describe('a token that expires while the connection is lost', () => {
  beforeEach(async () => {
    await loggedIn('old')
    await reconnecting()
    gateway.socket.refuse(6)
  })

  it('is reported, and nothing is retried before a new one', async () => {
    expect(told).toEqual(['RECONNECTING / INTERRUPTED', 'TokenExpired'])
    await pass(60_000)
    client.checkConnection?.()
    expect(gateway.sockets).toHaveLength(2)
  })

  it('is replaced by renewToken', async () => {
    const renew = outcome(client.renewToken('new'))
    gateway.socket.open()
    expect(gateway.socket.login).toMatchObject({ token: 'new', resume: { secret: 'secret' } })
    gateway.socket.accept({ resumed: true })
    gateway.socket.ok('renew')
    await pass(0)
    expect(renew.value).toBe('done')
    expect(told.at(-1)).toBe('CONNECTED / LOGIN_SUCCESS')
  })

  it.each([
    [5, 'renewToken 6 RtmUnauthenticatedError'],
    [6, 'renewToken 5 RtmUnauthenticatedError'],
  ])('is not replaced by one that is rejected with %i, but by the next', async (code, expected) => {
    const renew = outcome(client.renewToken('bad'))
    gateway.socket.open().refuse(code)
    await pass(0)
    expect(renew.value).toBe(expected)
    expect(told).toEqual(['RECONNECTING / INTERRUPTED', 'TokenExpired'])
    void client.renewToken('good')
    gateway.socket.open().accept({ resumed: true })
    gateway.socket.ok('renew')
    await pass(0)
    expect(told.at(-1)).toBe('CONNECTED / LOGIN_SUCCESS')
  })

  it('lets renewToken fail in time when the gateway is gone', async () => {
    const renew = outcome(client.renewToken('new'))
    await pass(10_000)
    expect(renew.value).toBe('renewToken 1 RtmTimeoutError')
  })
})

describe('a login that should resume a session', () => {
  it.each([3, 4, 5, 7])('ends it when rejected for good, with %i', async (code) => {
    await loggedIn()
    await reconnecting()
    gateway.socket.refuse(code)
    expect(told).toEqual(['RECONNECTING / INTERRUPTED', 'ABORTED / INTERRUPTED'])
  })

  it.each([1, 2, 10])('is retried when rejected for now, with %i', async (code) => {
    await loggedIn()
    await reconnecting()
    gateway.socket.refuse(code)
    await pass(5_000)
    gateway.socket.open().accept({ resumed: true })
    expect(told.at(-1)).toBe('CONNECTED / LOGIN_SUCCESS')
  })
})

it('waits, and logs in, when the gateway reports that another login was a moment ago', async () => {
  const login = outcome(client.login({ uid: 'alice' }))
  gateway.socket.open().refuse(10)
  await pass(0)
  expect([login.value, gateway.sockets.length]).toEqual(['pending', 1])
  await pass(1_000)
  expect(gateway.sockets).toHaveLength(2)
  gateway.socket.open().accept()
  await pass(0)
  expect(login.value).toBe('done')
  expect(told.at(-1)).toBe('CONNECTED / LOGIN_SUCCESS')
})
