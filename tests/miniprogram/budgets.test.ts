// What the compiled mini program sends to the screen: setData calls and bytes, the same for 50, 5,000 and 100,000 stored messages.
// No times here: those are `npm run bench`.
import { describe, expect, test } from 'vitest'
import { crowdedPhone, crowdId, threadsPhone, writePhone, type StoredPhone } from '../../bench/fixture/phone'
import { BUDGETS, type CostBudget } from '../../bench/mini-program/budgets'
import type { Cost } from '../../bench/mini-program/cost'
import { CHANNEL, PEER, Scene, type Start } from '../../bench/mini-program/scene'
import { firstPaint } from '../../bench/mini-program/start'
import { startInChromium, startInNode } from './harness/driver'

const LENGTHS = [50, 5_000, 100_000]
const LONG_MS = 180_000

/** Several scenes are open at a time: each cleans up after itself, and says at its end what was over its budget. */
async function scene(phone: Promise<StoredPhone>, start: Start, run: (scene: Scene, within: Within, dir: string) => Promise<void>): Promise<void> {
  const stored = await phone
  const over: string[] = []
  const within: Within = (what, { calls, bytes }, budget) => {
    if (calls > budget.calls || bytes > budget.bytes) over.push(`${what}: ${calls} calls, ${bytes} bytes; ${budget.calls} and ${budget.bytes} are allowed`)
  }
  try {
    const opened = await Scene.open(start, stored)
    try {
      await run(opened, within, stored.dir)
    } finally {
      over.push(...(await opened.close()))
    }
  } finally {
    stored.remove()
  }
  expect(over).toEqual([])
}

type Within = (what: string, cost: Pick<Cost, 'calls' | 'bytes'>, budget: CostBudget) => void

describe.concurrent.each(LENGTHS)('with %d stored messages', (length) => {
  test('a thread costs what its budgets say, with the list open underneath', { timeout: LONG_MS }, () =>
    scene(threadsPhone(length), startInNode, async (s, within) => {
      for (const conversation of [PEER, CHANNEL]) {
        within(`open ${conversation}`, await s.openThread(conversation), BUDGETS.open)
        within(`older ${conversation}`, await s.older(), BUDGETS.older)
        within(`append ${conversation}`, await s.append(conversation), BUDGETS.append)
        const { first, next } = await s.keystrokes(2_000)
        within('the first key', first, BUDGETS.firstKey)
        within('the keys after it', next, BUDGETS.nextKeys)
        if (conversation === PEER) within('status', await s.status(), BUDGETS.status)
        within('background', await s.background(20), BUDGETS.background)
        within('the list, shown again', await s.backToList(), BUDGETS.shown)
      }
      await s.openThread(CHANNEL)
      // as far as it takes for a new chunk to begin
      for (let more = 0; more < 10; more++) within(`append ${more}`, await s.append(CHANNEL), BUDGETS.append)
      within('burst', await s.burst(), BUDGETS.burst)
    }))

  test('a message costs a reader who has scrolled up a counter', { timeout: LONG_MS }, () =>
    // Nothing scrolls in Node; there one has scrolled up when the newest message has left what is drawn.
    scene(writePhone([[PEER, length]]), length === 50 ? startInChromium : startInNode, async (s, within) => {
      await s.openThread(PEER)
      await s.scrollUp()
      for (let more = 0; more < 2; more++) within('append, scrolled up', await s.appendScrolled(PEER), BUDGETS.appendScrolled)
    }))
})

describe.concurrent('with 1,000 conversations', () => {
  test('one that moves to the top costs two calls, wherever it stood', { timeout: LONG_MS }, () =>
    scene(crowdedPhone(), startInNode, async (s, within) => {
      for (const index of [501, 7, 999, 1]) within(`move of ${index}`, await s.move(crowdId(index)), BUDGETS.listMove)
    }))

  test('a start reads and paints a screen of them', { timeout: LONG_MS }, async () => {
    const stored = await crowdedPhone()
    try {
      const { bytes, readBytes } = await firstPaint({ dir: stored.dir })
      expect(bytes).toBeLessThanOrEqual(BUDGETS.start.bytes)
      expect(readBytes).toBeLessThanOrEqual(BUDGETS.start.readBytes)
    } finally {
      stored.remove()
    }
  })
})

test.concurrent('a hidden thread sends nothing, and once when it is shown again', { timeout: LONG_MS }, () =>
  scene(threadsPhone(50), startInNode, async (s) => {
    const { phone } = s
    await s.openThread(CHANNEL)
    const before = await phone.count('message-row')
    await phone.tap('channel-info')
    await phone.waitForCount('channel-member', 2)
    await s.settled()
    await phone.resetStats()
    for (let more = 0; more < 3; more++) await s.hidden(CHANNEL)
    expect((await phone.stats()).log).toEqual([])
    await phone.back()
    await s.settled()
    expect(await phone.count('message-row')).toBe(before + 3)
    expect((await phone.stats()).calls).toBeLessThanOrEqual(2)
  }))
