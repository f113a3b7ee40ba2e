/**
 * The start of the product on a phone that holds a long history, beside that of a program with two bare pages; each in a process
 * of its own, where no code is warm.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Benchmark } from '../bench'
import { BARE, built, PRODUCT } from '../builds'
import { crowdedPhone } from '../fixture/phone'
import { median } from '../support/stats'
import { BUDGETS, START_RATIO } from './budgets'
import type { FirstPaint } from './start'

const TIMES = 11
const run = promisify(execFile)

export const start: Benchmark = {
  names: ['mp.start'],
  budgets: [
    { name: 'mp.start', figure: 'bytes', atMost: BUDGETS.start.bytes },
    { name: 'mp.start', figure: 'readBytes', atMost: BUDGETS.start.readBytes },
    { name: 'mp.start', figure: 'ratio', atMost: START_RATIO },
  ],
  async *run({ quick }) {
    const [dist, bare] = [await built(PRODUCT), await built(BARE)]
    const n = quick ? 1_000 : 100_000
    const stored = await crowdedPhone(quick ? 100 : 1_000, n)
    try {
      const ours: FirstPaint[] = []
      const bares: FirstPaint[] = []
      // In turns, so that a busy machine slows both.
      for (let time = 0; time < (quick ? 2 : TIMES); time++) {
        bares.push(await startOnce(bare, 'shown'))
        ours.push(await startOnce(dist, 'conversation-row', stored.dir))
      }
      const of = (all: readonly FirstPaint[], figure: 'ms' | 'cpuMs') => median(all.map((one) => one[figure]))
      const most = (figure: 'calls' | 'bytes' | 'readBytes') => Math.max(...ours.map((one) => one[figure]))
      const figures = { calls: most('calls'), bytes: most('bytes'), readBytes: most('readBytes'), ms: of(ours, 'ms'), bareMs: of(bares, 'ms'), ratio: of(ours, 'ms') / of(bares, 'ms') }
      yield { name: 'mp.start', n, figures: { ...figures, cpuRatio: of(ours, 'cpuMs') / of(bares, 'cpuMs') } }
    } finally {
      stored.remove()
    }
  },
}

async function startOnce(...args: string[]): Promise<FirstPaint> {
  const { stdout } = await run(process.execPath, ['--import', 'tsx', 'bench/mini-program/start-process.ts', ...args])
  return JSON.parse(stdout) as FirstPaint
}
