// The cost of reading a long thread in the compiled mini program, in calls and bytes of setData.
import { expect, test } from 'vitest'
import type { Message } from '../../src/chat/message/message'
import { writeHistory } from '../support/phone-history'
import { startInNode, type SetDataStats } from '../../simulator/drive/driver'
import { hears, logIn, open, say, startChat, texts } from './people'
import { useReaders } from './readers'

const { network, folder } = useReaders(startInNode)
const { phone } = network
/** Longer than any delay that a step starts, ms. */
const SETTLED_MS = 10_000

/** 30 characters each, under ids of 21. */
const messages = (count: number) => written(count, () => '早上开会的资料已经放在共享文件夹里麻烦大家先看一遍有问题直接')
const numbered = (count: number) => written(count, (seq) => `第 ${seq} 条`)

function written(count: number, text: (seq: number) => string): Message[] {
  const now = network.clock.now()
  return Array.from({ length: count }, (_, seq) => ({ seq, id: String(seq).padStart(21, 'i'), from: 'bob', at: now - (count - seq) * 1_000, body: { kind: 'text', text: text(seq) }, status: 'received' }))
}

test.each([60, 5_000])('of %i messages: opening, one more, a new chunk, an older chunk', async (count) => {
  await writeHistory(folder(), 'alice', [{ id: 'peer:bob', messages: messages(count) }])
  const [a, b] = [await phone({ dir: folder() }), await phone()]
  await logIn(a, 'alice')
  await logIn(b, 'bob')
  await startChat(b, 'peer', 'alice')
  const cost = async (act: () => Promise<void>): Promise<SetDataStats> => {
    await a.resetStats()
    await act()
    await a.elapse(SETTLED_MS)
    return a.stats()
  }
  const hearsOf = (text: string) => async () => {
    await say(b, text)
    await hears(a, text)
  }
  // Without the line that says that bob types, which has a budget of its own.
  const atMost = ({ log }: SetDataStats, most: { calls: number; bytes: number }) => {
    const counted = log.filter(({ component, json }) => !(component === 'src/ui/thread/ThreadHeader' && /正在输入|^\{"\w":[01]\}$/.test(json)))
    expect(counted.length, JSON.stringify(log, null, 1)).toBeLessThanOrEqual(most.calls)
    expect(counted.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(most.bytes)
  }
  atMost(await cost(() => open(a, 'peer:bob')), { calls: 14, bytes: 14_000 })
  // The log is a multiple of a chunk: the next message begins one.
  atMost(await cost(hearsOf('第一条')), { calls: 2, bytes: 500 })
  atMost(await cost(hearsOf('第二条')), { calls: 2, bytes: 500 })
  atMost(await cost(() => a.scroll('message-list', 'top')), { calls: 3, bytes: 6_000 })
})

test('the way back from a jump leads to the first unseen message, however soon the jump was', async () => {
  await writeHistory(folder(), 'alice', [{ id: 'peer:bob', messages: numbered(1_000), unread: 900 }])
  const a = await phone({ dir: folder() })
  await logIn(a, 'alice')
  await open(a, 'peer:bob')
  await a.waitForCount('unread-divider', 1)
  // Nothing has a size in Node, so all rendered messages count as seen.
  const seen = await texts(a)
  await a.waitForCount('jump-to-latest', 1)
  await a.tap('jump-to-latest')
  await hears(a, '第 999 条')
  await a.waitForCount('jump-to-unread', 1)
  const unread = 1_000 - Number(/\d+/.exec(seen.at(-1)!)![0]) - 1
  expect(await a.text('jump-to-unread')).toBe(`↑ ${unread > 99 ? '99+' : unread} 条新消息`)
  await a.tap('jump-to-unread')
  await a.waitFor('the place of the jump', async () => !(await texts(a)).includes('第 999 条') && (await a.count('message-row')) > 0)
  const target = await a.all('message-row')
  expect(target.filter(({ className }) => className.includes('is-target')).map(({ text }) => text)).toEqual([expect.stringContaining(`第 ${1_000 - unread} 条`)])
})
