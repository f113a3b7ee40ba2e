/** Typing: how often a key sends, and how long a peer shows as typing. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { setClock, systemClock } from '@/src/chat/time/clock'
import { encode } from '@/src/chat/message/envelope'
import { SEND_RATE } from '@/src/chat/rtm-limits'
import { errorOfCode } from '@/src/rtm/error-name'
import type { AccountPorts } from '@/src/stores/chat/account'
import { MemoryDisk } from '../../support/memory-key-value'
import { TestClock } from '../../support/test-clock'
import { openAccount } from './doubles'

let clock: TestClock
beforeEach(() => {
  clock = new TestClock(Date.now())
  setClock(clock)
})
afterEach(() => setClock(systemClock))

const now = () => ({ serverReceivedTs: Date.now() })
const TYPING = { text: '{"v":1,"id":"t1","kind":"typing","quiet":true}' }
const words = (id: string) => ({ text: encode({ kind: 'message', id, body: { kind: 'text', text: 'hello' } }, 'rich') })

async function setup(ports: Partial<AccountPorts> = {}) {
  const sent: { text: string; keep: boolean }[] = []
  const disk = new MemoryDisk()
  const account = await openAccount(disk, {
    isPeerOnline: () => true,
    sendToPeer: async (_peer, text, keep) => {
      sent.push({ text, keep })
      return { hasPeerReceived: true }
    },
    ...ports,
  })
  await account.start('peer', 'bob')
  return { account, sent, disk }
}

describe('a key', () => {
  it('is an envelope that older clients do not show, and that no service keeps', async () => {
    const { account, sent } = await setup()
    account.typing.typed('peer:bob')
    expect(sent).toHaveLength(1)
    expect(sent[0]?.keep).toBe(false)
    expect(JSON.parse(sent[0]?.text ?? '')).toEqual({ v: 1, id: expect.stringMatching(/^[\w-]{21}$/) as string, kind: 'typing', quiet: true })
  })

  it('sends at most once in 3 s, and nothing once keys are no longer pressed', async () => {
    const { account, sent } = await setup()
    for (let ms = 0; ms <= 6_000; ms += 100) {
      account.typing.typed('peer:bob')
      await clock.advance(100)
    }
    expect(sent).toHaveLength(3)
    await clock.advance(60_000)
    expect(sent).toHaveLength(3)
  })

  it.each([
    ['in a channel', 'channel:x', {}],
    ['to a peer who is not known to be online', 'peer:bob', { isPeerOnline: () => false }],
    ['without a connection', 'peer:bob', { ready: () => false }],
    ['in plain mode', 'peer:bob', { wire: 'plain' }],
    ['by the setting', 'peer:bob', { showsTyping: () => false }],
  ] as const)('sends nothing %s', async (_why, id, ports) => {
    const { account, sent } = await setup(ports)
    account.typing.typed(id)
    await clock.advance(60_000)
    expect(sent).toEqual([])
  })

  it('sends only if 60 places of the rate are free, and is not made up for', async () => {
    const { account, sent } = await setup()
    const typed = () => {
      account.typing.typed('peer:bob')
      return sent.filter(({ text }) => text.includes('typing')).length
    }
    const messages = Array.from({ length: SEND_RATE.count - 59 }, (_, n) => account.own.send('peer:bob', { kind: 'text', text: `text ${n}` }))
    await clock.advanceUntil(Promise.all(messages), 1)
    await clock.advanceUntil(eventuallySent(sent, SEND_RATE.count - 59), 1)
    expect(typed()).toBe(0)
    await clock.advance(SEND_RATE.perMs)
    expect(sent.filter(({ text }) => text.includes('typing'))).toEqual([])
    expect(typed()).toBe(1)
  })

  it('that RTM refuses is forgotten', async () => {
    let tries = 0
    const { account } = await setup({
      sendToPeer: async () => {
        tries++
        throw errorOfCode('peerMessage', 3, 'too often')
      },
    })
    account.typing.typed('peer:bob')
    await clock.advance(60_000)
    expect(tries).toBe(1)
  })
})

async function eventuallySent(sent: readonly unknown[], count: number): Promise<void> {
  while (sent.length < count) await new Promise(setImmediate)
}

describe('a peer who types', () => {
  it('is shown for 6 s after the last sign of it, in their open conversation', async () => {
    const { account } = await setup()
    const isTyping = account.typing.of('peer:bob')
    const others = account.typing.of('peer:carol')
    await account.inbox.receive('peer', 'bob', 'bob', TYPING, now())
    expect([isTyping.value, others.value]).toEqual([expect.any(Function), undefined])
    await clock.advance(4_000)
    await account.inbox.receive('peer', 'bob', 'bob', TYPING, now())
    await clock.advance(5_999)
    expect(isTyping.value).toBeDefined()
    await clock.advance(1)
    expect(isTyping.value).toBeUndefined()
  })

  it('is not shown any more once a message of theirs comes', async () => {
    const { account } = await setup()
    const isTyping = account.typing.of('peer:bob')
    await account.inbox.receive('peer', 'bob', 'bob', TYPING, now())
    await account.inbox.receive('peer', 'carol', 'carol', words('c1'), now())
    expect(isTyping.value).toBeDefined()
    await account.inbox.receive('peer', 'bob', 'bob', words('b1'), now())
    expect(isTyping.value).toBeUndefined()
    await clock.advance(60_000)
    expect(isTyping.value).toBeUndefined()
  })

  it('leaves nothing behind: no message, no conversation, nothing on the disk', async () => {
    const { account, disk } = await setup()
    account.typing.of('peer:bob')
    const before = { head: account.conversations.get('peer:bob'), disk: JSON.stringify([...disk.texts, ...disk.appended]) }
    for (const from of ['bob', 'mallory']) expect(await account.inbox.receive('peer', from, from, TYPING, now())).toBe(true)
    expect(account.conversations.get('peer:bob')).toBe(before.head)
    expect(account.conversations.size).toBe(1)
    expect(JSON.stringify([...disk.texts, ...disk.appended])).toBe(before.disk)
    await clock.advance(60_000)
  })

  it('is not shown from a channel, by a later version, or by the setting', async () => {
    let isOn = true
    const { account } = await setup({ showsTyping: () => isOn })
    await account.start('channel', 'bob')
    const shown = [account.typing.of('peer:bob'), account.typing.of('channel:bob')]
    await account.inbox.receive('channel', 'bob', 'bob', TYPING, now())
    await account.inbox.receive('peer', 'bob', 'bob', { text: TYPING.text.replace('"v":1', '"v":2') }, now())
    isOn = false
    await account.inbox.receive('peer', 'bob', 'bob', TYPING, now())
    expect(shown.map(({ value }) => value)).toEqual([undefined, undefined])
    expect(account.conversations.get('peer:bob')?.length).toBe(0)
  })
})
