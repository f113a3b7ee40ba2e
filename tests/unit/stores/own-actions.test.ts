/** Own edits, recalls and reactions: saved before they are shown, sent in order, over restarts. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { shownBody, type Message } from '@/src/chat/message/message'
import { ACTIONS_MAX } from '@/src/chat/delivery/actions'
import { setClock, systemClock } from '@/src/chat/time/clock'
import { errorOfCode } from '@/src/rtm/error-name'
import { createStorage } from '@/src/storage/history/create-storage'
import { LOOK_UPS_A_SECOND } from '@/src/storage/history/folding'
import { personKeys } from '@/src/storage/keys'
import type { AccountPorts } from '@/src/stores/chat/account'
import { createMemoryKeyValue, MemoryDisk } from '../../support/memory-key-value'
import { TestClock } from '../../support/test-clock'
import { CAPABILITIES, eventually, openAccount, openHistory, PERSON } from './doubles'

const BOB: ConversationId = 'peer:bob'
const TEAM: ConversationId = 'channel:team'
const text = (words: string) => ({ kind: 'text' as const, text: words })

afterEach(() => setClock(systemClock))

type Envelope = Readonly<Record<string, unknown>> & { readonly id: string; readonly kind: string }

/** An account whose service is offline while `online` is false. `sent`: the envelopes that it got. */
async function setup(more: Partial<AccountPorts> = {}, disk = new MemoryDisk()) {
  const sent: Envelope[] = []
  const service = { online: true, received: true, refusal: undefined as number | undefined }
  const serve = (wired: string) => {
    if (service.refusal !== undefined) throw errorOfCode('peerMessage', service.refusal, 'refused')
    sent.push(JSON.parse(wired) as Envelope)
  }
  const ports: Partial<AccountPorts> = {
    ready: () => service.online,
    sendToPeer: async (_peer, wired) => (serve(wired), { hasPeerReceived: service.received }),
    sendToChannel: async (_channel, wired) => serve(wired),
    ...more,
  }
  const account = await openAccount(disk, ports)
  for (const [kind, target] of [['peer', 'bob'], ['channel', 'team']] as const) await account.start(kind, target)
  const at = async (id: ConversationId, seq: number): Promise<Message> => (await account.conversations.log.newest(id, [seq]))[0]!
  const restart = async () => {
    await account.close()
    return setup(more, disk)
  }
  return { account, actions: account.own.actions, sent, service, disk, at, restart }
}
/** A history whose commits can be held. */
async function heldHistory() {
  const disk = new MemoryDisk()
  const kv = createMemoryKeyValue(disk)
  const waiting: (() => void)[] = []
  let isHeld = false
  const commit: typeof kv.commit = async (...args) => {
    if (isHeld) await new Promise<void>((resolve) => waiting.push(resolve))
    return kv.commit(...args)
  }
  const gates = {
    hold: () => void (isHeld = true),
    /** Resolves once a commit waits. */
    next: () => eventually(() => expect(waiting).toHaveLength(1)),
    releaseOne: () => waiting.shift()?.(),
    release() {
      isHeld = false
      for (const resolve of waiting.splice(0)) resolve()
    },
  }
  return { disk, gates, history: await createStorage({ ...kv, commit }, () => 'one').openHistory(PERSON) }
}

const kinds = (sent: readonly Envelope[]) => sent.map(({ kind }) => kind)
const actionsOf = (account: Awaited<ReturnType<typeof setup>>['account'], id: ConversationId) => account.conversations.get(id)?.actions ?? []

it('nothing that plain mode cannot send is taken: no edit, no recall, no reaction', async () => {
  const plain: string[] = []
  const { account, actions, at } = await setup({ wire: 'plain', sendToChannel: async (_channel, wired) => void plain.push(wired) })
  await account.own.send(TEAM, text('one'))
  await eventually(() => expect(plain).toEqual(['one']))
  const message = await at(TEAM, 0)
  expect(await Promise.all([actions.react(TEAM, message, '👍', true), actions.edit(TEAM, message, 'two'), actions.recall(TEAM, message)])).toEqual([false, false, false])
  expect(actionsOf(account, TEAM)).toEqual([])
  expect(plain).toEqual(['one'])
})

describe.each([BOB, TEAM])('in %s', (id) => {
  it.each(['recall', 'deleteHere'] as const)('a waiting message whose %s cannot be saved still goes', async (action) => {
    const { account, actions, sent, service, disk, at } = await setup()
    service.online = false
    await account.own.send(id, text('one'))
    const message = await at(id, 0)
    disk.failing = 'failed'
    expect(await (action === 'recall' ? actions.recall(id, message) : actions.deleteHere(id, [message]))).toBe(false)
    disk.failing = undefined
    expect(account.conversations.get(id)?.pending).toEqual([0])
    service.online = true
    account.own.loggedIn()
    await eventually(() => expect(kinds(sent)).toEqual(['text']))
  })

  it.each(['recall', 'deleteHere'] as const)('a waiting message whose %s was written before storage failed does not go, and is shown so', async (action) => {
    const { account, actions, sent, service, disk, at } = await setup()
    service.online = false
    await account.own.send(id, text('one'))
    const thread = account.openThread(id)
    await thread.load()
    const message = await at(id, 0)
    disk.isTearing = true
    expect(await (action === 'recall' ? actions.recall(id, message) : actions.deleteHere(id, [message]))).toBe(true)
    disk.isTearing = false
    expect(account.conversations.get(id)?.pending).toEqual([])
    await eventually(() => expect(thread.message(0)?.amended?.erased).toBe(true))
    service.online = true
    account.own.loggedIn()
    await account.own.send(id, text('two'))
    await eventually(() => expect(sent.map((each) => each.text)).toEqual(['two']))
  })

  it('an edit is shown, saved and sent, and is not waiting once it has arrived', async () => {
    const { account, actions, sent, at, disk } = await setup()
    await account.own.send(id, text('helo'))
    await eventually(() => expect(kinds(sent)).toEqual(['text']))
    expect(await actions.edit(id, await at(id, 0), 'hello', ['bob'])).toBe(true)
    await eventually(() => expect(kinds(sent)).toEqual(['text', 'edit']))
    expect(sent[1]).toMatchObject({ v: 1, quiet: true, target: { id: sent[0]?.id }, rev: 1, text: 'hello', mentions: ['bob'] })
    await eventually(() => expect(actionsOf(account, id)).toEqual([]))
    expect(account.conversations.get(id)?.preview?.text).toBe('hello')
    const [stored] = await (await openHistory(disk)).messages(id, 0, 1)
    expect(stored).toMatchObject({ body: text('helo'), amended: { edit: { text: 'hello', rev: 1 } } })
  })

  it('a second edit has the next revision', async () => {
    const { account, actions, sent, at } = await setup()
    await account.own.send(id, text('a'))
    await eventually(() => expect(sent).toHaveLength(1))
    await actions.edit(id, await at(id, 0), 'b')
    await actions.edit(id, await at(id, 0), 'c')
    await eventually(() => expect(sent.at(-1)).toMatchObject({ rev: 2, text: 'c' }))
  })

  it('the words of a recalled message leave the device once the recall has arrived, and can be written again for five minutes', async () => {
    const clock = new TestClock()
    setClock(clock)
    const { account, actions, sent, service, at, disk } = await setup()
    await account.own.send(id, text('a secret'))
    await clock.advance(1_000)
    service.online = false
    const message = await at(id, 0)
    expect(await actions.recall(id, message)).toBe(true)
    expect(account.conversations.get(id)?.preview).toMatchObject({ kind: 'recalled' })
    expect(actions.statesOf(id).value.get(0)).toEqual({ recall: 'waiting' })
    const onDisk = () => JSON.stringify([[...disk.texts], [...disk.appended].filter(([key]) => key.startsWith('log'))])
    expect(onDisk()).toContain('a secret')
    service.online = true
    account.own.outbox.wakeAll('login')
    await clock.advance(1_000)
    expect(kinds(sent)).toEqual(['text', 'recall'])
    expect(onDisk()).not.toContain('a secret')
    expect(await at(id, 0)).toMatchObject({ id: message.id, body: text(''), amended: { recall: { rev: 1 }, erased: true } })
    expect(actions.statesOf(id).value.size).toBe(0)
    expect(actions.recalledText(message)).toBe('a secret')
    await clock.advance(5 * 60_000)
    expect(actions.recalledText(message)).toBeUndefined()
  })

  it('a reaction goes to a message of another user, and its removal has the next revision', async () => {
    const { account, actions, sent, at } = await setup()
    await account.inbox.receive(id === BOB ? 'peer' : 'channel', id === BOB ? 'bob' : 'team', 'bob', { text: '{"v":1,"id":"m1","kind":"text","text":"hi"}' }, { serverReceivedTs: 1 })
    for (const on of [true, false]) {
      await actions.react(id, await at(id, 0), '👍', on)
      await eventually(() => expect(sent.at(-1)).toMatchObject({ kind: 'reaction', on }))
    }
    expect(sent.filter(({ kind }) => kind === 'reaction')).toMatchObject([
      { target: { from: 'bob', id: 'm1' }, emoji: '👍', rev: 1, on: true },
      { target: { from: 'bob', id: 'm1' }, emoji: '👍', rev: 2, on: false },
    ])
    expect((await at(id, 0)).amended?.reactions).toMatchObject([{ by: 'me', emoji: '👍', on: false, rev: 2 }])
  })
})

describe('offline', () => {
  it('a message that has not gone is changed before it goes', async () => {
    const { account, actions, sent, service, at } = await setup()
    service.online = false
    await account.own.send(BOB, text('helo'))
    await account.own.send(BOB, text('second'))
    expect(await actions.edit(BOB, await at(BOB, 0), 'hello')).toBe(true)
    expect((await at(BOB, 0)).amended).toBeUndefined()
    service.online = true
    account.own.outbox.wakeAll('login')
    await eventually(() => expect(sent.map((each) => each.text)).toEqual(['hello', 'second']))
  })

  it('a message that is changed before it goes stays before those behind it', async () => {
    const { disk, gates, history } = await heldHistory()
    const { account, actions, sent, service, at } = await setup({ history }, disk)
    service.online = false
    await account.own.send(BOB, text('helo'))
    await account.own.send(BOB, text('second'))
    const message = await at(BOB, 0)
    gates.hold()
    const edited = actions.edit(BOB, message, 'hello')
    await gates.next()
    service.online = true
    gates.release()
    expect(await edited).toBe(true)
    await eventually(() => expect(sent.map((each) => each.text)).toEqual(['hello', 'second']))
  })

  it('a message that has not gone and whose edit waits is edited again', async () => {
    const { account, actions, sent, service, at } = await setup()
    service.online = false
    await account.own.send(BOB, text('a'))
    const message = await at(BOB, 0)
    // As after an attempt that has ended in a rate limit, during which it was edited.
    vi.spyOn(account.own.outbox, 'takeOut').mockReturnValueOnce(false)
    await actions.edit(BOB, message, 'b')
    expect((await at(BOB, 0)).amended?.edit?.text).toBe('b')
    await actions.edit(BOB, await at(BOB, 0), 'c')
    expect(shownBody(await at(BOB, 0))).toEqual(text('c'))
    service.online = true
    account.own.outbox.wakeAll('login')
    await eventually(() => expect(sent.map((each) => each.text)).toEqual(['a', 'c']))
    expect(sent[1]).toMatchObject({ kind: 'edit', rev: 2 })
  })

  it('a message that has not gone is recalled without being sent', async () => {
    const { account, actions, sent, service, at } = await setup()
    service.online = false
    for (const words of ['one', 'two']) await account.own.send(BOB, text(words))
    expect(await actions.recall(BOB, await at(BOB, 0))).toBe(true)
    expect(await at(BOB, 0)).toMatchObject({ amended: { erased: true } })
    service.online = true
    account.own.outbox.wakeAll('login')
    await eventually(() => expect(sent.map((each) => each.text)).toEqual(['two']))
    expect(account.conversations.get(BOB)?.pending).toEqual([])
  })

  it('actions go in order with the messages, also after a restart', async () => {
    const first = await setup()
    await first.account.own.send(BOB, text('one'))
    await eventually(() => expect(first.sent).toHaveLength(1))
    first.service.online = false
    await first.actions.edit(BOB, await first.at(BOB, 0), 'one!')
    await first.account.own.send(BOB, text('two'))
    await first.actions.react(BOB, await first.at(BOB, 0), '🎉', true)
    await first.account.own.send(BOB, text('three'))
    expect(actionsOf(first.account, BOB)).toHaveLength(2)
    const second = await first.restart()
    await eventually(() => expect(kinds(second.sent)).toEqual(['edit', 'text', 'reaction', 'text']))
    await eventually(() => expect(actionsOf(second.account, BOB)).toEqual([]))
    expect(second.sent[0]).toMatchObject({ text: 'one!' })
  })

  it('a message that was recalled before it went does not wait after a restart, though its row says that it does', async () => {
    const first = await setup()
    first.service.online = false
    await first.account.own.send(BOB, text('one'))
    const waiting = first.account.conversations.get(BOB)!
    await first.actions.recall(BOB, await first.at(BOB, 0))
    await first.account.conversations.commit({ ...first.account.conversations.get(BOB)!, pending: waiting.pending })
    const second = await first.restart()
    expect(waiting.pending).toEqual([0])
    await eventually(() => expect(second.account.conversations.get(BOB)?.pending).toEqual([]))
    expect(second.sent).toEqual([])
  })

  it('a newer reaction takes the place of one that has not gone', async () => {
    const { account, actions, sent, service, at } = await setup()
    await account.own.send(BOB, text('one'))
    await eventually(() => expect(sent).toHaveLength(1))
    service.online = false
    for (const on of [true, false, true]) await actions.react(BOB, await at(BOB, 0), '👍', on)
    await actions.react(BOB, await at(BOB, 0), '🎉', true)
    expect(actionsOf(account, BOB)).toHaveLength(2)
    service.online = true
    account.own.outbox.wakeAll('login')
    await eventually(() => expect(sent.slice(1)).toMatchObject([{ emoji: '👍', rev: 3, on: true }, { emoji: '🎉', rev: 1 }]))
  })

  it('no more actions are taken than a conversation may have', async () => {
    const { account, actions, sent, service, at } = await setup()
    await account.own.send(BOB, text('one'))
    await eventually(() => expect(sent).toHaveLength(1))
    service.online = false
    const message = await at(BOB, 0)
    const conversation = account.conversations.get(BOB)!
    const many = Array.from({ length: ACTIONS_MAX }, (_, n) => ({ id: `a${n}`, kind: 'reaction' as const, target: 0, emoji: '👍', place: (n + 1) / 65_536, at: 1 }))
    await account.conversations.commit({ ...conversation, actions: many })
    expect(await actions.react(BOB, message, '🎉', true)).toBe(false)
  })
})

it('a peer that was away gets an action when it is back; until then the row says so', async () => {
  const { account, actions, sent, service, at } = await setup({ capabilities: { ...CAPABILITIES, peerAcknowledgement: 'delivered' } })
  await account.own.send(BOB, text('one'))
  await eventually(() => expect(sent).toHaveLength(1))
  await account.own.acknowledged(BOB, { kind: 'receipt', id: 'r', delivered: [sent[0]!.id], read: [] })
  service.received = false
  const states = actions.statesOf(BOB)
  await actions.recall(BOB, await at(BOB, 0))
  await eventually(() => expect(states.value.get(0)).toEqual({ recall: 'away' }))
  service.received = true
  account.own.outbox.wake(BOB, 'peer')
  await eventually(() => expect(kinds(sent)).toEqual(['text', 'recall', 'recall']))
  // It reached the peer, and the peer has not said that it is saved.
  expect(actionsOf(account, BOB)).toHaveLength(1)
  await account.own.acknowledged(BOB, { kind: 'receipt', id: 'r', delivered: [sent.at(-1)!.id], read: [] })
  expect(actionsOf(account, BOB)).toEqual([])
  expect(states.value.size).toBe(0)
})

it('an action that is refused keeps the message, says so over a restart, and can be tried again', async () => {
  const first = await setup()
  await first.account.own.send(BOB, text('one'))
  await eventually(() => expect(first.sent).toHaveLength(1))
  first.service.refusal = 7
  const states = first.actions.statesOf(BOB)
  await first.actions.recall(BOB, await first.at(BOB, 0))
  await eventually(() => expect(states.value.get(0)).toEqual({ recall: 'failed' }))
  expect((await first.at(BOB, 0)).body).toEqual(text('one'))
  const second = await first.restart()
  expect(second.actions.statesOf(BOB).value.get(0)).toEqual({ recall: 'failed' })
  expect(second.sent).toEqual([])
  await second.actions.retry(BOB, 0)
  await eventually(() => expect(kinds(second.sent)).toEqual(['recall']))
  expect(actionsOf(second.account, BOB)).toEqual([])
})

it('an action goes that is still being written when an earlier change has been saved', async () => {
  const { disk, gates, history } = await heldHistory()
  const { account, actions, sent, at } = await setup({ history }, disk)
  await account.own.send(BOB, text('one'))
  await eventually(() => expect(sent).toHaveLength(1))
  const message = await at(BOB, 0)
  gates.hold()
  const first = actions.react(BOB, message, '👍', true)
  await gates.next()
  const second = actions.react(BOB, message, '🎉', true)
  gates.releaseOne()
  await gates.next()
  await eventually(() => expect(sent).toHaveLength(2))
  expect(actionsOf(account, BOB).map(({ emoji }) => emoji)).toContain('🎉')
  gates.release()
  expect(await Promise.all([first, second])).toEqual([true, true])
  await eventually(() => expect(sent.slice(1)).toMatchObject([{ emoji: '👍' }, { emoji: '🎉' }]))
  await eventually(() => expect(actionsOf(account, BOB)).toEqual([]))
})

it('an action whose change waits to be folded goes once it is', async () => {
  const clock = new TestClock()
  setClock(clock)
  const { account, actions, sent, at } = await setup()
  await account.own.send(BOB, text('one'))
  await clock.advance(10_000)
  expect(sent).toHaveLength(1)
  const message = await at(BOB, 0)
  // More look-ups of targets than a second has.
  const lookUps = Array.from({ length: LOOK_UPS_A_SECOND + 1 }, (_, n) => ({ from: 'bob', id: `e${n}`, at: 1, raw: `{"v":1,"id":"e${n}","kind":"recall","quiet":true,"target":{"id":"m${n}"},"rev":1,"at":1}` }))
  await account.conversations.commit(account.conversations.get(BOB)!, [], lookUps)
  expect(await actions.react(BOB, message, '👍', true)).toBe(true)
  expect(actionsOf(account, BOB)).toHaveLength(1)
  await clock.advance(10_000)
  expect(sent.slice(1)).toMatchObject([{ emoji: '👍' }])
  expect((await at(BOB, 0)).amended?.reactions).toHaveLength(1)
})

it('an action that the device cannot save is neither shown nor sent before it is saved', async () => {
  const { account, actions, sent, at, disk } = await setup()
  await account.own.send(BOB, text('one'))
  await eventually(() => expect(sent).toHaveLength(1))
  disk.failing = 'full'
  expect(await actions.react(BOB, await at(BOB, 0), '👍', true)).toBe(true)
  expect((await at(BOB, 0)).amended).toBeUndefined()
  disk.failing = undefined
  await account.conversations.commit(account.conversations.get(BOB)!)
  await eventually(() => expect(kinds(sent)).toEqual(['text', 'reaction']))
  expect((await at(BOB, 0)).amended?.reactions).toHaveLength(1)
})

it.each(['edit', 'recall'] as const)('an own %s that the device cannot save is taken all the same, and goes once it is saved', async (kind) => {
  const { account, actions, sent, at, disk } = await setup()
  await account.own.send(BOB, text('one'))
  await eventually(() => expect(sent).toHaveLength(1))
  const message = await at(BOB, 0)
  disk.failing = 'failed'
  expect(await (kind === 'edit' ? actions.edit(BOB, message, 'two') : actions.recall(BOB, message))).toBe(true)
  expect(actionsOf(account, BOB)).toHaveLength(1)
  disk.failing = undefined
  await account.conversations.commit(account.conversations.get(BOB)!)
  await eventually(() => expect(kinds(sent)).toEqual(['text', kind]))
})

it('other words of a waiting message that the device cannot save are taken all the same', async () => {
  const { account, actions, sent, service, at, disk } = await setup()
  service.online = false
  await account.own.send(BOB, text('one'))
  const message = await at(BOB, 0)
  disk.failing = 'failed'
  expect(await actions.edit(BOB, message, 'two')).toBe(true)
  disk.failing = undefined
  service.online = true
  account.own.loggedIn()
  await eventually(() => expect(sent.map((each) => each.text)).toEqual(['two']))
})

it('a change of a message whose conversation is deleted is not taken', async () => {
  const { disk, gates, history } = await heldHistory()
  const { account, actions, sent, at } = await setup({ history }, disk)
  await account.own.send(BOB, text('one'))
  await eventually(() => expect(sent).toHaveLength(1))
  await eventually(() => expect(account.conversations.get(BOB)?.pending).toEqual([]))
  const message = await at(BOB, 0)
  gates.hold()
  const reacted = actions.react(BOB, message, '👍', true)
  await gates.next()
  const removed = account.conversations.remove(BOB)
  disk.failing = 'failed'
  gates.releaseOne()
  expect(await reacted).toBe(false)
  gates.release()
  await expect(removed).rejects.toThrow()
})

it('a recall that arrives after its conversation was deleted leaves the messages of a new one', async () => {
  let arrive: (() => void) | undefined
  const sendToPeer: AccountPorts['sendToPeer'] = (_peer, wired) =>
    new Promise((resolve) => (wired.includes('"recall"') ? (arrive = () => resolve({ hasPeerReceived: true })) : resolve({ hasPeerReceived: true })))
  const { account, actions, at } = await setup({ sendToPeer })
  await account.own.send(BOB, text('one'))
  await eventually(() => expect(account.conversations.get(BOB)?.pending).toEqual([]))
  await actions.recall(BOB, await at(BOB, 0))
  await eventually(() => expect(arrive).toBeDefined())
  expect(await account.remove(BOB)).toBe(true)
  await account.own.send(BOB, text('a new beginning'))
  arrive?.()
  await account.own.stop()
  expect(await at(BOB, 0)).toMatchObject({ body: text('a new beginning') })
})

it('a message whose recall has arrived does not wait for its receipt any more', async () => {
  const { account, actions, service, at, sent } = await setup()
  service.received = false
  await account.own.send(BOB, text('one'))
  await eventually(() => expect(account.conversations.get(BOB)?.pending).toEqual([0]))
  await eventually(() => expect(sent).toHaveLength(1))
  service.received = true
  await actions.recall(BOB, await at(BOB, 0))
  account.own.peerSeen(BOB)
  await eventually(() => expect(actionsOf(account, BOB)).toEqual([]))
  expect(account.conversations.get(BOB)?.pending).toEqual([])
  expect(account.own.unsent).toBe(0)
})

it('a message that is written while the arrival of a recall is saved stays', async () => {
  const { account, actions, service, at, sent } = await setup()
  await account.own.send(TEAM, text('one'))
  await eventually(() => expect(sent).toHaveLength(1))
  service.online = false
  await actions.recall(TEAM, await at(TEAM, 0))
  const { log } = account.conversations
  const newest = log.newest.bind(log)
  let read: (() => void) | undefined
  vi.spyOn(log, 'newest').mockImplementation(async (id, seqs) => {
    if (sent.length > 1) await new Promise<void>((resolve) => (read = resolve))
    return newest(id, seqs)
  })
  service.online = true
  account.own.loggedIn()
  await eventually(() => expect(read).toBeDefined())
  await account.own.send(TEAM, text('two'))
  vi.restoreAllMocks()
  read?.()
  await eventually(() => expect(actionsOf(account, TEAM)).toEqual([]))
  expect(account.conversations.get(TEAM)).toMatchObject({ length: 2 })
  await eventually(() => expect(sent.map((each) => each.text)).toEqual(['one', undefined, 'two']))
})

it('messages that storage cannot read after a start go once it can, in order', async () => {
  const clock = new TestClock()
  setClock(clock)
  const first = await setup()
  first.service.online = false
  for (const words of ['one', 'two']) await first.account.own.send(BOB, text(words))
  first.disk.isUnreadable = (key) => key.startsWith(personKeys(PERSON).logs)
  const second = await first.restart()
  await clock.advance(10_000)
  expect(second.sent).toEqual([])
  second.disk.isUnreadable = () => false
  await clock.advance(10_000)
  expect(second.sent.map((each) => each.text)).toEqual(['one', 'two'])
  await clock.advance(60_000)
  expect(second.sent).toHaveLength(2)
  expect(second.account.conversations.get(BOB)?.pending).toEqual([])
})

it('messages that are deleted here leave the disk, stay known by their ids, and are not sent', async () => {
  const { account, actions, sent, service, at, disk } = await setup()
  await account.inbox.receive('peer', 'bob', 'bob', { text: '{"v":1,"id":"m1","kind":"text","text":"a secret"}' }, { serverReceivedTs: 1 })
  service.online = false
  await account.own.send(BOB, text('a second secret'))
  expect(await actions.deleteHere(BOB, [await at(BOB, 0), await at(BOB, 1)])).toBe(true)
  expect(JSON.stringify([[...disk.texts], [...disk.appended]])).not.toContain('secret"')
  await account.inbox.receive('peer', 'bob', 'bob', { text: '{"v":1,"id":"m1","kind":"text","text":"a secret"}' }, { serverReceivedTs: 1 })
  expect(account.conversations.get(BOB)).toMatchObject({ length: 2, pending: [], unread: 0 })
  service.online = true
  account.own.outbox.wakeAll('login')
  await account.own.send(BOB, text('three'))
  await eventually(() => expect(sent.map((each) => each.text)).toEqual(['three']))
})
