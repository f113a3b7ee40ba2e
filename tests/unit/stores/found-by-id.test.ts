/** What the store finds by author and id, however old it is: copies of messages, and what a receipt names. */
import { describe, expect, it } from 'vitest'
import { encode, RECEIPT_MAX_IDS } from '@/src/chat/message/envelope'
import type { Message, MessageStatus } from '@/src/chat/message/message'
import { createStorage } from '@/src/storage/history/create-storage'
import { createConversation } from '@/src/chat/conversation/order'
import { createMemoryKeyValue, MemoryDisk } from '../../support/memory-key-value'
import { Account } from '@/src/stores/chat/account'
import { openAccount, openHistory, own, PERSON, SERVICE, text } from './doubles'

const id = 'peer:bob'
const now = { serverReceivedTs: Date.now() }
const rich = (messageId: string, more: { again?: true } = {}) => ({ text: encode({ kind: 'message', id: messageId, body: { kind: 'text', text: 'words' }, ...more }, 'rich') })
const receipt = (kind: 'delivered' | 'read', ids: readonly string[]) => ({ text: encode({ kind: 'receipt', id: 'r', [kind]: ids }, 'rich') })

/** A disk with these messages in the conversation with bob. */
async function diskWith(messages: readonly Message[]): Promise<MemoryDisk> {
  const disk = new MemoryDisk()
  const { length } = messages
  await (await openHistory(disk)).write([{ conversation: { ...createConversation(id, 1), length, readTo: length }, messages }])
  return disk
}
const statuses = async (disk: MemoryDisk, seqs: readonly number[]) => {
  const history = await openHistory(disk)
  const messages = await Promise.all(seqs.map((seq) => history.messages(id, seq, seq + 1)))
  return messages.flat().map(({ status }) => status)
}

describe('a copy of a message', () => {
  it('is known whatever came after it, over restarts, whether or not its sender says that it goes again', async () => {
    const disk = await diskWith(Array.from({ length: 3_000 }, (_, seq) => text(seq)))
    for (const more of [{}, { again: true as const }]) {
      const account = await openAccount(disk)
      for (const old of ['id3', 'id1400', 'id2999']) expect(await account.inbox.receive('peer', 'bob', 'bob', rich(old, more), now)).toBe(true)
      expect(account.conversations.get(id)?.length).toBe(3_000)
      await account.close()
    }
  })

  it('costs new messages no read but at the first one', async () => {
    const disk = await diskWith(Array.from({ length: 3_000 }, (_, seq) => text(seq)))
    const memory = createMemoryKeyValue(disk)
    let reads = 0
    const kv = { ...memory, list: (key: string) => (reads++, memory.list(key)), get: (key: string) => (reads++, memory.get(key)) }
    const account = new Account({ ...SERVICE, history: await createStorage(kv, () => 'one').openHistory(PERSON) })
    await account.load()
    reads = 0
    await account.inbox.receive('peer', 'bob', 'bob', rich('new0'), now)
    // the segment of the index, the last page, and the amendments that wait
    expect(reads).toBeLessThanOrEqual(4)
    reads = 0
    for (let n = 1; n < 120; n++) await account.inbox.receive('peer', 'bob', 'bob', rich(`new${n}`), now)
    // three new pages, which are not there yet
    expect(reads).toBeLessThanOrEqual(3)
    expect(account.conversations.get(id)?.length).toBe(3_120)
    await account.close()
  })

  it('is known while the first one cannot be saved', async () => {
    const { disk, account } = await (async () => {
      const opened = new MemoryDisk()
      return { disk: opened, account: await openAccount(opened) }
    })()
    disk.failing = 'full'
    for (let n = 0; n < 3; n++) await account.inbox.receive('peer', 'bob', 'bob', rich('m1'), now)
    expect(account.conversations.get(id)?.length).toBe(1)
    disk.failing = undefined
    expect(await account.inbox.receive('peer', 'bob', 'bob', rich('m1'), now)).toBe(true)
    expect((await openHistory(disk)).recent()[0]?.length).toBe(1)
  })
})

describe('a receipt', () => {
  const log = (): Message[] => {
    const of: Record<number, MessageStatus> = { 5: 'delivered', 6: 'sent', 7: 'read', 8: 'failed', 1_500: 'delivered' }
    return Array.from({ length: 2_000 }, (_, seq) => {
      const status = of[seq]
      if (!status) return text(seq)
      return own(seq, status, status === 'failed' ? { failure: { reason: 'cancelled-late' } } : {})
    })
  }
  const seqs = [5, 6, 7, 8, 1_500]
  const ids = [...seqs.map((seq) => `id${seq}`), 'id9', 'nowhere', '__proto__']

  it('raises what is long out of the outbox, never takes a status back, and passes over what is not ours', async () => {
    const disk = await diskWith(log())
    const account = await openAccount(disk)
    await account.inbox.receive('peer', 'bob', 'bob', receipt('delivered', ids), now)
    expect(await statuses(disk, seqs)).toEqual(['delivered', 'delivered', 'read', 'failed', 'delivered'])
    await account.inbox.receive('peer', 'bob', 'bob', receipt('read', ids), now)
    expect(await statuses(disk, [...seqs, 9])).toEqual(['read', 'read', 'read', 'failed', 'read', 'received'])
    await account.inbox.receive('peer', 'bob', 'bob', receipt('delivered', ids), now)
    expect(await statuses(disk, seqs)).toEqual(['read', 'read', 'read', 'failed', 'read'])
    expect(account.conversations.get(id)?.length).toBe(2_000)
  })

  it('of read and one of delivered at once leave a message read, whichever is first', async () => {
    for (const order of [['read', 'delivered'], ['delivered', 'read']] as const) {
      const disk = await diskWith(log())
      const account = await openAccount(disk)
      await Promise.all(order.map((kind) => account.inbox.receive('peer', 'bob', 'bob', receipt(kind, ids), now)))
      expect(await statuses(disk, seqs)).toEqual(['read', 'read', 'read', 'failed', 'read'])
    }
  })

  it('follows a message from the outbox to read', async () => {
    const disk = new MemoryDisk()
    const account = await openAccount(disk, { ready: () => false })
    await account.own.send(id, { kind: 'text', text: 'hello' })
    const messageId = (await account.conversations.messages(id, 0, 1))[0]?.id ?? ''
    await account.inbox.receive('peer', 'bob', 'bob', receipt('delivered', [messageId]), now)
    expect([await statuses(disk, [0]), account.conversations.get(id)?.pending]).toEqual([['delivered'], []])
    await account.inbox.receive('peer', 'bob', 'bob', receipt('read', [messageId]), now)
    expect(await statuses(disk, [0])).toEqual(['read'])
    await account.inbox.receive('peer', 'bob', 'bob', receipt('delivered', [messageId]), now)
    expect(await statuses(disk, [0])).toEqual(['read'])
  })

  it('counts for the messages to its sender only, and writes once for all it names', async () => {
    const disk = await diskWith(Array.from({ length: 400 }, (_, seq) => own(seq, 'delivered')))
    const account = await openAccount(disk)
    await account.start('channel', 'general')
    const all = Array.from({ length: 400 }, (_, seq) => `id${seq}`)
    await account.inbox.receive('peer', 'mallory', 'mallory', receipt('read', all.slice(0, RECEIPT_MAX_IDS)), now)
    await account.inbox.receive('channel', 'general', 'bob', receipt('read', all.slice(0, RECEIPT_MAX_IDS)), now)
    expect(new Set(await statuses(disk, [0, 100, 199]))).toEqual(new Set(['delivered']))
    const rows = () => [...disk.appended].filter(([key]) => key.endsWith('.journal')).reduce((sum, [, values]) => sum + values.length, 0)
    const before = rows()
    await account.inbox.receive('peer', 'bob', 'bob', receipt('read', all), now)
    expect(rows()).toBe(before + 1)
    expect(await statuses(disk, [0, 199, 200, 399])).toEqual(['read', 'read', 'delivered', 'delivered'])
  })
})
