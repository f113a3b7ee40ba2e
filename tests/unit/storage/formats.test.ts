/**
 * Every format so far, as the release of its time wrote it (fixtures/), is read correctly. A change of the format adds the present one here, and the code
 * must still read the others. The fixtures are never written again.
 */
import 'fake-indexeddb/auto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { openDB } from 'idb'
import { afterEach, describe, expect, it } from 'vitest'
import type { Conversation } from '@/src/chat/conversation/conversation'
import type { MessageChanges } from '@/src/chat/message/message-changes'
import type { Message, SendFailure } from '@/src/chat/message/message'
import { createStorage } from '@/src/storage/history/create-storage'
import { createIndexedDbKeyValue } from '@/src/storage/kv/indexeddb'
import type { KeyValue, Write } from '@/src/storage/kv/key-value'
import { createMiniKeyValue } from '@/src/storage/kv/mini-program'
import { personKeys } from '@/src/storage/keys'
import { createMemoryKeyValue } from '../../support/memory-key-value'
import { FORMAT_VERSION } from '@/src/storage/records'
import { WxDisk } from '../../support/wx-files'
import { isNewer } from './fixtures/format-2-parser'
import { parsePage, parseRow } from './fixtures/format-3-parser.mjs'
import { alice, conversation, message } from './make'
import { temporaryWxDisk } from './wx-disk'

const fixture = (name: string) => JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8')) as Record<string, string>

const ends: (() => void)[] = []
afterEach(() => ends.splice(0).forEach((end) => end()))

/** A phone with these texts on it: files and storage keys. */
async function onMini(texts: Record<string, string>): Promise<() => KeyValue> {
  const { disk, folder, dispose } = temporaryWxDisk()
  ends.push(dispose)
  for (const [key, text] of Object.entries(texts)) {
    if (/^(log|index|ids|amendments)\//.test(key)) {
      const file = disk.at(`${disk.root}/${key}`)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    } else await new Promise<void>((resolve, reject) => disk.storage.setStorage({ key: `history/${key}`, data: text, success: () => resolve(), fail: reject }))
  }
  return () => createMiniKeyValue(new WxDisk(folder))
}

let count = 0

async function inIndexedDb(texts: Record<string, string>): Promise<() => KeyValue> {
  const name = `format-${count++}`
  const db = await openDB(name, 1, { upgrade: (opened) => void opened.createObjectStore('records') })
  for (const [key, text] of Object.entries(texts)) await db.put('records', text, key)
  db.close()
  return () => createIndexedDbKeyValue(name)
}

const WORDS = ['在吗', '下午三点老地方见', '好的 👌', 'OK, see you "there"\n第二行', '\u202e倒着的', '']
const written: Message[] = [
  ...Array.from({ length: 50 }, (_, seq): Message => ({
    seq,
    id: `id-${seq}`,
    from: seq % 2 ? 'alice' : 'bob',
    at: 1_700_000_000_000 + seq * 60_000,
    body: { kind: 'text', text: WORDS[seq % WORDS.length]! },
    status: seq % 2 ? 'delivered' : 'received',
  })),
  { seq: 50, id: 'own-50', from: 'alice', at: 1_700_003_900_000, body: { kind: 'text', text: '太长' }, status: 'failed', failure: { reason: 'timeout', operation: 'peerMessage', code: 2 } },
  { seq: 51, id: 'own-51', from: 'alice', at: 1_700_004_000_000, body: { kind: 'text', text: '还没发出' }, status: 'queued' },
]
const bob: Conversation = {
  id: 'peer:bob',
  length: 52,
  start: 0,
  preview: { from: 'alice', kind: 'text', text: '还没发出', status: 'queued' },
  at: 1_700_004_000_000,
  unread: 2,
  readTo: 49,
  pending: [51],
  left: false,
  pinned: false,
  muted: false,
}
const channel: Conversation = {
  ...bob,
  id: 'channel:周末 a:b',
  length: 2,
  preview: { from: '', kind: 'notice', text: '', status: 'ok' },
  at: 1_699_000_000_000,
  unread: 0,
  readTo: 2,
  pending: [],
  left: true,
}
const inChannel: Message[] = [
  { seq: 0, id: 'n-0', from: '', at: 1_699_000_000_000, body: { kind: 'notice', joined: ['bob', '__proto__'], left: [], joinedCount: 2, leftCount: 0 }, status: 'received' },
  { seq: 1, id: 'u-1', from: 'bob', at: 1_699_000_000_001, body: { kind: 'unsupported' }, status: 'received' },
]

/** The changes of messages in the fixtures of format 3. */
const CHANGES: ReadonlyMap<number, MessageChanges> = new Map<number, MessageChanges>([
  [0, { edit: { rev: 2, at: 1_700_000_100_000, id: 'e2', text: '改过的字', mentions: ['*'] } }],
  [1, { reactions: [{ rev: 1, at: 1_700_000_100_001, id: 'r1', by: 'bob', emoji: '👍', on: true }] }],
  [2, { recall: { rev: 1, at: 1_700_000_100_002, id: 'c1' } }],
])
const amended = written.map((each): Message => (CHANGES.has(each.seq) ? { ...each, amended: CHANGES.get(each.seq)! } : each))
const ofFormat3 = { start: 0, pinned: true, preview: { from: 'alice', kind: 'text', text: '还没发出', status: 'queued', seq: 51 } } as const

const FORMATS = [
  ['1 in the mini program', onMini, 'format-1', {}, written],
  ['1 in IndexedDB', inIndexedDb, 'format-1', {}, written],
  ['2 in the mini program', onMini, 'format-2-mini', { start: 10, pinned: true }, written],
  ['2 in IndexedDB', inIndexedDb, 'format-2-indexeddb', { start: 10, pinned: true }, written],
  ['3 in the mini program', onMini, 'format-3-mini', ofFormat3, amended],
  ['3 in IndexedDB', inIndexedDb, 'format-3-indexeddb', ofFormat3, amended],
] as const

it('has a fixture of the present format', () => {
  expect(FORMATS.some(([name]) => name.startsWith(`${FORMAT_VERSION} `))).toBe(true)
})

describe.each(FORMATS)('format %s', (_name, device, name, more, all) => {
  it('is read as it was written, can be written to, and separates users', async () => {
    const open = await device(fixture(name))
    const history = (uid = 'alice') => createStorage(open(), () => 'one').openHistory({ ...alice, uid })
    const { failure: _failure, ...failed } = written[50]!
    const [again, added]: Message[] = [{ ...failed, status: 'queued' }, { ...written[0]!, seq: 52, id: 'new' }]
    for (const start of ['first', 'second', 'after a write'] as const) {
      const opened = await history()
      const conversations = (await opened.conversations()).sort((a, b) => b.at - a.at)
      const later = { id: 'peer:bob', length: 53, pending: [50, 51] } as const
      expect(conversations).toEqual([{ ...bob, ...more, ...(start === 'after a write' ? later : {}) }, channel])
      expect(await opened.messages('peer:bob', 0, 100)).toEqual(start === 'after a write' ? [...all.with(50, again!), added] : all)
      expect(await opened.messages(channel.id, 0, 100)).toEqual(inChannel)
      expect(await opened.draft('peer:bob')).toBe('打了一半的字')
      expect(opened.damage()).toEqual({ unreadable: 0, isUnreported: false })
      const { conversations: used } = await opened.usage()
      expect(used.find(({ id }) => id === 'peer:bob')?.bytes).toBeGreaterThan(5_000)
      if (start === 'second') await opened.write([{ conversation: { ...bob, ...more, ...later }, messages: [again!, added!] }])
    }
    const other = await history('Alice')
    expect((await other.conversations()).map(({ id, length }) => [id, length])).toEqual([['peer:bob', 1]])
    expect(await other.messages('peer:bob', 0, 9)).toEqual([written[0]])
  })
})

/** Of a page of today. */
const FAILURES: SendFailure[] = [
  { reason: 'timeout', operation: 'channelMessage', code: 2 },
  { reason: 'unknown', operation: 'join', code: 99 },
  { reason: 'timeout' },
  { reason: 'not-sendable' },
  { reason: 'cancelled-late' },
]

it.each(['appended', 'rewritten'])('a page that is %s today is read without damage by the first release of its format', async (how) => {
  const kv = createMemoryKeyValue()
  const history = await createStorage(kv).openHistory(alice)
  const id = 'peer:bob'
  const raw = '{"v":1,"id":"id-1","kind":"text","text":"text 1","quote":{"id":"q","from":"alice"}}'
  const now: Message[] = [
    message(0),
    message(1, '', { body: { kind: 'text', text: 'text 1', raw } }),
    message(2, '', { body: { kind: 'unsupported', raw: '{"v":1,"id":"id-2","kind":"hologram"}' } }),
    ...FAILURES.map((failure, n) => message(n + 3, '', { from: 'alice', status: 'failed', failure })),
  ]
  const edit = { v: 1, id: 'e1', kind: 'edit', target: { id: now[0]!.id }, rev: 1, at: 5, text: 'other words', quiet: true }
  const amendments = [{ from: now[0]!.from, id: 'e1', at: 1, raw: JSON.stringify(edit) }]
  const times = how === 'appended' ? 1 : 310
  for (let n = 0; n < times; n++) {
    const changed = { ...now[0]!, status: n % 2 ? ('read' as const) : ('received' as const) }
    await history.write([{ conversation: conversation(id, now.length), messages: n === 0 ? now : [changed], amendments }])
  }
  const keys = personKeys(alice)
  const listed = await kv.list(keys.page(id, 0))
  const { messages, unreadable } = parsePage(listed, 0)
  expect(unreadable).toBe(0)
  expect([...messages.values()]).toEqual([...(await history.messages(id, 0, 99))])
  expect([...messages.values()].map(({ amended: changes }) => changes?.edit?.text)).toEqual(['other words', ...now.slice(1).map(() => undefined)])
  // The bodies that later versions read again are whole.
  expect(JSON.stringify(listed)).toContain('hologram')
  for (const name of await kv.names(keys.index)) {
    const { value, appended } = await kv.list(keys.index + name)
    const rows = [...((value as { rows?: unknown[] } | undefined)?.rows ?? []), ...appended]
    for (const row of rows) expect(parseRow(row)?.conversation).toEqual(conversation(id, now.length))
  }
})

it('the first commit of today says so before it writes anything else, and format 2 then leaves the history as it is', async () => {
  const open = await onMini(fixture('format-2-mini'))
  const kv = open()
  const keys = personKeys(alice)
  const commits: (readonly Write[])[] = []
  const history = await createStorage({ ...kv, commit: (writes, owner) => (commits.push(writes), kv.commit(writes, owner)) }, () => 'one').openHistory(alice)
  const stored = await kv.get(`${keys.index}meta`)
  await history.conversations()
  expect(await kv.get(`${keys.index}meta`)).toEqual(stored)
  const [first] = await history.conversations()
  commits.length = 0
  await history.write([{ conversation: first! }])
  expect(commits[0]?.[0]).toEqual({ type: 'put', key: `${keys.index}meta`, value: { ...(stored as object), v: FORMAT_VERSION } })
  // What the release of format 2 does with a greater `v` (fixtures/format-2-parser.ts).
  expect(isNewer(await kv.get(`${keys.index}meta`))).toBe(true)
  await history.write([{ conversation: first! }])
  expect(commits[1]).toHaveLength(1)
})
