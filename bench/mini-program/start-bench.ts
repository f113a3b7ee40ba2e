/** The start of the product on a phone that holds a long history, beside that of a program with two bare pages. */
import type { Benchmark } from '../bench'
import { BARE, built, PRODUCT } from '../builds'
import { crowdedPhone } from '../fixture/phone'
import { median } from '../support/stats'
import { BUDGETS, START_RATIO } from './budgets'
import { firstPaint, type FirstPaint } from './start'

const TIMES = 15

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
      // In turns, so that a busy machine slows both; the first ones compile what the later ones find compiled.
      for (let time = 0; time < (quick ? 2 : TIMES); time++) {
        bares.push(await firstPaint({ dist: bare }, 'shown'))
        ours.push(await firstPaint({ dist, dir: stored.dir }))
      }
      const ms = (all: readonly FirstPaint[]) => median(all.slice(1).map((one) => one.ms))
      const own = (all: readonly FirstPaint[]) => median(all.slice(1).map((one) => one.ownMs))
      const most = (figure: 'calls' | 'bytes' | 'readBytes') => Math.max(...ours.map((one) => one[figure]))
      const figures = { calls: most('calls'), bytes: most('bytes'), readBytes: most('readBytes'), ms: ms(ours), bareMs: ms(bares), ratio: ms(ours) / ms(bares) }
      yield { name: 'mp.start', n, figures: { ...figures, ownMs: own(ours), bareOwnMs: own(bares) } }
    } finally {
      stored.remove()
    }
  },
}
