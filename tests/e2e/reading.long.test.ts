// Reading without jumps on the built H5, measured in px: the visible text does not move.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test, vi } from 'vitest'
import { encode } from '../../src/chat/message/envelope'
import { closeMenu, connected, DESK, id, MENU, useBuiltH5 } from '../support/built-h5'
import type { GatewayClient } from '../support/gateway-client'
import { movements, record, rowsNow, type Frame } from '../support/row-recorder'

/** Longer than a press takes to be a long one. */
const LONG_PRESS_MS = 700
const WHEEL_PX = 200
/** The number of messages by Bob before Alice looks. */
const WRITTEN = 420

const h5 = useBuiltH5({ rateLimits: false }, { isQuiet: true })
let alice: Page
let bob: GatewayClient
let written = 0

beforeAll(async () => {
  alice = await h5.tab(DESK)
  await alice.goto(`${h5.address()}?uid=alice`)
  await connected(alice)

  bob = await h5.client('bob')
  while (written < WRITTEN) await bobWrites()
  await alice.waitForFunction((selector) => document.querySelector(selector)?.textContent === '99+', id('conversation-unread'))
  await alice.waitForFunction(([selector, wanted]) => document.querySelector(selector!)?.textContent?.includes(wanted!), [id('conversation-preview'), `m${WRITTEN - 1} `])
}, 180_000)

/** Bob's next message: `m0`, `m1`, …, from one line to a screen and a half. */
async function bobWrites(): Promise<void> {
  const lines = written % 37 === 11 ? 40 : [1, 1, 3, 1, 6, 2, 1, 12][written % 8]!
  const text = `m${written++} ${'这一行有十来个字刚好。'.repeat(lines)}`
  await bob.ask({ t: 'peer', to: 'alice', text: encode({ kind: 'message', id: `reading-${written}`, body: { kind: 'text', text } }, 'rich') })
}

const rows = (): Promise<Frame> => rowsNow(alice)
const numbers = (frame: Frame) => Object.keys(frame).map(Number)

async function quiet(): Promise<void> {
  let before = ''
  await vi.waitUntil(
    async () => {
      const now = JSON.stringify([await rows(), await alice.locator(id('message-row')).count()])
      const isQuiet = now === before
      before = now
      return isQuiet
    },
    { timeout: 20_000, interval: 600 },
  )
}

async function turnWheel(notches: number): Promise<void> {
  await alice.mouse.move(180, 320)
  for (let i = 0; i < Math.abs(notches); i++) {
    await alice.mouse.wheel(0, Math.sign(notches) * WHEEL_PX)
    await sleep(50)
  }
}

function expectStill(before: Frame, after: Frame): void {
  const common = Object.keys(before).filter((name) => name in after)
  expect(common.length).toBeGreaterThan(0)
  for (const name of common) expect(Math.abs(after[name]! - before[name]!)).toBeLessThanOrEqual(1)
}

const boxOf = async (hook: string) => (await alice.locator(id(hook)).first().boundingBox())!

/** The last message is fully in the list, above the composer. */
async function expectLastInView(text: string): Promise<void> {
  await vi.waitFor(async () => {
    const row = alice.locator(id('message-row')).last()
    expect(await row.textContent()).toContain(text)
    const [list, box] = [await boxOf('message-list'), (await row.boundingBox())!]
    expect(box.y + box.height).toBeLessThanOrEqual(list.y + list.height + 1)
  }, 10_000)
}

const sum = (px: readonly number[]) => px.reduce((total, one) => total + one, 0)

test('reads from the divider, up and down through all of it, while messages arrive, and back', { timeout: 180_000 }, async () => {
  // Opened at the first unread message.
  await alice.click(`${id('conversation-row')}[data-id="peer:bob"]`)
  await alice.waitForSelector(id('unread-divider'))
  await quiet()
  expect(await alice.textContent(id('unread-divider'))).toBe(`以下为 ${WRITTEN} 条未读消息`)
  expect(numbers(await rows())).toContain(0)

  // The seen messages are read.
  await turnWheel(8)
  await quiet()
  const lastSeen = Math.max(...(await wholeRows()))
  expect(lastSeen).toBeLessThan(60)
  await alice.click(id('nav-back'))
  await alice.waitForSelector(`${id('conversation-unread')}:visible`)
  await alice.reload()
  await alice.waitForSelector(`${id('conversation-row')}[data-id="peer:bob"]`)
  await alice.click(`${id('conversation-row')}[data-id="peer:bob"]`)
  await alice.waitForSelector(id('unread-divider'))
  await quiet()
  expect(await alice.textContent(id('unread-divider'))).toBe(`以下为 ${WRITTEN - lastSeen - 1} 条未读消息`)
  expect(numbers(await rows())[0]).toBe(lastSeen + 1)

  // The messages on the screen now are seen too.
  const seenSince = Math.max(...(await wholeRows()))

  // To the newest by a jump, with a way back; then the wheel, up and down again.
  await alice.click(id('jump-to-latest'))
  await expectLastInView(`m${WRITTEN - 1} `)
  await quiet()
  expect(await alice.textContent(id('jump-to-unread'))).toBe('↑ 99+ 条新消息')
  const upwards = await record(alice)
  const stopCounting = await countRowsDrawn()
  await turnWheel(-90)
  await quiet()
  // A user who scrolls sees each frame: a chunk is rendered in more than one.
  const drawn = await stopCounting()
  expect(sum(drawn)).toBeGreaterThan(40)
  expect(Math.max(...drawn)).toBeLessThanOrEqual(10)
  const up = movements(await upwards.stop())
  expect(up.filter((px) => !(px >= -1 && px <= WHEEL_PX * 4))).toEqual([])
  expect(sum(up)).toBeGreaterThan(10_000)
  const downwards = await record(alice)
  await turnWheel(90)
  await quiet()
  const down = movements(await downwards.stop())
  expect(down.filter((px) => !(px <= 1 && px >= -WHEEL_PX * 4))).toEqual([])
  expect(Math.abs(sum(up) + sum(down))).toBeLessThanOrEqual(WHEEL_PX)

  // Messages arrive while the user reads further up.
  await turnWheel(-10)
  await quiet()
  const before = await rows()
  const frames = await record(alice)
  await bobWrites()
  await bobWrites()
  await alice.waitForFunction((selector) => document.querySelector(selector)?.textContent === '↓ 2 条新消息', id('jump-to-latest'))
  await quiet()
  expect(movements(await frames.stop()).filter((px) => px !== 0)).toEqual([])
  expectStill(before, await rows())
  await alice.click(id('jump-to-latest'))
  await expectLastInView(`m${WRITTEN + 1} `)

  // The text area grows, and shrinks when it is emptied. An own message is the last, and visible.
  const field = alice.locator(`${id('composer-input')} textarea`)
  await field.fill('一\n二\n三\n四\n五')
  await expectLastInView(`m${WRITTEN + 1} `)
  await turnWheel(-15)
  await quiet()
  await field.fill('写在上面的')
  await alice.click(id('composer-send'))
  await expectLastInView('写在上面的')

  // Back to where reading had stopped, without loading the messages between.
  await quiet()
  expect(await alice.locator(id('jump-to-unread')).count()).toBe(1)
  const jump = await record(alice)
  await alice.click(id('jump-to-unread'))
  await quiet()
  expect(numbers(await rows())).toContain(seenSince + 1)
  expect([...new Set((await jump.stop()).flatMap(numbers))].filter((seq) => seq > 150 && seq < WRITTEN - 60)).toEqual([])
  expect(await alice.locator(id('jump-to-unread')).count()).toBe(0)

  // The menu of a message: by a long press, which lifting the finger does not end, and by the second button of a mouse.
  const message = alice.locator(id('message-text'), { hasText: `m${numbers(await rows())[1]!} ` })
  const { x, y } = (await message.boundingBox())!
  const touch = await alice.context().newCDPSession(alice)
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x: x + 5, y: y + 5 }] })
  await sleep(LONG_PRESS_MS)
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  await alice.waitForSelector(MENU)
  await closeMenu(alice)
  await message.click({ button: 'right', position: { x: 5, y: 5 } })
  await alice.waitForSelector(MENU)
  await closeMenu(alice)
})

/** Counts from now on how many messages are rendered in each task that renders some. The returned function stops that and returns the counts. */
async function countRowsDrawn(): Promise<() => Promise<number[]>> {
  await alice.evaluate(`
    window.drawnRows = []
    window.drawnObserver = new MutationObserver((changes) => {
      const added = changes.flatMap(({ addedNodes }) => [...addedNodes]).filter((node) => node instanceof Element)
      const rows = added.flatMap((element) => [...element.querySelectorAll('${id('message-row')}')])
      if (rows.length > 0) window.drawnRows.push(new Set(rows).size)
    })
    window.drawnObserver.observe(document.querySelector('${id('message-list')}'), { childList: true, subtree: true })`)
  return () => alice.evaluate('window.drawnObserver.disconnect(); window.drawnRows') as Promise<number[]>
}

/** Fully visible messages. */
async function wholeRows(): Promise<number[]> {
  const list = await boxOf('message-list')
  const all = await alice.locator(id('message-row')).evaluateAll((elements) =>
    elements.map((element) => {
      const { top, bottom } = element.getBoundingClientRect()
      return { top, bottom, text: element.textContent ?? '' }
    }),
  )
  return all.filter(({ top, bottom }) => top >= list.y && bottom <= list.y + list.height + 1).map(({ text }) => Number(/m(\d+) /.exec(text)![1]))
}
