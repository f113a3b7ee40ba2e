/** How long it takes H5 to jump from the first message of a long thread to its newest, and back. */
import type { Benchmark } from '../bench'
import { Reader } from './reader'
import { H5Site, unreadOf } from './site'

const LENGTH = 100_000

export const jump: Benchmark = {
  names: ['h5.jump'],
  budgets: [
    { name: 'h5.jump', figure: 'toLatestMs', atMost: 300 },
    { name: 'h5.jump', figure: 'backMs', atMost: 300 },
  ],
  async *run({ quick }) {
    const n = quick ? 1_000 : LENGTH
    const site = await H5Site.open([50], [n])
    try {
      const reader = await Reader.logIn(site)
      // what is compiled and fetched at the first opening of any thread is no matter of jumps
      await reader.open(50)
      await reader.back()
      // it opens where nothing has been read
      await reader.tap(`[data-testid="conversation-row"][data-id="${unreadOf(n)}"]`, 0)
      const toLatestMs = await reader.tap('[data-testid="jump-to-latest"]', n - 1)
      const backMs = await reader.tap('[data-testid="jump-to-unread"]', 0)
      yield { name: 'h5.jump', n, figures: { toLatestMs, backMs, nodes: await reader.nodes() } }
    } finally {
      await site.close()
    }
  },
}
