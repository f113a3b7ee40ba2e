// Reading without a jump, measured in px on the compiled mini program: what is being read stays where it is, whatever comes or goes.
import { describe, expect, test } from 'vitest'
import { readConversation, unreadFrom, variedMessages, writeHistory, type StoredConversation } from '../support/phone-history'
import { movements, record, rowsNow, turnNotch, type Frame, type Recording } from '../support/row-recorder'
import { startInChromium, type MiniProgram, type Platform } from '../../simulator/drive/driver'
import { openDiskStorage } from '../support/disk-storage'
import type { GatewayClient } from '../support/gateway-client'
import { backToList, hears, logIn, open, say, texts } from './people'
import { useReaders } from './readers'

const { network, folder } = useReaders(startInChromium)
const { phone } = network

const [alice, bob] = ['alice', 'bob'] as const
const WHEEL_PX = 200
/** Less than a chunk of messages is tall. */
const STEP_PX = 1_500
/** In which the wheel has moved a list by twenty screens, ms. */
const FAR_TIMEOUT_MS = 30_000

/** Alice's phone, logged in, with a history on its disk. */
async function phoneOf(platform: Platform, ...conversations: StoredConversation[]): Promise<MiniProgram> {
  await writeHistory(folder(), alice, conversations)
  const a = await phone({ dir: folder(), platform })
  await logIn(a, alice)
  return a
}

const withBob = (count: number, unread = 0): StoredConversation => ({ id: `peer:${bob}`, messages: variedMessages(count, alice, bob), unread })

/** Lets Bob write to Alice. Resolves once her phone has it. */
async function writes(b: GatewayClient, text: string): Promise<void> {
  expect(await b.ask({ t: 'peer', to: alice, text })).toMatchObject({ received: true })
}

/** Opens the thread, once it shows what it opens at. */
async function reads(a: MiniProgram): Promise<void> {
  await open(a, `peer:${bob}`)
  await a.waitFor('messages on the screen', async () => Object.keys(await rows(a)).length > 0)
  await a.settled()
}

const rows = (a: MiniProgram): Promise<Frame> => rowsNow(a.page!)
const numbers = (frame: Frame) => Object.keys(frame).map(Number)

/** Turns the wheel, a notch at each frame, as a hand does; negative is up. */
async function turnWheel(a: MiniProgram, notches: number): Promise<void> {
  await a.page!.mouse.move(180, 320)
  for (let i = 0; i < Math.abs(notches); i++) await turnNotch(a.page!, Math.sign(notches) * WHEEL_PX)
}

/** Turns the wheel up (-1) or down (1) until the list has been moved by `px`. */
async function turnFar(a: MiniProgram, direction: 1 | -1, px: number, recording: Recording): Promise<void> {
  await a.waitFor(`the list to be moved by ${px} px`, async () => {
    await turnWheel(a, direction * 10)
    return Math.abs(sum(movements(await recording.frames()))) >= px
  }, FAR_TIMEOUT_MS)
}

/** Where a message of one frame stands in the other; both must show it. */
function moved(before: Frame, after: Frame): number[] {
  const common = Object.keys(before).filter((name) => name in after)
  expect(common.length, `of ${Object.keys(before).join(' ')} something in ${Object.keys(after).join(' ')}`).toBeGreaterThan(0)
  return common.map((name) => after[name]! - before[name]!)
}

function expectStill(before: Frame, after: Frame): void {
  for (const px of moved(before, after)) expect(Math.abs(px)).toBeLessThanOrEqual(1)
}

/** The last message is all on the screen, above the composer. */
async function expectLastInView(a: MiniProgram, text: string | RegExp): Promise<void> {
  await a.waitFor('the last message in view', async () => {
    const [list, row] = [await a.element('message-list'), (await a.all('message-row')).at(-1)]
    if (!row?.text.match(text)) return false
    return row.rect.top >= list.rect.top - 1 && row.rect.top + row.rect.height <= list.rect.top + list.rect.height + 1
  })
}

// On an iPhone a list has no scroll anchoring; elsewhere it has, and must not be moved twice.
describe.each<Platform>(['ios', 'android'])('on %s', (platform) => {
  test('older messages appear above, newer ones below, and the far end goes: nothing jumps against the wheel', async () => {
    const a = await phoneOf(platform, withBob(1_200))
    await reads(a)
    const upwards = await record(a.page!)
    // Further than the window is tall, so that chunks have come and gone.
    await turnFar(a, -1, 12_500, upwards)
    await a.settled()
    const up = movements(await upwards.frames())
    expect(await upwards.unexplained()).toEqual([])
    expect(sum(up)).toBeGreaterThan(12_000)
    expect(await a.count('message-row')).toBeLessThanOrEqual(160)
    expect(Math.max(...numbers(await rows(a)))).toBeLessThan(1_150)

    const downwards = await record(a.page!)
    await turnFar(a, 1, sum(up) - WHEEL_PX, downwards)
    await turnWheel(a, 10)
    await a.settled()
    const down = movements(await downwards.frames())
    expect(await downwards.unexplained()).toEqual([])
    // What was there before is there again, as tall as it was.
    expect(Math.abs(sum(down) + sum(up))).toBeLessThanOrEqual(WHEEL_PX)
    expect(numbers(await rows(a))).toContain(1_199)
  })

  test('far past the window, in what a spacer stands for, the messages of that place appear, and the reader stays there', async () => {
    const a = await phoneOf(platform, withBob(1_200))
    await reads(a)
    for (let i = 0; i < 10; i++) {
      await a.scroll('message-list', 'top')
      await a.settled()
    }
    const before = await rows(a)
    const [wasAt, high] = await scrolledTo(a)

    const low = Math.round(high - 4_500)
    await a.scroll('message-list', low)
    await a.settled()
    expect(Math.abs((await scrolledTo(a))[0] - low)).toBeLessThanOrEqual(1)
    expect(Math.min(...numbers(await rows(a)))).toBeGreaterThan(1_150)
    expect(Math.max(...numbers(await rows(a)))).toBeLessThan(1_190)

    await a.scroll('message-list', Math.round(wasAt))
    await a.settled()
    expectStill(before, await rows(a))
    expect(await a.count('jump-to-latest')).toBe(1)
  })

  test('the first visible message stays when older ones are asked for', async () => {
    const a = await phoneOf(platform, withBob(300))
    await reads(a)
    await a.scroll('message-list', 'top')
    await a.settled()
    for (let i = 0; i < 3; i++) {
      const frames = await record(a.page!, 0)
      const first = numbers(await rows(a))[0]!
      await a.settled()
      const recorded = await frames.stop()
      const seen = recorded.filter((frame) => String(first) in frame)
      expectStill(seen[0]!, seen.at(-1)!)
      expect(movements(recorded).filter((px) => !(Math.abs(px) <= 1))).toEqual([])
      expect(Number((await texts(a))[0]!.split(' ')[0]!.slice(1))).toBeLessThan(first - 15)
    }
  })

  test('a message arrives while the reader is further up: nothing moves, the button counts, a tap leads to it', async () => {
    const a = await phoneOf(platform, withBob(200))
    const b = await network.client(bob)
    await reads(a)
    await turnWheel(a, -8)
    await a.settled()
    const before = await rows(a)
    const frames = await record(a.page!)
    await a.resetStats()
    await writes(b, '第一条新的')
    await a.waitForText('jump-to-latest', '↓ 1 条新消息')
    expect(await a.stats()).toMatchObject({ calls: 1 })
    expect((await a.stats()).bytes).toBeLessThanOrEqual(60)
    await writes(b, '第二条新的')
    await a.waitForText('jump-to-latest', '↓ 2 条新消息')
    await a.settled()
    expect(movements(await frames.stop()).filter((px) => px !== 0)).toEqual([])
    expectStill(before, await rows(a))
    await a.tap('jump-to-latest')
    await expectLastInView(a, '第二条新的')
    await a.waitForCount('jump-to-latest', 0)
  })

  test('one’s own message leads to the newest, from wherever it is written', async () => {
    const a = await phoneOf(platform, withBob(600))
    await reads(a)
    await turnWheel(a, -60)
    await a.settled()
    expect(Math.max(...numbers(await rows(a)))).toBeLessThan(590)
    await say(a, '写在上面的')
    await expectLastInView(a, '写在上面的')
  })

  test('the last message stays in view when the keyboard comes and goes and the text area grows', async () => {
    const a = await phoneOf(platform, withBob(100))
    await reads(a)
    await expectLastInView(a, /m99 /)
    await a.raise('KeyboardHeightChange', { height: 300 })
    await expectLastInView(a, /m99 /)
    await a.type('composer-input', '一\n二\n三\n四')
    await expectLastInView(a, /m99 /)
    await a.raise('KeyboardHeightChange', { height: 0 })
    await expectLastInView(a, /m99 /)

    // the list holds on to its end for a moment after it got another height
    await a.settled()
    await turnWheel(a, -10)
    await a.settled()
    const before = await rows(a)
    await a.raise('KeyboardHeightChange', { height: 300 })
    await a.settled()
    expectStill(before, await rows(a))
  })

  test('opens at the unread divider, which stays while one reads; read is what was seen', async () => {
    const a = await phoneOf(platform, withBob(500, 300))
    expect(await a.text('conversation-unread')).toBe('99+')
    await reads(a)
    const [list, divider] = [await a.element('message-list'), await a.element('unread-divider')]
    expect(divider.text).toBe('以下为 240 条未读消息')
    expect(divider.rect.top).toBeGreaterThanOrEqual(list.rect.top - 1)
    expect(divider.rect.top).toBeLessThan(list.rect.top + list.rect.height / 2)
    await turnWheel(a, 6)
    await a.settled()
    const lastSeen = (await seenRows(a)).at(-1)!
    expect(lastSeen).toBeGreaterThan(202)
    expect(lastSeen).toBeLessThan(260)
    await turnWheel(a, -6)
    await a.settled()
    // It stands where it stood, above the same message, with the same count.
    expect((await a.element('unread-divider')).text).toBe('以下为 240 条未读消息')
    expect(Math.abs((await a.element('unread-divider')).rect.top - divider.rect.top)).toBeLessThanOrEqual(1)
    await backToList(a)
    // The disk is written down when the program ends, and what was seen once the thread is left.
    await a.settled()
    await a.restart()
    const { unread, readTo } = (await readConversation(folder(), alice, `peer:${bob}`))!
    expect(readTo).toBe(lastSeen + 1)
    expect(unread).toBe(unreadFrom(variedMessages(500, alice, bob), readTo))
  })
})

describe('when the oldest messages give way to new ones', () => {
  test.each([
    ['with them', 180],
    ['with the first that is left', 200],
  ])('nothing moves, and nothing blank stands above the first that is left: the window begins %s', async (_what, first) => {
    openDiskStorage(folder()).setKey('setting/history-limits', JSON.stringify({ messagesPerConversation: 1_000 }))
    const a = await phoneOf('ios', withBob(1_190, 960))
    const b = await network.client(bob)
    await reads(a)
    await a.waitFor('what will go', async () => {
      await a.scroll('message-list', 'top')
      await a.settled()
      return (await firstDrawn(a)) < 180
    })
    for (let at = (await scrolledTo(a))[0]; (await firstDrawn(a)) < first; at += STEP_PX) {
      await a.scroll('message-list', Math.round(at))
      await a.settled()
    }
    expect(await firstDrawn(a)).toBe(first)
    const before = await rows(a)

    const frames = await record(a.page!)
    for (let i = 0; i < 15; i++) await writes(b, `新的 ${i}`)
    await a.waitForText('jump-to-latest', '↓ 15 条新消息')
    await a.settled()
    expect(movements(await frames.stop()).filter((px) => !(Math.abs(px) <= 1))).toEqual([])
    expectStill(before, await rows(a))

    const upwards = await record(a.page!)
    await a.waitFor('the first that is left', async () => {
      await turnWheel(a, -25)
      await a.settled()
      return (await firstDrawn(a)) === 200 && (await scrolledTo(a))[0] === 0
    }, FAR_TIMEOUT_MS)
    expect(await upwards.unexplained()).toEqual([])
    const [list, row] = [await a.element('message-list'), await a.element('message-row')]
    expect(row.rect.top - list.rect.top).toBeLessThan(120)
  })
})

describe('a jump', () => {
  test('leads far up to the message itself, and back, without reading what lies between', async () => {
    const a = await phoneOf('ios', withBob(20_000, 15_000))
    await reads(a)
    expect(numbers(await rows(a))).toContain(5_000)
    const unseen = (await seenRows(a)).at(-1)! + 1
    await a.resetStats()
    await a.tap('jump-to-latest')
    await a.waitFor('the newest', async () => numbers(await rows(a)).includes(19_999))
    await a.settled()
    expect((await a.stats()).bytes).toBeLessThan(40_000)
    expect(await a.text('jump-to-unread')).toBe('↑ 99+ 条新消息')
    const frames = await record(a.page!)
    await a.tap('jump-to-unread')
    await a.waitFor('the first of them', async () => numbers(await rows(a)).includes(unseen))
    await a.settled()
    expect(numbers(await rows(a))).toContain(unseen)
    const shown = new Set((await frames.stop()).flatMap(numbers))
    // Nothing flashes by on the way.
    expect([...shown].filter((seq) => seq > 5_100 && seq < 19_900)).toEqual([])
    expect((await a.all('message-row')).filter(({ className }) => className.includes('is-target')).length).toBeLessThanOrEqual(1)
    await a.tap('jump-to-latest')
    await expectLastInView(a, /m19999 /)
  })

  test('opens a thread at the message of its address, standing out', async () => {
    await writeHistory(folder(), alice, [withBob(3_000)])
    const a = await phone({ dir: folder() })
    await logIn(a, alice)
    await a.restart()
    const at = await phone({ dir: folder(), launchPath: 'src/pages/thread/thread', launchQuery: { id: Buffer.from(`peer:${bob}`).toString('hex'), at: '1234' } })
    await at.waitFor('the message', async () => numbers(await rows(at)).includes(1_234))
    const target = (await at.all('message-row')).find(({ text }) => text.includes('m1234 '))!
    expect(target.className).toContain('is-target')
    const list = await at.element('message-list')
    expect(target.rect.top).toBeGreaterThan(list.rect.top)
    expect(target.rect.top).toBeLessThan(list.rect.top + list.rect.height)
    await at.waitFor('the end of it', async () => (await at.all('message-row')).every(({ className }) => !className.includes('is-target')))
    await hears(at, (await texts(at)).find((text) => text.startsWith('m1234 '))!)
  })
})

/** The number of the first message that is drawn, on the screen or above it. */
async function firstDrawn(a: MiniProgram): Promise<number> {
  const [first] = await texts(a)
  return Number(/^m(\d+) /.exec(first!)![1])
}

/** How far the list is scrolled, and how tall all of it is, in px. */
function scrolledTo(a: MiniProgram): Promise<[scrollTop: number, scrollHeight: number]> {
  return a.page!.evaluate('[window.recordedList.scrollTop, window.recordedList.scrollHeight]') as Promise<[number, number]>
}

/** Messages that are on the screen with all of them. */
async function seenRows(a: MiniProgram): Promise<number[]> {
  const list = await a.element('message-list')
  const bottom = list.rect.top + list.rect.height
  return (await a.all('message-row'))
    .filter(({ rect }) => rect.top >= list.rect.top && rect.top + rect.height <= bottom + 1)
    .map(({ text }) => Number(/m(\d+) /.exec(text)![1]))
}

function sum(px: readonly number[]): number {
  return px.reduce((total, one) => total + one, 0)
}
