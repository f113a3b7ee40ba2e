// Links in texts in the compiled mini program, which cannot open them: a tap copies.
import { describe, expect, test } from 'vitest'
import { encode } from '../../src/chat/message/envelope'
import { linksIn } from '../../src/chat/text/links'
import { startInChromium, startInNode } from '../../simulator/drive/driver'
import { useNetwork } from './network'
import { logIn, open, say, startChat, texts } from './people'

const TEXT = '看 https://example.com/a?b=1，写信 bob@example.com 或打 138-0013-8000，订单号 13900139000'
const COPIED = ['https://example.com/a?b=1', 'bob@example.com', '13800138000']
/** A link lies across the end of the visible part. */
const LONG = `${'x'.repeat(990)} https://example.com/${'y'.repeat(60)} ${'z '.repeat(2_000)}`

describe.each([
  ['in Node', startInNode],
  ['in Chromium', startInChromium],
] as const)('%s', (_, start) => {
  const network = useNetwork(start, { rateLimits: false })
  const { phone } = network

  test('a tap on a link copies it, and the text around it is as it was written', async () => {
    const a = await phone({ privacy: 'agreed' })
    await logIn(a, 'alice')
    await startChat(a, 'peer', 'bob')
    await say(a, TEXT)
    const links = await a.all('message-link')
    expect(links.map(({ text }) => text)).toEqual(linksIn(TEXT).map(({ start, end }) => TEXT.slice(start, end)))
    for (const index of links.keys()) await a.tap('message-link', { index })
    await a.waitFor('the copies', async () => (await a.wxCalls('setClipboardData')).length === COPIED.length)
    expect((await a.wxCalls('setClipboardData')).map(({ data }) => data)).toEqual(COPIED)
    // WeChat says it itself.
    await a.waitFor('a word for each', async () => (await a.dialogs()).filter(({ options }) => options.title === '内容已复制').length === COPIED.length)
    await a.screenshot('links-own')
    expect(await a.problems()).toEqual([])
  })

  test('a link that the folded text cuts keeps its whole address, also when the text is opened', async () => {
    const a = await phone({ privacy: 'agreed' })
    await logIn(a, 'alice')
    const bob = await network.client('bob')
    await network.until(bob.ask({ t: 'peer', to: 'alice', text: encode({ kind: 'message', id: 'long', body: { kind: 'text', text: LONG } }, 'rich') }))
    await open(a, 'peer:bob')
    await a.waitForCount('message-link', 1)
    expect(await texts(a)).toEqual([LONG.slice(0, 1_000)])
    await a.tap('message-link')
    await a.tap('message-show-all')
    await a.waitFor('all of it', async () => (await texts(a))[0] === LONG)
    await a.tap('message-link')
    await a.waitFor('both copies', async () => (await a.wxCalls('setClipboardData')).length === 2)
    expect(new Set((await a.wxCalls('setClipboardData')).map(({ data }) => data))).toEqual(new Set([`https://example.com/${'y'.repeat(60)}`]))
    expect(await a.problems()).toEqual([])
  })

  test('a row without links sends nothing for them', async () => {
    const a = await phone()
    await logIn(a, 'alice')
    await startChat(a, 'peer', 'bob')
    await a.resetStats()
    await say(a, 'no link here')
    const [row] = (await a.stats()).log.map(({ json }) => json).filter((json) => json.includes('no link here'))
    // The text, and no list of the parts of a text with links.
    expect(row).toMatch(/\{"\w+":"no link here"[^[\]{}]*\}/)
    for (const { json } of (await a.stats()).log) expect(json).not.toMatch(/special|parts|undefined/)
  })
})
