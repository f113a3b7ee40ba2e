import { RtmTokenBuilder as RtmTokenBuilder007 } from 'agora-token'
import { RtmTokenBuilder, RtmRole } from 'agora-access-token'
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { Emitter } from '@/src/rtm/emitter'
import { errorOfCode } from '@/src/rtm/error-name'
import { RtmError, type RtmOperation } from '@/src/rtm/errors'
import { LOCAL_APP_ID } from '@/src/rtm/local/frames'
import type { Rtm, RtmTextMessage } from '@/src/rtm/port'
import { madeAt } from '../support/tokens'
import { Harness, inTime, stepTime, until } from './harness'

/** Of the gateway that requires tokens: the token builders accept hexadecimal digits only. */
const APP_ID = '0123456789abcdef0123456789abcdef'
const CERTIFICATE = 'fedcba9876543210fedcba9876543210'
/** RTM allows one login in this time, in ms. */
const LOGIN_INTERVAL_MS = 500
const build006 = (uid: string) => RtmTokenBuilder.buildToken(APP_ID, CERTIFICATE, uid, RtmRole.Rtm_User, 0)
const build007 = (uid: string, seconds = 3600) => RtmTokenBuilder007.buildToken(APP_ID, CERTIFICATE, uid, seconds)

/** The error of a rejected promise, as far as callers may rely on it. */
async function failure(promise: Promise<unknown>): Promise<{ operation: string; code: number; name: string }> {
  const error: unknown = await promise.then(
    () => expect.fail('it should have failed'),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(RtmError)
  const { operation, code, name, message, reason, retryAfterMs } = error as RtmError
  expect(message.startsWith(` Error Code ${code} - `)).toBe(true)
  if (reason !== 'unsupported') expect({ reason, retryAfterMs }).toEqual(reasonOf(operation, code))
  return { operation, code, name }
}
/** The reason that a code has in RTM 1.x. */
function reasonOf(operation: RtmOperation, code: number) {
  const { reason, retryAfterMs } = errorOfCode(operation, code, '')
  return { reason, retryAfterMs }
}
const code = async (promise: Promise<unknown>) => (await failure(promise)).code

/** The port's guarantees for RTM 1.x, for one adapter. */
export function contractSuite(name: Rtm['name'], createRtm: (gatewayUrl: string) => Rtm): void {
  describe(`the contract, ${name}`, () => {
    const clock = stepTime()
    const token006 = (uid: string) => madeAt(clock.now(), () => build006(uid))
    const token007 = (uid: string, seconds?: number) => madeAt(clock.now(), () => build007(uid, seconds))
    /** Made the day before yesterday. */
    const expired = (build: () => string) => madeAt(clock.now() - 48 * 3_600_000, build)
    let harness: Harness
    let serial = 0
    /** A user or channel id that is unique in this run. */
    const fresh = (stem: string) => `${stem}-${++serial}`
    const login = (stem: string) => harness.loggedIn(fresh(stem))
    beforeAll(async () => {
      harness = await Harness.start(createRtm, { clock })
    })
    afterAll(() => harness.close())

    const listenerErrors: unknown[] = []
    const { onListenerError } = Emitter
    beforeAll(() => {
      Emitter.onListenerError = (error) => void listenerErrors.push(error)
    })
    afterAll(() => {
      Emitter.onListenerError = onListenerError
    })
    afterEach(() => {
      expect(listenerErrors.splice(0)).toEqual([])
    })

    describe('createInstance', () => {
      it.each(['', 'x'.repeat(31), 'x'.repeat(33), `${'x'.repeat(31)}-`, 42])('rejects the App ID %j', (appId) => {
        expect(() => harness.rtm().createInstance(appId as string)).toThrow(expect.objectContaining({ operation: 'createInstance', code: 1 }))
      })
    })

    describe('login and logout', () => {
      it('reports the states in order, and resolves after the last', async () => {
        const alice = harness.person(fresh('alice'))
        const promise = alice.client.login({ uid: alice.uid }).then(() => alice.states.length)
        expect(alice.states).toEqual([['CONNECTING', 'LOGIN']])
        expect(await promise).toBe(2)
        expect(alice.state).toBe('CONNECTED / LOGIN_SUCCESS')
      })

      it.each(['', 'a'.repeat(65), 'null', 'a"b', 'a*b', 'a/b', 'ä', 'a\tb', 'a\nb', 42, undefined])('rejects the user id %j', async (uid) => {
        const { client, states } = harness.person('nobody')
        expect(await failure(client.login({ uid: uid as string }))).toEqual({ operation: 'login', code: 3, name: 'RtmInvalidArgumentError' })
        expect(states).toEqual([])
      })

      it('rejects a token that is not a string', async () => {
        expect(await code(harness.person('nobody').client.login({ uid: 'a', token: 7 as unknown as string }))).toBe(3)
      })

      it.each(['', LOCAL_APP_ID])('treats the token %j as none', async (token) => {
        const alice = harness.person(fresh('alice'))
        await alice.client.login({ uid: alice.uid, token })
        expect(alice.state).toBe('CONNECTED / LOGIN_SUCCESS')
      })

      it('allows one login in half a second, and one at a time', async () => {
        const { client, uid } = harness.person(fresh('alice'))
        await client.login({ uid })
        await clock.advance(LOGIN_INTERVAL_MS - 1)
        expect(await failure(client.login({ uid }))).toEqual({ operation: 'login', code: 10, name: 'RtmInvokeTooOftenError' })
        await clock.advance(1)
        expect(await failure(client.login({ uid }))).toEqual({ operation: 'login', code: 8, name: 'RtmInvalidStatusError' })
      })

      it('is rejected by the service with another App ID', async () => {
        const { client, states } = harness.person('nobody', 'f'.repeat(32))
        expect(await failure(client.login({ uid: 'a' }))).toEqual({ operation: 'login', code: 4, name: 'RtmUnauthenticatedError' })
        expect(states).toEqual([
          ['CONNECTING', 'LOGIN'],
          ['DISCONNECTED', 'LOGIN_FAILURE'],
        ])
      })

      it('logs out, and in again as another user', async () => {
        const { client, states, uid } = await login('alice')
        await client.logout()
        expect(states.at(-1)).toEqual(['DISCONNECTED', 'LOGOUT'])
        await clock.advance(LOGIN_INTERVAL_MS)
        const other = fresh('amy')
        await client.login({ uid: other })
        const bob = await login('bob')
        expect(await bob.client.sendMessageToPeer({ text: 'hi' }, other)).toEqual({ hasPeerReceived: true })
        expect(await bob.client.sendMessageToPeer({ text: 'hi' }, uid)).toEqual({ hasPeerReceived: false })
      })

      it('delays a logout until the login in progress has ended', async () => {
        const { client, states, uid } = harness.person(fresh('alice'))
        const login = client.login({ uid })
        await Promise.all([login, client.logout()])
        expect(states.map(([state]) => state)).toEqual(['CONNECTING', 'CONNECTED', 'DISCONNECTED'])
      })

      it('rejects a logout before a login', async () => {
        expect(await failure(harness.person('nobody').client.logout())).toEqual({ operation: 'logout', code: 102, name: 'RtmInvalidStatusError' })
      })
    })

    describe('peer messages', () => {
      it('arrive in order, with their sender and time', async () => {
        const [alice, bob] = [await login('alice'), await login('bob')]
        const texts = Array.from({ length: 50 }, (_, i) => `${i} 你好 \u{1F600}`)
        const results = await Promise.all(texts.map((text) => alice.client.sendMessageToPeer({ text }, bob.uid)))
        expect(results).toEqual(texts.map(() => ({ hasPeerReceived: true })))
        expect(bob.texts).toEqual(texts)
        const [first] = bob.inbox
        expect(first?.from).toBe(alice.uid)
        expect(first?.properties).toMatchObject({ serverReceivedTs: expect.any(Number) })
      })

      it('report that the peer is offline', async () => {
        const { client } = await login('alice')
        expect(await client.sendMessageToPeer({ text: 'hi' }, fresh('absent'))).toEqual({ hasPeerReceived: false })
      })

      it('to the sender’s own id are not delivered', async () => {
        const alice = await login('alice')
        const bob = await login('bob')
        await alice.client.sendMessageToPeer({ text: 'me' }, alice.uid)
        await bob.client.sendMessageToPeer({ text: 'you' }, alice.uid)
        await until(() => alice.inbox.length > 0)
        expect(alice.texts).toEqual(['you'])
      })

      it.each([[undefined], [null], ['text'], [[]], [{}], [{ text: 1 }], [{ rawMessage: Uint8Array.of(1, 2, 255), messageType: 'RAW' }]])('reject the message %j', async (message) => {
        const alice = await login('alice')
        const { channel } = await harness.room(alice, fresh('room'))
        const odd = message as unknown as RtmTextMessage
        expect(await failure(alice.client.sendMessageToPeer(odd, 'bob'))).toMatchObject({ operation: 'peerMessage', code: 7 })
        expect(await failure(channel.sendMessage(odd))).toMatchObject({ operation: 'channelMessage', code: 4 })
      })

      it.each(['', 'ä', 'null', 'a\tb', 'x'.repeat(65)])('reject the receiver %j', async (peerId) => {
        const { client } = await login('alice')
        expect(await failure(client.sendMessageToPeer({ text: 'hi' }, peerId))).toMatchObject({ operation: 'peerMessage', code: 6 })
      })

      it('may have 32768 bytes and not one more', async () => {
        const [alice, bob] = [await login('alice'), await login('bob')]
        const largest = '你'.repeat(10_922) + 'ab'
        expect(await alice.client.sendMessageToPeer({ text: largest }, bob.uid)).toEqual({ hasPeerReceived: true })
        expect(bob.texts).toEqual([largest])
        const tooLarge = await failure(alice.client.sendMessageToPeer({ text: `${largest}c` }, bob.uid))
        expect(tooLarge).toEqual({ operation: 'peerMessage', code: 7, name: 'RtmLimitExceededError' })
      })

      it('need a login, but an invalid message is reported first', async () => {
        const { client } = harness.person('nobody')
        expect(await code(client.sendMessageToPeer({} as RtmTextMessage, ''))).toBe(7)
        expect(await code(client.sendMessageToPeer({ text: 'hi' }, ''))).toBe(102)
      })

      it('are limited to 180 in 3 s, together with those to channels', async () => {
        const { client } = await login('alice')
        const channel = client.createChannel(fresh('room'))
        await channel.join()
        const peer = fresh('absent')
        const some = Array.from({ length: 90 }, () => client.sendMessageToPeer({ text: 'x' }, peer))
        const more = Array.from({ length: 90 }, () => channel.sendMessage({ text: 'x' }))
        const [late, later] = [client.sendMessageToPeer({ text: 'x' }, peer), channel.sendMessage({ text: 'x' })]
        expect(await failure(late)).toEqual({ operation: 'peerMessage', code: 5, name: 'RtmLimitExceededError' })
        expect(await failure(later)).toEqual({ operation: 'channelMessage', code: 3, name: 'RtmLimitExceededError' })
        await Promise.all([...some, ...more])
      })
    })

    describe('channels', () => {
      it('deliver a message to all other members, in order', async () => {
        const [alice, bob, carol] = [await login('alice'), await login('bob'), await login('carol')]
        const id = fresh('room')
        const [a, b, c] = [await harness.room(alice, id), await harness.room(bob, id), await harness.room(carol, id)]
        const texts = Array.from({ length: 30 }, (_, i) => `line ${i}`)
        await Promise.all(texts.map((text) => a.channel.sendMessage({ text })))
        await until(() => b.messages.length >= 30 && c.messages.length >= 30)
        expect([b.texts, c.texts]).toEqual([texts, texts])
        expect(b.messages[0]).toMatchObject({ from: alice.uid, properties: { serverReceivedTs: expect.any(Number) } })
        expect(a.messages).toEqual([])
      })

      it('report joins, leaves and the number of members', async () => {
        const [alice, bob] = [await login('alice'), await login('bob')]
        const id = fresh('room')
        const a = await harness.room(alice, id)
        await until(() => a.count === 1)
        const b = await harness.room(bob, id)
        await until(() => a.count === 2 && b.count === 2)
        expect((await a.channel.getMembers()).sort()).toEqual([alice.uid, bob.uid].sort())
        await b.channel.leave()
        await until(() => a.count === 1)
        await b.channel.join()
        await until(() => a.count === 2 && b.count === 2)
        await bob.client.logout()
        await until(() => a.count === 1)
        expect(a.events).toEqual([`+${bob.uid}`, `-${bob.uid}`, `+${bob.uid}`, `-${bob.uid}`])
        expect(b.events).toEqual([])
      })

      it('are joined once, by one object', async () => {
        const { client } = await login('alice')
        const id = fresh('room')
        const [channel, twin] = [client.createChannel(id), client.createChannel(id)]
        await channel.join()
        expect(await failure(channel.join())).toEqual({ operation: 'join', code: 6, name: 'RtmInvalidStatusError' })
        expect(await failure(twin.join())).toEqual({ operation: 'join', code: 202, name: 'RtmInvalidStatusError' })
        await channel.leave()
        await twin.join()
      })

      it('are no more than 20 at a time', async () => {
        const { client } = await login('alice')
        const channels = Array.from({ length: 21 }, () => client.createChannel(fresh('room')))
        await Promise.all(channels.slice(0, 20).map((channel) => channel.join()))
        const [first, last] = [channels[0], channels[20]]
        expect(await failure(last!.join())).toEqual({ operation: 'join', code: 5, name: 'RtmLimitExceededError' })
        await first!.leave()
        await last!.join()
      })

      it('cannot be used before a join, nor after a leave', async () => {
        const { client } = await login('alice')
        const channel = client.createChannel(fresh('room'))
        for (const _ of ['before', 'after']) {
          expect(await failure(channel.sendMessage({ text: 'hi' }))).toEqual({ operation: 'channelMessage', code: 5, name: 'RtmInvalidStatusError' })
          expect(await failure(channel.getMembers())).toMatchObject({ operation: 'getMembers', code: 5 })
          expect(await failure(channel.leave())).toMatchObject({ operation: 'leave', code: 3 })
          await channel.join()
          await channel.leave()
        }
      })

      it('need a login', async () => {
        const channel = harness.person('nobody').client.createChannel('room')
        expect(await code(channel.join())).toBe(102)
        expect(await code(channel.leave())).toBe(102)
        expect(await code(channel.sendMessage({ text: 'hi' }))).toBe(102)
        expect(await code(channel.sendMessage({} as RtmTextMessage))).toBe(4)
        expect(await code(channel.getMembers())).toBe(102)
      })

      it.each(['', 'ä', 'null', 'a\nb', 'x'.repeat(65), 7])('cannot have the id %j', (id) => {
        const { client } = harness.person('nobody')
        expect(() => client.createChannel(id as string)).toThrow(expect.objectContaining({ operation: 'createChannel', code: 1 }))
      })

      it('reject messages over 32768 bytes', async () => {
        const a = await harness.room(await login('alice'), fresh('room'))
        expect(await failure(a.channel.sendMessage({ text: 'x'.repeat(32_769) }))).toMatchObject({ operation: 'channelMessage', code: 4 })
      })

      it.each(['__proto__', 'constructor', '..', 'a:b', '100%', ' ', 'x'.repeat(64)])('and users may have the id %j', async (id) => {
        const [odd, bob] = [await harness.loggedIn(id), await login('bob')]
        onTestFinished(() => odd.client.logout())
        const [a, b] = [await harness.room(odd, id), await harness.room(bob, id)]
        expect(await bob.client.sendMessageToPeer({ text: 'hi' }, id)).toEqual({ hasPeerReceived: true })
        await a.channel.sendMessage({ text: 'all' })
        await until(() => b.messages.length > 0)
        expect(b.messages[0]).toMatchObject({ text: 'all', from: id })
        expect((await b.channel.getMembers()).sort()).toEqual([id, bob.uid].sort())
      })
    })

    describe('a lost connection', () => {
      it('is restored with all missed messages, none twice', async () => {
        const [alice, bob] = [await login('alice'), await login('bob')]
        const id = fresh('room')
        const [a, b] = [await harness.room(alice, id), await harness.room(bob, id)]
        await alice.client.sendMessageToPeer({ text: 'before' }, bob.uid)
        await a.channel.sendMessage({ text: 'before' })
        await until(() => b.messages.length === 1)
        harness.gateway.cut(bob.uid)
        await a.channel.sendMessage({ text: 'during' })
        const duringLoss = alice.client.sendMessageToPeer({ text: 'during' }, bob.uid)
        await until(() => bob.state === 'CONNECTED / LOGIN_SUCCESS' && bob.states.length === 4)
        await inTime(duringLoss)
        await a.channel.sendMessage({ text: 'after' })
        await alice.client.sendMessageToPeer({ text: 'after' }, bob.uid)
        await until(() => bob.texts.includes('after') && b.texts.includes('after'))
        expect(bob.states.slice(2)).toEqual([
          ['RECONNECTING', 'INTERRUPTED'],
          ['CONNECTED', 'LOGIN_SUCCESS'],
        ])
        expect(bob.texts).toEqual(['before', 'during', 'after'])
        expect(b.texts).toEqual(['before', 'during', 'after'])
        expect(a.events.slice(1)).toEqual([])
      })

      it('queues messages that are sent while it lasts', async () => {
        const [alice, bob] = [await login('alice'), await login('bob')]
        const id = fresh('room')
        const [a, b] = [await harness.room(alice, id), await harness.room(bob, id)]
        const sent = new Promise((resolve) => {
          bob.client.on('ConnectionStateChanged', (state) => {
            if (state !== 'RECONNECTING') return
            resolve(Promise.all([bob.client.sendMessageToPeer({ text: 'queued' }, alice.uid), b.channel.sendMessage({ text: 'queued' })]))
          })
        })
        harness.gateway.cut(bob.uid)
        expect(await inTime(sent)).toEqual([{ hasPeerReceived: true }, undefined])
        await until(() => a.messages.length > 0)
        expect([alice.texts, a.texts]).toEqual([['queued'], ['queued']])
      })

      it('allows a logout', async () => {
        const { client, states, uid } = await login('alice')
        const loggedOut = new Promise((resolve) => {
          client.on('ConnectionStateChanged', (state) => state === 'RECONNECTING' && resolve(client.logout()))
        })
        harness.gateway.cut(uid)
        await loggedOut
        expect(states.at(-1)).toEqual(['DISCONNECTED', 'LOGOUT'])
      })
    })

    describe('the end of a session', () => {
      it('comes to the older of two logins of one user', async () => {
        const phone = await login('alice')
        const room = await harness.room(phone, fresh('room'))
        const tablet = await harness.loggedIn(phone.uid)
        await until(() => phone.state === 'ABORTED / REMOTE_LOGIN')
        expect(tablet.state).toBe('CONNECTED / LOGIN_SUCCESS')
        expect(await code(phone.client.sendMessageToPeer({ text: 'hi' }, 'bob'))).toBe(102)
        expect(await code(room.channel.sendMessage({ text: 'hi' }))).toBe(102)
        expect(await code(phone.client.login({ uid: phone.uid }))).toBeOneOf([8, 10])
      })

      it('is final after a ban, until logout and login', async () => {
        const { client, uid, states } = await login('alice')
        const channel = client.createChannel(fresh('room'))
        await channel.join()
        harness.gateway.kick(uid, 'BANNED_BY_SERVER')
        await until(() => states.length === 3)
        expect(states[2]).toEqual(['ABORTED', 'BANNED_BY_SERVER'])
        expect(await failure(client.renewToken(token006(uid)))).toEqual({ operation: 'renewToken', code: 102, name: 'RtmInvalidStatusError' })
        await client.logout()
        expect(states.at(-1)).toEqual(['DISCONNECTED', 'LOGOUT'])
        await clock.advance(LOGIN_INTERVAL_MS)
        await client.login({ uid })
        expect(await code(channel.sendMessage({ text: 'hi' }))).toBe(5)
        await channel.join()
        await channel.sendMessage({ text: 'hi' })
      })
    })

    describe('tokens', () => {
      let guarded: Harness
      beforeAll(async () => {
        guarded = await Harness.start(createRtm, { clock, appId: APP_ID, certificate: CERTIFICATE })
      })
      afterAll(() => guarded.close())

      it.each(['006', '007'] as const)('of the kind %s are accepted as the capabilities say', async (kind) => {
        const token = kind === '006' ? token006('alice') : token007('alice')
        const login = guarded.loggedIn('alice', token)
        if (guarded.rtm().capabilities.tokens.includes(kind)) await (await login).client.logout()
        else expect(await code(login)).toBe(5)
      })

      it('are needed with a certificate, and must be the user’s', async () => {
        expect(await failure(guarded.loggedIn('bob'))).toEqual({ operation: 'login', code: 5, name: 'RtmUnauthenticatedError' })
        expect(await code(guarded.loggedIn('bob', token006('alice')))).toBe(5)
        expect(await code(guarded.loggedIn('bob', 'nonsense'))).toBe(5)
      })

      it('that have expired are rejected', async () => {
        const refused = { operation: 'login', code: 6, name: 'RtmUnauthenticatedError' }
        expect(await failure(guarded.loggedIn('bob', expired(() => build006('bob'))))).toEqual(refused)
        if (!guarded.rtm().capabilities.tokens.includes('007')) return
        expect(await failure(guarded.loggedIn('bob', expired(() => build007('bob'))))).toEqual(refused)
      })

      it('are renewed', async () => {
        const { client } = await guarded.loggedIn('carol', token006('carol'))
        await client.renewToken(token006('carol'))
        expect(await failure(client.renewToken(''))).toMatchObject({ operation: 'renewToken', code: 2 })
        expect(await failure(client.renewToken(token006('alice')))).toMatchObject({ operation: 'renewToken', code: 6, name: 'RtmUnauthenticatedError' })
        await client.logout()
        expect(await failure(client.renewToken(token006('carol')))).toMatchObject({ operation: 'renewToken', code: 102 })
      })

      it('that expire during a session end it, if the service reports that', async () => {
        if (!guarded.rtm().capabilities.tokens.includes('007')) return
        /** More than a slow machine needs for a login. */
        const LIFETIME_S = 60
        const dave = guarded.person('dave')
        const told: string[] = []
        dave.client.on('TokenPrivilegeWillExpire', () => told.push('TokenPrivilegeWillExpire'))
        dave.client.on('TokenExpired', () => told.push(`TokenExpired after ${dave.state}`))
        await inTime(dave.client.login({ uid: dave.uid, token: token007('dave', LIFETIME_S) }))
        await clock.advance(LIFETIME_S * 1000)
        await until(() => told.length === 2)
        expect(told).toEqual(['TokenPrivilegeWillExpire', 'TokenExpired after ABORTED / TOKEN_EXPIRED'])
      })
    })

    describe('listeners', () => {
      it('do not prevent each other’s calls', async () => {
        const [alice, bob] = [harness.person(fresh('alice')), await login('bob')]
        const heard: string[] = []
        alice.client.removeAllListeners('MessageFromPeer')
        alice.client.on('MessageFromPeer', () => {
          throw new Error('first')
        })
        alice.client.on('MessageFromPeer', ({ text }) => void heard.push(String(text)))
        await alice.client.login({ uid: alice.uid })
        bob.client.sendMessageToPeer({ text: 'hi' }, alice.uid).catch(() => {})
        await until(() => heard.length === 1 && listenerErrors.length === 1)
        expect(listenerErrors.splice(0)).toEqual([new Error('first')])
      })

      it('are not called after they are removed', async () => {
        const { client, uid } = harness.person(fresh('alice'))
        const heard: string[] = []
        client.on('ConnectionStateChanged', (state) => void heard.push(state))
        client.removeAllListeners('TokenExpired')
        const login = client.login({ uid })
        client.removeAllListeners()
        await login
        expect(heard).toEqual(['CONNECTING'])
      })
    })

    describe('features that not every backend has', () => {
      it('presence', async () => {
        const [alice, bob] = [await login('alice'), await login('bob')]
        const { client } = alice
        if (!harness.rtm().capabilities.presence) {
          expect((await failure(client.subscribePeersOnlineStatus([bob.uid]))).name).toBe('RtmUnsupportedError')
          return
        }
        const told: string[] = []
        client.on('PeersOnlineStatusChanged', (status) => void told.push(...Object.entries(status).map(([uid, state]) => `${uid} ${state}`)))
        await client.subscribePeersOnlineStatus([bob.uid, '__proto__'])
        await until(() => told.includes('__proto__ OFFLINE'))
        await bob.client.logout()
        await until(() => told.includes(`${bob.uid} OFFLINE`))
        for (const bad of [[], ['a\tb'], ['']]) expect(await code(client.subscribePeersOnlineStatus(bad))).toBe(2)
        expect(await code(client.subscribePeersOnlineStatus(Array.from({ length: 513 }, (_, i) => `u${i}`)))).toBe(6)
        expect(await code(harness.person('nobody').client.subscribePeersOnlineStatus(['']))).toBe(102)
      })

      it('messages stored for an absent receiver', async () => {
        const alice = await login('alice')
        const absent = fresh('absent')
        const sent = await alice.client.sendMessageToPeer({ text: 'for later' }, absent, { enableOfflineMessaging: true })
        expect(sent).toEqual({ hasPeerReceived: false })
        if (!harness.rtm().capabilities.offlineMessages) return
        const later = await harness.loggedIn(absent)
        await until(() => later.inbox.length > 0)
        expect(later.inbox).toMatchObject([{ text: 'for later', from: alice.uid, properties: { isOfflineMessage: true } }])
      })
    })
  })
}
