// Places and cards in the compiled mini program: received, drawn, tapped, kept over a restart, and sent.
import { describe, expect, test } from 'vitest'
import { toGcj02 } from '../../src/platform/gcj02'
import { startInChromium, startInNode, type MiniProgram } from '../../simulator/drive/driver'
import { CARDS, MALFORMED, PLACES } from '../support/kind-samples'
import { useNetwork } from './network'
import { connected, logIn, open, texts, THREAD } from './people'

const UNSUPPORTED = '[暂不支持的消息，请升级后查看]'

describe.each([
  ['in Node', startInNode],
  ['in Chromium', startInChromium],
] as const)('%s', (_, start) => {
  const network = useNetwork(start, { rateLimits: false })
  const { phone } = network

  async function received(messages: readonly object[]): Promise<MiniProgram> {
    const a = await phone({ privacy: 'agreed' })
    await logIn(a, 'alice')
    const bob = await network.client('bob')
    for (const [n, fields] of messages.entries()) {
      expect(await network.until(bob.ask({ t: 'peer', to: 'alice', text: JSON.stringify({ v: 1, id: `kind-${n}`, ...fields }) }))).toMatchObject({ t: 'ok' })
    }
    await a.waitForText('conversation-unread', String(messages.length))
    return a
  }

  test('a place is named in the list, and a tap on it opens WeChat’s map: in GCJ-02 in China only', async () => {
    const a = await received([PLACES.london, PLACES.bund])
    await a.waitForText('conversation-preview', '[位置] 外滩')
    await open(a, 'peer:bob')
    await a.waitForCount('message-location', 2)
    expect((await a.all('message-location')).map(({ text }) => text)).toEqual(['Tower BridgeTower Bridge Rd, London', '外滩上海市黄浦区中山东一路'])
    await a.screenshot('kinds-places')
    for (const index of [0, 1]) await a.tap('message-location', { index })
    await a.waitFor('both on the map', async () => (await a.wxCalls('openLocation')).length === 2)
    const [london, bund] = await a.wxCalls('openLocation')
    expect(london).toMatchObject({ latitude: 51.505456, longitude: -0.075356, name: 'Tower Bridge', address: 'Tower Bridge Rd, London' })
    const there = toGcj02(PLACES.bund)
    expect(bund).toMatchObject({ latitude: there.lat, longitude: there.lng, name: '外滩' })
    expect(await a.problems()).toEqual([])
  })

  test('a card shows what it has, and opens a page of the program, or copies its link', async () => {
    const a = await received([CARDS.product, CARDS.unknown, CARDS.page])
    await a.waitForText('conversation-preview', 'Storage')
    await open(a, 'peer:bob')
    await a.waitForCount('message-card', 3)
    await a.screenshot('kinds-cards')
    const cards = await a.all('message-card')
    expect(cards[0]?.text).toBe('明前龙井 250 克今年的新茶，限量 200 份价格¥ 268.00产地杭州西湖shop.example')
    expect(cards[1]?.text).toBe('A coupon')
    expect(await a.tree()).not.toContain('elsewhere.example')
    await a.tap('message-card', { index: 1 })
    await a.tap('message-card', { index: 0 })
    await a.waitFor('the copy', async () => (await a.wxCalls('setClipboardData')).length === 1)
    expect(await a.wxCalls('setClipboardData')).toMatchObject([{ data: CARDS.product.link }])
    expect(await a.route()).toBe(THREAD)
    await a.tap('message-card', { index: 2 })
    await a.waitForRoute('src/pages/storage/storage')
    expect(await a.problems()).toEqual([])
  })

  test('malformed ones are neutral lines, and all of them are the same after a restart', async () => {
    const messages = [...Object.values(PLACES), ...Object.values(CARDS), ...MALFORMED]
    const a = await received(messages)
    const shown = async () => [(await a.all('message-location')).map(({ text }) => text), (await a.all('message-card')).map(({ text }) => text), await texts(a)]
    await open(a, 'peer:bob')
    await a.waitForCount('message-card', Object.keys(CARDS).length)
    const before = await shown()
    expect(before.map(({ length }) => length)).toEqual([Object.keys(PLACES).length, Object.keys(CARDS).length, MALFORMED.length])
    expect(before[2]).toEqual(MALFORMED.map(() => UNSUPPORTED))
    await a.restart()
    // The banner goes, so the row moves up.
    await connected(a)
    await open(a, 'peer:bob')
    await a.waitForCount('message-card', Object.keys(CARDS).length)
    expect(await shown()).toEqual(before)
    expect(await a.problems()).toEqual([])
  })

  test('the menu copies their words', async () => {
    const a = await received([PLACES.bund, CARDS.product])
    await open(a, 'peer:bob')
    await a.waitForCount('message-card', 1)
    for (const hook of ['message-location', 'message-card']) {
      await a.longPress(hook)
      await a.waitForCount('message-menu', 1)
      await a.tap('menu-action', { action: 'copy' })
      await a.waitForCount('message-menu', 0)
    }
    await a.waitFor('both copies', async () => (await a.wxCalls('setClipboardData')).length === 2)
    expect((await a.wxCalls('setClipboardData')).map(({ data }) => data)).toEqual([
      '📍 外滩\n上海市黄浦区中山东一路\n31.240018, 121.490317',
      '明前龙井 250 克\n今年的新茶，限量 200 份\n价格: ¥ 268.00\n产地: 杭州西湖\nhttps://shop.example/tea/1',
    ])
  })
})
