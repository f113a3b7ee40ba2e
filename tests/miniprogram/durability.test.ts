// Written data survives kills, logouts, other users, full disks and broken files. The phone's disk is a real folder.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ConversationId } from '../../src/chat/conversation/conversation'
import { LOCAL_APP_ID } from '../../src/rtm/local/frames'
import { personKeys } from '../../src/storage/keys'
import { openDiskHistory } from '../faults/disk-history'
import { FaultyDisk } from '../faults/faulty-disk'
import { launchSnapshotSaved, listed, shownRows } from './conversation-rows'
import { openDiskStorage } from '../support/disk-storage'
import { startInNode, type MiniProgram, type StartOptions } from '../../simulator/drive/driver'
import { useNetwork } from './network'
import { backToList, connected, CONVERSATIONS, hears, idle, logIn, LOGIN, logOut, ME, open, say, startChat, texts } from './people'
import { allDelivered, filesOf, screenOf } from './phone-content'

/** Longer than a message has to be on the screen to count as read, ms. */
const READ_MS = 2_000

const keys = personKeys({ appId: LOCAL_APP_ID, uid: 'alice' })

let dir: string
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'durability-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))
const network = useNetwork(startInNode)
const { phone } = network

/** Alice's phone: the same one when it is opened again. */
function alicesPhone(options: StartOptions = {}): Promise<MiniProgram> {
  return phone({ dir, ...options })
}

/** A file of the program on Alice's phone. */
const fileOf = (key: string) => path.join(dir, 'usr/history', key)

/** Stops the service, and restarts it. */
async function withoutService(during: () => Promise<void>): Promise<void> {
  await network.stopGateway()
  await during()
  await network.startGateway()
}

/** Leaves a draft and waits until the disk has all three parts: the draft, its line of the list, and the launch snapshot with that line. */
async function type(a: MiniProgram, id: ConversationId, draft: string): Promise<void> {
  await a.type('composer-input', draft)
  await backToList(a)
  await a.waitFor('the draft on the disk', async () => String(openDiskStorage(dir).key(`history/${keys.draft(id)}`)).includes(draft))
  // The list shows a line once the disk has it.
  await a.waitForText('conversation-preview', `[草稿] ${draft}`)
  await launchSnapshotSaved(a, dir)
}

/** Scrolls up until a message is shown. */
async function olderUntil(a: MiniProgram, text: string): Promise<void> {
  await a.waitFor(`the older message “${text}”`, async () => {
    if ((await a.all('load-older')).some((line) => line.text === '查看更早的消息')) await a.tap('load-older')
    return (await texts(a)).includes(text)
  })
}

test('a kill and a new login show exactly the same threads, order, unread counts, drafts and waiting messages', async () => {
  const [a, b] = [await alicesPhone(), await phone()]
  await Promise.all([logIn(a, 'alice'), logIn(b, 'bob')])
  for (const one of [a, b]) await startChat(one, 'channel', 'weekend')
  await say(a, '周末去哪儿')
  await hears(b, '周末去哪儿')
  await backToList(a)
  await startChat(a, 'peer', 'bob')
  await say(a, '在吗')
  await a.waitForText('message-status', '已送达')
  await type(a, 'peer:bob', '打了一半的字')
  const drafts = { 'peer:bob': '第二份草稿' }
  const ids = ['peer:bob', 'channel:weekend', 'peer:carol']
  await startChat(a, 'peer', 'carol')
  await say(a, '你好，Carol')
  await a.waitForText('message-status', '对方尚未收到')
  await backToList(a)
  await say(b, '去爬山吧')
  await say(b, '六点出发')
  await a.waitForText('conversation-unread', '2')

  await withoutService(async () => {
    await a.waitForCount('connection-banner', 1)
    await open(a, 'peer:bob')
    await a.type('composer-input', '断线时写的一')
    await a.tap('composer-send')
    await hears(a, '断线时写的一')
    await say(a, '断线时写的二')
    await type(a, 'peer:bob', '第二份草稿')
    // Opening a thread marks it as read, so this compares the lists before, and everything after.
    const before = await shownRows(a)
    expect(before.map((row) => row.split(' ')[0])).toEqual(ids)
    await a.restart()
    expect(await a.count('first-screen')).toBe(1)
    expect(await shownRows(a, 'snapshot-row')).toEqual(before)
    await listed(a, before.length)
    expect(await shownRows(a)).toEqual(before)
    const { threads } = await screenOf(a, ids, drafts)
    expect(threads).toMatchObject({
      'peer:bob': { statuses: ['已送达', '等待发送', '等待发送'] },
      'channel:weekend': { divider: 1 },
      'peer:carol': { statuses: ['对方尚未收到'] },
    })
    // A reader who leaves a thread at once has not read it.
    for (const id of ids) {
      await open(a, id)
      await a.elapse(READ_MS)
      await backToList(a)
    }
    await a.waitForCount('conversation-unread', 0)
    const read = await screenOf(a, ids, drafts)
    await a.restart()
    expect(await screenOf(a, ids, drafts)).toEqual(read)
  })
  await connected(a)
  await open(a, 'peer:bob')
  await allDelivered(a)
  await backToList(a)
  const before = await screenOf(a, ids, drafts)
  await logOut(a)
  await logIn(a, 'alice')
  expect(await screenOf(a, ids, drafts)).toEqual(before)
})

test('messages written offline are sent once and in order after a kill, also those that no peer has received', async () => {
  const sent: string[] = []
  const [a, b] = [await alicesPhone(network.recording(sent)), await phone()]
  await Promise.all([logIn(a, 'alice'), logIn(b, 'bob')])
  await startChat(a, 'peer', 'bob')
  const words = ['一', '二', '三', '四', '五']
  await withoutService(async () => {
    await a.waitForCount('connection-banner', 1)
    for (const word of words) await say(a, word)
    await a.restart()
    await a.waitForRoute(CONVERSATIONS)
    await open(a, 'peer:bob')
    await say(a, '六')
    await a.restart()
  })
  await connected(a)
  await connected(b)
  await open(b, 'peer:alice')
  await hears(b, '六')
  expect(await texts(b)).toEqual([...words, '六'])
  await open(a, 'peer:bob')
  await allDelivered(a)
  // Once it is on the disk too, a further start sends nothing again.
  await idle(a)
  sent.length = 0
  await a.restart()
  await connected(a)
  await open(a, 'peer:bob')
  await say(a, '七')
  await hears(b, '七')
  await idle(b)
  expect(await texts(b)).toEqual([...words, '六', '七'])
  // A receiver that gets a message twice shows it once.
  expect(sent.filter((frame) => /"kind\\":\\"text/.test(frame))).toEqual([expect.stringContaining('七')])
})

test('a message or a change that this version cannot show is saved before it is acknowledged, survives a kill, and goes when it is cleared', async () => {
  const a = await alicesPhone()
  await logIn(a, 'alice')
  const bob = await network.client('bob')
  const sent = [
    { v: 1, id: 'm1', kind: 'text', text: '好的', poll: { question: '几点？' } },
    { v: 1, id: 'm2', kind: 'poll', question: '去哪儿', choices: ['山', '海'] },
    { v: 1, id: 'e1', kind: 'edit', target: { id: 'm1' }, rev: 1, at: 1, text: '好吧', poll: {}, quiet: true },
    { v: 1, id: 'e2', kind: 'reaction', target: { id: 'm1' }, emoji: '👍', on: true, rev: 1, at: 2, quiet: true },
    { v: 1, id: 'e3', kind: 'recall', target: { id: 'not yet here' }, rev: 1, at: 3, quiet: true },
  ].map((envelope) => JSON.stringify(envelope))
  for (const text of sent) expect(await network.until(bob.ask({ t: 'peer', to: 'alice', text }))).toMatchObject({ received: true })
  const onDisk = async () => {
    const history = await openDiskStorage(dir).storage.openHistory({ appId: LOCAL_APP_ID, uid: 'alice' })
    const messages = await history.messages('peer:bob', 0, 9)
    return {
      bodies: messages.map(({ body }) => body.raw),
      changes: messages.map(({ amended }) => amended),
      waiting: (await history.amendments('peer:bob')).map(({ raw }) => raw),
    }
  }
  const changed = { edit: { rev: 1, at: 1, id: 'e1', text: '好吧', raw: sent[2] }, reactions: [{ rev: 1, at: 2, id: 'e2', by: 'bob', emoji: '👍', on: true }] }
  const expected = { bodies: sent.slice(0, 2), changes: [changed, undefined], waiting: sent.slice(4) }
  expect(await onDisk()).toEqual(expected)
  await a.restart()
  await connected(a)
  await a.waitForText('conversation-unread', '2')
  await open(a, 'peer:bob')
  await hears(a, '好吧')
  expect(await texts(a)).toEqual(['好吧', '[暂不支持的消息，请升级后查看]'])
  expect(await onDisk()).toEqual(expected)
  await backToList(a)
  await a.switchTab(ME)
  await a.waitForCount('me-storage', 1)
  await a.tap('me-storage')
  await a.waitForCount('storage-row', 1)
  await a.tap('storage-clear-all')
  await a.answer('confirm')
  await a.waitForCount('storage-row', 0)
  expect(filesOf(dir).filter(([, text]) => /recall|edit|reaction|poll|几点/.test(text))).toEqual([])
})

test('another user on the same phone sees nothing of the first, and sends nothing of theirs', async () => {
  const [a, b] = [await alicesPhone(), await phone()]
  await Promise.all([logIn(a, 'alice'), logIn(b, 'bob')])
  await startChat(a, 'peer', 'bob')
  await a.setNetwork(false)
  await a.waitForCount('connection-banner', 1)
  await say(a, '只有 Alice 能发')
  await type(a, 'peer:bob', '只有 Alice 能看')
  await logOut(a, true)
  expect((await a.wxCalls('showModal')).map(({ content }) => content)).toEqual(['还有 1 条消息等待发送，会留在本机，下次用这个账号登录后自动发出。'])
  await a.setNetwork(true)
  await logIn(a, 'carol')
  await a.waitForCount('conversation-list', 1)
  await idle(a)
  expect(await a.count('conversation-row')).toBe(0)
  await a.switchTab(ME)
  await a.waitForText('me-uid', 'carol')
  await a.switchTab(CONVERSATIONS)
  await startChat(a, 'peer', 'bob')
  await idle(a)
  expect((await a.element('composer-input')).value).toBe('')
  await say(a, '我是 Carol')
  await a.waitForText('message-status', '已送达')
  await b.waitForCount('conversation-row', 1)
  expect(await b.text('conversation-title')).toBe('carol')
  await backToList(a)
  await logOut(a)
  await logIn(a, 'alice')
  await b.waitForCount('conversation-row', 2)
  await open(b, 'peer:alice')
  await hears(b, '只有 Alice 能发')
  await open(a, 'peer:bob')
  await a.waitFor('the draft', async () => (await a.element('composer-input')).value === '只有 Alice 能看')
})

test('a full disk shows a notice, the chat continues, and unsaved messages are saved once there is room', async () => {
  let faulty: FaultyDisk | undefined
  const [a, b] = [await alicesPhone({ disk: (disk) => (faulty = new FaultyDisk(disk, () => 0)) }), await phone()]
  await Promise.all([logIn(a, 'alice'), logIn(b, 'bob')])
  await startChat(a, 'peer', 'bob')
  await say(a, '还有空间')
  faulty?.fail('full', 1)
  await say(a, '空间满了')
  await a.waitForText('storage-notice', /存储空间已满/)
  await allDelivered(a)
  await open(b, 'peer:alice')
  await hears(b, '空间满了')
  await say(b, '我收到了')
  await hears(a, '我收到了')
  expect(await texts(a)).toEqual(['还有空间', '空间满了', '我收到了'])
  await a.type('composer-input', '草稿')
  await backToList(a)
  await a.waitForCount('storage-notice', 1)
  await open(a, 'peer:bob')
  await a.waitFor('the draft', async () => (await a.element('composer-input')).value === '草稿')
  faulty?.heal()
  // Without a write or a tap: it is retried by itself.
  await a.waitForCount('storage-notice', 0)
  await a.restart()
  await a.waitForRoute(CONVERSATIONS)
  await open(a, 'peer:bob')
  await hears(a, '我收到了')
  expect(await texts(a)).toEqual(['还有空间', '空间满了', '我收到了'])
  await a.waitFor('the draft', async () => (await a.element('composer-input')).value === '草稿')
})

test('a damaged page leaves the others readable and itself unchanged, and is reported once', async () => {
  const id: ConversationId = 'peer:bob'
  const history = await openDiskHistory(dir, 'alice')
  await history.write([
    {
      conversation: { id, length: 120, start: 0, preview: null, at: 1_700_000_000_000, unread: 0, readTo: 120, pending: [], left: false, pinned: false, muted: false },
      messages: Array.from({ length: 120 }, (_, seq) => ({ seq, id: `m${seq}`, from: 'bob', at: 1_700_000_000_000 + seq, body: { kind: 'text', text: `第 ${seq} 条` } as const, status: 'received' as const })),
    },
  ])
  const page = fileOf(keys.page(id, 1))
  const garbled = readFileSync(page, 'utf8').replaceAll('bob', 'b\u0000b')
  writeFileSync(page, garbled)

  const a = await alicesPhone()
  await logIn(a, 'alice')
  await open(a, id)
  await hears(a, '第 119 条')
  await a.waitForText('storage-notice', /部分聊天记录已损坏/)
  await olderUntil(a, '第 49 条')
  expect((await texts(a)).filter((text) => /第 (5\d|[6-9]\d) 条/.test(text))).toEqual([])
  await a.tap('storage-notice')
  await a.waitForCount('storage-notice', 0)
  await say(a, '还能聊')
  await a.restart()
  await a.waitForRoute(CONVERSATIONS)
  await open(a, id)
  await hears(a, '还能聊')
  await olderUntil(a, '第 49 条')
  await idle(a)
  expect(await a.count('storage-notice')).toBe(0)
  expect(readFileSync(page, 'utf8')).toBe(garbled)
})

test('a history of a newer version is reported, and left as it is; the user can chat in memory', async () => {
  const [a, b] = [await alicesPhone(), await phone()]
  await Promise.all([logIn(a, 'alice'), logIn(b, 'bob')])
  await startChat(a, 'peer', 'bob')
  await say(a, '旧版本里写的')
  await a.waitForText('message-status', '已送达')
  await a.close()
  const meta = fileOf(`${keys.index}meta`)
  writeFileSync(meta, JSON.stringify({ v: 4, shards: ['unknown'] }))
  const history = () => filesOf(dir).filter(([name]) => name.includes('history'))
  const before = history()
  expect(before.length).toBeGreaterThan(2)

  const newer = await alicesPhone()
  await newer.waitForRoute(CONVERSATIONS)
  await newer.waitForText('storage-notice', /来自更新的版本/)
  await listed(newer, 0)
  await connected(newer)
  await startChat(newer, 'peer', 'bob')
  await say(newer, '照样能聊')
  await newer.waitForText('message-status', '已送达')
  await open(b, 'peer:alice')
  await hears(b, '照样能聊')
  await say(b, '收到')
  await hears(newer, '收到')
  await newer.type('composer-input', '草稿')
  await backToList(newer)
  await open(newer, 'peer:bob')
  await newer.waitFor('the draft', async () => (await newer.element('composer-input')).value === '草稿')
  await backToList(newer)
  await logOut(newer)
  await newer.waitForRoute(LOGIN)
  await idle(newer)
  expect(history()).toEqual(before)
})
