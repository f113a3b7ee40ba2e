// Reading without jumps, measured in px on the compiled mini program: the visible text does not move, whatever arrives or goes.
import { describe, expect, test } from 'vitest'
import { startInChromium, type Platform } from '../../simulator/drive/driver'
import { readConversation, unreadFrom, variedMessages } from '../support/phone-history'
import { movements, record } from '../support/row-recorder'
import { backToList, say, texts } from './people'
import { useReaders } from './readers'
import { alice, bob, expectLastInView, expectStill, numbers, phoneOf, reads, rows, scrolledTo, seenRows, sum, turnFar, turnWheel, WHEEL_PX, withBob, writes } from './reading'

const readers = useReaders(startInChromium)
const { network, folder } = readers

// An iPhone's list has no scroll anchoring. Elsewhere it has, and must not be moved twice.
describe.each<Platform>(['ios', 'android'])('on %s', (platform) => {
  test('older messages appear above, newer ones below, and the far end goes: nothing jumps against the wheel', async () => {
    const a = await phoneOf(readers, platform, withBob(1_200))
    await reads(a)
    const upwards = await record(a.page!)
    // Further than the window's height, so that chunks have come and gone.
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
    // The rows from before are there again, with the same height.
    expect(Math.abs(sum(down) + sum(up))).toBeLessThanOrEqual(WHEEL_PX)
    expect(numbers(await rows(a))).toContain(1_199)
  })

  test('far past the window, in a spacer, the messages of that position appear, and the reader stays there', async () => {
    const a = await phoneOf(readers, platform, withBob(1_200))
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

  test('the first visible message stays when older ones are loaded', async () => {
    const a = await phoneOf(readers, platform, withBob(300))
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
    const a = await phoneOf(readers, platform, withBob(200))
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

  test('an own message leads to the newest, from wherever it is written', async () => {
    const a = await phoneOf(readers, platform, withBob(600))
    await reads(a)
    await turnWheel(a, -60)
    await a.settled()
    expect(Math.max(...numbers(await rows(a)))).toBeLessThan(590)
    await say(a, '写在上面的')
    await expectLastInView(a, '写在上面的')
  })

  test('the last message stays visible when the keyboard opens and closes and the text area grows', async () => {
    const a = await phoneOf(readers, platform, withBob(100))
    await reads(a)
    await expectLastInView(a, /m99 /)
    await a.raise('KeyboardHeightChange', { height: 300 })
    await expectLastInView(a, /m99 /)
    await a.type('composer-input', '一\n二\n三\n四')
    await expectLastInView(a, /m99 /)
    await a.raise('KeyboardHeightChange', { height: 0 })
    await expectLastInView(a, /m99 /)

    // The list stays at its end for a moment after a change of its height.
    await a.settled()
    await turnWheel(a, -10)
    await a.settled()
    const before = await rows(a)
    await a.raise('KeyboardHeightChange', { height: 300 })
    await a.settled()
    expectStill(before, await rows(a))
  })

  test('opens at the unread divider, which stays while the user reads; seen messages are read', async () => {
    const a = await phoneOf(readers, platform, withBob(500, 300))
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
    // The divider is at the same position, above the same message, with the same count.
    expect((await a.element('unread-divider')).text).toBe('以下为 240 条未读消息')
    expect(Math.abs((await a.element('unread-divider')).rect.top - divider.rect.top)).toBeLessThanOrEqual(1)
    await backToList(a)
    // The disk is written when the program ends, and the read position once the thread is left.
    await a.settled()
    await a.restart()
    const { unread, readTo } = (await readConversation(folder(), alice, `peer:${bob}`))!
    expect(readTo).toBe(lastSeen + 1)
    expect(unread).toBe(unreadFrom(variedMessages(500, alice, bob), readTo))
  })
})
