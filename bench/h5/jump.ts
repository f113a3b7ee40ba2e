/** How long H5 takes to jump from far up a long thread to its newest message, and back. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Benchmark } from '../bench'
import { median } from '../support/stats'
import { Reader } from './reader'
import { H5Site, unreadOf } from './site'

const LENGTH = 100_000
/** Each in its own thread: once the newest message was seen, none is unread, and no button leads back. */
const TIMES = 3
/** Longer than the chat waits before it saves the read position. */
const SEEN_MS = 1_500

export const jump: Benchmark = {
  names: ['h5.jump'],
  budgets: [
    { name: 'h5.jump', figure: 'toLatestMs', atMost: 300 },
    { name: 'h5.jump', figure: 'backMs', atMost: 300 },
    { name: 'h5.jump', figure: 'readBytes', atMost: 32_000 },
  ],
  async *run({ quick }) {
    const n = quick ? 1_000 : LENGTH
    const times = quick ? 1 : TIMES
    const site = await H5Site.open([50], Array.from({ length: times }, () => n))
    try {
      const reader = await Reader.logIn(site)
      // The code that the first opening of any thread loads and compiles is not a cost of jumps.
      await reader.open(50)
      await reader.back()
      const jumps: Jump[] = []
      for (let index = 0; index < times; index++) jumps.push(await thereAndBack(reader, index, n))
      const of = (figure: keyof Jump) => jumps.map((one) => one[figure])
      yield { name: 'h5.jump', n, figures: { toLatestMs: median(of('toLatestMs')), backMs: median(of('backMs')), readBytes: Math.max(...of('readBytes')), nodes: Math.max(...of('nodes')) } }
    } finally {
      await site.close()
    }
  },
}

interface Jump {
  readonly toLatestMs: number
  readonly backMs: number
  /** The sum of both jumps. */
  readonly readBytes: number
  readonly nodes: number
}

async function thereAndBack(reader: Reader, index: number, length: number): Promise<Jump> {
  // It opens at its first message, which is unread.
  await reader.tap(`[data-testid="conversation-row"][data-id="${unreadOf(index)}"]`, 0)
  // The messages on the screen are read. The way back leads to the next one.
  const unread = (await reader.lastWholeNumber()) + 1
  await sleep(SEEN_MS)
  const before = await reader.readBytes()
  const toLatestMs = await reader.tap('[data-testid="jump-to-latest"]', length - 1)
  const backMs = await reader.tap('[data-testid="jump-to-unread"]', unread)
  const figures = { toLatestMs, backMs, readBytes: (await reader.readBytes()) - before, nodes: await reader.nodes() }
  await reader.back()
  return figures
}
