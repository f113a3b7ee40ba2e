/** Hostile input from other users: it does not change the log, and its memory is limited. */
import { setImmediate as nextTask } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createConversation } from '@/src/chat/conversation/order'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { encode } from '@/src/chat/message/envelope'
import { MESSAGE_MAX_BYTES } from '@/src/chat/rtm-limits'
import { createStorage } from '@/src/storage/history/create-storage'
import { createMemoryKeyValue, MemoryDisk } from '../../support/memory-key-value'
import type { Account } from '@/src/stores/chat/account'
import { eventually, openAccount, openHistory, PERSON, textOf } from './doubles'

const now = { serverReceivedTs: Date.now() }
const rich = (id: string, text = `text of ${id}`, more: object = {}) => ({ text: JSON.stringify({ v: 1, id, kind: 'text', text, ...more }) })
const receipt = (kind: 'delivered' | 'read', ids: readonly string[]) => ({ text: encode({ kind: 'receipt', id: 'r', [kind]: ids }, 'rich') })
const textsIn = async (disk: MemoryDisk, id: ConversationId) => (await (await openHistory(disk)).messages(id, 0, 10_000)).map(textOf)

/** A disk that counts its commits, each of which takes a moment. */
async function counted(disk = new MemoryDisk()) {
  const kv = createMemoryKeyValue(disk)
  const count = { commits: 0 }
  const slow: typeof kv = {
    ...kv,
    async commit(writes, owner) {
      count.commits++
      await nextTask()
      await kv.commit(writes, owner)
    },
  }
  const history = await createStorage(slow, () => 'one').openHistory(PERSON)
  return { disk, count, account: await openAccount(disk, { history }) }
}

describe('an incoming text', () => {
  it('from this user’s own id, or from an invalid one, is dropped', async () => {
    const disk = new MemoryDisk()
    const account = await openAccount(disk)
    await account.start('channel', 'general')
    await account.own.send('channel:general', { kind: 'text', text: 'mine' })
    for (const from of ['me', '', 'null', 'a/b', '\u202emallory', 'x'.repeat(65), 'bob\n']) {
      expect(await account.inbox.receive('channel', 'general', from, rich('m1', 'not mine'), now)).toBe(true)
      expect(await account.inbox.receive('peer', from, from, rich('m1', 'not mine'), now)).toBe(true)
    }
    expect(await textsIn(disk, 'channel:general')).toEqual(['mine'])
    expect(account.conversations.order.value).toEqual(['channel:general'])
  })

  it('with a used id replaces no text, in any conversation', async () => {
    const disk = new MemoryDisk()
    const account = await openAccount(disk)
    await account.start('channel', 'general')
    await account.own.send('peer:mallory', { kind: 'text', text: 'my own words' })
    const [own] = await account.conversations.messages('peer:mallory', 0, 1)
    await account.inbox.receive('peer', 'bob', 'bob', rich('b1', 'bob’s words'), now)
    await account.inbox.receive('peer', 'mallory', 'mallory', rich('m1', 'first'), now)
    await account.inbox.receive('channel', 'general', 'bob', rich('b2', 'bob in general'), now)
    for (const again of [false, true]) {
      for (const id of ['m1', 'b1', 'b2', own!.id]) {
        await account.inbox.receive('peer', 'mallory', 'mallory', rich(id, 'changed', again ? { again } : {}), now)
        await account.inbox.receive('channel', 'general', 'mallory', rich(id, 'changed', again ? { again } : {}), now)
      }
    }
    for (const kind of ['edit', 'recall', 'reaction']) {
      await account.inbox.receive('peer', 'mallory', 'mallory', { text: JSON.stringify({ v: 1, id: `e-${kind}`, kind, of: 'b1', text: 'changed' }) }, now)
    }
    expect(await textsIn(disk, 'peer:bob')).toEqual(['bob’s words'])
    expect((await textsIn(disk, 'peer:mallory')).slice(0, 2)).toEqual(['my own words', 'first'])
    expect((await textsIn(disk, 'channel:general'))[0]).toBe('bob in general')
    const [kept] = await account.conversations.messages('peer:mallory', 0, 1)
    expect(kept).toMatchObject({ id: own!.id, from: 'me', body: { text: 'my own words' } })
  })

  it('larger than a message can be is dropped', async () => {
    const disk = new MemoryDisk()
    const account = await openAccount(disk)
    await account.inbox.receive('peer', 'bob', 'bob', { text: 'x'.repeat(MESSAGE_MAX_BYTES) }, now)
    await account.inbox.receive('peer', 'bob', 'bob', { text: 'x'.repeat(MESSAGE_MAX_BYTES + 1) }, now)
    await account.inbox.receive('peer', 'bob', 'bob', { text: '好'.repeat(MESSAGE_MAX_BYTES / 2) }, now)
    expect((await textsIn(disk, 'peer:bob')).map((text) => text.length)).toEqual([MESSAGE_MAX_BYTES, 'unsupported'.length, 'unsupported'.length])
  })

  it('of any kind leaves every other conversation as it was', async () => {
    const value = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom('m1', 'own', '__proto__', 'receipt', 'text'), fc.jsonValue({ maxDepth: 2 }))
    const envelope = fc.dictionary(fc.constantFrom('v', 'id', 'kind', 'text', 'quote', 'delivered', 'read', 'again', 'quiet', '__proto__', 'of'), fc.oneof(value, fc.constant(1)))
    const text = fc.oneof(envelope.map((fields) => JSON.stringify(fields)), fc.string({ unit: 'binary' }), fc.json())
    const time = fc.oneof(fc.double(), fc.constantFrom(0, -1, 1e300, now.serverReceivedTs))
    const disk = new MemoryDisk()
    const account = await openAccount(disk, { sendToPeer: async () => ({ hasPeerReceived: false }) })
    await account.inbox.receive('peer', 'bob', 'bob', rich('m1', 'bob’s words'), now)
    await account.own.send('peer:bob', { kind: 'text', text: 'mine' })
    await eventually(async () => expect((await account.conversations.messages('peer:bob', 1, 2))[0]?.status).toBe('sent'))
    const before = { head: account.conversations.get('peer:bob'), messages: await account.conversations.messages('peer:bob', 0, 10) }
    await fc.assert(
      fc.asyncProperty(text, time, fc.constantFrom('mallory', '__proto__', 'constructor'), async (words, serverReceivedTs, from) => {
        await account.inbox.receive('peer', from, from, { text: words }, { serverReceivedTs })
        expect(account.conversations.get('peer:bob')).toBe(before.head)
        expect(await account.conversations.messages('peer:bob', 0, 10)).toEqual(before.messages)
        expect(account.conversations.get(`peer:${from}`)?.at ?? 0).toBeLessThanOrEqual(Date.now() + 24 * 3_600_000)
        expect(({} as { v?: unknown }).v).toBeUndefined()
      }),
      { numRuns: 300 },
    )
    await account.close()
  })
})

it('a receipt counts for the messages to its sender only', async () => {
  const account = await openAccount(new MemoryDisk(), { sendToPeer: async () => ({ hasPeerReceived: false }) })
  const status = async (id: ConversationId) => (await account.conversations.messages(id, 0, 1))[0]
  await account.own.send('peer:bob', { kind: 'text', text: 'to bob' })
  await account.own.send('peer:mallory', { kind: 'text', text: 'to mallory' })
  await account.start('channel', 'general')
  await eventually(async () => expect((await status('peer:bob'))?.status).toBe('sent'))
  const toBob = (await status('peer:bob'))!
  for (const kind of ['delivered', 'read'] as const) {
    await account.inbox.receive('peer', 'mallory', 'mallory', receipt(kind, [toBob.id]), now)
    await account.inbox.receive('channel', 'general', 'bob', receipt(kind, [toBob.id]), now)
  }
  expect(await status('peer:bob')).toEqual(toBob)
  expect(account.own.isWaiting('peer:bob', toBob)).toBe(true)
  await account.inbox.receive('peer', 'bob', 'bob', receipt('read', [toBob.id]), now)
  expect((await status('peer:bob'))?.status).toBe('read')
  // Read messages stay read.
  await account.inbox.receive('peer', 'bob', 'bob', receipt('delivered', [toBob.id]), now)
  expect((await status('peer:bob'))?.status).toBe('read')
  await account.close()
})

describe('a flood', () => {
  it('of messages costs a few commits, and messages that the user writes during it are saved with it', async () => {
    const { account, count, disk } = await counted()
    await account.start('peer', 'carol')
    count.commits = 0
    const flood = Array.from({ length: 1_000 }, (_, n) => account.inbox.receive('peer', 'mallory', 'mallory', rich(`m${n}`), now))
    const sent = account.own.send('peer:carol', { kind: 'text', text: 'hello' })
    expect((await Promise.all(flood)).every(Boolean)).toBe(true)
    await sent
    expect(await textsIn(disk, 'peer:mallory')).toHaveLength(1_000)
    expect(await textsIn(disk, 'peer:carol')).toEqual(['hello'])
    expect(count.commits).toBeLessThan(20)
    await account.close()
  })

  it('of joins and leaves costs a few commits, and one line', async () => {
    const { account, count, disk } = await counted()
    await account.start('channel', 'general')
    count.commits = 0
    const events = Array.from({ length: 1_000 }, (_, n) => account.membership.record('general', n % 2 === 0 ? 'joined' : 'left', `user${n % 7}`))
    await Promise.all([...events, account.membership.record('general', 'joined', 'me'), account.membership.record('general', 'joined', '\u202e')])
    const log = await (await openHistory(disk)).messages('channel:general', 0, 10)
    expect(log).toHaveLength(1)
    expect(JSON.stringify(log)).not.toMatch(/"me"|\u202e/)
    expect(count.commits).toBeLessThan(5)
    // The same as one after the other.
    const calm = await openAccount(new MemoryDisk())
    await calm.start('channel', 'general')
    for (let n = 0; n < 1_000; n++) await calm.membership.record('general', n % 2 === 0 ? 'joined' : 'left', `user${n % 7}`)
    expect(log[0]?.body).toEqual((await calm.conversations.messages('channel:general', 0, 1))[0]?.body)
  })
})

describe('memory', () => {
  /** Delivers unsaved messages again, as a service does. */
  const deliverAll = (account: Account, ids: readonly string[], text = 'x', more = {}) =>
    Promise.all(ids.map((id) => account.inbox.receive('peer', 'mallory', 'mallory', rich(id, text, more), now)))

  it.each([
    ['many small messages', 1_200, 'x', 500, {}],
    ['some large ones', 200, 'x'.repeat(30_000), 34, {}],
    ['some large ones that cannot be shown', 200, 'x'.repeat(30_000), 34, { kind: 'media' }],
    ['some texts with a lot that is not shown', 200, 'x', 34, { by: 'x'.repeat(30_000) }],
  ])('has a limit for unsaved messages: %s', async (_what, count, words, most, more) => {
    const disk = new MemoryDisk()
    const account = await openAccount(disk)
    await account.start('peer', 'mallory')
    disk.failing = 'full'
    const ids = Array.from({ length: count }, (_, n) => `m${n}`)
    for (const id of ids) expect(await account.inbox.receive('peer', 'mallory', 'mallory', rich(id, words, more), now)).toBe(false)
    expect(account.conversations.get('peer:mallory')?.length).toBe(most)
    // The user's own messages are accepted nevertheless.
    await account.own.send('peer:bob', { kind: 'text', text: 'mine' })
    expect((await account.conversations.messages('peer:bob', 0, 1)).map(textOf)).toEqual(['mine'])
    disk.failing = undefined
    await eventually(async () => expect((await deliverAll(account, ids, words, more)).every(Boolean)).toBe(true))
    expect(await textsIn(disk, 'peer:mallory')).toHaveLength(count)
    expect(await textsIn(disk, 'peer:bob')).toEqual(['mine'])
    await account.close()
  })

  it('has the seen messages of some conversations, and loads those of the others: each message stays one', async () => {
    const disk = new MemoryDisk()
    const account = await openAccount(disk)
    const peers = Array.from({ length: 250 }, (_, n) => `peer${n}`)
    for (const again of [false, true, false]) {
      for (const peer of peers) await account.inbox.receive('peer', peer, peer, rich('m1', 'once', again ? { again } : {}), now)
    }
    for (const peer of peers) expect(account.conversations.get(`peer:${peer}`)?.length).toBe(1)
  })

  it('has no room for new users when thousands have written', async () => {
    const disk = new MemoryDisk()
    await (await openHistory(disk)).write(Array.from({ length: 5_000 }, (_, n) => ({ conversation: createConversation(`peer:p${n}`, n) })))
    const account = await openAccount(disk)
    expect(await account.inbox.receive('peer', 'p7', 'p7', rich('m1'), now)).toBe(true)
    expect(await account.inbox.receive('peer', 'mallory', 'mallory', rich('m1'), now)).toBe(false)
    expect(account.conversations.order.value).toHaveLength(5_000)
    // The user may create as many as they like, and deleting makes room.
    await account.start('peer', 'bob')
    expect(await account.inbox.receive('peer', 'bob', 'bob', rich('m1'), now)).toBe(true)
    await account.remove('peer:p1')
    await account.remove('peer:p2')
    expect(await account.inbox.receive('peer', 'mallory', 'mallory', rich('m1'), now)).toBe(true)
  })
})
