// Reading on the compiled mini program beyond the rendered part of a thread: its beginning is deleted, and jumps lead elsewhere.
import { describe, expect, test } from 'vitest'
import { startInChromium } from '../../simulator/drive/driver'
import { openDiskStorage } from '../support/disk-storage'
import { writeHistory } from '../support/phone-history'
import { movements, record } from '../support/row-recorder'
import { hears, logIn, texts } from './people'
import { useReaders } from './readers'
import { alice, bob, expectLastInView, expectStill, FAR_TIMEOUT_MS, firstDrawn, numbers, phoneOf, reads, rows, scrolledTo, seenRows, turnWheel, withBob, writes } from './reading'

const readers = useReaders(startInChromium)
const { network, folder } = readers

/** Less than the height of a chunk. */
const STEP_PX = 1_500

describe('when the oldest messages are deleted for new ones', () => {
  test.each([
    ['with them', 180],
    ['with the first that is left', 200],
  ])('nothing moves, and there is no blank above the first that is left: the window begins %s', async (_what, first) => {
    openDiskStorage(folder()).setKey('setting/history-limits', JSON.stringify({ messagesPerConversation: 1_000 }))
    const a = await phoneOf(readers, 'ios', withBob(1_190, 960))
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
  test('leads far up to the message itself, and back, without reading the messages between', async () => {
    const a = await phoneOf(readers, 'ios', withBob(20_000, 15_000))
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
    // Nothing flashes on the way.
    expect([...shown].filter((seq) => seq > 5_100 && seq < 19_900)).toEqual([])
    expect((await a.all('message-row')).filter(({ className }) => className.includes('is-target')).length).toBeLessThanOrEqual(1)
    await a.tap('jump-to-latest')
    await expectLastInView(a, /m19999 /)
  })

  test('opens a thread at the message in its address, highlighted', async () => {
    await writeHistory(folder(), alice, [withBob(3_000)])
    const a = await network.phone({ dir: folder() })
    await logIn(a, alice)
    await a.restart()
    const at = await network.phone({ dir: folder(), launchPath: 'src/pages/thread/thread', launchQuery: { id: Buffer.from(`peer:${bob}`).toString('hex'), at: '1234' } })
    const targets = async () => (await at.all('message-row')).filter(({ className }) => className.includes('is-target'))
    await at.waitFor('the message, standing out', async () => numbers(await rows(at)).includes(1_234) && (await targets()).length > 0)
    const target = (await at.all('message-row')).find(({ text }) => text.includes('m1234 '))!
    const list = await at.element('message-list')
    expect(target.rect.top).toBeGreaterThan(list.rect.top)
    expect(target.rect.top).toBeLessThan(list.rect.top + list.rect.height)
    await at.waitFor('the end of it', async () => (await targets()).length === 0)
    await hears(at, (await texts(at)).find((text) => text.startsWith('m1234 '))!)
  })
})
