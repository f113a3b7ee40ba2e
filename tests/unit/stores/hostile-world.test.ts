/** The store with hostile users and a hostile server, over real sockets. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { clockText } from '@/src/ui/shared/clock-text'
import { GatewayClient } from '../../support/gateway-client'
import { absurdTimes, hostileFrames, hostileTexts } from '../../support/hostile'
import { RawGateway } from '../../support/raw-gateway'
import { eventually, useWorld, type ChatStore } from '../../support/world'
import { textOf } from './doubles'

const world = useWorld()
const problems: unknown[] = []
beforeEach(() => {
  problems.length = 0
  vi.spyOn(console, 'error').mockImplementation((...args) => void problems.push(args))
  vi.spyOn(console, 'warn').mockImplementation((...args) => void problems.push(args))
})
afterEach(() => {
  vi.restoreAllMocks()
  expect(problems).toEqual([])
})

const messages = (chat: ChatStore, id: ConversationId) => chat.account!.conversations.messages(id, 0, 1_000)
const wordsIn = async (chat: ChatStore, id: ConversationId) => (await messages(chat, id)).map(textOf)

async function hostilePeer(): Promise<GatewayClient> {
  const mallory = await GatewayClient.login(world.gateway.url, 'mallory')
  world.atEnd(() => mallory.ws.terminate())
  return mallory
}

describe('a hostile peer', () => {
  it('affects no other conversation and changes no text', async () => {
    const chat = await world.signedIn('alice')
    const bob = await world.friend('bob')
    await bob.joins('general')
    await chat.startConversation('channel', 'general')
    await eventually(() => expect(chat.channelView('general').value.state).toBe('joined'))
    await bob.says('hello alice', 'alice')
    await bob.saysIn('general', 'hello all')
    await eventually(async () => expect(await wordsIn(chat, 'channel:general')).toContain('hello all'))
    await chat.account!.own.send('peer:bob', { kind: 'text', text: 'hello bob' })
    await eventually(async () => expect((await messages(chat, 'peer:bob')).map(({ status }) => status)).toEqual(['received', 'delivered']))
    const before = { bob: await messages(chat, 'peer:bob'), head: chat.account!.conversations.get('peer:bob') }

    const mallory = await hostilePeer()
    await mallory.ask({ t: 'join', ch: 'general' })
    const texts = hostileTexts(before.bob[1]!.id)
    for (const text of texts) {
      expect(await mallory.ask({ t: 'peer', to: 'alice', text })).toMatchObject({ t: 'ok', received: true })
      expect(await mallory.ask({ t: 'send', ch: 'general', text })).toMatchObject({ t: 'ok' })
    }
    await bob.saysIn('general', 'still here')
    await eventually(async () => expect((await wordsIn(chat, 'channel:general')).at(-1)).toBe('still here'))

    expect(await messages(chat, 'peer:bob')).toEqual(before.bob)
    expect(chat.account!.conversations.get('peer:bob')).toBe(before.head)
    const general = await messages(chat, 'channel:general')
    expect(general.filter(({ from }) => from === 'bob').map(textOf)).toEqual(['hello all', 'still here'])
    // Used ids brought nothing new: the first text of an id stays.
    const fromMallory = await messages(chat, 'peer:mallory')
    const named = fromMallory.filter(({ id }) => id === before.bob[1]!.id)
    expect(named.map(textOf)).toEqual(['CHANGED'])
    expect(new Set(fromMallory.map(({ id }) => id)).size).toBe(fromMallory.length)
    // All of it is there again after a restart, and the list still tells the users apart.
    const again = await world.restart()
    await again.restore()
    expect(await messages(again, 'peer:bob')).toEqual(before.bob)
    expect(await messages(again, 'peer:mallory')).toEqual(fromMallory)
    expect([...again.account!.conversations.order.value].sort()).toEqual(['channel:general', 'peer:bob', 'peer:mallory'])
  })
})

describe('a hostile server', () => {
  let server: RawGateway
  beforeEach(async () => {
    server = await RawGateway.start()
    vi.stubEnv('VITE_RTM_GATEWAY_URL', server.url)
  })
  afterEach(() => server.close())

  async function joined(): Promise<ChatStore> {
    const chat = await world.signedIn('alice')
    await chat.startConversation('channel', 'general')
    await eventually(() => expect(chat.channelView('general').value.state).toBe('joined'))
    await chat.account!.start('peer', 'bob')
    return chat
  }

  it('that sends nonsense is not believed, and the chat continues', async () => {
    const chat = await joined()
    for (const frame of hostileFrames('general')) server.send(frame)
    server.send({ t: 'peer', mid: 1, from: 'bob', text: 'after all that', ts: Date.now() })
    await eventually(async () => expect(await wordsIn(chat, 'peer:bob')).toEqual(['after all that']))
    await chat.account!.own.send('peer:bob', { kind: 'text', text: 'indeed' })
    await eventually(async () => expect((await messages(chat, 'peer:bob'))[1]?.status).toBe('delivered'))
    expect(chat.connection.state).toBe('CONNECTED')
    expect(await messages(chat, 'channel:general')).toEqual([])
    expect([...chat.account!.conversations.order.value].sort()).toEqual(['channel:general', 'peer:bob'])
    expect(({} as { value?: unknown }).value).toBeUndefined()
  })

  it('that sends messages in the user’s name is not believed', async () => {
    const chat = await joined()
    server.send({ t: 'msg', ch: 'general', seq: 1, from: 'alice', text: 'I never said that', ts: Date.now() })
    server.send({ t: 'peer', mid: 1, from: 'alice', text: 'nor that', ts: Date.now() })
    server.send({ t: 'msg', ch: 'general', seq: 2, from: 'bob', text: 'right', ts: Date.now() })
    await eventually(async () => expect(await wordsIn(chat, 'channel:general')).toEqual(['right']))
    expect(chat.account!.conversations.get('peer:alice')).toBeUndefined()
  })

  it('that sends frames twice and out of order loses and doubles no message', async () => {
    const chat = await joined()
    const rich = (id: string) => JSON.stringify({ v: 1, id, kind: 'text', text: `text of ${id}` })
    for (const n of [3, 1, 3, 2, 1, 5, 4, 5]) {
      server.send({ t: 'msg', ch: 'general', seq: n, from: 'bob', text: rich(`c${n}`), ts: Date.now() })
      server.send({ t: 'peer', mid: n, from: 'bob', text: rich(`p${n}`), ts: Date.now() })
    }
    await eventually(async () => expect(await wordsIn(chat, 'channel:general')).toEqual([3, 1, 2, 5, 4].map((n) => `text of c${n}`)))
    await eventually(async () => expect(await wordsIn(chat, 'peer:bob')).toEqual([3, 1, 2, 5, 4].map((n) => `text of p${n}`)))
    // Each was acknowledged, so none comes a third time.
    await eventually(() => expect(new Set(server.sent('ack').map(({ mid }) => mid)).size).toBe(5))
  })

  it('with impossible times keeps no conversation at the top, and every time can be shown', async () => {
    const chat = await joined()
    const times = absurdTimes(Date.now())
    for (const [n, ts] of times.entries()) server.send({ t: 'peer', mid: n + 1, from: `m${n}`, text: 'x', ts })
    server.send(`{"t":"peer","mid":100,"from":"endless","text":"x","ts":1e999}`)
    await eventually(() => expect(chat.account!.conversations.order.value).toHaveLength(times.length + 3))
    for (const id of chat.account!.conversations.order.value) {
      const { at } = chat.account!.conversations.get(id)!
      expect(Math.abs(at - Date.now())).toBeLessThan(60_000)
      expect(clockText(at, Date.now(), 'short')).toMatch(/^\d\d:\d\d$/)
    }
    const last = Date.now()
    await eventually(() => expect(Date.now()).toBeGreaterThan(last))
    await chat.account!.own.send('peer:bob', { kind: 'text', text: 'now' })
    expect(chat.account!.conversations.order.value[0]).toBe('peer:bob')
  })

  it('that reports users without a subscription is ignored', async () => {
    const chat = await joined()
    chat.watchPeer('bob')
    await eventually(() => expect(server.sent('subscribe')).toHaveLength(1))
    server.send({ t: 'status', peers: [['stranger', 'ONLINE'], ['bob', 'ONLINE']] })
    await eventually(() => expect(chat.peerState('bob').value).toBe('ONLINE'))
    expect(chat.peerState('stranger').value).toBeUndefined()
  })
})
