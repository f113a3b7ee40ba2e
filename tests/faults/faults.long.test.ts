// Four compiled clients and the real gateway, through kills, cuts, delays, copies and failing disks: no message is lost, doubled or reordered. `npm run
// test:faults -- --help` says how to choose seeds and lengths.
import { describe, expect, test } from 'vitest'
import { isGood, summary, writeTimeline } from './report'
import { runFaults } from './run'
import { faultSettings } from './settings'
import { Trace } from './trace'

const { seeds, messages, dist, timeoutMs } = faultSettings(process.env)

describe(`${messages} messages amid faults`, () => {
  test.each(seeds.map((seed) => [seed]))('seed %i', { timeout: timeoutMs }, async (seed) => {
    const trace = new Trace()
    const result = await runFaults({ seed, messages, trace, ...(dist === undefined ? {} : { dist }) }).catch((error: unknown) => {
      throw new Error(`seed ${seed} came to no end; the faults up to then: ${writeTimeline(seed, messages, trace, error)}`, { cause: error })
    })
    const text = summary(result)
    process.stdout.write(`${text}\n`)
    expect(isGood(result), text).toBe(true)
  })
})
