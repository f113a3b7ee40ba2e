/**
 * One phone with the product on it, a real gateway, and other users. There is no double between the store and the gateway: the store has its real storage (on
 * the phone's disk) and its real RTM client (over a real socket).
 */
import { createPinia, setActivePinia, type Pinia } from 'pinia'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { setClock, systemClock } from '@/src/chat/time/clock'
import type { Conversation, ConversationId } from '@/src/chat/conversation/conversation'
import { preview } from '@/src/chat/conversation/preview'
import type { Message } from '@/src/chat/message/message'
import { createLocalRtm } from '@/src/rtm/local'
import { LOCAL_APP_ID } from '@/src/rtm/local/frames'
import type { RtmChannel, RtmClient } from '@/src/rtm/port'
import { createStorage } from '@/src/storage/history/create-storage'
import { createMiniKeyValue } from '@/src/storage/kv/mini-program'
import type { History } from '@/src/storage/port'
import { useChatStore } from '@/src/stores/chat'
import { startGateway, type Gateway, type GatewayOptions } from '../../gateway/server'
import { connectSocket } from './connect-socket'
import { Phone } from './phone'
import { TestClock } from './test-clock'

export type ChatStore = ReturnType<typeof useChatStore>

const TIMING = { graceMs: 200, countIntervalMs: { small: 10, large: 10 } }

/** The clock of {@link World.stopTime}. */
let stopped: TestClock | undefined

/** Waits until `check` does not throw. If the time is stopped it stays so, and only what is due runs. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  const attempt = async () => {
    await stopped?.advance(0)
    return check()
  }
  return vi.waitFor(attempt, { timeout: 8_000, interval: 5 })
}

/** Another user, on another device. */
export class Friend {
  /** Messages and their changes. Receipts and signs of typing come whenever there is reason for them, and are left out. */
  readonly received: { from: string; text: string | undefined }[] = []
  readonly channels = new Map<string, RtmChannel>()

  constructor(
    readonly uid: string,
    readonly client: RtmClient,
  ) {
    client.on('MessageFromPeer', ({ text }, from) => {
      if (!/^\{"v":1,.*"kind":"(receipt|typing)"/.test(text ?? '')) this.received.push({ from, text })
    })
  }

  /** The received texts, by either wire. Read marks and typing are none. */
  get texts(): (string | undefined)[] {
    return this.received.flatMap(({ text }) => {
      if (!text?.startsWith('{"v":1')) return [text]
      const { kind, text: words } = JSON.parse(text) as { kind: string; text: string }
      return kind === 'receipt' || kind === 'typing' ? [] : [words]
    })
  }

  async says(text: string, to: string): Promise<void> {
    await this.client.sendMessageToPeer({ text }, to, { enableOfflineMessaging: true })
  }

  async joins(channelId: string): Promise<void> {
    const channel = this.client.createChannel(channelId)
    channel.on('ChannelMessage', ({ text }, from) => void this.received.push({ from, text }))
    await channel.join()
    this.channels.set(channelId, channel)
  }

  async saysIn(channelId: string, text: string): Promise<void> {
    await this.channels.get(channelId)!.sendMessage({ text })
  }
}

export class World {
  phone!: Phone
  gateway!: Gateway
  pinia!: Pinia
  private readonly stores: ChatStore[] = []
  private readonly friends: Friend[] = []
  private readonly ends: (() => void)[] = []

  async begin(options: GatewayOptions = {}): Promise<void> {
    this.phone = new Phone()
    await this.startGateway(options)
  }

  async startGateway(options: GatewayOptions = {}): Promise<void> {
    this.gateway = await startGateway({ port: 0, rateLimits: false, timing: TIMING, ...options })
    vi.stubEnv('VITE_RTM_GATEWAY_URL', this.gateway.url)
  }

  /**
   * From now on the product's time stops until a test moves it by the returned clock. Timers that already wait are not affected. A gateway uses its own
   * clock, unless it is started with this one.
   */
  stopTime(): TestClock {
    stopped = new TestClock(Date.now())
    setClock(stopped)
    return stopped
  }

  /** Runs `end` before the phone is discarded. */
  atEnd(end: () => void): void {
    this.ends.push(end)
  }

  async end(): Promise<void> {
    const ended = this.endAll()
    await (stopped?.advanceUntil(ended, 10) ?? ended)
    stopped = undefined
    setClock(systemClock)
  }

  private async endAll(): Promise<void> {
    for (const end of this.ends.splice(0)) end()
    for (const store of this.stores.splice(0)) await quit(store)
    await Promise.all(this.friends.splice(0).map(({ client }) => client.logout().catch(() => undefined)))
    await this.gateway.close()
    await this.phone.throwAway()
    vi.unstubAllEnvs()
  }

  /** Starts the app: a store that has loaded the phone's disk, and nothing else. */
  start(pinia = createPinia()): ChatStore {
    this.pinia = pinia
    setActivePinia(this.pinia)
    const store = useChatStore()
    this.stores.push(store)
    return store
  }

  /** Kills the app without notice, as the system does, and starts it again. */
  async restart(): Promise<ChatStore> {
    const before = this.stores.pop()
    if (before) await quit(before)
    return this.start()
  }

  /** The app, started, with `uid` logged in. */
  async signedIn(uid = 'alice'): Promise<ChatStore> {
    const store = this.start()
    const signingIn = store.signIn(uid, undefined)
    expect(await (stopped?.advanceUntil(signingIn, 0) ?? signingIn)).toBeUndefined()
    return store
  }

  async friend(uid: string): Promise<Friend> {
    const friend = new Friend(uid, createLocalRtm({ url: this.gateway.url, connectSocket }).createInstance(LOCAL_APP_ID))
    this.friends.push(friend)
    await friend.client.login({ uid })
    return friend
  }

  /** A user's history on the phone's disk. Not to be used while they are logged in. */
  history(uid: string): Promise<History> {
    const { fs, storage, root } = this.phone.disk
    return createStorage(createMiniKeyValue({ fs, storage, root })).openHistory({ appId: LOCAL_APP_ID, uid })
  }

  /** Writes a conversation to the disk, as an earlier run of the app would have. */
  async remembers(uid: string, ...conversations: { conversation: Conversation; messages?: readonly Message[] }[]): Promise<void> {
    await (await this.history(uid)).write(conversations)
  }
}

/** A {@link World} for each test of a file. `options`: those of its gateway, or a function that makes them before each test. */
export function useWorld(options?: GatewayOptions | ((world: World) => GatewayOptions)): World {
  const world = new World()
  beforeEach(() => world.begin(typeof options === 'function' ? options(world) : options))
  afterEach(() => world.end())
  return world
}

async function quit(store: ChatStore): Promise<void> {
  const { account, client } = store
  account?.close()
  client?.removeAllListeners()
  for (const { channel } of store.channels.values()) channel.removeAllListeners()
  await client?.logout().catch(() => undefined)
  store.$dispose()
}

// ------------------------------------------------------------------------------------------- the content of a disk

/** A conversation with `messages` in it, all of them read except the last `unread`. */
export function conversation(id: ConversationId, messages: readonly Message[], more: Partial<Conversation> = {}): { conversation: Conversation; messages: readonly Message[] } {
  const last = messages.at(-1)
  const unread = more.unread ?? 0
  return {
    conversation: {
      id,
      length: messages.length,
      preview: last ? preview(last) : null,
      at: last?.at ?? 0,
      unread,
      readTo: messages.length - unread,
      pending: [],
      left: false,
      start: 0,
      pinned: false,
      muted: false,
      ...more,
    },
    messages,
  }
}

/** `count` texts, one a second, the last one now. */
export function texts(count: number, from = 'bob', text: (seq: number) => string = (seq) => `text ${seq}`): Message[] {
  const now = Date.now()
  return Array.from({ length: count }, (_, seq) => ({
    seq,
    id: `id-${seq}`,
    from,
    at: now - (count - 1 - seq) * 1_000,
    body: { kind: 'text', text: text(seq) },
    status: from === 'bob' ? 'received' : 'delivered',
  }))
}
