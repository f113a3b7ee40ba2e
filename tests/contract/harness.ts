import { afterAll, beforeAll } from 'vitest'
import { startGateway, type Gateway, type GatewayOptions } from '../../gateway/server'
import { setClock, systemClock } from '@/src/chat/time/clock'
import { LOCAL_APP_ID } from '@/src/rtm/local/frames'
import type { ConnectionChangeReason, ConnectionState, Rtm, RtmChannel, RtmClient } from '@/src/rtm/port'
import { freePort } from '../support/ports'
import { TestClock } from '../support/test-clock'

/** How often {@link until} checks, in ms. */
const LOOK_MS = 5

/** The clock of {@link stepTime}. */
let stepped: TestClock | undefined

/** From now on the adapters, and gateways that are started with the result, use a clock that the tests move. For one file of tests. */
export function stepTime(): TestClock {
  const clock = new TestClock(Date.now())
  beforeAll(() => {
    stepped = clock
    setClock(clock)
  })
  afterAll(() => {
    stepped = undefined
    setClock(systemClock)
  })
  return clock
}

/**
 * Resolves when `isTrue` is. The test's own timeout is the limit. A stepped clock advances during the wait, no faster than real time, so that sockets appear
 * as fast as usual.
 */
export async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    await stepped?.advance(LOOK_MS)
  }
}

/** The result of `promise`, while the time advances as in {@link until}: for code that waits for a timer. */
export async function inTime<T>(promise: Promise<T>): Promise<T> {
  let isSettled = false
  const settled = () => void (isSettled = true)
  promise.then(settled, settled)
  await until(() => isSettled)
  return promise
}

/** One user on one device: a client, and the events it has sent. */
export class Person {
  readonly states: [ConnectionState, ConnectionChangeReason][] = []
  readonly inbox: { text: string | undefined; from: string; properties: object }[] = []

  constructor(
    readonly uid: string,
    readonly client: RtmClient,
  ) {
    client.on('ConnectionStateChanged', (state, reason) => void this.states.push([state, reason]))
    client.on('MessageFromPeer', (message, from, properties) => void this.inbox.push({ text: message.text, from, properties }))
  }

  get texts(): (string | undefined)[] {
    return this.inbox.map(({ text }) => text)
  }

  get state(): string {
    return this.states.at(-1)?.join(' / ') ?? 'DISCONNECTED'
  }
}

/** A channel of one user, and the events it has sent. */
export class Room {
  readonly events: string[] = []
  readonly messages: { text: string | undefined; from: string; properties: object }[] = []
  count: number | undefined

  constructor(readonly channel: RtmChannel) {
    channel.on('ChannelMessage', (message, from, properties) => void this.messages.push({ text: message.text, from, properties }))
    channel.on('MemberJoined', (uid) => void this.events.push(`+${uid}`))
    channel.on('MemberLeft', (uid) => void this.events.push(`-${uid}`))
    channel.on('MemberCountUpdated', (count) => void (this.count = count))
  }

  get texts(): (string | undefined)[] {
    return this.messages.map(({ text }) => text)
  }
}

/** A gateway, and users on it through one adapter. */
export class Harness {
  private readonly people: Person[] = []

  private constructor(
    readonly gateway: Gateway,
    private readonly appId: string,
    private readonly createRtm: (gatewayUrl: string) => Rtm,
  ) {}

  static async start(createRtm: (gatewayUrl: string) => Rtm, options: GatewayOptions = {}): Promise<Harness> {
    const gateway = await startGateway({ port: await freePort(), ...options, timing: { countIntervalMs: { small: 20, large: 20 }, ...options.timing } })
    return new Harness(gateway, options.appId ?? LOCAL_APP_ID, createRtm)
  }

  rtm(): Rtm {
    return this.createRtm(this.gateway.url)
  }

  /** A device that is not logged in. */
  person(uid: string, appId = this.appId): Person {
    const person = new Person(uid, this.rtm().createInstance(appId))
    this.people.push(person)
    return person
  }

  async loggedIn(uid: string, token?: string): Promise<Person> {
    const person = this.person(uid)
    await inTime(person.client.login({ uid, token }))
    return person
  }

  async room(person: Person, channelId: string): Promise<Room> {
    const room = new Room(person.client.createChannel(channelId))
    await room.channel.join()
    return room
  }

  async close(): Promise<void> {
    await Promise.all(this.people.map(({ client }) => client.logout().catch(() => {})))
    await this.gateway.close()
  }
}
