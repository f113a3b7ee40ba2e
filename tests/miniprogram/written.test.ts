// Texts of users in the compiled mini program: unchanged, in their own direction, and folded if they are long.
import { describe, expect, test } from 'vitest'
import { encode } from '../../src/chat/message/envelope'
import { startInChromium, startInNode, type MiniProgram, type Platform } from '../../simulator/drive/driver'
import { movements, record } from '../support/row-recorder'
import { numberedLines, UNSEEN, WRITTEN } from '../support/written'
import { useNetwork, type Network } from './network'
import { backToList, logIn, open, texts } from './people'

let sent = 0

/** Logs `uid` in. Returns a function that writes to alice. */
async function peer(network: Network, uid: string): Promise<(text: string) => Promise<void>> {
  const client = await network.client(uid)
  return async (text) => {
    expect(await network.until(client.ask({ t: 'peer', to: 'alice', text: encode({ kind: 'message', id: `written-${sent++}`, body: { kind: 'text', text } }, 'rich') }))).toMatchObject({ t: 'ok' })
  }
}

const shows = (a: MiniProgram, expected: readonly string[]) => a.waitFor('the texts', async () => JSON.stringify(await texts(a)) === JSON.stringify(expected))

describe.each([
  ['in Node', startInNode],
  ['in Chromium', startInChromium],
] as const)('%s', (host, start) => {
  const network = useNetwork(start, { rateLimits: false })
  const { phone } = network

  test('every text is unchanged in the thread and in the list', async () => {
    const a = await phone()
    await logIn(a, 'alice')
    const bob = await peer(network, 'bob')
    for (const { text, line = text } of WRITTEN) {
      await bob(text)
      await a.waitForText('conversation-preview', line)
    }
    await open(a, 'peer:bob')
    await shows(a, WRITTEN.map(({ text, shown = text }) => shown))
    await a.screenshot('written')
    if (!a.page) return
    // Hebrew and Arabic end at the right of their bubble, and begin there.
    const rtl = await a.page.evaluate(directions, WRITTEN.map(({ text, shown = text }) => shown))
    expect(rtl).toEqual(WRITTEN.map(({ rtl }) => rtl === true))
    expect(host).toBe('in Chromium')
  })

  test('a text without a visible character is a neutral line', async () => {
    const a = await phone()
    await logIn(a, 'alice')
    const bob = await peer(network, 'bob')
    for (const text of UNSEEN) await bob(text)
    await a.waitForText('conversation-preview', '[空消息]')
    await open(a, 'peer:bob')
    await shows(a, UNSEEN.map(() => '[空消息]'))
  })

  test('a long text is folded: little of it goes to the screen before it is opened', async () => {
    const a = await phone()
    await logIn(a, 'alice')
    const bob = await peer(network, 'bob')
    await bob('short')
    await open(a, 'peer:bob')
    await shows(a, ['short'])
    await a.resetStats()
    const long = numberedLines(2_500)
    await bob(long)
    await shows(a, ['short', numberedLines(20)])
    expect((await a.stats()).bytes).toBeLessThan(1_500)
    await a.tap('message-show-all')
    await shows(a, ['short', long])
    expect(await a.count('message-show-all')).toBe(0)
    await backToList(a)
    await open(a, 'peer:bob')
    await shows(a, ['short', numberedLines(20)])
  })
})

/** Runs in the page: for each text, whether its last letter is to the left of its first. False if there is none. */
function directions(shown: readonly string[]): boolean[] {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const nodes: Node[] = []
  for (let node = walker.nextNode(); node; node = walker.nextNode()) nodes.push(node)
  return shown.map((wanted) => {
    // The last one: the list below shows some of them too.
    const node = nodes.reverse().find(({ textContent }) => textContent === wanted)
    nodes.reverse()
    const letters = [...wanted.matchAll(/\p{L}/gu)].map(({ index }) => index)
    if (!node || letters.length === 0) return false
    const at = (index: number) => {
      const range = document.createRange()
      range.setStart(node, index)
      range.setEnd(node, index + 1)
      return range.getBoundingClientRect()
    }
    const [first, last] = [at(letters[0]!), at(letters[letters.length - 1]!)]
    return first.top === last.top && last.left < first.left
  })
}

describe.each<Platform>(['ios', 'android'])('on %s', (platform) => {
  const network = useNetwork(startInChromium, { rateLimits: false })
  const { phone } = network

  test('opening a long text moves nothing above its end, and later messages do not move the reader away', async () => {
    const a = await phone({ platform })
    await logIn(a, 'alice')
    const bob = await peer(network, 'bob')
    const long = numberedLines(300)
    for (let n = 0; n < 12; n++) await bob(`m${n} ${n === 11 ? long : 'words '.repeat(20)}`)
    await open(a, 'peer:bob')
    await a.waitForCount('message-text', 12)
    await a.scroll('message-list', 'bottom')
    await a.waitFor('the end', async () => (await a.element('message-show-all')).rect.top < 600)
    await a.settled()
    const frames = await record(a.page!)
    const before = (await a.element('message-text', { index: -1 })).rect.top
    await a.tap('message-show-all')
    await a.waitFor('all of it', async () => (await texts(a)).at(-1)!.endsWith(long))
    await bob('m12 news')
    await a.waitForCount('jump-to-latest', 1)
    await a.waitForText('jump-to-latest', /1/)
    expect(Math.abs((await a.element('message-text', { index: -1 })).rect.top - before)).toBeLessThanOrEqual(1)
    expect(movements(await frames.stop()).filter((px) => Math.abs(px) > 1)).toEqual([])
  })
})
