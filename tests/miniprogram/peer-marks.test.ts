// Read marks and typing between two phones: what the other side sees, what the service carries, and what the settings turn off.
import { describe, expect, test } from 'vitest'
import { startInChromium, startInNode, type MiniProgram } from '../../simulator/drive/driver'
import { SERVICES } from './message-steps'
import { useNetwork } from './network'
import { backToList, connected, hears, idle, isSet, logIn, logOut, ME, open, say, startChat, texts } from './people'
import { allDelivered } from './phone-content'

/** The texts of peer messages among recorded frames, parsed. */
const sentBy = (frames: readonly string[]) =>
  frames.flatMap((frame) => {
    const { t, text, keep } = JSON.parse(frame) as { t?: string; text?: string; keep?: boolean }
    return t === 'peer' && text?.startsWith('{') ? [{ ...(JSON.parse(text) as { kind: string; quiet?: boolean; read?: string[] }), keep }] : []
  })

const status = async (a: MiniProgram) => (await a.element('message-status', { index: -1 })).className

describe.each([
  ['in Node', startInNode, SERVICES.local],
  ['over Agora', startInNode, SERVICES.agora],
  ['in Chromium', startInChromium, SERVICES.local],
] as const)('%s', (_host, start, { build, gateway }) => {
  const { phone } = useNetwork(start, gateway)

  async function two(): Promise<[MiniProgram, MiniProgram]> {
    const [a, b] = [await phone(build), await phone(build)]
    await logIn(a, 'alice')
    await logIn(b, 'bob')
    await startChat(a, 'peer', 'bob')
    return [a, b]
  }

  test('a message is read once its peer sees it', async () => {
    const [a, b] = await two()
    await say(a, '看到了吗')
    await a.waitForText('message-status', '已送达')
    await open(b, 'peer:alice')
    await a.waitForText('message-status', '已读')
    expect(await status(a)).toContain('is-read')
    await say(a, '现在呢')
    await hears(b, '现在呢')
    await a.waitFor('both to be read', async () => (await a.all('message-status')).map(({ text }) => text).join() === '已读')
    await a.restart()
    await connected(a)
    await open(a, 'peer:bob')
    await hears(a, '现在呢')
    expect((await a.all('message-status')).map(({ text }) => text)).toEqual(['已读'])
  })

  // Agora's SDK for mini programs does not say who is online (below).
  test.skipIf(build === SERVICES.agora.build)('a peer who types is shown until their message comes', async () => {
    const [a, b] = await two()
    await say(a, '在吗')
    await open(b, 'peer:alice')
    await b.waitForText('thread-detail', '在线')
    await a.waitForText('thread-detail', '在线')
    await b.type('composer-input', '我在')
    await a.waitForText('thread-typing', '对方正在输入…')
    expect(await a.count('thread-detail')).toBe(0)
    await b.tap('composer-send')
    await hears(a, '我在')
    await a.waitForCount('thread-typing', 0)
    expect(await a.text('thread-detail')).toBe('在线')
  })

  test('the settings turn each off, in both directions', async () => {
    const [a, b] = await two()
    await say(a, '一')
    await open(b, 'peer:alice')
    await a.waitForText('message-status', '已读')
    await backToList(a)
    await a.switchTab(ME)
    await isSet(a, 'me-read-marks', true)
    await a.tap('me-read-marks')
    await isSet(a, 'me-read-marks', false)
    await a.tap('me-typing')
    await isSet(a, 'me-typing', false)
    await a.switchTab('src/pages/conversations/conversations')
    await open(a, 'peer:bob')
    await a.waitForText('message-status', '已送达')
    await say(b, '二')
    await hears(a, '二')
    await b.type('composer-input', '三')
    await a.type('composer-input', '四')
    await idle(a)
    expect([await a.count('thread-typing'), await b.count('thread-typing')]).toEqual([0, 0])
    expect(await status(b)).toContain('is-delivered')
    await a.restart()
    await connected(a)
    await a.switchTab(ME)
    await isSet(a, 'me-read-marks', false)
    await isSet(a, 'me-typing', false)
  })
})

describe('over Agora in the mini program', () => {
  const network = useNetwork(startInNode, SERVICES.agora.gateway)

  test('no typing is sent, since its SDK does not say who is online; that of a peer on H5 is shown', async () => {
    const sent: string[] = []
    const a = await network.phone({ ...SERVICES.agora.build, ...network.recording(sent) })
    await logIn(a, 'alice')
    const bob = await network.client('bob')
    const writes = (fields: object) => network.until(bob.ask({ t: 'peer', to: 'alice', text: JSON.stringify({ v: 1, ...fields }) }))
    await writes({ id: 'b1', kind: 'text', text: '在吗' })
    await open(a, 'peer:bob')
    await hears(a, '在吗')
    await a.type('composer-input', '我在')
    await idle(a)
    expect(sentBy(sent).map(({ kind }) => kind)).not.toContain('typing')
    await writes({ id: 'b2', kind: 'typing', quiet: true })
    await a.waitForText('thread-typing', '对方正在输入…')
    await writes({ id: 'b3', kind: 'text', text: '好' })
    await hears(a, '好')
    expect(await a.count('thread-typing')).toBe(0)
  })
})

describe('the service', () => {
  const network = useNetwork(startInNode)
  const { phone } = network

  test('carries marks at the next sign of a peer who was away, keeps none for them, and carries no typing to them', async () => {
    const sent: string[] = []
    const [a, b] = [await phone(), await phone(network.recording(sent))]
    await logIn(a, 'alice')
    await logIn(b, 'bob')
    await startChat(a, 'peer', 'bob')
    await say(a, '一')
    await say(a, '二')
    await allDelivered(a)
    await backToList(a)
    await logOut(a)
    await open(b, 'peer:alice')
    await b.waitForText('thread-detail', '不在线')
    await idle(b)
    await b.type('composer-input', '没有人看到')
    await idle(b)
    const before = sentBy(sent)
    expect(before.map(({ kind }) => kind)).toEqual(['receipt'])
    expect(before[0]).toMatchObject({ keep: undefined })
    expect(before[0]?.read).toHaveLength(2)
    await b.restart()
    await connected(b)
    await logIn(a, 'alice')
    await open(a, 'peer:bob')
    await a.waitForText('message-status', '已读')
    await idle(b)
    expect(new Set(sentBy(sent).map(({ kind }) => kind))).toEqual(new Set(['receipt']))
    const count = sentBy(sent).length
    await idle(b)
    expect(sentBy(sent)).toHaveLength(count)
  })

  test('carries neither in a channel', async () => {
    const sent: string[] = []
    const [a, b] = [await phone(), await phone(network.recording(sent))]
    await logIn(a, 'alice')
    await logIn(b, 'bob')
    for (const one of [a, b]) await startChat(one, 'channel', 'weekend')
    await say(a, '大家好')
    await hears(b, '大家好')
    await b.type('composer-input', '回答')
    await idle(b)
    expect(sentBy(sent)).toEqual([])
    expect(sent.filter((frame) => frame.includes('typing'))).toEqual([])
    expect(await status(a)).toContain('is-sent')
    expect(await texts(b)).toEqual(['大家好'])
  })
})

describe('plain wire', () => {
  const network = useNetwork(startInNode)
  const plain = { dist: 'dist/test/mp-weixin-plain' }

  test('sends neither', async () => {
    const sent: string[] = []
    const [a, b] = [await network.phone(), await network.phone({ ...plain, ...network.recording(sent) })]
    await logIn(a, 'alice')
    await logIn(b, 'bob')
    await startChat(a, 'peer', 'bob')
    await say(a, '你好')
    await open(b, 'peer:alice')
    await hears(b, '你好')
    await b.waitForText('thread-detail', '在线')
    await b.type('composer-input', '回答')
    await idle(b)
    expect(sent.filter((frame) => frame.includes('receipt') || frame.includes('typing'))).toEqual([])
    expect(await status(a)).toContain('is-delivered')
  })
})
