/** A jump from far up a long thread to its newest message, and back: the data that crosses to the view, the reads, the time. */
import { startInNode, SteppedClock, type StartOptions } from '../../simulator/drive/driver'
import { STEPPED_CLOCK_START } from '../../simulator/drive/stepped-clock'
import type { Benchmark } from '../bench'
import { built, PRODUCT } from '../builds'
import { unreadPhone, type StoredPhone } from '../fixture/phone'
import { median } from '../support/stats'
import { BUDGETS, JUMP_MS } from './budgets'
import type { Cost } from './cost'
import { Reads } from './reads'
import { PEER, Scene } from './scene'

const LENGTH = 100_000
const QUICK_LENGTH = 1_000
/** Each on its own phone: once the newest message was seen, none is unread, and no button leads back. */
const TIMES = 3
/** Longer than the chat waits before it saves the read position. */
const SEEN_MS = 1_500

export const jump: Benchmark = {
  names: ['mp.jump'],
  budgets: [
    { name: 'mp.jump', figure: 'calls', atMost: BUDGETS.jump.calls },
    { name: 'mp.jump', figure: 'bytes', atMost: BUDGETS.jump.bytes },
    { name: 'mp.jump', figure: 'readBytes', atMost: BUDGETS.jump.readBytes },
    { name: 'mp.jump', figure: 'toLatestMs', atMost: JUMP_MS },
    { name: 'mp.jump', figure: 'backMs', atMost: JUMP_MS },
  ],
  async *run({ quick }) {
    const dist = await built(PRODUCT)
    const n = quick ? QUICK_LENGTH : LENGTH
    const jumpOf = async (now: number, options: StartOptions): Promise<Jump> => {
      const stored = await unreadPhone(n, now)
      try {
        return await thereAndBack(stored, n, options)
      } finally {
        stored.remove()
      }
    }
    const counted = await jumpOf(STEPPED_CLOCK_START, { dist, clock: new SteppedClock() })
    const jumps: Jump[] = []
    for (let time = 0; time < (quick ? 1 : TIMES); time++) jumps.push(await jumpOf(Date.now(), { dist }))
    const costs = [counted.toLatest, counted.back]
    const figures = {
      calls: Math.max(...costs.map(({ calls }) => calls)),
      bytes: Math.max(...costs.map(({ bytes }) => bytes)),
      readBytes: counted.readBytes,
      toLatestMs: median(jumps.map(({ toLatest }) => toLatest.ms)),
      backMs: median(jumps.map(({ back }) => back.ms)),
    }
    yield { name: 'mp.jump', n, figures }
  },
}

export interface Jump {
  readonly toLatest: Cost
  readonly back: Cost
  /** Read from the disk by both. */
  readonly readBytes: number
}

/** @param stored a phone with PEER's thread of `length` messages, all unread */
export async function thereAndBack(stored: StoredPhone, length: number, options: StartOptions = {}): Promise<Jump> {
  const reads = new Reads()
  const scene = await Scene.open(startInNode, stored, { ...options, disk: reads.counted })
  const problems: string[] = []
  let jump: Jump
  try {
    // It opens at its first message, which is unread.
    await scene.openThread(PEER)
    // Nothing has a size in Node, so all rendered messages count as seen, and the way back leads to the message after them.
    const unread = await scene.phone.count('message-row')
    await scene.phone.elapse(SEEN_MS)
    reads.bytes = 0
    const toLatest = await scene.toLatest(length)
    const back = await scene.toUnread(unread)
    jump = { toLatest, back, readBytes: reads.bytes }
  } finally {
    problems.push(...(await scene.close()))
  }
  if (problems.length > 0) throw new Error(`problems on the phone:\n${problems.join('\n')}`)
  return jump
}
