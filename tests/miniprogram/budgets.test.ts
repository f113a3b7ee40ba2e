// The setData calls and bytes of the compiled mini program: the same for 50, 5,000 and 100,000 stored messages. Times are measured by `npm run bench`.
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { crowdedPhone, crowdId, threadsPhone, unreadPhone, type StoredPhone } from '../../bench/fixture/phone'
import { BUDGETS, type CostBudget } from '../../bench/mini-program/budgets'
import type { Cost } from '../../bench/mini-program/cost'
import { thereAndBack } from '../../bench/mini-program/jump'
import { CHANNEL, PEER, Scene, type Start } from '../../bench/mini-program/scene'
import { FIRST_ROWS, hasList, startOf, useOnce } from '../../bench/mini-program/start'
import { startInChromium, startInNode, SteppedClock, type StartOptions } from '../../simulator/drive/driver'
import { openPipe } from '../../simulator/drive/pipe'
import { STEPPED_CLOCK_START } from '../../simulator/drive/stepped-clock'

const LENGTHS = [50, 5_000, 100_000]
const JUMPED = [1_000, 100_000]
const LONG_MS = 180_000

const phones = new Map<string, StoredPhone>()
beforeAll(async () => {
  for (const length of LENGTHS) phones.set(`threads ${length}`, await threadsPhone(length, STEPPED_CLOCK_START))
  phones.set('named', await threadsPhone(5_000, STEPPED_CLOCK_START, true))
  for (const length of JUMPED) phones.set(`unread ${length}`, await unreadPhone(length, STEPPED_CLOCK_START))
  phones.set('crowded', await crowdedPhone(1_000, 100_000, STEPPED_CLOCK_START))
  // A browser uses real time.
  phones.set('in real time', await threadsPhone(50))
})
afterAll(() => {
  for (const phone of phones.values()) phone.remove()
})

/** A phone like the one written as `name`, for one test: writing one takes seconds. */
function storedPhone(name: string): StoredPhone {
  const phone = phones.get(name)
  if (!phone) throw new Error(`there is no phone ${name}`)
  const copy = phone.copy()
  onTestFinished(() => copy.remove())
  return copy
}

/** Opens a scene, with a stepped clock in Node. At its end returns what exceeded its budget. */
async function scene(phone: string, start: Start, run: (scene: Scene, within: Within) => Promise<void>): Promise<void> {
  const over: string[] = []
  const within: Within = (what, { calls, bytes }, budget) => {
    if (calls > budget.calls || bytes > budget.bytes) over.push(`${what}: ${calls} calls, ${bytes} bytes; ${budget.calls} and ${budget.bytes} are allowed`)
  }
  const opened = await Scene.open(start, storedPhone(phone), start === startInNode ? { clock: new SteppedClock() } : {})
  try {
    await run(opened, within)
  } finally {
    over.push(...(await opened.close()))
  }
  expect(over).toEqual([])
}

type Within = (what: string, cost: Pick<Cost, 'calls' | 'bytes'>, budget: CostBudget) => void

describe.each(LENGTHS)('with %d stored messages', (length) => {
  test('a thread costs what its budgets say, with the list open underneath', { timeout: LONG_MS }, () =>
    scene(`threads ${length}`, startInNode, async (s, within) => {
      for (const conversation of [PEER, CHANNEL]) {
        within(`open ${conversation}`, await s.openThread(conversation), BUDGETS.open)
        within(`older ${conversation}`, await s.older(), BUDGETS.older)
        within(`append ${conversation}`, await s.append(conversation), BUDGETS.append)
        const { first, next } = await s.keystrokes(2_000)
        within('the first key', first, BUDGETS.firstKey)
        within('the keys after it', next, BUDGETS.nextKeys)
        within('an emoji', await s.emoji(2_000), BUDGETS.emoji)
        if (conversation === PEER) {
          within('status', await s.status(), BUDGETS.status)
          within('read mark', await s.readMark(), BUDGETS.readMark)
          const { begins, ends } = await s.typing()
          within('typing', begins, BUDGETS.typing)
          within('typing, its end', ends, BUDGETS.typing)
        }
        const changes = await s.changes(conversation)
        for (const name of ['react', 'unreact', 'edit', 'recall'] as const) within(`${name} in ${conversation}`, changes[name], BUDGETS[name])
        if (conversation === PEER && length > 50) within('a reaction to a message that is not rendered', await s.reactOutside(PEER), BUDGETS.outside)
        const menu = await s.menu()
        within('menu', menu, BUDGETS.menu)
        expect(menu.components).toEqual(['src/more/ui/menu/MessageMenu'])
        within('check', await s.check(), BUDGETS.check)
        within('background', await s.background(20), BUDGETS.background)
        within('the list, shown again', await s.backToList(), BUDGETS.shown)
      }
      await s.openThread(CHANNEL)
      // Enough messages for a new chunk to begin.
      for (let more = 0; more < 10; more++) within(`append ${more}`, await s.append(CHANNEL), BUDGETS.append)
      const burst = await s.burst()
      within('burst', burst, BUDGETS.burst)
      expect(burst.calls).toBe(BUDGETS.burst.calls)
    }))

  test('a message costs a reader who has scrolled up a counter', { timeout: LONG_MS }, () =>
    // Nothing scrolls in Node. There the user counts as scrolled up when the newest message is no longer rendered.
    scene(length === 50 ? 'in real time' : `threads ${length}`, length === 50 ? startInChromium : startInNode, async (s, within) => {
      await s.openThread(PEER)
      await s.scrollUp()
      for (let more = 0; more < 2; more++) within('append, scrolled up', await s.appendScrolled(PEER), BUDGETS.appendScrolled)
    }))
})

test('names and avatars cost a thread no more than its budgets', { timeout: LONG_MS }, () =>
  scene('named', startInNode, async (s, within) => {
    s.isNamed = true
    for (const conversation of [PEER, CHANNEL]) {
      within(`open ${conversation}`, await s.openThread(conversation), BUDGETS.open)
      within(`older ${conversation}`, await s.older(), BUDGETS.older)
      // The first one brings a new name to the channel.
      for (let more = 0; more < 3; more++) within(`append ${conversation}`, await s.append(conversation), BUDGETS.append)
      within('the list, shown again', await s.backToList(), BUDGETS.shown)
    }
  }))

test.each(JUMPED)('a jump over %d messages and back reads and renders nothing in between', { timeout: LONG_MS }, async (length) => {
  const { toLatest, back, readBytes } = await thereAndBack(storedPhone(`unread ${length}`), length, { clock: new SteppedClock() })
  for (const { calls, bytes } of [toLatest, back]) {
    expect(calls).toBeLessThanOrEqual(BUDGETS.jump.calls)
    expect(bytes).toBeLessThanOrEqual(BUDGETS.jump.bytes)
  }
  expect(readBytes).toBeLessThanOrEqual(BUDGETS.jump.readBytes)
})

describe('with 1,000 conversations', () => {
  test('one that moves to the top costs two calls, wherever it was', { timeout: LONG_MS }, () =>
    scene('crowded', startInNode, async (s, within) => {
      for (const index of [501, 7, 999, 1]) within(`move of ${index}`, await s.move(crowdId(index)), BUDGETS.listMove)
    }))

  test('a start reads and renders a screen of them; the next one paints it in one call, from the snapshot', { timeout: LONG_MS }, async () => {
    const { dir } = storedPhone('crowded')
    const options = (): StartOptions & { dir: string } => {
      const clock = new SteppedClock()
      return { dir, clock, openSocket: (_url, _protocols, _headers, handlers) => openPipe(undefined, clock, handlers) }
    }
    const first = await startOf(options(), FIRST_ROWS, hasList)
    await useOnce(options())
    const next = await startOf(options(), FIRST_ROWS, hasList)
    for (const { bytes, readBytes } of [first.painted, first.listed, next.painted, next.listed].flatMap((one) => one ?? [])) {
      expect(bytes).toBeLessThanOrEqual(BUDGETS.start.bytes)
      expect(readBytes).toBeLessThanOrEqual(BUDGETS.start.readBytes)
    }
    expect(next.painted.calls).toBe(1)
    expect(next.painted.readBytes).toBeLessThanOrEqual(BUDGETS.start.keptBytes)
  })
})

test('a hidden thread sends nothing, and once when it is shown again', { timeout: LONG_MS }, () =>
  scene('threads 50', startInNode, async (s) => {
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
