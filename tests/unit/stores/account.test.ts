import { describe, expect, it, vi } from 'vitest'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { encode } from '@/src/chat/message/envelope'
import { errorOfCode } from '@/src/rtm/error-name'
import { createStorage } from '@/src/storage/history/create-storage'
import type { KeyValue } from '@/src/storage/kv/key-value'
import { createMemoryKeyValue, MemoryDisk } from '../../support/memory-key-value'
import { StorageError } from '@/src/storage/port'
import { Account, type AccountPorts } from '@/src/stores/chat/account'
import { eventually, openAccount, openHistory, PERSON, SERVICE, textOf } from './doubles'

const HOSTILE = ['__proto__', 'constructor', '..', 'a:b', '100%', 'alice', 'Alice', 'alice ']

const rich = (id: string, text = `text of ${id}`) => ({ text: encode({ kind: 'message', id, body: { kind: 'text', text } }, 'rich') })
/** Server times of a minute ago, in ms after each other. */
const BEGAN = Date.now() - 60_000
const at = (ms: number) => ({ serverReceivedTs: BEGAN + ms })

async function log(disk: MemoryDisk, id: ConversationId) {
  return (await openHistory(disk)).messages(id, 0, 1_000)
}
const textsIn = async (disk: MemoryDisk, id: ConversationId) => (await log(disk, id)).map(textOf)

async function setup(ports: Partial<AccountPorts> = {}, disk = new MemoryDisk()) {
  return { disk, account: await openAccount(disk, ports) }
}

describe('an incoming message', () => {
  it('twice is one, with or without a restart of the app in between', async () => {
    const { disk, account } = await setup()
    await account.inbox.receive('peer', 'bob', 'bob', rich('m1'), at(10))
    await account.inbox.receive('peer', 'bob', 'bob', rich('m1'), at(20))
    await account.inbox.receive('peer', 'bob', 'bob', { text: 'plain' }, at(30))
    await account.inbox.receive('peer', 'bob', 'bob', { text: 'plain' }, at(30))
    account.close()
    const again = await openAccount(disk)
    await again.inbox.receive('peer', 'bob', 'bob', rich('m1'), at(40))
    await again.inbox.receive('peer', 'bob', 'bob', { text: 'plain' }, at(30))
    expect(await textsIn(disk, 'peer:bob')).toEqual(['text of m1', 'plain'])
    // The same text at another time is another message.
    await again.inbox.receive('peer', 'bob', 'bob', { text: 'plain' }, at(31))
    expect(again.conversations.get('peer:bob')).toMatchObject({ length: 3, unread: 3 })
  })

  it('twice at once is one', async () => {
    const { disk, account } = await setup()
    await Promise.all([1, 2, 3].map(() => account.inbox.receive('peer', 'bob', 'bob', rich('m1'), at(10))))
    expect(await textsIn(disk, 'peer:bob')).toHaveLength(1)
  })

  it('with an id that another user has used is a separate message', async () => {
    const { disk, account } = await setup()
    await account.start('channel', 'x')
    await account.inbox.receive('channel', 'x', 'bob', rich('m1', 'bob’s'), at(1))
    await account.inbox.receive('channel', 'x', 'carol', rich('m1', 'carol’s'), at(2))
    expect(await textsIn(disk, 'channel:x')).toEqual(['bob’s', 'carol’s'])
  })

  it('is in the order of arrival, whatever its time', async () => {
    const { disk, account } = await setup()
    await Promise.all([30, 10, 20].map((ts) => account.inbox.receive('peer', 'bob', 'bob', rich(`m${ts}`), at(ts))))
    expect(await textsIn(disk, 'peer:bob')).toEqual(['text of m30', 'text of m10', 'text of m20'])
  })

  it('is on the disk before it is acknowledged', async () => {
    const { disk, account } = await setup()
    await account.inbox.receive('peer', 'bob', 'bob', rich('m1'), at(1))
    expect(await textsIn(disk, 'peer:bob')).toEqual(['text of m1'])
  })

  it.each([
    ['text', { text: 'yes', effect: 'confetti', mentions: ['*'] }],
    ['media', { url: 'https://example.com/a.png', alt: '\u202e\ud800', ['__proto__']: { v: 2 } }],
    ['poll', { more: 'x'.repeat(32_000) }],
  ])('with fields that this version does not show is saved completely over a restart: %s', async (kind, fields) => {
    const { disk, account } = await setup()
    const raw = JSON.stringify({ v: 1, id: 'm1', kind, ...fields })
    expect(await account.inbox.receive('peer', 'bob', 'bob', { text: raw }, at(1))).toBe(true)
    await account.close()
    const [kept] = await log(disk, 'peer:bob')
    expect(kept).toMatchObject({ id: 'm1', body: kind === 'text' ? { kind, text: 'yes', raw } : { kind: 'unsupported', raw } })
  })

  it('with a text only takes no more room than its text', async () => {
    const { disk, account } = await setup()
    await account.inbox.receive('peer', 'bob', 'bob', rich('m1'), at(1))
    await account.inbox.receive('peer', 'bob', 'bob', { text: 'bare' }, at(2))
    const [wrapped, bare] = await log(disk, 'peer:bob')
    expect([wrapped?.body, bare?.body]).toEqual([{ kind: 'text', text: 'text of m1' }, { kind: 'text', text: 'bare' }])
  })

  it('of a control kind shows nothing', async () => {
    const { account } = await setup()
    for (const text of ['{"v":1,"id":"a","kind":"typing"}', '{"v":1,"id":"b","kind":"receipt","delivered":["x"]}', '{"v":9,"id":"c","kind":"z","quiet":true}']) {
      await account.inbox.receive('peer', 'bob', 'bob', { text }, at(1))
    }
    expect(account.conversations.order.value).toEqual([])
  })

  it('without a time, or with an impossible one, has the time of this device', async () => {
    const { disk, account } = await setup()
    const absurd = [Number.NaN, 0, -5, 1e300, Infinity, Date.UTC(9999, 0), BEGAN / 1_000]
    for (const ts of absurd) await account.inbox.receive('peer', 'bob', 'bob', rich(`m${ts}`), { serverReceivedTs: ts })
    const messages = await log(disk, 'peer:bob')
    expect(messages).toHaveLength(absurd.length)
    for (const message of messages) expect(Math.abs(message.at - Date.now())).toBeLessThan(60_000)
    expect(account.conversations.get('peer:bob')?.at).toBeLessThanOrEqual(Date.now())
  })

  it('while the user looks is read, and while the page is hidden is not', async () => {
    const { account } = await setup()
    await account.start('peer', 'bob')
    const thread = account.openThread('peer:bob')
    await account.inbox.receive('peer', 'bob', 'bob', rich('m1'), at(1))
    expect(account.conversations.unread.value).toBe(0)
    thread.visible = false
    await account.inbox.receive('peer', 'bob', 'bob', rich('m2'), at(2))
    expect(account.conversations.unread.value).toBe(1)
    await account.readMarks.markRead('peer:bob')
    expect(account.conversations.unread.value).toBe(0)
    account.closeThread(thread)
    await account.inbox.receive('peer', 'bob', 'bob', rich('m3'), at(3))
    expect(account.conversations.unread.value).toBe(1)
  })
})

describe('the read position of a conversation', () => {
  it.each([
    ['the messages that were read', 5],
    ['those that remain', 25],
  ])('is counted once, by %s, while messages keep arriving', async (_what, seen) => {
    const { account } = await setup()
    const come = (seq: number) => account.inbox.receive('peer', 'bob', 'bob', rich(`m${seq}`), at(seq))
    for (let seq = 0; seq < 30; seq++) await come(seq)
    const read = account.conversations.messages.bind(account.conversations)
    let reads = 0
    account.conversations.messages = async (...range) => {
      // Saving for every message would read this often.
      if (++reads <= 5) await come(29 + reads)
      return read(...range)
    }
    account.readMarks.readTo('peer:bob', seen)
    await account.close()
    expect(reads).toBe(1)
    expect(account.conversations.get('peer:bob')).toMatchObject({ length: 31, readTo: seen, unread: 31 - seen })
  })

  it('is saved for all callers, also for one that calls during the write', async () => {
    const { account } = await setup()
    for (let seq = 0; seq < 30; seq++) await account.inbox.receive('peer', 'bob', 'bob', rich(`m${seq}`), at(seq))
    const read = account.conversations.messages.bind(account.conversations)
    let goOn: (() => void) | undefined
    account.conversations.messages = async (...range) => {
      await new Promise<void>((resolve) => (goOn = resolve))
      return read(...range)
    }
    const readTo = () => account.conversations.get('peer:bob')?.readTo
    account.readMarks.readTo('peer:bob', 5)
    const asked = [account.readMarks.save('peer:bob'), account.readMarks.save('peer:bob')].map(async (kept) => {
      await kept
      return readTo()
    })
    const endRead = await vi.waitUntil(() => goOn)
    endRead()
    expect(await Promise.all(asked)).toEqual([5, 5])
  })

  it('is reset in a conversation that was deleted during the count, and created again', async () => {
    const { account } = await setup()
    for (let seq = 0; seq < 3; seq++) await account.inbox.receive('peer', 'bob', 'bob', rich(`m${seq}`), at(seq))
    const read = account.conversations.messages.bind(account.conversations)
    account.conversations.messages = async (...range) => {
      const messages = await read(...range)
      account.conversations.messages = read
      await account.remove('peer:bob')
      await account.inbox.receive('peer', 'bob', 'bob', rich('new'), at(9))
      return messages
    }
    account.readMarks.readTo('peer:bob', 2)
    await account.readMarks.save('peer:bob')
    expect(account.conversations.get('peer:bob')).toMatchObject({ length: 1, readTo: 0, unread: 1 })
  })
})

it('tells users with strange or similar ids apart, on the disk too', async () => {
  const { disk, account } = await setup()
  for (const uid of HOSTILE) {
    await account.inbox.receive('peer', uid, uid, rich('m1', `from ${uid}`), at(1))
    await account.start('channel', uid)
    await account.inbox.receive('channel', uid, uid, rich('m1', `in ${uid}`), at(1))
    await account.own.send(`peer:${uid}`, { kind: 'text', text: `to ${uid}` })
  }
  const again = await openAccount(disk)
  expect(again.conversations.order.value).toHaveLength(HOSTILE.length * 2)
  for (const uid of HOSTILE) {
    expect(await textsIn(disk, `peer:${uid}`)).toEqual([`from ${uid}`, `to ${uid}`])
    expect(await textsIn(disk, `channel:${uid}`)).toEqual([`in ${uid}`])
  }
  await again.remove('peer:alice')
  expect(await textsIn(disk, 'peer:Alice')).toHaveLength(2)
  expect(await textsIn(disk, 'peer:alice')).toEqual([])
})

describe('an open thread', () => {
  it('drops messages that are cleared, or trimmed by the limits', async () => {
    const { account } = await setup()
    for (let seq = 0; seq < 450; seq++) await account.inbox.receive('peer', 'bob', 'bob', rich(`m${seq}`), at(seq))
    await account.readMarks.markRead('peer:bob')
    const thread = account.openThread('peer:bob', 0)
    await thread.load()
    expect(thread.message(0)).toBeDefined()
    await account.conversations.setLimits({ messagesPerConversation: 200, bytes: 100_000_000 })
    await eventually(() => expect(thread.message(250)).toBeDefined())
    expect(thread.message(0)).toBeUndefined()
    expect(thread.window.value).toMatchObject({ hasOlder: false, empty: false })
    await account.clear(['peer:bob'])
    expect(thread.window.value).toMatchObject({ empty: true, chunks: [] })
  })
})

describe('an own message', () => {
  it('is on the disk before it is sent', async () => {
    const disk = new MemoryDisk()
    const found: string[][] = []
    const { account } = await setup({ sendToPeer: async () => (found.push(await textsIn(disk, 'peer:bob')), { hasPeerReceived: true }) }, disk)
    await account.own.send('peer:bob', { kind: 'text', text: 'hello' })
    await eventually(() => expect(found).toEqual([['hello']]))
    await eventually(async () => expect((await log(disk, 'peer:bob'))[0]?.status).toBe('delivered'))
    expect(account.conversations.get('peer:bob')?.pending).toEqual([])
  })

  it('that was not sent is sent after a restart, in its order', async () => {
    const { disk, account } = await setup({ ready: () => false })
    for (const text of ['one', 'two', 'three']) await account.own.send('peer:bob', { kind: 'text', text })
    expect(account.conversations.get('peer:bob')?.pending).toEqual([0, 1, 2])
    account.close()
    const sent: string[] = []
    const again = await openAccount(disk, { sendToPeer: async (_peer, text) => (sent.push(JSON.parse(text).text), { hasPeerReceived: true }) })
    await eventually(() => expect(sent).toEqual(['one', 'two', 'three']))
    await eventually(() => expect(again.conversations.get('peer:bob')?.pending).toEqual([]))
  })

  it('that failed keeps its id and its place in a retry', async () => {
    let isRefused = true
    const sent: string[] = []
    const { disk, account } = await setup({
      sendToPeer: async (_peer, text) => {
        if (isRefused) throw errorOfCode('peerMessage', 7, 'refused')
        sent.push(JSON.parse(text).id)
        return { hasPeerReceived: true }
      },
    })
    await account.own.send('peer:bob', { kind: 'text', text: 'hello' })
    await eventually(async () => expect((await log(disk, 'peer:bob'))[0]).toMatchObject({ status: 'failed', failure: { reason: 'invalid-message', code: 7 } }))
    expect(account.conversations.get('peer:bob')).toMatchObject({ pending: [], preview: { status: 'failed' } })
    const [failed] = await log(disk, 'peer:bob')
    isRefused = false
    await account.own.retry('peer:bob', failed!)
    await account.own.retry('peer:bob', { ...failed!, status: 'delivered' })
    await eventually(async () => expect((await log(disk, 'peer:bob'))[0]).toEqual({ ...failed, status: 'delivered', failure: undefined }))
    expect(sent).toEqual([failed!.id])
  })

  it('that is being sent does not bring back a conversation that is deleted by then', async () => {
    let finish: () => void = () => undefined
    const { disk, account } = await setup({ sendToPeer: () => new Promise((resolve) => (finish = () => resolve({ hasPeerReceived: true }))) })
    await account.own.send('peer:bob', { kind: 'text', text: 'hello' })
    const removed = account.remove('peer:bob')
    finish()
    await removed
    // Writes are in order: when this is saved, so is the result of the first message.
    await account.own.send('peer:carol', { kind: 'text', text: 'later' })
    await eventually(async () => expect(await log(disk, 'peer:carol')).toHaveLength(1))
    expect(account.conversations.order.value).toEqual(['peer:carol'])
    expect((await openAccount(disk)).conversations.order.value).toEqual(['peer:carol'])
    expect(await log(disk, 'peer:bob')).toEqual([])
  })
})

describe('a deleted conversation', () => {
  it('begins again without any seen messages', async () => {
    const { disk, account } = await setup()
    await account.inbox.receive('peer', 'bob', 'bob', rich('m1'), at(1))
    await account.remove('peer:bob')
    await account.inbox.receive('peer', 'bob', 'bob', rich('m1'), at(1))
    expect(await textsIn(disk, 'peer:bob')).toEqual(['text of m1'])
    expect(account.conversations.get('peer:bob')).toMatchObject({ length: 1, unread: 1 })
  })
})

describe('joins and leaves of members', () => {
  const lines = async (disk: MemoryDisk) => (await log(disk, 'channel:x')).map(({ body }) => (body.kind === 'notice' ? `+${body.joined} -${body.left}` : textOf({ body } as never)))

  async function channel() {
    const { disk, account } = await setup()
    await account.start('channel', 'x')
    return { disk, account }
  }
  const notices = (account: Account, ...events: string[]) => Promise.all(events.map((event) => account.membership.record('x', event.startsWith('+') ? 'joined' : 'left', event.slice(1))))

  it('at the same time are in one line, none of them lost', async () => {
    const { disk, account } = await channel()
    await notices(account, '+a', '+b', '-a')
    expect(await lines(disk)).toEqual(['+b -a'])
    expect(account.conversations.get('channel:x')).toMatchObject({ length: 1, unread: 0 })
  })

  it('after a message are in a line of their own', async () => {
    const { disk, account } = await channel()
    await notices(account, '+a')
    await account.inbox.receive('channel', 'x', 'a', rich('m1', 'hi'), at(Date.now()))
    await notices(account, '-a')
    expect(await lines(disk)).toEqual(['+a -', 'hi', '+ -a'])
    expect(account.conversations.get('channel:x')?.preview).toMatchObject({ text: 'hi' })
  })

  it('while messages arrive are put between them, and replace none', async () => {
    const { disk, account } = await channel()
    await Promise.all([notices(account, '+a', '+b'), account.inbox.receive('channel', 'x', 'a', rich('m1'), at(1)), account.own.send('channel:x', { kind: 'text', text: 'mine' }), notices(account, '-a')])
    const all = await log(disk, 'channel:x')
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_, i) => i))
    expect(all.filter(({ body }) => body.kind === 'text').map(textOf).sort()).toEqual(['mine', 'text of m1'])
    expect(account.conversations.get('channel:x')?.length).toBe(all.length)
  })

  it('in a channel that is not in the list are ignored', async () => {
    const { account } = await setup()
    await account.membership.record('y', 'joined', 'a')
    expect(account.conversations.order.value).toEqual([])
  })
})

it('wants the channels that were not left, newest first', async () => {
  const { disk, account } = await setup()
  for (const [i, name] of ['a', 'b', '__proto__'].entries()) {
    await account.start('channel', name)
    await account.inbox.receive('channel', name, 'bob', rich(`m${i}`), at(1_000 + i))
  }
  await account.setLeft('channel:b', true)
  expect((await openAccount(disk)).wantedChannels()).toEqual(['__proto__', 'a'])
  await account.start('channel', 'b')
  expect(account.wantedChannels()).toEqual(['__proto__', 'b', 'a'])
})

it('saves a flood of 1,000 messages in a few commits, each before its acknowledgement, while the user writes in between', async () => {
  const disk = new MemoryDisk()
  const kv = createMemoryKeyValue(disk)
  let commits = 0
  let reads = 0
  const counting: KeyValue = { ...kv, list: (key) => (reads++, kv.list(key)), commit: (writes, owner) => (commits++, kv.commit(writes, owner)) }
  const history = await createStorage(counting, () => 'one').openHistory(PERSON)
  const account = await openAccount(disk, { history })
  await account.start('peer', 'bob')
  await account.start('channel', 'general')
  commits = reads = 0
  const flood = Array.from({ length: 1_000 }, (_, n) => {
    const from = n % 3 ? 'bob' : 'carol'
    return n % 2 ? account.inbox.receive('peer', 'bob', 'bob', rich(`m${n}`), at(n + 1)) : account.inbox.receive('channel', 'general', from, rich(`m${n}`), at(n + 1))
  })
  const own = account.own.send('peer:bob', { kind: 'text', text: 'in between' })
  expect(new Set(await Promise.all(flood))).toEqual(new Set([true]))
  await own
  expect(commits).toBeLessThan(60)
  expect(reads).toBeLessThan(60)
  expect(await (await openHistory(disk)).messages('peer:bob', 0, 2_000)).toHaveLength(501)
  expect((await textsIn(disk, 'channel:general')).filter((text) => text.startsWith('text of'))).toEqual(Array.from({ length: 500 }, (_, n) => `text of m${n * 2}`))
})

describe('a failing storage', () => {
  it('acknowledges only saved messages, and saves the others when it works again', async () => {
    const { disk, account } = await setup()
    await account.start('peer', 'bob')
    disk.failing = 'full'
    expect(await account.inbox.receive('peer', 'bob', 'bob', rich('m1', 'one'), at(1))).toBe(false)
    expect(account.conversations.problem.value).toBe('full')
    expect(account.conversations.get('peer:bob')?.length).toBe(1)
    // The service delivers it again, and the disk still fails.
    expect(await account.inbox.receive('peer', 'bob', 'bob', rich('m1', 'one'), at(1))).toBe(false)
    disk.failing = undefined
    expect(await account.inbox.receive('peer', 'bob', 'bob', rich('m1', 'one'), at(1))).toBe(true)
    expect(account.conversations.problem.value).toBeNull()
    expect(await account.inbox.receive('peer', 'bob', 'bob', rich('m2', 'two'), at(2))).toBe(true)
    expect(await textsIn(disk, 'peer:bob')).toEqual(['one', 'two'])
  })

  it('leaves no gap: the next write includes the unsaved messages', async () => {
    const { disk, account } = await setup()
    await account.start('peer', 'bob')
    disk.failing = 'full'
    await account.inbox.receive('peer', 'bob', 'bob', rich('m1', 'one'), at(1))
    await account.conversations.drafts.save('peer:carol', 'a draft')
    disk.failing = undefined
    await account.conversations.drafts.save('peer:carol', 'a draft')
    expect(account.conversations.problem.value).toBe('full')
    await account.inbox.receive('peer', 'carol', 'carol', rich('m2', 'two'), at(2))
    expect(account.conversations.problem.value).toBeNull()
    expect(await textsIn(disk, 'peer:bob')).toEqual(['one'])
  })
})

it('shows the list a draft that the row of its conversation lacks', async () => {
  const { disk, account } = await setup()
  await account.start('peer', 'bob')
  await account.close()
  // As an earlier version left it.
  const history = await openHistory(disk)
  await history.saveDraft('peer:bob', 'typed')
  const { account: again } = await setup({}, disk)
  expect(await again.conversations.drafts.read('peer:bob')).toBe('typed')
  await eventually(() => expect(again.conversations.ref('peer:bob')?.value.draft).toBe('typed'))
})

it('does not bring back a deleted channel when a message still arrives from it', async () => {
  const { account } = await setup()
  await account.start('channel', 'general')
  await account.remove('channel:general')
  expect(await account.inbox.receive('channel', 'general', 'bob', rich('m1', 'late'), at(1))).toBe(true)
  expect(account.conversations.order.value).toEqual([])
})

describe('a message that a sender repeats', () => {
  const repeated = (id: string) => ({ text: encode({ kind: 'message', id, body: { kind: 'text', text: `text of ${id}` }, again: true }, 'rich') })

  it('is recognised after any number of later ones, also after a restart, and overtakes nothing', async () => {
    const { disk, account } = await setup()
    for (let n = 0; n < 600; n++) await account.inbox.receive('peer', 'bob', 'bob', rich(`m${n}`), at(0))
    account.close()
    const again = await openAccount(disk)
    await Promise.all([
      again.inbox.receive('peer', 'bob', 'bob', repeated('m3'), at(0)),
      again.inbox.receive('peer', 'bob', 'bob', repeated('new'), at(0)),
      again.inbox.receive('peer', 'bob', 'bob', rich('later'), at(0)),
      again.inbox.receive('peer', 'bob', 'bob', repeated('later'), at(0)),
    ])
    expect(again.conversations.get('peer:bob')?.length).toBe(602)
    expect((await textsIn(disk, 'peer:bob')).slice(-2)).toEqual(['text of new', 'text of later'])
  })

  it('is new if only another sender has used its id', async () => {
    const { disk, account } = await setup()
    await account.start('channel', 'x')
    await account.inbox.receive('channel', 'x', 'bob', rich('m1'), at(1))
    await account.inbox.receive('channel', 'x', 'carol', repeated('m1'), at(1))
    expect(await textsIn(disk, 'channel:x')).toHaveLength(2)
  })
})

describe('an own message', () => {
  const failing = { sendToPeer: async () => Promise.reject(errorOfCode('peerMessage', 6, 'no such user')) }
  const all = async (disk: MemoryDisk, id: ConversationId) => (await log(disk, id)).map(({ status, failure }) => (failure ? `${status} ${failure.reason}` : status))

  it('that waits can be cancelled and keeps its text, also on the disk, and is sent again with its id', async () => {
    let isReady = false
    const sent: string[] = []
    const { disk, account } = await setup({
      ready: () => isReady,
      sendToPeer: async (_peer, text) => {
        sent.push(text)
        return { hasPeerReceived: true }
      },
    })
    await account.own.send('peer:bob', { kind: 'text', text: 'one' })
    await account.own.send('peer:bob', { kind: 'text', text: 'two' })
    const [first] = await log(disk, 'peer:bob')
    expect(account.own.isWaiting('peer:bob', first!)).toBe(true)
    expect(await account.own.cancel('peer:bob', first!)).toBe(true)
    expect(await all(disk, 'peer:bob')).toEqual(['failed cancelled', 'queued'])
    expect(account.conversations.get('peer:bob')?.pending).toEqual([1])
    isReady = true
    account.own.outbox.wakeAll('login')
    await eventually(async () => expect(await all(disk, 'peer:bob')).toEqual(['failed cancelled', 'delivered']))
    expect(await account.own.cancel('peer:bob', (await log(disk, 'peer:bob'))[1]!)).toBe(false)
    await account.own.retry('peer:bob', (await log(disk, 'peer:bob'))[0]!)
    await eventually(async () => expect(await all(disk, 'peer:bob')).toEqual(['delivered', 'delivered']))
    expect(sent.map((text) => JSON.parse(text).text)).toEqual(['two', 'one'])
    expect(JSON.parse(sent[1]!).id).toBe(first!.id)
  })

  it('that failed is sent again with all others that failed, in their order, but not cancelled ones', async () => {
    const disk = new MemoryDisk()
    let isReady = true
    const { account } = await setup({ ...failing, ready: () => isReady }, disk)
    for (const words of ['one', 'two', 'three']) await account.own.send('peer:bob', { kind: 'text', text: words })
    await eventually(async () => expect(await all(disk, 'peer:bob')).toEqual(['failed invalid-user', 'failed invalid-user', 'failed invalid-user']))
    isReady = false
    await account.own.send('peer:bob', { kind: 'text', text: 'four' })
    await account.own.cancel('peer:bob', (await log(disk, 'peer:bob'))[3]!)
    await account.close()
    const sent: string[] = []
    const again = await openAccount(disk, {
      sendToPeer: async (_peer, text) => {
        sent.push(JSON.parse(text).text)
        return { hasPeerReceived: true }
      },
    })
    await again.own.retryAll('peer:bob')
    await eventually(async () => expect(await all(disk, 'peer:bob')).toEqual(['delivered', 'delivered', 'delivered', 'failed cancelled']))
    expect(sent).toEqual(['one', 'two', 'three'])
  })

  it('to a channel fails if the join is rejected for good, and waits if it may still work', async () => {
    const { disk, account } = await setup({ ready: () => false, rejoining: () => true })
    await account.start('channel', 'x')
    await account.own.send('channel:x', { kind: 'text', text: 'hello' })
    await account.own.joinFailed('x', errorOfCode('join', 7, 'refused'))
    expect(await all(disk, 'channel:x')).toEqual(['queued'])
    await account.own.joinFailed('x', errorOfCode('join', 2, 'refused'))
    expect(await log(disk, 'channel:x')).toMatchObject([{ status: 'failed', failure: { reason: 'refused', operation: 'join', code: 2 }, body: { text: 'hello' } }])
    expect(account.conversations.get('channel:x')?.pending).toEqual([])
  })
})

describe('a message that was cleared', () => {
  async function failed(code: number) {
    const { disk, account } = await setup({ sendToPeer: () => Promise.reject(errorOfCode('peerMessage', code, 'refused')) })
    await account.own.send('peer:bob', { kind: 'text', text: 'gone' })
    await eventually(async () => expect((await log(disk, 'peer:bob'))[0]?.status).toBe('failed'))
    const [message] = await log(disk, 'peer:bob')
    return { disk, account, message: message! }
  }

  it('is not sent again by a row that still shows it', async () => {
    const { disk, account, message } = await failed(7)
    expect(await account.clear(['peer:bob'])).toBe(true)
    await account.own.retry('peer:bob', message)
    expect(account.conversations.get('peer:bob')).toMatchObject({ start: 1, length: 1, pending: [] })
    expect(await log(disk, 'peer:bob')).toEqual([])
  })
})

describe('before there is a client', () => {
  it('saves what may wait, deletes and clears, and an unreadable page blocks no login', async () => {
    const disk = new MemoryDisk()
    const before = await openAccount(disk, { ready: () => false })
    const [bob, eve] = [await before.start('peer', 'bob'), await before.start('peer', 'eve')]
    await before.own.send(bob, { kind: 'text', text: 'to bob' })
    await before.own.send(eve, { kind: 'text', text: 'to eve' })
    await before.close()

    const history = await openHistory(disk)
    const messages = vi.spyOn(history, 'messages').mockRejectedValue(new StorageError('failed', 'not now'))
    const account = new Account({
      ...SERVICE,
      history,
      get capabilities(): never {
        throw new Error('there is no backend yet')
      },
    })
    account.open()
    expect(account.own.unsent).toBe(2)
    await account.load()
    expect(account.conversations.get(bob)?.pending).toEqual([0])
    messages.mockRestore()
    expect(await account.remove(bob)).toBe(true)
    expect(await account.clear([eve])).toBe(true)
    await account.close()
  })
})
