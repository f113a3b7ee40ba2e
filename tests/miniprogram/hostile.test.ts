// The compiled mini program against hostile users and a hostile server: they cannot break it, harm another conversation or prevent the user from writing.
import { describe, expect, test } from 'vitest'
import type { GatewayClient } from '../support/gateway-client'
import { absurdTimes, hostileFrames, hostileTexts } from '../support/hostile'
import { RawGateway } from '../support/raw-gateway'
import { startInChromium, startInNode, type MiniProgram } from '../../simulator/drive/driver'
import type { Disk } from '../../simulator/runtime/types'
import { useNetwork } from './network'
import { backToList, hears, idle, logIn, open, say, startChat, texts } from './people'

const UNLIMITED = { rateLimits: false }

/** The keys of an envelope. */
const wordsOf = (text: string) => (JSON.parse(text) as { text: string }).text
/** The words of the messages. Receipts and typing have none. */
const heardBy = (client: GatewayClient) => client.all('peer').flatMap(({ text }) => wordsOf(text as string) ?? [])

const FLOOD = 1_000

/** A thousand messages to Alice in a second, one each millisecond; only those from `from` up to `upTo`. */
async function flood(mallory: GatewayClient, alice: MiniProgram, { from = 0, upTo = FLOOD } = {}): Promise<void> {
  for (let n = from; n < upTo; n++) {
    mallory.raw({ t: 'peer', id: 1_000_000 + n, to: 'alice', text: JSON.stringify({ v: 1, id: `f${n}`, kind: 'text', text: `flood ${n}` }) })
    await alice.elapse(1)
  }
}

/** A phone's disk that counts the changes of its files. */
function counting(counter: { writes: number }): (disk: Disk) => Disk {
  return (disk) => ({
    read: (path) => disk.read(path),
    readdir: (path) => disk.readdir(path),
    stat: (path) => disk.stat(path),
    mkdir: (path, recursive) => disk.mkdir(path, recursive),
    rmdir: (path, recursive) => disk.rmdir(path, recursive),
    unlink: (path) => disk.unlink(path),
    rename: (from, to) => disk.rename(from, to),
    write: (path, bytes) => {
      counter.writes++
      disk.write(path, bytes)
    },
    append: (path, bytes) => {
      counter.writes++
      disk.append(path, bytes)
    },
  })
}

/** The titles and previews of the conversation list, by id. */
async function list(phone: MiniProgram): Promise<Record<string, { title: string; preview: string }>> {
  const [rows, titles, previews] = [await phone.all('conversation-row'), await phone.all('conversation-title'), await phone.all('conversation-preview')]
  return Object.fromEntries(rows.map((row, n) => [row.dataset.id ?? '', { title: titles[n]?.text ?? '', preview: previews[n]?.text ?? '' }]))
}

describe('a flood of 1,000 messages in a second', () => {
  const network = useNetwork(startInNode, UNLIMITED)
  const { phone } = network

  test('while the user writes to another peer: their messages are sent, and the flood does not reach the screen', async () => {
    const disk = { writes: 0 }
    const a = await phone({ disk: counting(disk) })
    const [bob, mallory] = [await network.client('bob'), await network.client('mallory')]
    await logIn(a, 'alice')
    await startChat(a, 'peer', 'bob')
    await say(a, 'before')
    await a.waitForText('message-status', '已送达')
    await a.resetStats()
    disk.writes = 0
    await flood(mallory, a, { upTo: FLOOD / 2 })
    await say(a, 'amid the flood')
    await network.until(bob.next((frame) => frame.t === 'peer' && wordsOf(frame.text as string) === 'amid the flood'))
    await flood(mallory, a, { from: FLOOD / 2 })
    await network.until(mallory.answer(1_000_000 + FLOOD - 1))
    await a.waitForText('message-status', '已送达', { index: -1 })

    expect(heardBy(bob)).toEqual(['before', 'amid the flood'])
    expect(await texts(a)).toEqual(['before', 'amid the flood'])
    // The cost of an own message, and not a call for the thousand others.
    const { calls, bytes } = await a.stats()
    expect(calls).toBeLessThanOrEqual(10)
    expect(bytes).toBeLessThanOrEqual(1_024)
    expect(disk.writes).toBeLessThan(FLOOD / 5)
    await backToList(a)
    await a.waitForText('conversation-unread', '99+')
    await a.waitForText('conversation-preview', `flood ${FLOOD - 1}`)
  })

  test('while the list is shown: the row follows it in steps', async () => {
    const disk = { writes: 0 }
    const a = await phone({ disk: counting(disk) })
    const mallory = await network.client('mallory')
    await logIn(a, 'alice')
    await network.until(mallory.ask({ t: 'peer', to: 'alice', text: 'hi' }))
    await a.waitForCount('conversation-row', 1)
    await a.resetStats()
    disk.writes = 0
    await flood(mallory, a)
    await a.waitForText('conversation-preview', `flood ${FLOOD - 1}`)
    const { calls, bytes } = await a.stats()
    expect(calls).toBeLessThan(FLOOD / 5)
    expect(bytes).toBeLessThan(100 * (FLOOD / 5))
    expect(disk.writes).toBeLessThan(FLOOD / 5)
  })

  test('while its thread is shown: every message arrives once, and the user can answer', async () => {
    const a = await phone()
    const mallory = await network.client('mallory')
    await logIn(a, 'alice')
    await network.until(mallory.ask({ t: 'peer', to: 'alice', text: 'hi' }))
    await open(a, 'peer:mallory')
    await flood(mallory, a, { upTo: FLOOD / 2 })
    // In a flood an own message is soon off the screen, too.
    await a.type('composer-input', 'stop it')
    await a.tap('composer-send')
    await flood(mallory, a, { from: FLOOD / 2 })
    await hears(a, `flood ${FLOOD - 1}`)
    await a.waitFor('the answer', async () => heardBy(mallory).length > 0)
    await idle(a)
    expect(heardBy(mallory)).toEqual(['stop it'])
    const shown = await texts(a)
    expect(new Set(shown).size).toBe(shown.length)
    expect(shown.at(-1)).toBe(`flood ${FLOOD - 1}`)
  })
})

describe.each([
  ['in Node', startInNode],
  ['in Chromium', startInChromium],
] as const)('%s', (_host, start) => {
  const network = useNetwork(start, UNLIMITED)
  const { phone } = network

  test('a hostile peer affects no other conversation, and their messages can be viewed', async () => {
    const a = await phone()
    const [bob, mallory] = [await network.client('bob'), await network.client('mallory')]
    await logIn(a, 'alice')
    await startChat(a, 'peer', 'bob')
    await say(a, 'hello bob')
    await network.until(bob.ask({ t: 'peer', to: 'alice', text: 'hello alice' }))
    await hears(a, 'hello alice')
    await a.waitForText('message-status', '已送达')
    const stolen = (await a.all('message-row'))[0]?.dataset.id ?? ''
    expect(stolen).toMatch(/^[\w-]{21}$/)
    await backToList(a)
    for (const text of hostileTexts(stolen)) {
      expect(await network.until(mallory.ask({ t: 'peer', to: 'alice', text }))).toMatchObject({ received: true })
    }
    await network.until(mallory.ask({ t: 'peer', to: 'alice', text: '\u202eevil \u2067 preview' }))
    await a.waitForText('conversation-preview', 'evil preview', { index: 0 })
    await a.screenshot('hostile-list')
    const rows = await list(a)
    expect(Object.keys(rows).sort()).toEqual(['peer:bob', 'peer:mallory'])
    expect(rows['peer:bob']).toEqual({ title: 'bob', preview: 'hello alice' })

    await open(a, 'peer:mallory')
    await a.waitForCount('unread-divider', 1)
    // A control opened in a message is closed in it.
    const marks = `Z${'\u0301'.repeat(100)}`
    await a.waitFor('the marks', async () => (await texts(a)).some((text) => text.startsWith(marks)))
    await a.screenshot('hostile-thread')
    await say(a, 'enough')
    expect(await texts(a)).toContain('\u202eevil \u2067 preview\u2069\u202c')
    await backToList(a)
    await open(a, 'peer:bob')
    // The list is rendered before its content is read.
    await hears(a, 'hello alice')
    expect(await texts(a)).toEqual(['hello bob', 'hello alice'])
    await a.waitForText('message-status', '已送达')
  })
})

describe('on a screen', () => {
  const network = useNetwork(startInChromium, UNLIMITED)
  const { phone } = network

  test('32 KB of combining marks stay in their row: the rows beside it look as before', async () => {
    const a = await phone()
    const mallory = await network.client('mallory')
    await logIn(a, 'alice')
    await network.until(mallory.ask({ t: 'peer', to: 'alice', text: 'above' }))
    await open(a, 'peer:mallory')
    await hears(a, 'above')
    // Without its edges: it shares them with its neighbours if it begins between two pixels.
    const take = async (index: number) => {
      const { left, top, width, height } = (await a.element('message-row', { index })).rect
      return a.page?.screenshot({ clip: { x: left, y: top + 2, width, height: height - 4 } })
    }
    // The same twice: rendering has ended.
    const picture = async (index: number) => {
      await a.page?.evaluate(() => document.fonts.ready.then(() => undefined))
      let last = await take(index)
      for (let next = await take(index); !next?.equals(last!); next = await take(index)) last = next
      return last
    }
    const before = await picture(0)
    expect(before?.length).toBeGreaterThan(0)
    // Some fonts draw a few hundred marks, and drop the rest.
    for (const text of [`Z${'\u0301'.repeat(16_000)}`, `a${'\u0323'.repeat(300)}`, 'above']) await network.until(mallory.ask({ t: 'peer', to: 'alice', text }))
    await a.waitForCount('message-row', 4)
    await a.screenshot('hostile-marks')
    expect(await picture(0)).toEqual(before)
    expect(await picture(3)).toEqual(before)
    for (const index of [1, 2]) expect((await a.element('message-row', { index })).rect.height).toBeLessThan(100)
  })
})

describe('with a hostile server', () => {
  const network = useNetwork(startInNode)

  test('the chat continues, and impossible times are shown as now', async () => {
    const { clock } = network
    const server = RawGateway.inMemory()
    const a = await network.phone({ openSocket: (_url, _protocols, _headers, handlers) => server.connect(clock, handlers) })
    await logIn(a, 'alice')
    await a.tap('new-chat')
    await a.waitForCount('new-chat-id', 1)
    await a.tap('new-chat-kind', { kind: 'channel' })
    await a.type('new-chat-id', 'general')
    await a.tap('new-chat-submit')
    await a.waitForCount('composer-input', 1)
    await a.waitFor('the channel to be joined', async () => server.sent('join').length === 1)
    for (const frame of hostileFrames('general')) server.send(frame)
    server.send({ t: 'msg', ch: 'general', seq: 1, from: 'alice', text: 'never said', ts: clock.now() })
    for (const seq of [3, 1, 3, 2]) server.send({ t: 'msg', ch: 'general', seq: seq + 100, from: 'bob', text: `message ${seq}`, ts: clock.now() })
    await hears(a, 'message 2')
    expect(await texts(a)).toEqual(['message 3', 'message 1', 'message 2'])
    await say(a, 'still writing')
    await a.waitForText('message-status', '已发送', { index: -1 })
    await backToList(a)

    const times = absurdTimes(clock.now())
    for (const [n, ts] of times.entries()) server.send({ t: 'peer', mid: n + 1, from: `m${n}`, text: 'x', ts })
    await a.waitForCount('conversation-row', times.length + 1)
    for (const time of await a.all('conversation-time')) expect(time.text).toMatch(/^\d\d:\d\d$/)
    await a.elapse(1)
    server.send({ t: 'peer', mid: 99, from: 'bob', text: 'the newest', ts: clock.now() })
    await a.waitForText('conversation-title', 'bob', { index: 0 })
  })
})
