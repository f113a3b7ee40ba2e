// The client of the version before (tests/fixtures/clients) and the present one: at one gateway, and one after the other on one phone.
import { cpSync, mkdtempSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CODES } from '../../src/rtm/codes'
import { startInNode, type MiniProgram, type StartOptions } from '../../simulator/drive/driver'
import { LAUNCH_SNAPSHOT, launchSnapshotSaved, listed, shownRows } from './conversation-rows'
import { useFormerClient } from './former-client'
import { useNetwork } from './network'
import { backToList, connected, CONVERSATIONS, hears, idle, isSet, logIn, logOut, ME, open, say, startChat, texts } from './people'
import { allDelivered, filesOf, screenOf } from './phone-content'

const client = useFormerClient()
let former: StartOptions
beforeAll(() => {
  former = client.build()
})

const network = useNetwork(startInNode)
const { phone } = network
/** The build of each side. Functions, since the package is unpacked after the tests are collected. */
const builds = { former: () => former, present: (): StartOptions => ({}) }
const pairs = [
  ['former', 'present'],
  ['present', 'former'],
] as const

const statuses = async (a: MiniProgram) => (await a.all('message-status')).map(({ text }) => text)

/** The message frames among `frames`. */
const messages = (frames: readonly string[]) => frames.map((frame) => JSON.parse(frame) as Record<string, unknown>).filter(({ t }) => t === 'peer' || t === 'send')

describe.each(pairs)('the %s client to the %s one', (sender, receiver) => {
  test('texts arrive, with a peer and in a channel, and are delivered', async () => {
    const [a, b] = [await phone(builds[sender]()), await phone(builds[receiver]())]
    await Promise.all([logIn(a, 'alice'), logIn(b, 'bob')])
    await startChat(a, 'peer', 'bob')
    await say(a, '你好 👋')
    await allDelivered(a)
    await b.waitForText('conversation-unread', '1')
    await b.waitForText('conversation-preview', '你好 👋')
    await open(b, 'peer:alice')
    await say(b, '第一行\n"第二行"')
    await hears(a, '第一行\n"第二行"')
    await allDelivered(b)
    await say(a, '{"v":1,"id":"x","kind":"text","text":"打出来的"}')
    await hears(b, '{"v":1,"id":"x","kind":"text","text":"打出来的"}')
    expect(await texts(b)).toEqual(await texts(a))
    for (const one of [a, b]) {
      await backToList(one)
      await startChat(one, 'channel', 'weekend')
    }
    for (const one of [a, b]) await one.waitForText('thread-detail', '2 位成员')
    await say(a, '大家好')
    await hears(b, '大家好')
    await say(b, '收到')
    await hears(a, '收到')
    expect(await texts(b)).toEqual(await texts(a))
  })

  test('a text to a peer who is away arrives after their next login, and is delivered then', async () => {
    const [a, b] = [await phone(builds[sender]()), await phone(builds[receiver]())]
    await Promise.all([logIn(a, 'alice'), logIn(b, 'bob')])
    await logOut(b)
    await startChat(a, 'peer', 'bob')
    await say(a, '你不在时写的一')
    await say(a, '你不在时写的二')
    await a.waitForText('message-status', '对方尚未收到')
    await logIn(b, 'bob')
    await open(b, 'peer:alice')
    await hears(b, '你不在时写的二')
    await allDelivered(a)
    await idle(a)
    expect(await texts(b)).toEqual(['你不在时写的一', '你不在时写的二'])
  })

  test('a copy of a message is shown once and acknowledged, also after a restart', async () => {
    const sent: string[] = []
    const [a, b] = [await phone({ ...builds[sender](), ...network.recording(sent) }), await phone(builds[receiver]())]
    await Promise.all([logIn(a, 'alice'), logIn(b, 'bob')])
    await startChat(a, 'peer', 'bob')
    await say(a, '只有一次')
    await allDelivered(a)
    await backToList(a)
    await logOut(a)
    // The gateway rejects a second login within 500 ms.
    await idle(a)
    const [message] = messages(sent)
    const copies = await network.client('alice')
    const copy = () => network.until(copies.ask({ t: 'peer', to: 'bob', text: String(message?.['text']) }))
    expect(await copy()).toMatchObject({ received: true })
    await b.restart()
    await connected(b)
    expect(await copy()).toMatchObject({ received: true })
    await open(b, 'peer:alice')
    await idle(b)
    expect(await texts(b)).toEqual(['只有一次'])
  })
})

/** The settings that the former client does not have. */
async function turnOff(a: MiniProgram): Promise<void> {
  await a.switchTab(ME)
  for (const setting of ['me-read-marks', 'me-typing']) {
    await isSet(a, setting, true)
    await a.tap(setting)
    await isSet(a, setting, false)
  }
  await a.switchTab(CONVERSATIONS)
}

describe.each(pairs)('the %s client to the %s one', (sender, receiver) => {
  test('a message that is read and keys that are pressed show nothing that the other one does not know', async () => {
    const [a, b] = [await phone(builds[sender]()), await phone(builds[receiver]())]
    await Promise.all([logIn(a, 'alice'), logIn(b, 'bob')])
    await startChat(a, 'peer', 'bob')
    await say(a, '一')
    await allDelivered(a)
    await open(b, 'peer:alice')
    await b.waitForText('thread-detail', '在线')
    await a.waitForText('thread-detail', '在线')
    await b.type('composer-input', '二')
    await idle(a)
    expect([await texts(a), await a.count('thread-typing'), await a.text('thread-detail')]).toEqual([['一'], 0, '在线'])
    await b.tap('composer-send')
    await hears(a, '二')
    await idle(a)
    for (const one of [a, b]) expect(await texts(one)).toEqual(['一', '二'])
    // The former client says nothing of what it read, and changes no message that was delivered.
    for (const one of [a, b]) expect(await statuses(one)).toEqual(['已送达'])
  })
})

test('both clients send the same frames for the same actions, to the byte except for the ids, without read marks and typing', async () => {
  const words = ['hello', '你好 👋', '"引号" \\ / \u2028', '第一行\n第二行', '{"v":1,"id":"x","kind":"text","text":"打出来的"}', 'e\u0301 \u202e倒着的', '长'.repeat(5_000)]
  const transcript = async (build: StartOptions) => {
    await network.startGateway()
    const sent: string[] = []
    const a = await phone({ ...build, ...network.recording(sent) })
    const bob = await network.client('bob')
    expect(await network.until(bob.ask({ t: 'join', ch: 'weekend' }))).toMatchObject({ t: 'ok' })
    await logIn(a, 'alice')
    if (build !== former) await turnOff(a)
    for (const kind of ['peer', 'channel'] as const) {
      await startChat(a, kind, kind === 'peer' ? 'bob' : 'weekend')
      // A bubble does not show every text as it is.
      for (const [index, text] of words.entries()) {
        await a.type('composer-input', text)
        await a.tap('composer-send')
        await a.waitForCount('message-row', index + 1)
      }
      if (kind === 'peer') {
        await allDelivered(a)
        expect(await network.until(bob.ask({ t: 'peer', to: 'alice', text: '{"v":1,"id":"b1","kind":"text","text":"收到"}' }))).toMatchObject({ received: true })
        await hears(a, '收到')
      }
      await idle(a)
      await backToList(a)
    }
    await logOut(a)
    await a.close()
    return sent.map((frame) => frame.replace(/(\{\\"v\\":1,\\"id\\":\\")[\w-]{21}(\\",\\"kind)/, '$1ID$2'))
  }
  const before = await transcript(former)
  expect(messages(before)).toHaveLength(2 * words.length)
  expect(before.filter((frame) => frame.includes('\\"id\\":\\"ID\\"'))).toHaveLength(2 * words.length)
  expect(await transcript({})).toEqual(before)
})

test('both clients show a message as delivered once its receipt comes', async () => {
  const shown = async (build: StartOptions) => {
    await network.startGateway()
    const sent: string[] = []
    const a = await phone({ ...build, ...network.recording(sent) })
    // It saves messages without telling the gateway, and sends receipts.
    const bob = await network.client('bob')
    bob.acknowledges = false
    await logIn(a, 'alice')
    await startChat(a, 'peer', 'bob')
    await say(a, '有回执的')
    await say(a, '没有回执的')
    await idle(a)
    const before = await statuses(a)
    const [first] = messages(sent).map(({ text }) => (JSON.parse(String(text)) as { id: string }).id)
    await network.until(bob.ask({ t: 'peer', to: 'alice', text: JSON.stringify({ v: 1, id: 'r1', kind: 'receipt', delivered: [first] }) }))
    await a.waitForText('message-status', '已送达')
    const after = await statuses(a)
    await a.close()
    return { before, after }
  }
  const before = await shown(former)
  expect(before).toEqual({ before: ['对方尚未收到'], after: ['已送达', '对方尚未收到'] })
  expect(await shown({})).toEqual(before)
})

describe('on one phone', () => {
  let dir: string
  beforeEach(() => {
    dir = mkdtempSync(path.join(client.folder(), 'phone-'))
  })

  /** The service rejects each message to Dave. */
  function rejectingDave(): StartOptions {
    const { openSocket } = network.recording([])
    if (!openSocket) throw new Error('no sockets')
    return {
      openSocket: (url, protocols, headers, handlers) => {
        const socket = openSocket(url, protocols, headers, handlers)
        return {
          send: (data) => {
            const { t, to, id } = JSON.parse(String(data)) as Record<string, unknown>
            if (t !== 'peer' || to !== 'dave') return socket.send(data)
            network.clock.after(0, () => handlers.onMessage(JSON.stringify({ t: 'err', id, code: CODES.peerMessage.INVALID_MESSAGE[0], why: 'rejected' })))
          },
          close: (code, reason) => socket.close(code, reason),
          cut: () => socket.cut(),
        }
      },
    }
  }

  test('the present client takes over what the former left, which then says that it is too old and changes nothing', async () => {
    const ids = ['peer:bob', 'peer:erin', 'channel:weekend', 'peer:carol', 'peer:dave']
    const snapshot = `${Buffer.from(LAUNCH_SNAPSHOT).toString('hex')}.json`
    const drafts = { 'peer:carol': '打了一半的字' }
    const [a, b] = [await phone({ dir, ...former, ...rejectingDave() }), await phone()]
    await Promise.all([logIn(a, 'alice'), logIn(b, 'bob')])
    await startChat(a, 'peer', 'dave')
    await say(a, '会被拒绝的')
    await a.waitForText('message-status', /消息内容不被接受/)
    await backToList(a)
    await startChat(a, 'peer', 'carol')
    await say(a, '你好，Carol')
    await a.waitForText('message-status', '对方尚未收到')
    await a.type('composer-input', drafts['peer:carol'])
    await backToList(a)
    await startChat(a, 'peer', 'bob')
    await say(a, '在吗')
    await allDelivered(a)
    await backToList(a)
    for (const one of [a, b]) await startChat(one, 'channel', 'weekend')
    await say(a, '周末去哪儿')
    await hears(b, '周末去哪儿')
    await backToList(a)
    await say(b, '去爬山吧')
    await say(b, '六点出发')
    await backToList(b)
    await a.waitForText('conversation-unread', '2')
    const erin = await network.client('erin')
    expect(await network.until(erin.ask({ t: 'peer', to: 'alice', text: '没读的' }))).toMatchObject({ received: true })
    await network.stopGateway()
    await a.waitForCount('connection-banner', 1)
    await open(a, 'peer:bob')
    await say(a, '断线时写的')
    await a.waitForText('message-status', '等待发送', { index: -1 })
    await backToList(a)
    await launchSnapshotSaved(a, dir)
    const list = await shownRows(a)
    await a.close()
    // Opening a thread marks it as read, so this looks at a copy.
    const copy = path.join(client.folder(), 'copy')
    cpSync(dir, copy, { recursive: true })
    const copied = await phone({ dir: copy, ...former })
    const left = await screenOf(copied, ids, drafts)
    await copied.close()
    expect(left.list).toEqual(list)
    expect(left.threads).toMatchObject({
      'peer:bob': { statuses: ['已送达', '等待发送'] },
      'peer:erin': { divider: 1 },
      'channel:weekend': { divider: 1 },
      'peer:carol': { statuses: ['对方尚未收到'] },
      'peer:dave': { statuses: [expect.stringContaining('消息内容不被接受')] },
    })

    const updated = await phone({ dir })
    await updated.waitForRoute(CONVERSATIONS)
    expect(await shownRows(updated, 'snapshot-row')).toEqual(list)
    expect(await screenOf(updated, ids, drafts)).toEqual(left)
    await network.startGateway()
    await Promise.all([connected(updated), connected(b)])
    await open(b, 'peer:alice')
    await hears(b, '断线时写的')
    await open(updated, 'peer:bob')
    await allDelivered(updated)
    await backToList(updated)
    await idle(updated)
    expect(await texts(b)).toEqual(['在吗', '断线时写的'])
    const taken = await screenOf(updated, ids, drafts)
    await launchSnapshotSaved(updated, dir)
    await idle(updated)
    await updated.close()

    // All but the launch snapshot, which is only the last screen.
    const kept = () => filesOf(dir).filter(([name]) => !name.endsWith(snapshot))
    const files = kept()
    const downgraded = await phone({ dir, ...former })
    await downgraded.waitForRoute(CONVERSATIONS)
    await downgraded.waitForText('storage-notice', '本机的聊天记录来自更新的版本，请更新后查看。新消息只保留到关闭前')
    await listed(downgraded, 0)
    await connected(downgraded)
    await idle(downgraded)
    await downgraded.close()
    expect(kept()).toEqual(files)

    const again = await phone({ dir })
    expect(await screenOf(again, ids, drafts)).toEqual(taken)
  })
})
