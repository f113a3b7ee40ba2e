/**
 * The start of the product on a phone with a long history, beside that of a program with two empty pages; each in a fresh process, where no code is warm.
 * `mp.start` is the usual start: the product was used on this phone before. `mp.start.first` finds no launch snapshot.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Benchmark } from '../bench'
import { BARE, built, PRODUCT } from '../builds'
import { crowdedPhone, type StoredPhone } from '../fixture/phone'
import { median } from '../support/stats'
import { BUDGETS, START_RATIO } from './budgets'
import { FIRST_ROWS, useOnce, type Reached, type Start } from './start'

const TIMES = 15
const ROWS = FIRST_ROWS.join()
const run = promisify(execFile)

export const start: Benchmark = {
  names: ['mp.start', 'mp.start.first'],
  budgets: [
    { name: 'mp.start', figure: 'bytes', atMost: BUDGETS.start.bytes },
    { name: 'mp.start', figure: 'listedBytes', atMost: BUDGETS.start.bytes },
    { name: 'mp.start', figure: 'readBytes', atMost: BUDGETS.start.keptBytes },
    { name: 'mp.start', figure: 'listedReadBytes', atMost: BUDGETS.start.readBytes },
    { name: 'mp.start', figure: 'ratio', atMost: START_RATIO },
    { name: 'mp.start.first', figure: 'bytes', atMost: BUDGETS.start.bytes },
    { name: 'mp.start.first', figure: 'readBytes', atMost: BUDGETS.start.readBytes },
  ],
  async *run({ quick }) {
    const [dist, bare] = [await built(PRODUCT), await built(BARE)]
    const n = quick ? 1_000 : 100_000
    const phones: StoredPhone[] = []
    const phone = async () => {
      const stored = await crowdedPhone(quick ? 100 : 1_000, n)
      phones.push(stored)
      return stored.dir
    }
    try {
      const [used, unused] = [await phone(), await phone()]
      await useOnce({ dir: used, dist })
      const ours: Start[] = []
      const firsts: Start[] = []
      const bares: Start[] = []
      // In turns, so that a busy machine slows all of them equally.
      for (let time = 0; time < (quick ? 2 : TIMES); time++) {
        bares.push(await startOnce(bare, 'shown'))
        ours.push(await startOnce(dist, ROWS, used))
        firsts.push(await startOnce(dist, ROWS, unused))
      }
      const painted = ours.map((one) => one.painted)
      const listed = ours.flatMap((one) => one.listed ?? [])
      const bareOnes = bares.map((one) => one.painted)
      const { calls: listedCalls, bytes: listedBytes, readBytes: listedReadBytes } = most(listed)
      yield { name: 'mp.start', n, figures: { ...figures(painted, bareOnes), listedCalls, listedBytes, listedReadBytes, listedMs: of(listed, 'ms') } }
      yield { name: 'mp.start.first', n, figures: figures(firsts.map((one) => one.painted), bareOnes) }
    } finally {
      for (const stored of phones) stored.remove()
    }
  },
}

const of = (all: readonly Reached[], figure: 'ms' | 'cpuMs') => median(all.map((one) => one[figure]))

function most(all: readonly Reached[]) {
  const highest = (figure: 'calls' | 'bytes' | 'readBytes') => Math.max(...all.map((one) => one[figure]))
  return { calls: highest('calls'), bytes: highest('bytes'), readBytes: highest('readBytes') }
}

function figures(ours: readonly Reached[], bares: readonly Reached[]) {
  return { ...most(ours), ms: of(ours, 'ms'), bareMs: of(bares, 'ms'), ratio: of(ours, 'ms') / of(bares, 'ms'), cpuRatio: of(ours, 'cpuMs') / of(bares, 'cpuMs') }
}

async function startOnce(...args: string[]): Promise<Start> {
  const { stdout } = await run(process.execPath, ['--import', 'tsx', 'bench/mini-program/start-process.ts', ...args])
  return JSON.parse(stdout) as Start
}
