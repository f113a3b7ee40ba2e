/** The same figures for a thread as it is usually written, in the same harness and the same run, for comparison. */
import { startInNode } from '../simulator/drive/driver'
import type { Benchmark } from './bench'
import { built, PLAIN_LIST } from './builds'
import { text } from './fixture/messages'
import { costOf } from './mini-program/cost'

const LENGTHS = [50, 5_000]

export const baseline: Benchmark = {
  names: ['baseline.open', 'baseline.append', 'baseline.keystroke'],
  budgets: [],
  async *run({ quick }) {
    const dist = await built(PLAIN_LIST)
    for (const n of quick ? [50] : LENGTHS) {
      const phone = await startInNode({ dist, launchQuery: { count: String(n) } })
      try {
        await phone.waitForText('open', String(n))
        const rows = async () => phone.count('message-row')
        yield { name: 'baseline.open', n, figures: { ...(await costOf(phone, () => phone.tap('open'), async () => (await rows()) === n)) } }
        const words = text(n)
        yield { name: 'baseline.keystroke', n, figures: { ...(await costOf(phone, () => phone.type('composer-input', words), async () => true)) } }
        yield { name: 'baseline.append', n, figures: { ...(await costOf(phone, () => phone.tap('composer-send'), async () => (await rows()) === n + 1)) } }
      } finally {
        await phone.close()
      }
    }
  },
}
