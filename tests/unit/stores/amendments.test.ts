/** Received edits, recalls and reactions whose target is not there: they wait, without a visible change. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { decode } from '@/src/chat/message/envelope'
import { utf8Length } from '@/src/chat/rtm-limits'
import { AMENDMENT_LIMITS } from '@/src/storage/history/waiting-amendments'
import { createStorage } from '@/src/storage/history/create-storage'
import { personKeys } from '@/src/storage/keys'
import { createMemoryKeyValue, MemoryDisk } from '../../support/memory-key-value'
import { StorageError } from '@/src/storage/port'
import type { Account } from '@/src/stores/chat/account'
import { CAPABILITIES, eventually, openAccount, openHistory, PERSON, textOf } from './doubles'

const now = { serverReceivedTs: Date.now() }
const BOB: ConversationId = 'peer:bob'
const rich = (id: string, text = `text of ${id}`) => ({ text: JSON.stringify({ v: 1, id, kind: 'text', text }) })
/** What each kind needs beside its target. */
const CONTENT: Readonly<Record<string, object>> = { edit: { text: 'other words' }, reaction: { emoji: '👍', on: true } }
const amending = (kind: string, id: string, more: object = {}) => ({ text: JSON.stringify({ v: 1, id, kind, target: { id: 'not yet here' }, rev: 1, at: 5, quiet: true, ...CONTENT[kind], ...more }) })
const fromBob = (account: Account, message: { text: string }) => account.inbox.receive('peer', 'bob', 'bob', message, now)
const kept = async (disk: MemoryDisk, id: ConversationId = BOB) => (await openHistory(disk)).amendments(id)
const idsIn = async (disk: MemoryDisk, id?: ConversationId) => (await kept(disk, id)).map((each) => each.id)

async function setup() {
  const disk = new MemoryDisk()
  const account = await openAccount(disk)
  await fromBob(account, rich('m1'))
  return { disk, account }
}

describe('an edit, a recall and a reaction', () => {
  it('are on the disk before they are acknowledged, whole and in order, and after a restart', async () => {
    const { disk, account } = await setup()
    const sent = [
      amending('edit', 'e1', { text: 'x'.repeat(32_000), ['__proto__']: { v: 2 } }),
      amending('recall', 'e2', { half: '\ud83d' }),
      amending('reaction', 'e3', { emoji: '👍', on: true }),
      { text: '{"v":2,  "id":"e4","kind":"recall","quiet":true}' },
    ]
    for (const [index, message] of sent.entries()) {
      expect(await fromBob(account, message)).toBe(true)
      expect(await kept(disk)).toHaveLength(index + 1)
    }
    await account.close()
    const again = await openAccount(disk)
    for (const message of sent) expect(await fromBob(again, message)).toBe(true)
    expect(await kept(disk)).toEqual(sent.map(({ text: raw }, index) => ({ from: 'bob', id: `e${index + 1}`, at: now.serverReceivedTs, raw })))
    for (const { raw } of await kept(disk)) expect(decode(raw)).toMatchObject({ kind: 'amendment', raw })
    expect(({} as { v?: unknown }).v).toBeUndefined()
  })

  it('count as nothing: no message, not unread, no preview, no place in the list', async () => {
    const { account } = await setup()
    await account.inbox.receive('peer', 'carol', 'carol', rich('c1'), now)
    const before = { head: account.conversations.get(BOB), order: account.conversations.order.value, unread: account.conversations.unread.value }
    for (const kind of ['edit', 'recall', 'reaction']) await fromBob(account, amending(kind, `e-${kind}`))
    expect(account.conversations.get(BOB)).toBe(before.head)
    expect(account.conversations.order.value).toBe(before.order)
    expect(account.conversations.unread.value).toBe(before.unread)
  })

  it('create no conversation, and are not stored without one', async () => {
    const { disk, account } = await setup()
    expect(await account.inbox.receive('peer', 'mallory', 'mallory', amending('recall', 'e1'), now)).toBe(true)
    expect(await account.inbox.receive('channel', 'x', 'mallory', amending('recall', 'e1'), now)).toBe(true)
    expect(account.conversations.order.value).toEqual([BOB])
    expect(JSON.stringify([...disk.texts, ...disk.appended])).not.toContain('recall')
  })

  it('right after the first message of a conversation are saved with it', async () => {
    const disk = new MemoryDisk()
    const account = await openAccount(disk)
    expect(await Promise.all([fromBob(account, rich('m1')), fromBob(account, amending('recall', 'e1'))])).toEqual([true, true])
    expect(await idsIn(disk)).toEqual(['e1'])
  })

  it('are deleted with a clearing or deletion of their conversation, and of no other', async () => {
    const { disk, account } = await setup()
    await account.start('channel', 'x')
    const channel = () => account.inbox.receive('channel', 'x', 'bob', amending('edit', 'e2'), now)
    await fromBob(account, amending('edit', 'e1'))
    await channel()
    expect(await account.clear([BOB])).toBe(true)
    expect([await idsIn(disk), await idsIn(disk, 'channel:x')]).toEqual([[], ['e2']])
    // A conversation without a message can be cleared too.
    await fromBob(account, amending('edit', 'e3'))
    expect(await account.clear([BOB, 'channel:x'])).toBe(true)
    expect([await idsIn(disk), await idsIn(disk, 'channel:x')]).toEqual([[], []])
    await fromBob(account, amending('edit', 'e4'))
    await channel()
    expect(await account.remove(BOB)).toBe(true)
    expect([await idsIn(disk), await idsIn(disk, 'channel:x')]).toEqual([[], ['e2']])
    await account.remove('channel:x')
    expect(JSON.stringify([...disk.texts, ...disk.appended])).not.toContain('edit')
  })

  it('are acknowledged to the sender on a service that does not do so, once they are saved', async () => {
    const disk = new MemoryDisk()
    const sent: string[] = []
    const capabilities = { ...CAPABILITIES, peerAcknowledgement: 'delivered' as const }
    const account = await openAccount(disk, { capabilities, sendToPeer: async (_peer, text) => (sent.push(text), { hasPeerReceived: true }) })
    await fromBob(account, rich('m1'))
    await fromBob(account, amending('recall', 'e1'))
    disk.failing = 'failed'
    await fromBob(account, amending('recall', 'e2'))
    await account.inbox.receive('peer', 'mallory', 'mallory', amending('recall', 'e3'), now)
    disk.failing = undefined
    await eventually(() => expect(sent.map((text) => decode(text))).toMatchObject([{ kind: 'receipt', delivered: ['m1', 'e1'] }]))
    await account.close()
  })
})

describe('an unsaved one', () => {
  it('is not acknowledged, and is saved once, with the next write or when it arrives again', async () => {
    const { disk, account } = await setup()
    disk.failing = 'failed'
    for (let copy = 0; copy < 2; copy++) expect(await fromBob(account, amending('recall', 'e1'))).toBe(false)
    disk.failing = undefined
    await fromBob(account, rich('m2'))
    expect(await idsIn(disk)).toEqual(['e1'])
    expect(account.conversations.problem.value).toBeNull()
    expect(await fromBob(account, amending('recall', 'e1'))).toBe(true)
    expect(await idsIn(disk)).toEqual(['e1'])
    disk.failing = 'full'
    expect(await fromBob(account, amending('recall', 'e2'))).toBe(false)
    disk.failing = undefined
    await account.close()
    expect(await idsIn(disk)).toEqual(['e1', 'e2'])
  })

  it('is acknowledged only together with the messages before it', async () => {
    const { disk, account } = await setup()
    disk.failing = 'failed'
    expect(await fromBob(account, rich('m2'))).toBe(false)
    expect(await fromBob(account, amending('recall', 'e1'))).toBe(false)
    disk.failing = undefined
    expect(await fromBob(account, amending('recall', 'e2'))).toBe(true)
    expect(await idsIn(disk)).toEqual(['e1', 'e2'])
    expect((await (await openHistory(disk)).messages(BOB, 0, 9)).map(textOf)).toEqual(['text of m1', 'text of m2'])
  })

  it.each([
    ['many small ones', 1_200, 'x', 500],
    ['some large ones', 100, 'x'.repeat(30_000), 34],
  ])('is kept in memory within the limits of messages: %s', async (_what, count, text, most) => {
    const { disk, account } = await setup()
    await account.start('channel', 'x')
    disk.failing = 'full'
    const from = (n: number) => account.inbox.receive('channel', 'x', `user${n}`, amending('edit', `e${n}`, { text }), now)
    for (let n = 0; n < count; n++) expect(await from(n)).toBe(false)
    expect(account.conversations.holdsTooMuch).toBe(true)
    disk.failing = undefined
    await account.close()
    // The unsaved ones went to the disk with the last write, as far as they were kept.
    const ids = await idsIn(disk, 'channel:x')
    expect(ids.at(-1)).toBe(`e${most - 1}`)
  })

  it('goes with a clearing and a deletion, and stays if that fails', async () => {
    const { disk, account } = await setup()
    disk.failing = 'failed'
    await fromBob(account, amending('recall', 'e1'))
    expect(await account.clear([BOB])).toBe(false)
    expect(await account.remove(BOB)).toBe(false)
    disk.failing = undefined
    await fromBob(account, rich('m2'))
    expect(await idsIn(disk)).toEqual(['e1'])
    for (const go of [() => account.clear([BOB]), () => account.remove(BOB)]) {
      disk.failing = 'failed'
      await fromBob(account, amending('recall', 'e2'))
      disk.failing = undefined
      expect(await go()).toBe(true)
      await fromBob(account, rich('m3'))
      expect(await idsIn(disk)).toEqual([])
    }
  })
})

it('from before a clearing does not come after it when the clearing is written with the next commit', async () => {
  const disk = new MemoryDisk()
  const kv = createMemoryKeyValue(disk)
  let fails = 0
  const commit: typeof kv.commit = (writes, owner) => (fails-- > 0 ? Promise.reject(new StorageError('failed', 'this once')) : kv.commit(writes, owner))
  const account = await openAccount(disk, { history: await createStorage({ ...kv, commit }, () => 'one').openHistory(PERSON) })
  await fromBob(account, rich('m1'))
  fails = 1
  expect(await fromBob(account, amending('recall', 'e1'))).toBe(false)
  fails = 1
  expect(await Promise.all([account.clear([BOB]), fromBob(account, rich('m2'))])).toEqual([true, true])
  await fromBob(account, rich('m3'))
  await account.close()
  expect(await idsIn(disk)).toEqual([])
})

it('acknowledged ones are on the disk, once, whatever the disk does, until their conversation is cleared', async () => {
  const event = fc.record({ do: fc.constantFrom('amend', 'amend', 'amend', 'again', 'message', 'clear'), fails: fc.constantFrom(0, 0, 0, 1, 2), waits: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 20 }), async (course) => {
      const disk = new MemoryDisk()
      const kv = createMemoryKeyValue(disk)
      let fails = 0
      const commit: typeof kv.commit = (writes, owner) => (fails-- > 0 ? Promise.reject(new StorageError('failed', 'now and then')) : kv.commit(writes, owner))
      const account = await openAccount(disk, { history: await createStorage({ ...kv, commit }, () => 'one').openHistory(PERSON) })
      await fromBob(account, rich('m0'))
      let taken: string[] = []
      let refused: string[] = []
      const pending: Promise<unknown>[] = []
      for (const [n, each] of course.entries()) {
        if (each.fails > 0) fails = each.fails
        if (each.do === 'message') pending.push(fromBob(account, rich(`m${n + 1}`)))
        else if (each.do === 'clear') {
          await Promise.all(pending.splice(0))
          // Each is awaited first, so that it is known what the clearing deletes.
          if (await account.clear([BOB])) [taken, refused] = [[], []]
        } else {
          const id = each.do === 'again' ? (refused[0] ?? taken[0] ?? `e${n}`) : `e${n}`
          pending.push(fromBob(account, amending('recall', id)).then((isKept) => void (isKept ? taken : refused).push(id)))
        }
        if (each.waits) await Promise.all(pending.splice(0))
      }
      await Promise.all(pending)
      const ids = await idsIn(disk)
      expect(new Set(ids).size).toBe(ids.length)
      for (const id of taken) expect(ids).toContain(id)
      for (const id of ids) expect([...taken, ...refused]).toContain(id)
      fails = 0
      await account.close()
      expect((await idsIn(disk)).sort()).toEqual([...new Set([...taken, ...refused])].sort())
    }),
    { numRuns: 300 },
  )
}, 60_000)

it('a flood of them costs a few commits and stays within its limits, and another conversation keeps its own', async () => {
  const disk = new MemoryDisk()
  const kv = createMemoryKeyValue(disk)
  let commits = 0
  const history = await createStorage({ ...kv, commit: (writes, owner) => (commits++, kv.commit(writes, owner)) }, () => 'one').openHistory(PERSON)
  const account = await openAccount(disk, { history })
  await fromBob(account, rich('m1'))
  await fromBob(account, amending('recall', 'e1'))
  await account.start('channel', 'x')
  commits = 0
  const flood = Array.from({ length: 1_000 }, (_, n) => account.inbox.receive('channel', 'x', `user${n % 50}`, amending('edit', `f${n}`, { text: 'x'.repeat((n % 7) * 500) }), now))
  expect((await Promise.all(flood)).every(Boolean)).toBe(true)
  expect(commits).toBeLessThan(20)
  const ofFlood = await kept(disk, 'channel:x')
  expect(ofFlood.length).toBeLessThanOrEqual(AMENDMENT_LIMITS.count)
  expect(ofFlood.reduce((sum, { raw }) => sum + utf8Length(raw), 0)).toBeLessThanOrEqual(AMENDMENT_LIMITS.bytes)
  expect(ofFlood.at(-1)?.id).toBe('f999')
  expect(await idsIn(disk)).toEqual(['e1'])
  const texts = [disk.texts.get(personKeys(PERSON).amendments) ?? '', ...(disk.appended.get(personKeys(PERSON).amendments) ?? [])]
  expect(texts.reduce((sum, text) => sum + utf8Length(text), 0)).toBeLessThanOrEqual(AMENDMENT_LIMITS.total)
})

it('a flood of reactions to one message by 167 members stays within the limits of the disk, and the message within its own', { timeout: 60_000 }, async () => {
  const disk = new MemoryDisk()
  const account = await openAccount(disk)
  await account.start('channel', 'x')
  await account.inbox.receive('channel', 'x', 'user0', rich('m1'), now)
  const emojis = ['👍', '😂', '❤️', '🎉', '😀']
  const sizeOf = (part: string) => [...disk.texts, ...[...disk.appended].map(([key, texts]) => [key, texts.join('')] as const)].filter(([key]) => key.startsWith(part)).reduce((sum, [, text]) => sum + utf8Length(text), 0)
  let most = 0
  for (let round = 1; round <= 10; round++) {
    const reactions = Array.from({ length: 167 * emojis.length }, (_, n) => {
      const reaction = amending('reaction', `r${round}-${n}`, { target: { from: 'user0', id: 'm1' }, rev: round, emoji: emojis[n % emojis.length], on: round % 2 === 0 })
      return account.inbox.receive('channel', 'x', `user${n % 167}`, reaction, now)
    })
    expect((await Promise.all(reactions)).every(Boolean)).toBe(true)
    most = Math.max(most, sizeOf('amendments/'))
  }
  expect(most).toBeLessThanOrEqual(AMENDMENT_LIMITS.total)
  expect(sizeOf('log/')).toBeLessThanOrEqual(200_000)
  expect((await account.conversations.log.newest('channel:x', [0]))[0]?.amended?.reactions?.length ?? 0).toBeLessThanOrEqual(167 * emojis.length)
})

describe('an amendment that is folded', () => {
  const edit = (id: string, target: string, text: string, rev = 1) => amending('edit', id, { target: { id: target }, rev, text })
  const recall = (id: string, target: string) => amending('recall', id, { target: { id: target } })

  it('changes the open thread, the preview and the number of unread messages', async () => {
    const { account } = await setup()
    for (const id of ['m1', 'm2', 'm3']) await fromBob(account, rich(id))
    const thread = account.openThread(BOB)
    await thread.load()
    await fromBob(account, edit('e1', 'm3', 'other words'))
    await eventually(() => expect(account.conversations.get(BOB)).toMatchObject({ unread: 3, preview: { kind: 'text', text: 'other words' } }))
    expect(thread.message(2)).toMatchObject({ amended: { edit: { text: 'other words' } } })
    await fromBob(account, recall('r1', 'm3'))
    await eventually(() => expect(account.conversations.get(BOB)).toMatchObject({ unread: 2, preview: { kind: 'recalled', text: '' } }))
    await fromBob(account, recall('r2', 'm3'))
    await fromBob(account, recall('r3', 'm1'))
    await eventually(() => expect(account.conversations.get(BOB)).toMatchObject({ unread: 1 }))
    await eventually(() => expect([0, 1, 2].map((seq) => thread.message(seq)?.amended?.recall !== undefined)).toEqual([true, false, true]))
  })

  it('of a recall leaves the list too if the program ended before its row was saved', async () => {
    const { account } = await setup()
    const row = account.conversations.getOrNew(BOB)
    expect(row.preview).toMatchObject({ text: 'text of m1' })
    await fromBob(account, recall('r1', 'm1'))
    await eventually(() => expect(account.conversations.get(BOB)?.preview?.kind).toBe('recalled'))
    await account.conversations.commit({ ...account.conversations.getOrNew(BOB), preview: row.preview })
    await account.openThread(BOB).load()
    await eventually(() => expect(account.conversations.get(BOB)?.preview).toMatchObject({ kind: 'recalled', text: '' }))
  })

  it('of a recall ends an answer to the message that is being written, and no other', async () => {
    const { account } = await setup()
    for (const id of ['m1', 'm2']) await fromBob(account, rich(id))
    const mode = () => account.composers.of(BOB).value.composing.mode
    account.composers.quote(BOB, { id: 'm1', from: 'bob', text: 'text of m1' })
    await fromBob(account, recall('r2', 'm2'))
    await fromBob(account, edit('e1', 'm1', 'other words'))
    await eventually(() => expect(account.conversations.get(BOB)).toMatchObject({ unread: 1 }))
    expect(mode()).toBe('quote')
    await fromBob(account, recall('r1', 'm1'))
    await eventually(() => expect(mode()).toBe('new'))
  })

  it('is shown with a message that comes after it, also in one commit', async () => {
    const { account } = await setup()
    await fromBob(account, rich('m1'))
    const thread = account.openThread(BOB)
    await thread.load()
    await fromBob(account, recall('r1', 'm2'))
    await fromBob(account, rich('m2'))
    await Promise.all([fromBob(account, rich('m3')), fromBob(account, edit('e1', 'm3', 'other words'))])
    await eventually(() => expect(thread.message(2)?.amended?.edit?.text).toBe('other words'))
    await eventually(() => expect(thread.message(1)?.amended?.recall).toBeDefined())
    expect(account.conversations.get(BOB)).toMatchObject({ preview: { text: 'other words' } })
  })
})
