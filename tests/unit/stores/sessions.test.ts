/** The logged-in user: over a start of the app, a login elsewhere, a logout and a login as another user. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { watch } from 'vue'
import { LocalClient } from '@/src/rtm/local/client'
import { errorOfCode } from '@/src/rtm/error-name'
import { conversation, eventually, texts, useWorld } from '../../support/world'

const world = useWorld()
afterEach(() => vi.restoreAllMocks())

describe('a start of the app', () => {
  it('without a logged-in user says so', async () => {
    const chat = world.start()
    expect(chat.phase).toBe('starting')
    await chat.restore()
    expect(chat.phase).toBe('signed-out')
    expect(chat.banner).toBe('none')
  })

  it('continues as the user of the last session, with their data', async () => {
    const before = await world.signedIn('alice')
    await before.startConversation('peer', 'bob')
    await before.startConversation('channel', 'general')
    const chat = await world.restart()
    await chat.restore()
    expect([chat.phase, chat.me]).toEqual(['signed-in', 'alice'])
    expect([...chat.account!.conversations.order.value].sort()).toEqual(['channel:general', 'peer:bob'])
    // The history is there before the connection.
    expect(chat.banner).toBe('connecting')
    await eventually(() => expect(chat.connection.state).toBe('CONNECTED'))
    await eventually(() => expect(chat.channelView('general').value.state).toBe('joined'))
  })

  it('has the list before there is a client, and then logs in', async () => {
    const before = await world.signedIn('alice')
    await before.startConversation('channel', 'general')
    const chat = await world.restart()
    const listed: unknown[] = []
    watch(
      () => chat.phase,
      (phase) => listed.push([phase, chat.client, chat.account?.conversations.order.value, chat.channelView('general').value.state]),
      { flush: 'sync' },
    )
    await chat.restore()
    expect(listed).toEqual([['signed-in', undefined, ['channel:general'], 'left']])
    await eventually(() => expect(chat.channelView('general').value.state).toBe('joined'))
  })

  it('logs no user in after a logout while the list was rendered', async () => {
    await world.signedIn('alice')
    const chat = await world.restart()
    const left = new Promise((resolve) => watch(() => chat.phase, () => resolve(chat.signOut()), { flush: 'sync', once: true }))
    await chat.restore()
    await left
    expect([chat.phase, chat.client, chat.session.phase]).toEqual(['signed-out', undefined, 'out'])
  })

  it('keeps trying while the service does not answer', async () => {
    await world.signedIn('alice')
    const chat = await world.restart()
    const login = vi.spyOn(LocalClient.prototype, 'login').mockRejectedValueOnce(errorOfCode('login', 9, 'time-out'))
    await chat.restore()
    await eventually(() => expect(chat.session.phase).toBe('pausing'))
    expect([chat.phase, chat.banner]).toEqual(['signed-in', 'connecting'])
    // The app comes to the front: it does not wait for the end of its pause.
    world.phone.comesToFront()
    await eventually(() => expect(chat.connection.state).toBe('CONNECTED'))
    expect(login).toHaveBeenCalledTimes(2)
  })

  it('that is rejected for good leads back to the login page, with the reason', async () => {
    await world.signedIn('alice')
    const chat = await world.restart()
    vi.spyOn(LocalClient.prototype, 'login').mockRejectedValue(errorOfCode('login', 6, 'expired'))
    await chat.restore()
    await eventually(() => expect(chat.phase).toBe('signed-out'))
    expect(chat.loginProblem).toEqual({ kind: 'rtm', reason: 'token-expired', code: 6 })
    expect(chat.account).toBeUndefined()
  })

  it('sends the unsent messages of the last run, and shows nothing twice', async () => {
    const before = await world.signedIn('alice')
    await before.startConversation('peer', 'bob')
    const sending = vi.spyOn(LocalClient.prototype, 'sendMessageToPeer').mockReturnValue(new Promise(() => undefined))
    await before.account!.own.send('peer:bob', { kind: 'text', text: 'written before the end' })
    await eventually(() => expect(sending).toHaveBeenCalledOnce())
    vi.restoreAllMocks()
    const bob = await world.friend('bob')
    const chat = await world.restart()
    await chat.restore()
    await eventually(() => expect(bob.texts).toEqual(['written before the end']))
    await eventually(() => expect(chat.account!.conversations.get('peer:bob')).toMatchObject({ length: 1, pending: [] }))
  })
})

describe('a login elsewhere', () => {
  it('ends this session, which is restored only on request', async () => {
    const chat = await world.signedIn('alice')
    await chat.startConversation('channel', 'general')
    await eventually(() => expect(chat.channelView('general').value.state).toBe('joined'))
    const login = vi.spyOn(LocalClient.prototype, 'login')
    const clock = world.stopTime()
    const elsewhere = await world.friend('alice')
    await eventually(() => expect(chat.banner).toBe('kicked'))
    world.phone.comesToFront()
    world.phone.hasNetwork(true)
    await clock.advance(5_000)
    expect(login).toHaveBeenCalledTimes(1) // the one elsewhere
    expect(chat.channels.size).toBe(0)
    await clock.advanceUntil(chat.signInAgain(), 0)
    await eventually(() => expect(chat.connection.state).toBe('CONNECTED'))
    expect(chat.banner).toBe('none')
    await eventually(() => expect(chat.channelView('general').value.state).toBe('joined'))
    await elsewhere.client.logout().catch(() => undefined)
    const bob = await world.friend('bob')
    await bob.says('still there?', 'alice')
    expect(chat.account!.conversations.get('peer:bob')).toMatchObject({ length: 1 })
  })

  it('is answered once by two taps', async () => {
    const chat = await world.signedIn('alice')
    await world.friend('alice')
    await eventually(() => expect(chat.banner).toBe('kicked'))
    await Promise.all([chat.signInAgain(), chat.signInAgain()])
    await eventually(() => expect(chat.connection.state).toBe('CONNECTED'))
  })
})

describe('a device that reports no network', () => {
  it('is believed until the service is heard, and again once the connection is lost', async () => {
    const chat = await world.signedIn('alice')
    const banners: string[] = []
    const stop = watch(() => chat.banner, (banner) => banners.push(banner), { flush: 'sync' })
    world.phone.hasNetwork(false)
    await eventually(() => expect(banners).toEqual(['offline', 'none']))
    world.gateway.cut('alice')
    await eventually(() => expect(banners).toEqual(['offline', 'none', 'offline', 'none']))
    expect(chat.connection.state).toBe('CONNECTED')
    stop()
  })

  it('is not believed if the login works all the same', async () => {
    const chat = world.start()
    world.phone.hasNetwork(false)
    expect(await chat.signIn('alice', undefined)).toBeUndefined()
    expect(chat.banner).toBe('none')
    // A message counts as an answer.
    world.phone.hasNetwork(false)
    expect(chat.banner).toBe('offline')
    await (await world.friend('bob')).says('here', 'alice')
    await eventually(() => expect(chat.banner).toBe('none'))
  })
})

describe('a login as another user', () => {
  it('shows that user’s data only, and each user finds their own again', async () => {
    const chat = await world.signedIn('alice')
    const bob = await world.friend('bob')
    await bob.says('for alice', 'alice')
    await chat.startConversation('channel', 'alices')
    await eventually(() => expect(chat.channelView('alices').value.state).toBe('joined'))
    await chat.signOut()
    expect([chat.phase, chat.account, chat.banner]).toEqual(['signed-out', undefined, 'none'])
    expect(world.gateway.stats().channels).toBe(0)

    expect(await chat.signIn('carol', undefined)).toBeUndefined()
    expect(chat.me).toBe('carol')
    expect(chat.account!.conversations.order.value).toEqual([])
    expect(chat.account!.conversations.unread.value).toBe(0)
    expect(chat.channelView('alices').value.state).toBe('left')
    await bob.says('for carol', 'carol')
    expect(chat.account!.conversations.get('peer:bob')).toMatchObject({ length: 1, preview: { text: 'for carol' } })
    await chat.signOut()

    expect(await chat.signIn('alice', undefined)).toBeUndefined()
    expect(chat.account!.conversations.get('peer:bob')).toMatchObject({ length: 1, preview: { text: 'for alice' } })
    await eventually(() => expect(chat.channelView('alices').value.state).toBe('joined'))
  })

  it('with a name that differs only in case is another user', async () => {
    await world.remembers('alice', conversation('peer:bob', texts(3)))
    const chat = await world.signedIn('Alice')
    expect(chat.account!.conversations.order.value).toEqual([])
  })

  it('does not send the last user’s unsent messages', async () => {
    const chat = await world.signedIn('alice')
    await chat.startConversation('peer', 'bob')
    const sends = vi.spyOn(LocalClient.prototype, 'sendMessageToPeer').mockReturnValueOnce(new Promise(() => undefined))
    await chat.account!.own.send('peer:bob', { kind: 'text', text: 'alice’s own' })
    await eventually(() => expect(sends).toHaveBeenCalled())
    await chat.signOut()
    const bob = await world.friend('bob')
    expect(await chat.signIn('carol', undefined)).toBeUndefined()
    await chat.startConversation('peer', 'bob')
    await chat.account!.own.send('peer:bob', { kind: 'text', text: 'carol’s own' })
    await eventually(() => expect(bob.received).toHaveLength(1))
    expect(bob.received[0]!.from).toBe('carol')
    expect(bob.texts).toEqual(['carol’s own'])
  })
})

describe('while a logout is in progress', () => {
  /** Agora's service takes its time. */
  function slowLogout(client: LocalClient): () => void {
    let end: () => void = () => undefined
    const logout = client.logout.bind(client)
    vi.spyOn(client, 'logout').mockImplementationOnce(async () => {
      await new Promise<void>((resolve) => (end = resolve))
      await logout()
    })
    return () => end()
  }

  it('messages are saved for their receiver, whichever user logs in next', async () => {
    const chat = await world.signedIn('alice')
    const client = chat.client as LocalClient
    const end = slowLogout(client)
    const leaving = chat.signOut()
    const next = chat.signIn('bob', undefined)
    await eventually(() => expect(chat.me).toBe('bob'))
    await client.emit('MessageFromPeer', { text: 'for alice alone' }, 'carol', { serverReceivedTs: Date.now() })
    expect([...chat.account!.conversations.all()]).toEqual([])
    end()
    await leaving
    expect(await next).toBeUndefined()
    expect(chat.account!.conversations.order.value).toEqual([])
    await chat.signOut()
    expect(await chat.signIn('alice', undefined)).toBeUndefined()
    expect(chat.account!.conversations.get('peer:carol')).toMatchObject({ length: 1, preview: { text: 'for alice alone' } })
  })

  it('nothing of the next user is sent under the name of the last one', async () => {
    const waiting = { ...texts(1)[0]!, from: 'bob', status: 'queued' as const, body: { kind: 'text' as const, text: 'bob’s own' } }
    const one = conversation('peer:carol', [waiting])
    await world.remembers('bob', { ...one, conversation: { ...one.conversation, pending: [0] } })
    const carol = await world.friend('carol')
    const chat = await world.signedIn('alice')
    const end = slowLogout(chat.client as LocalClient)
    const sends = vi.spyOn(LocalClient.prototype, 'sendMessageToPeer')
    const clock = world.stopTime()
    const leaving = chat.signOut()
    const next = chat.signIn('bob', undefined)
    await eventually(() => expect(chat.account?.conversations.get('peer:carol')).toBeDefined())
    await clock.advanceUntil(chat.account!.load(), 0)
    await clock.advance(5_000)
    expect(sends).not.toHaveBeenCalled()
    end()
    await clock.advanceUntil(leaving, 0)
    expect(await clock.advanceUntil(next, 0)).toBeUndefined()
    await eventually(() => expect(carol.received.map(({ from }) => from)).toEqual(['bob']))
  })

  it('a login that waits for it and is cancelled takes nothing over from the next one', async () => {
    const chat = await world.signedIn('alice')
    const end = slowLogout(chat.client as LocalClient)
    const leaving = chat.signOut()
    const given = chat.signIn('alice', undefined)
    const cancelled = chat.cancelSignIn()
    const next = chat.signIn('bob', undefined)
    await eventually(() => expect(chat.me).toBe('bob'))
    end()
    await Promise.all([leaving, cancelled])
    expect([await given, await next]).toEqual([undefined, undefined])
    expect([chat.phase, chat.me, chat.account?.uid]).toEqual(['signed-in', 'bob', 'bob'])
    const carol = await world.friend('carol')
    await carol.says('for bob', 'bob')
    expect(chat.account!.conversations.get('peer:carol')).toMatchObject({ length: 1 })
  })
})

describe('a cancelled login', () => {
  it('during the load of storage never happens', async () => {
    await world.remembers('alice', conversation('peer:bob', texts(3)))
    const chat = world.start()
    const login = vi.spyOn(LocalClient.prototype, 'login')
    const signingIn = chat.signIn('alice', undefined)
    await chat.cancelSignIn()
    expect(await signingIn).toBeUndefined()
    expect(login).not.toHaveBeenCalled()
    expect(chat.account).toBeUndefined()
    expect(chat.phase).not.toBe('signed-in')
  })

  it('in progress is logged out again, and another one waits for that', async () => {
    const chat = world.start()
    const isOnItsWay = new Promise<void>((resolve) => {
      watch(() => chat.connection.state, (state) => state === 'CONNECTING' && resolve(), { flush: 'sync' })
    })
    const first = chat.signIn('alice', undefined)
    await isOnItsWay
    void chat.cancelSignIn()
    const second = chat.signIn('bob', undefined)
    expect(await first).toBeUndefined()
    expect(await second).toBeUndefined()
    expect([chat.phase, chat.me, chat.connection.state]).toEqual(['signed-in', 'bob', 'CONNECTED'])
    expect(world.gateway.stats().live).toBe(1)
  })

  it('by a second one is superseded by it', async () => {
    const chat = world.start()
    const [first, second] = await Promise.all([chat.signIn('alice', undefined), chat.signIn('bob', undefined)])
    expect([first, second]).toEqual([undefined, undefined])
    expect([chat.me, chat.account?.uid]).toEqual(['bob', 'bob'])
    const friend = await world.friend('friend')
    await friend.says('hello', 'bob')
    expect(chat.account!.conversations.get('peer:friend')).toMatchObject({ length: 1 })
  })
})

it('a message to the user’s own id, and one from an invalid id, open no conversation', async () => {
  const chat = await world.signedIn('alice')
  const client = chat.client as LocalClient
  for (const from of ['alice', '', 'a/b', 'null', 'x'.repeat(65)]) await client.emit('MessageFromPeer', { text: 'hi' }, from, { serverReceivedTs: 1 })
  expect(chat.account!.conversations.order.value).toEqual([])
  await client.emit('MessageFromPeer', { text: 'hi' }, '__proto__', { serverReceivedTs: 1 })
  expect(chat.account!.conversations.order.value).toEqual(['peer:__proto__'])
})

it('a conversation that is deleted while its channel is joined is left, and does not come back', async () => {
  const chat = await world.signedIn('alice')
  await chat.startConversation('channel', 'general')
  await eventually(() => expect(chat.channelView('general').value.state).toBe('joined'))
  await chat.removeConversation('channel:general')
  const bob = await world.friend('bob')
  await bob.joins('general')
  await bob.saysIn('general', 'anyone?')
  await eventually(() => expect(world.gateway.stats().channels).toBe(1))
  expect(chat.account!.conversations.order.value).toEqual([])
  const again = await world.restart()
  await again.restore()
  expect(again.account!.conversations.order.value).toEqual([])
})
