/** The local adapter with the real gateway, beyond the contract that all adapters share. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { startGateway } from '../../gateway/server'
import { createLocalRtm, type LocalTiming } from '@/src/rtm/local'
import { LOCAL_APP_ID } from '@/src/rtm/local/frames'
import { connectSocket } from '../support/connect-socket'
import { ADAPTERS } from './adapters'
import { Harness, Person, until } from './harness'

let harness: Harness | undefined
afterEach(async () => {
  await harness?.close()
  harness = undefined
})

/** A user whose client reconnects only on request. */
function patient(uid: string, timing: Partial<LocalTiming> = { backoff: { baseMs: 60_000, capMs: 60_000, leastShare: 0.5 } }): Person {
  const { url } = harness!.gateway
  return new Person(uid, createLocalRtm({ url, connectSocket, timing }).createInstance(LOCAL_APP_ID))
}
const comeBack = ({ client }: Person) => client.checkConnection?.()

describe('an outage longer than the grace', () => {
  it('ends with everything as before: channels, subscriptions, missed messages', async () => {
    harness = await Harness.start(ADAPTERS.local, { timing: { graceMs: 50 } })
    const [alice, bob] = [await harness.loggedIn('alice'), patient('bob')]
    await bob.client.login({ uid: 'bob' })
    const [a, b] = [await harness.room(alice, 'room'), await harness.room(bob, 'room')]
    const told: string[] = []
    bob.client.on('PeersOnlineStatusChanged', ({ alice: state }) => void told.push(String(state)))
    await bob.client.subscribePeersOnlineStatus(['alice'])
    harness.gateway.cut('bob')
    await until(() => a.events.includes('-bob'))
    expect(await alice.client.sendMessageToPeer({ text: 'missed' }, 'bob')).toEqual({ hasPeerReceived: false })
    await a.channel.sendMessage({ text: 'missed' })
    comeBack(bob)
    await until(() => a.events.at(-1) === '+bob' && b.texts.includes('missed') && bob.texts.includes('missed'))
    await b.channel.sendMessage({ text: 'back' })
    await until(() => a.texts.includes('back'))
    expect([bob.texts, b.texts]).toEqual([['missed'], ['missed']])
    await alice.client.logout()
    await until(() => told.at(-1) === 'OFFLINE')
    await bob.client.logout()
  })
})

it('continues after a restart of the gateway', async () => {
  harness = await Harness.start(ADAPTERS.local)
  const { port } = harness.gateway
  const [alice, bob] = [await harness.loggedIn('alice'), await harness.loggedIn('bob')]
  const [a, b] = [await harness.room(alice, 'room'), await harness.room(bob, 'room')]
  await harness.gateway.close()
  await until(() => alice.state === 'RECONNECTING / INTERRUPTED' && bob.state === 'RECONNECTING / INTERRUPTED')
  const again = await startGateway({ port })
  await until(() => alice.state === 'CONNECTED / LOGIN_SUCCESS' && bob.state === 'CONNECTED / LOGIN_SUCCESS')
  await a.channel.sendMessage({ text: 'again' })
  await b.channel.sendMessage({ text: 'again' })
  expect(await alice.client.sendMessageToPeer({ text: 'again' }, 'bob')).toEqual({ hasPeerReceived: true })
  expect(bob.texts).toEqual(['again'])
  await Promise.all([alice.client.logout(), bob.client.logout()])
  await again.close()
})

it('after a restart of the gateway delivers no message from before the join', async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'gateway-data-'))
  harness = await Harness.start(ADAPTERS.local, { dataDir })
  const { port } = harness.gateway
  const alice = await harness.loggedIn('alice')
  const a = await harness.room(alice, 'room')
  await a.channel.sendMessage({ text: 'earlier' })
  const bob = patient('bob')
  await bob.client.login({ uid: 'bob' })
  const b = await harness.room(bob, 'room')
  harness.gateway.cut('bob')
  await until(() => bob.state === 'RECONNECTING / INTERRUPTED')
  await a.channel.sendMessage({ text: 'missed' })
  await harness.gateway.close()
  const again = await startGateway({ port, dataDir })
  try {
    comeBack(bob)
    await until(() => b.texts.length > 0 && alice.state === 'CONNECTED / LOGIN_SUCCESS')
    await a.channel.sendMessage({ text: 'later' })
    await until(() => b.texts.includes('later'))
    expect(b.texts).toEqual(['missed', 'later'])
    await Promise.all([alice.client.logout(), bob.client.logout()])
  } finally {
    await again.close()
    await rm(dataDir, { recursive: true })
  }
})

it('ends the session by a login elsewhere even while the connection is lost', async () => {
  harness = await Harness.start(ADAPTERS.local)
  const phone = patient('alice')
  await phone.client.login({ uid: 'alice' })
  harness.gateway.cut('alice')
  await until(() => phone.state === 'RECONNECTING / INTERRUPTED')
  const tablet = await harness.loggedIn('alice')
  comeBack(phone)
  await until(() => phone.state === 'ABORTED / REMOTE_LOGIN')
  expect(tablet.state).toBe('CONNECTED / LOGIN_SUCCESS')
  await phone.client.logout()
})

it('reports a message as received only when the receiver has saved it', async () => {
  harness = await Harness.start(ADAPTERS.local)
  const [alice, bob] = [await harness.loggedIn('alice'), await harness.loggedIn('bob')]
  const steps: string[] = []
  let keep = () => {}
  bob.client.on('MessageFromPeer', () => new Promise<void>((resolve) => (keep = resolve)))
  const sent = alice.client.sendMessageToPeer({ text: 'hi' }, 'bob').then(({ hasPeerReceived }) => steps.push(`received ${hasPeerReceived}`))
  await until(() => bob.inbox.length > 0)
  // By then the gateway has answered something that was asked later.
  await harness.room(alice, 'room')
  steps.push('kept')
  keep()
  await sent
  expect(steps).toEqual(['kept', 'received true'])
})
