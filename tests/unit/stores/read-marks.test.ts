/** Read marks between two accounts: each is the other's service. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { setClock, systemClock } from '@/src/chat/time/clock'
import type { Conversation, ConversationId } from '@/src/chat/conversation/conversation'
import { createConversation } from '@/src/chat/conversation/order'
import { decode } from '@/src/chat/message/envelope'
import type { MessageStatus } from '@/src/chat/message/message'
import { createStorage } from '@/src/storage/history/create-storage'
import { createMemoryKeyValue, MemoryDisk } from '../../support/memory-key-value'
import { TestClock } from '../../support/test-clock'
import { Account, type AccountPorts } from '@/src/stores/chat/account'
import { ReadMarks } from '@/src/stores/chat/conversations/read-marks'
import { SERVICE, text as unread } from './doubles'

const ALICE: ConversationId = 'peer:alice'
const BOB: ConversationId = 'peer:bob'
const now = () => ({ serverReceivedTs: Date.now() })
const text = (words: string) => ({ kind: 'text', text: words }) as const

let clock: TestClock
beforeEach(() => {
  clock = new TestClock(Date.now())
  setClock(clock)
})
afterEach(() => setClock(systemClock))

/** A user on a device, whose messages go straight to another one's. */
class Device {
  account!: Account
  readonly disk = new MemoryDisk()
  /** What it sent: the ids of each receipt's `read`, and whether the service was to keep it. */
  readonly receipts: { read: readonly string[]; keep: boolean }[] = []
  /** Its writes wait for this. */
  held: Promise<void> = Promise.resolve()
  isOnline = true
  isOn = true
  /** What the other's device says to a message. Undefined: what it really does. */
  answers: boolean | undefined
  other!: Device

  constructor(
    readonly uid: string,
    private readonly more: Partial<AccountPorts> = {},
  ) {}

  async start(): Promise<void> {
    await this.account?.close()
    const kv = createMemoryKeyValue(this.disk)
    const slow: typeof kv = { ...kv, commit: async (writes, owner) => (await this.held, kv.commit(writes, owner)) }
    const history = await createStorage(slow, () => 'one').openHistory({ appId: '0'.repeat(32), uid: this.uid })
    this.account = new Account({
      ...SERVICE,
      uid: this.uid,
      history,
      ready: () => this.isOnline,
      isPeerOnline: () => this.other.isOnline,
      marksRead: () => this.isOn,
      sendToPeer: (_peer, words, keep) => this.send(words, keep),
      ...this.more,
    })
    await this.account.load()
  }

  private async send(words: string, keep: boolean): Promise<{ hasPeerReceived: boolean }> {
    const envelope = decode(words)
    if (envelope.kind === 'receipt') this.receipts.push({ read: envelope.read, keep })
    if (!this.other.isOnline) return { hasPeerReceived: false }
    if (this.other.answers !== undefined) return { hasPeerReceived: this.other.answers }
    return { hasPeerReceived: await this.other.hears(words) }
  }

  hears(words: string): Promise<boolean> {
    return this.account.inbox.receive('peer', this.other.uid, this.other.uid, { text: words }, now())
  }

  get others(): ConversationId {
    return `peer:${this.other.uid}`
  }

  async says(...words: string[]): Promise<void> {
    for (const each of words) await clock.advanceUntil(this.account.own.send(this.others, text(each)), 10)
    // More of them than RTM's rate allows take their time.
    await clock.advance(words.length > 100 ? 30_000 : 0)
  }

  async statuses(): Promise<MessageStatus[]> {
    const length = this.account.conversations.get(this.others)?.length ?? 0
    return (await this.account.conversations.messages(this.others, 0, length)).filter(({ from }) => from === this.uid).map(({ status }) => status)
  }

  get unmarked(): number | undefined {
    return this.account.conversations.get(this.others)?.markFrom
  }

  reads(): Promise<void> {
    return this.account.readMarks.markRead(this.others)
  }
}

async function pair(ofAlice: Partial<AccountPorts> = {}, ofBob: Partial<AccountPorts> = {}): Promise<[Device, Device]> {
  const [alice, bob] = [new Device('alice', ofAlice), new Device('bob', ofBob)]
  alice.other = bob
  bob.other = alice
  await alice.start()
  await bob.start()
  return [alice, bob]
}

describe('a message that its peer reads', () => {
  it('is read for its author, after a delivery, and over restarts', async () => {
    const [alice, bob] = await pair()
    await alice.says('one', 'two')
    expect(await alice.statuses()).toEqual(['delivered', 'delivered'])
    await bob.reads()
    await clock.advance(1_000)
    expect(await alice.statuses()).toEqual(['read', 'read'])
    expect(bob.unmarked).toBeUndefined()
    await alice.start()
    await bob.start()
    bob.account.own.loggedIn()
    await clock.advance(60_000)
    expect(await alice.statuses()).toEqual(['read', 'read'])
    expect(bob.receipts).toHaveLength(1)
  })

  it('is named as soon as it comes if its thread is open at the end, and not while the user looks elsewhere', async () => {
    const [alice, bob] = await pair()
    await alice.says('one')
    const thread = bob.account.openThread(ALICE, undefined)
    await thread.load()
    thread.setAtEnd(true)
    await alice.says('two')
    await clock.advance(1_000)
    expect(await alice.statuses()).toEqual(['read', 'read'])
    thread.isAttended = false
    await alice.says('three')
    await clock.advance(60_000)
    expect(await alice.statuses()).toEqual(['read', 'read', 'delivered'])
  })

  it('is named up to the last one that was on the screen', async () => {
    const [alice, bob] = await pair()
    await alice.says('one', 'two', 'three')
    bob.account.readMarks.readTo(ALICE, 2)
    await clock.advance(5_000)
    expect(await alice.statuses()).toEqual(['read', 'read', 'delivered'])
  })
})

describe('read marks', () => {
  it('go in receipts of at most 200 ids, and never ask the service to keep them', async () => {
    const [alice, bob] = await pair()
    await alice.says(...Array.from({ length: 450 }, (_, n) => `text ${n}`))
    await bob.reads()
    await clock.advance(1_000)
    expect(bob.receipts.map(({ read, keep }) => [read.length, keep])).toEqual([
      [200, false],
      [200, false],
      [50, false],
    ])
    expect(new Set(await alice.statuses())).toEqual(new Set(['read']))
  })

  it('wait for a peer who is away, also over a restart, and go at the next sign of them', async () => {
    const [alice, bob] = await pair()
    await alice.says('one', 'two')
    alice.isOnline = false
    await bob.reads()
    await clock.advance(600_000)
    expect(bob.receipts).toHaveLength(1)
    expect(bob.unmarked).toBe(0)
    await bob.start()
    expect(bob.unmarked).toBe(0)
    alice.isOnline = true
    await alice.says('three')
    await clock.advance(1_000)
    expect(bob.receipts.at(-1)?.read).toHaveLength(2)
    expect(await alice.statuses()).toEqual(['read', 'read', 'delivered'])
    await bob.start()
    expect(bob.unmarked).toBeUndefined()
  })

  it('go again after a new login', async () => {
    const [alice, bob] = await pair()
    await alice.says('one')
    bob.isOnline = false
    await bob.reads()
    await clock.advance(60_000)
    expect(bob.receipts).toEqual([])
    bob.isOnline = true
    bob.account.own.loggedIn()
    await clock.advance(1_000)
    expect(await alice.statuses()).toEqual(['read'])
  })

  it('that the peer could not save go again', async () => {
    const [alice, bob] = await pair()
    await alice.says('one')
    alice.disk.failing = 'failed'
    await bob.reads()
    await clock.advance(1_000)
    expect([bob.receipts.length, bob.unmarked]).toEqual([1, 0])
    alice.disk.failing = undefined
    bob.account.own.peerSeen(ALICE)
    await clock.advance(1_000)
    expect(bob.unmarked).toBeUndefined()
    await alice.start()
    expect(await alice.statuses()).toEqual(['read'])
  })

  it('name a message that was still being written once it is saved', async () => {
    const [alice, bob] = await pair()
    await alice.says('one')
    const thread = bob.account.openThread(ALICE, undefined)
    await thread.load()
    thread.setAtEnd(true)
    await bob.reads()
    let release = () => {}
    bob.held = new Promise((resolve) => (release = resolve))
    const second = alice.account.own.send(BOB, text('two'))
    await clock.advance(1_000)
    release()
    await clock.advanceUntil(second, 10)
    await clock.advance(3_000)
    expect(await alice.statuses()).toEqual(['read', 'read'])
    expect(bob.unmarked).toBeUndefined()
  })

  it('are remembered for the newest 1,000 messages', async () => {
    const [alice, bob] = await pair()
    await alice.says(...Array.from({ length: 1_003 }, (_, n) => `text ${n}`))
    await bob.reads()
    await clock.advance(1_000)
    const statuses = await alice.statuses()
    expect(statuses.slice(0, 4)).toEqual(['delivered', 'delivered', 'delivered', 'read'])
    expect(bob.receipts.flatMap(({ read }) => read)).toHaveLength(1_000)
    expect(bob.unmarked).toBeUndefined()
  })

  it('name neither own messages, nor those that came without an id, nor what was cleared', async () => {
    const [alice, bob] = await pair()
    await alice.says('one')
    await bob.account.clear([ALICE])
    await bob.reads()
    await bob.says('mine')
    await bob.hears('bare')
    await alice.says('two')
    await bob.reads()
    await clock.advance(1_000)
    expect(bob.receipts.flatMap(({ read }) => read)).toHaveLength(1)
    expect(await alice.statuses()).toEqual(['delivered', 'read'])
    await bob.start()
    await bob.hears('bare again')
    await bob.reads()
    await clock.advance(1_000)
    expect(bob.receipts).toHaveLength(1)
    expect(bob.unmarked).toBeUndefined()
  })

  it('pass over ids that are unknown or not of this conversation, and take no status back', async () => {
    const [alice] = await pair()
    await alice.says('one')
    await alice.account.start('peer', 'carol')
    const [{ id } = { id: '' }] = await alice.account.conversations.messages(BOB, 0, 1)
    const receipt = (from: string, more: object) => alice.account.inbox.receive('peer', from, from, { text: JSON.stringify({ v: 1, id: 'r', kind: 'receipt', ...more }) }, now())
    expect(await receipt('carol', { read: [id] })).toBe(true)
    expect(await receipt('bob', { read: ['unknown', 5, null, 'x y', id] })).toBe(true)
    expect(await receipt('bob', { delivered: [id] })).toBe(true)
    expect(await receipt('bob', { read: 'all' })).toBe(true)
    expect(await alice.statuses()).toEqual(['read'])
  })

  it('are neither sent nor remembered in a channel and in plain mode', async () => {
    const [alice, bob] = await pair({}, { wire: 'plain' })
    await alice.says('one')
    await bob.reads()
    await bob.account.start('channel', 'x')
    await bob.account.inbox.receive('channel', 'x', 'alice', { text: 'in a channel' }, now())
    await bob.account.readMarks.markRead('channel:x')
    await clock.advance(60_000)
    expect([bob.receipts, bob.unmarked, bob.account.conversations.get('channel:x')?.markFrom]).toEqual([[], undefined, undefined])
  })
})

describe('without read marks by the setting', () => {
  it('none are sent or remembered, also not of what was read before', async () => {
    const [alice, bob] = await pair()
    await alice.says('one')
    alice.isOnline = false
    await bob.reads()
    bob.isOn = false
    bob.account.own.reads.forget()
    expect(bob.unmarked).toBeUndefined()
    alice.isOnline = true
    await alice.says('two')
    await bob.reads()
    bob.isOn = true
    await alice.says('three')
    bob.account.own.loggedIn()
    await clock.advance(60_000)
    expect(bob.receipts).toEqual([])
    expect(await alice.statuses()).toEqual(['delivered', 'delivered', 'delivered'])
  })

  it('those of the peer count as deliveries', async () => {
    const [alice, bob] = await pair({ capabilities: { ...SERVICE.capabilities, peerAcknowledgement: 'delivered' } })
    alice.isOn = false
    await alice.says('one')
    const pending = () => alice.account.conversations.get(BOB)?.pending
    expect(pending()).toEqual([0])
    await bob.reads()
    await clock.advance(1_000)
    expect([await alice.statuses(), pending()]).toEqual([['delivered'], []])
    alice.isOn = true
    await alice.start()
    expect(await alice.statuses()).toEqual(['delivered'])
  })
})

it('the unread count is never below zero, whatever is recalled while it is counted', async () => {
  const before = { ...createConversation(ALICE, 1), length: 3, unread: 3 }
  let current: Conversation = before
  const conversations = {
    get: () => current,
    async messages() {
      // The authors recall the first two.
      current = { ...before, unread: 1 }
      return [unread(2)]
    },
    commit: async (conversation: Conversation) => ((current = conversation), true),
  }
  const marks = new ReadMarks(conversations, { reads: { marked: (_before, read) => read, wake: () => undefined } })
  marks.readTo(ALICE, 2)
  await marks.save(ALICE)
  expect(current).toMatchObject({ readTo: 2, unread: 0 })
})
