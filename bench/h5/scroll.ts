/** How smoothly H5 scrolls through a thread from its end to its beginning, by the durations of its frames. */
import type { Benchmark } from '../bench'
import { quantile } from '../support/stats'
import { Reader } from './reader'
import { H5Site } from './site'

const LENGTH = 5_000
/** At 60 frames a second a longer frame is a dropped one. */
const SLOW_MS = 20

export const scroll: Benchmark = {
  names: ['h5.scroll'],
  budgets: [{ name: 'h5.scroll', figure: 'slowPercent', atMost: 2 }],
  async *run({ quick }) {
    const n = quick ? 1000 : LENGTH
    const site = await H5Site.open([n])
    try {
      const reader = await Reader.logIn(site)
      await reader.open(n)
      let frames: number[] = []
      const tasks = await site.tasksDuring(reader.page, async () => {
        await reader.startFrames()
        await reader.scrollTo(0)
        frames = await reader.stopFrames()
      })
      const percentSlow = (times: readonly number[]) => (100 * times.filter((ms) => ms > SLOW_MS).length) / frames.length
      yield {
        name: 'h5.scroll',
        n,
        // A task of more than 20 ms of processor time costs a frame on any machine. Further slow frames are caused by other programs.
        figures: { frames: frames.length, slowPercent: percentSlow(frames), slowByItselfPercent: percentSlow(tasks), frameP50: quantile(frames, 0.5), frameP99: quantile(frames, 0.99) },
      }
    } finally {
      await site.close()
    }
  },
}
