/** What it costs H5 to open a thread on a processor four times slower, and how many elements it renders, wherever the user scrolls. */
import type { Benchmark, Result } from '../bench'
import { median } from '../support/stats'
import { Reader } from './reader'
import { H5Site } from './site'

const LENGTHS = [50, 5_000, 100_000]
const TIMES = 5
const SLOWER = 4
/** Long before this number of messages, the window has its full size and has dropped its far end. */
const SCROLLED = 600

export const open: Benchmark = {
  names: ['h5.open'],
  budgets: [{ name: 'h5.open', figure: 'nodesMax', atMost: 1_200 }],
  async *run({ quick }) {
    const lengths = quick ? [50, 1_000] : LENGTHS
    const site = await H5Site.open(lengths)
    try {
      const reader = await Reader.logIn(site)
      // The code that the first opening of any thread loads and compiles does not depend on its length.
      await reader.open(lengths[0] ?? 0)
      await reader.back()
      for (const n of lengths) yield await measure(reader, n, quick ? 1 : TIMES)
    } finally {
      await site.close()
    }
  },
}

async function measure(reader: Reader, n: number, times: number): Promise<Result> {
  await reader.throttle(SLOWER)
  const all: number[] = []
  for (let i = 0; i < times; i++) {
    all.push(await reader.open(n))
    if (i < times - 1) await reader.back()
  }
  await reader.throttle(1)

  const nodes = await reader.nodes()
  let nodesMax = nodes
  const count = async () => {
    nodesMax = Math.max(nodesMax, await reader.nodes())
  }
  await reader.scrollTo(Math.max(0, n - SCROLLED), count)
  await reader.scrollTo(Math.max(0, n - 20), count)
  await reader.back()
  return { name: 'h5.open', n, figures: { ms: median(all), nodes, nodesMax } }
}
