// All failures of writing and saving: each shows its sentence, in Chinese.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startGateway, type Gateway } from '../../gateway/server'
import type { Conversation, ConversationId } from '../../src/chat/conversation/conversation'
import { preview } from '../../src/chat/conversation/preview'
import type { Message, SendFailure } from '../../src/chat/message/message'
import { OUTBOX_TTL_MS } from '../../src/chat/delivery/outbox-rules'
import { LOCAL_APP_ID } from '../../src/rtm/local/frames'
import { personKeys } from '../../src/storage/keys'
import { openDiskHistory } from '../faults/disk-history'
import { startInChromium, type MiniProgram, type StartOptions } from '../../simulator/drive/driver'
import { backToList, BUILT_IN_GATEWAY, connected, CONVERSATIONS, hears, logIn, logOut, ME, open, openMenu, say, startChat, texts } from './people'
import { freePort } from '../support/ports'

const STORAGE = 'src/pages/storage/storage'
const BOB: ConversationId = 'peer:bob'
const DAY_MS = 24 * 3_600_000
const keys = personKeys({ appId: LOCAL_APP_ID, uid: 'alice' })

let gateway: Gateway
let dir: string
let running: MiniProgram | undefined
beforeEach(async () => {
  gateway = await startGateway({ port: await freePort() })
  dir = mkdtempSync(path.join(os.tmpdir(), 'failures-'))
})
afterEach(async () => {
  await put(undefined)
  await gateway.close()
  rmSync(dir, { recursive: true, force: true })
})

/** Alice starts the program on her phone, whose disk is `dir`. An earlier program ends, and must have been without problems. */
async function take(options: StartOptions = {}): Promise<MiniProgram> {
  await put(undefined)
  return put(await startInChromium({ dir, hosts: { [BUILT_IN_GATEWAY]: new URL(gateway.url).host }, ...options }))
}

async function put<T extends MiniProgram | undefined>(next: T): Promise<T> {
  const former = running
  running = next
  if (former) {
    const problems = await former.problems()
    await former.close()
    expect(problems).toEqual([])
  }
  return next
}

function conversation(id: ConversationId, messages: readonly Message[], rest: Partial<Conversation> = {}): Conversation {
  const last = messages.at(-1)
  const shown = last ? preview(last) : null
  return { id, length: messages.length, start: 0, preview: shown, at: last?.at ?? Date.now(), unread: 0, readTo: messages.length, pending: [], left: false, pinned: false, muted: false, ...rest }
}

function text(seq: number, words: string, rest: Partial<Message> = {}): Message {
  return { seq, id: `m${seq}`, from: 'bob', at: Date.now() - 60_000 + seq, body: { kind: 'text', text: words }, status: 'received', ...rest }
}

/** The data of an earlier run on the phone. */
async function left(id: ConversationId, messages: readonly Message[], rest: Partial<Conversation> = {}): Promise<void> {
  const history = await openDiskHistory(dir, 'alice')
  await history.write([{ conversation: conversation(id, messages, rest), messages }])
}

const fileOf = (key: string) => path.join(dir, 'usr/history', key)

/** The actions of the newest message. Taps one of them. */
async function menu(a: MiniProgram, action: string): Promise<readonly string[]> {
  const words = await openMenu(a)
  await a.tap('menu-action', { action })
  return words
}

test('without a connection a message waits, can be cancelled, and be sent again', async () => {
  const a = await take()
  await logIn(a, 'alice')
  await startChat(a, 'peer', 'bob')
  await a.setNetwork(false)
  await a.waitForText('connection-banner', /网络已断开/)
  await say(a, '我在电梯里，一会儿回你')
  await say(a, '这条先不发了')
  await a.waitForText('message-status', '等待发送', { index: -1 })
  await a.screenshot('failure-offline-waiting')
  expect(await menu(a, 'cancel')).toContain('取消发送')
  await a.waitForText('message-status', '已取消发送，点按重新发送', { index: -1 })
  await a.screenshot('failure-cancelled')
  await backToList(a)
  await a.waitForText('conversation-preview', '[未发送] 这条先不发了')
  await a.screenshot('failure-offline-list')
  await open(a, BOB)
  await a.setNetwork(true)
  await connected(a)
  await a.waitForText('message-status', '对方尚未收到')
  await a.screenshot('failure-not-received')
  expect(await menu(a, 'resend')).toContain('重新发送')
  await a.waitFor('it to go', async () => (await a.all('message-status')).every(({ text }) => text === '对方尚未收到'))
})

test('a message that cannot be sent says why, and keeps its text', async () => {
  const failed = (seq: number, words: string, failure: SendFailure) => text(seq, words, { from: 'alice', status: 'failed', failure })
  await left(BOB, [
    failed(0, '服务器没有回音', { reason: 'timeout', operation: 'peerMessage', code: 2 }),
    failed(1, '对方的 ID 不存在', { reason: 'invalid-user', operation: 'peerMessage', code: 6 }),
    failed(2, '内容被拒绝', { reason: 'invalid-message', operation: 'peerMessage', code: 7 }),
    failed(3, '已经不在频道里', { reason: 'not-in-channel' }),
    failed(4, '可能已经发出去的', { reason: 'cancelled-late' }),
    failed(5, '别的错误', { reason: 'unknown', operation: 'peerMessage', code: 99 }),
  ])
  const a = await take()
  await logIn(a, 'alice')
  await open(a, BOB)
  await hears(a, '别的错误')
  expect((await a.all('message-status')).map((status) => status.text)).toEqual([
    '!发送失败：服务器没有响应。点按重试',
    '!发送失败：对方的用户 ID 无效。点按重试',
    '!发送失败：消息内容不被接受。点按重试',
    '!发送失败：你不在这个频道里，加入后再发。点按重试',
    '已取消，但对方可能已收到。点按重新发送',
    '!发送失败：服务器没有接受这条消息（错误码 99）。点按重试',
  ])
  await a.screenshot('failure-reasons')
  await backToList(a)
  await a.screenshot('failure-in-list')
})

test('a peer who was offline for seven days, and a message that is too large: both are reported, and neither blocks the next', async () => {
  const own = { from: 'alice', status: 'sent' } as const
  await left(
    BOB,
    [
      text(0, '八天前发的', { ...own, at: Date.now() - OUTBOX_TTL_MS - DAY_MS }),
      text(1, '这条太长。'.repeat(3_000), { ...own, status: 'queued' }),
      text(2, '后面这条照常发出', { ...own, status: 'queued' }),
    ],
    { pending: [0, 1, 2] },
  )
  const a = await take()
  await logIn(a, 'alice')
  await open(a, BOB)
  await hears(a, '后面这条照常发出')
  await a.waitFor('all to be settled', async () => (await a.count('message-retry')) === 2 && (await a.text('message-status', { index: -1 })) === '对方尚未收到')
  const statuses = (await a.all('message-status')).map((status) => status.text)
  expect(statuses).toEqual(['!发送失败：对方 7 天没有上线，没能送达。点按重试', '!发送失败：消息太长，单条上限 32 KB。', '对方尚未收到'])
  await a.screenshot('failure-too-large')
  await a.scroll('message-list', 'top')
  await a.screenshot('failure-expired')
  await a.scroll('message-list', 'bottom')
  await a.type('composer-input', '很长的话。'.repeat(2_500))
  await a.waitForText('composer-error', /消息太长：超出约 [\d,]+ 个汉字/)
  await a.screenshot('failure-composer-too-large')
})

test('without the service the banner says so, and messages wait', async () => {
  const a = await take()
  await logIn(a, 'alice')
  await startChat(a, 'peer', 'bob')
  const port = Number(new URL(gateway.url).port)
  await gateway.close()
  await a.waitForText('connection-banner', /正在重新连接|连接中/)
  await say(a, '服务器断了也能写')
  await a.waitForText('message-status', '等待发送')
  await a.screenshot('failure-service-gone')
  gateway = await startGateway({ port })
  await connected(a)
  await a.waitForText('message-status', '对方尚未收到')
})

test('a channel that the user has left says so, and takes a message once it is joined again', async () => {
  const a = await take()
  await logIn(a, 'alice')
  await startChat(a, 'channel', 'weekend')
  await say(a, '大家好')
  await a.tap('channel-info')
  await a.waitForCount('channel-leave', 1)
  await a.tap('channel-leave')
  await a.answer('confirm')
  await a.waitForCount('channel-join', 1)
  await a.back()
  await hears(a, '大家好')
  await a.waitForText('channel-notice', '你已退出这个频道，加入后才能收发消息')
  await a.type('composer-input', '我退了还能说吗')
  await a.tap('composer-send')
  await a.screenshot('failure-left-channel')
  await a.tap('channel-join')
  await a.waitForCount('channel-join', 0)
  expect((await a.all('message-text')).map(({ text }) => text)).toEqual(['大家好'])
  await a.tap('composer-send')
  await hears(a, '我退了还能说吗')
})

test('a full disk is reported and leads to the storage page; unsaved messages are saved later', async () => {
  const words = '占地方的话。'.repeat(1_000)
  await left('peer:carol', Array.from({ length: 5 }, (_, seq) => text(seq, words, { from: 'carol' })))
  const a = await take({ limits: { files: 100_000 } })
  await logIn(a, 'alice')
  await startChat(a, 'peer', 'bob')
  await say(a, '长话'.repeat(3_000))
  await a.waitForText('storage-notice', '存储空间已满，新消息没有存到本机去清理')
  await say(a, '照样能聊')
  await a.waitForText('message-status', '对方尚未收到', { index: -1 })
  await a.screenshot('failure-disk-full')
  await a.tap('storage-notice')
  await a.waitForRoute(STORAGE)
  await a.waitForCount('storage-row', 1)
  await a.screenshot('failure-disk-full-storage')
  await a.tap('storage-clear', { id: 'peer:carol' })
  await a.answer('confirm')
  await a.waitForCount('storage-notice', 0)
  await a.waitFor('what was refused to be counted', async () => (await a.count('storage-row', { id: BOB })) === 1)
  await a.screenshot('storage-cleared')
  await a.restart()
  await a.waitForCount('conversation-row', 1, { id: BOB })
  // The banner goes, so every row moves up.
  await connected(a)
  await open(a, BOB)
  await hears(a, '照样能聊')
  expect(await texts(a)).toHaveLength(2)
})

test('damage is reported once, and the rest is there', async () => {
  await left(BOB, Array.from({ length: 60 }, (_, seq) => text(seq, `第 ${seq} 条`)))
  writeFileSync(fileOf(keys.page(BOB, 0)), '\u0000\u0000garbled')
  const a = await take()
  await logIn(a, 'alice')
  await open(a, BOB)
  await hears(a, '第 59 条')
  await a.waitForText('storage-notice', /部分聊天记录已损坏/)
  await a.screenshot('failure-damaged')
  await a.tap('storage-notice')
  await a.waitForCount('storage-notice', 0)
  const again = await take()
  await again.waitForCount('conversation-row', 1, { id: BOB })
  await connected(again)
  await open(again, BOB)
  await hears(again, '第 59 条')
  expect(await again.count('storage-notice')).toBe(0)
})

test('a history of a newer version is reported', async () => {
  await left(BOB, [text(0, '旧的')])
  writeFileSync(fileOf(`${keys.index}meta`), JSON.stringify({ v: 9 }))
  const a = await take()
  await logIn(a, 'alice')
  await a.waitForText('storage-notice', /来自更新的版本/)
  await a.screenshot('failure-newer-list')
  await startChat(a, 'peer', 'bob')
  await say(a, '照样能聊')
  await a.waitForText('message-status', '对方尚未收到')
  await a.screenshot('failure-newer-thread')
  await backToList(a)
  await logOut(a)
  await logIn(a, 'carol')
  expect(await a.count('storage-notice')).toBe(0)
})

test('unreadable storage at the start is reported, and that nothing is saved', async () => {
  // A folder is where the file should be.
  mkdirSync(fileOf(`${keys.index}meta`), { recursive: true })
  const a = await take()
  await logIn(a, 'alice')
  await a.waitForText('storage-notice', /读不出本机的聊天记录/)
  await startChat(a, 'peer', 'bob')
  await say(a, '只在这次有')
  await a.waitForText('message-status', '对方尚未收到')
  await a.screenshot('failure-unreadable')
})

test('storage use can be seen, limited and cleared', async () => {
  await left(BOB, Array.from({ length: 400 }, (_, seq) => text(seq, `第 ${seq} 条：今天下午三点在老地方见面聊聊新项目`)))
  await left('channel:weekend', [text(0, '周末去哪儿')])
  const a = await take()
  await logIn(a, 'alice')
  await a.switchTab(ME)
  await a.waitForCount('me-storage', 1)
  await a.screenshot('me-storage')
  await a.tap('me-storage')
  await a.waitForCount('storage-row', 2)
  await a.screenshot('storage')
  await a.tap('storage-clear-all')
  await a.waitFor('the question', async () => (await a.dialogs()).some(({ kind, waiting }) => kind === 'modal' && waiting))
  const [question] = (await a.dialogs()).filter(({ waiting }) => waiting)
  expect(question?.options['title']).toBe('清空全部聊天记录？')
  await a.answer('confirm')
  await a.waitForCount('storage-row', 0)
  await a.screenshot('storage-empty')
  await a.back()
  await a.switchTab(CONVERSATIONS)
  await a.waitForCount('conversation-row', 2)
  await a.screenshot('list-after-clearing')
})
