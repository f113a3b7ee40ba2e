/**
 * Messages between peers through the gateway.
 * The times, measured in turns: from `sendMessageToPeer` of the product's own client to its promise, including the receiver's acknowledgement, which its
 * client sends once its listeners are done; the same frames between two bare `ws` clients; and a bare `ws` echo of the same text. The ratio compares the last
 * two: the cost that the gateway adds to the sockets. The throughput: senders with a window of messages in flight, over lean clients. It counts the `ok`s,
 * which mean that the receiver has acknowledged.
 */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { encode } from '@/src/chat/message/envelope'
import { SEND_RATE } from '@/src/chat/rtm-limits'
import { createLocalRtm } from '@/src/rtm/local'
import { LOCAL_APP_ID, PROTOCOL_VERSION } from '@/src/rtm/local/frames'
import type { RtmClient } from '@/src/rtm/port'
import { connectSocket } from '../../tests/support/connect-socket'
import type { Benchmark } from '../bench'
import { apart } from '../support/cores'
import { quantile } from '../support/stats'
import { LeanClient, numberAfter } from './lean-client'
import { startServer, type ServerProcess } from './processes'

/** The product's frame for a text of 30 characters. */
const TEXT = encode({ kind: 'message', id: 'V1StGXR8_Z5jdHi6B-myT', body: { kind: 'text', text: '今天下午三点在老地方见面，别忘了带上昨天说的那本书和雨伞哦' } }, 'rich')
/** Each client keeps to RTM's rate: after this number of messages the next client continues. */
const PER_CLIENT = SEND_RATE.count - 10
const PAIRS = 4
const WINDOW = 128

export const peer: Benchmark = {
  names: ['gateway.peer'],
  budgets: [
    { name: 'gateway.peer', figure: 'ratio', atMost: 3 },
    { name: 'gateway.peer', figure: 'perSecond', atLeast: 20_000 },
  ],
  async *run({ quick }) {
    const [gateway, echo] = await Promise.all([startServer('gateway'), startServer('echo')])
    try {
      const n = quick ? 4_000 : 200_000
      const { perSecond, perCpuSecond } = await throughput(gateway, n)
      const together = apart([gateway.pid, echo.pid])
      const times = await roundTrips(gateway.url, echo.url, quick ? 3 : 40)
      together()
      const [framesP50, echoP50] = [quantile(times.frames, 0.5), quantile(times.echo, 0.5)]
      yield {
        name: 'gateway.peer',
        n,
        figures: { p50: quantile(times.client, 0.5), p99: quantile(times.client, 0.99), framesP50, echoP50, ratio: framesP50 / echoP50, perSecond, perCpuSecond },
      }
    } finally {
      await Promise.all([gateway.stop(), echo.stop()])
    }
  },
}

interface Times {
  readonly client: number[]
  readonly frames: number[]
  readonly echo: number[]
}

/** In ms, one message at a time. */
async function roundTrips(gatewayUrl: string, echoUrl: string, rounds: number): Promise<Times> {
  const echo = await BareClient.connect(echoUrl)
  const [bareSender, bareReceiver] = [await BareClient.logIn(gatewayUrl, 'bare-sender'), await BareClient.logIn(gatewayUrl, 'bare-receiver')]
  bareReceiver.onText = (text) => bareReceiver.send(JSON.stringify({ t: 'ack', mid: JSON.parse(text).mid }))
  const receiver = await logIn(gatewayUrl, 'receiver')
  receiver.on('MessageFromPeer', async () => true)
  const times: Times = { client: [], frames: [], echo: [] }
  let lastId = 1
  // The first round warms up the compiler.
  for (let round = -1; round < rounds; round++) {
    const sender = await logIn(gatewayUrl, `sender${round}`)
    // One of each in turn, so that a busy machine slows all of them equally.
    for (let trip = 0; trip < PER_CLIENT; trip++) {
      const client = await timeOf(async () => {
        const { hasPeerReceived } = await sender.sendMessageToPeer({ text: TEXT, messageType: 'TEXT' }, 'receiver')
        if (!hasPeerReceived) throw new Error('the receiver did not acknowledge')
      })
      const frames = await timeOf(async () => {
        const answer = JSON.parse(await bareSender.ask(JSON.stringify({ t: 'peer', id: ++lastId, to: 'bare-receiver', text: TEXT })))
        if (answer.id !== lastId || answer.received !== true) throw new Error(`the gateway answers ${JSON.stringify(answer)}`)
      })
      const back = await timeOf(async () => void (await echo.ask(TEXT)))
      if (round < 0) continue
      times.client.push(client)
      times.frames.push(frames)
      times.echo.push(back)
    }
    await sender.logout()
  }
  await receiver.logout()
  for (const client of [echo, bareSender, bareReceiver]) client.close()
  return times
}

/** A bare `ws` echo. */
class BareClient {
  onText: (text: string) => void = () => undefined

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data) => this.onText(data.toString()))
  }

  static async connect(url: string): Promise<BareClient> {
    const socket = new WebSocket(url, { perMessageDeflate: false })
    await once(socket, 'open')
    return new BareClient(socket)
  }

  static async logIn(url: string, uid: string): Promise<BareClient> {
    const client = await BareClient.connect(url)
    await client.ask(JSON.stringify({ t: 'login', id: 1, v: PROTOCOL_VERSION, appId: LOCAL_APP_ID, uid }))
    return client
  }

  send(text: string): void {
    this.socket.send(text)
  }

  /** Resolves with the next message. */
  ask(text: string): Promise<string> {
    return new Promise((resolve) => {
      this.onText = resolve
      this.socket.send(text)
    })
  }

  close(): void {
    this.socket.terminate()
  }
}

/** In ms. */
async function timeOf(trip: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await trip()
  return performance.now() - start
}

async function logIn(url: string, uid: string): Promise<RtmClient> {
  const client = createLocalRtm({ url, connectSocket }).createInstance(LOCAL_APP_ID)
  await client.login({ uid })
  return client
}

/** Acknowledged messages per second, and per second of the gateway's processor time. */
async function throughput(gateway: ServerProcess, n: number): Promise<{ perSecond: number; perCpuSecond: number }> {
  const pairs = await Promise.all(Array.from({ length: PAIRS }, (_, i) => pair(gateway.url, i)))
  // Warms up the compilers on both sides.
  await Promise.all(pairs.map(({ send }) => send(Math.ceil(n / PAIRS / 10))))
  const each = Math.ceil(n / PAIRS)
  const before = await gateway.costs()
  const start = performance.now()
  await Promise.all(pairs.map(({ send }) => send(each)))
  const seconds = (performance.now() - start) / 1_000
  const { cpuSeconds } = await gateway.costs()
  for (const { close } of pairs) close()
  const sent = each * PAIRS
  return { perSecond: sent / seconds, perCpuSecond: sent / (cpuSeconds - before.cpuSeconds) }
}

interface Pair {
  /** Sends `count` messages. Resolves when all are acknowledged. */
  send(count: number): Promise<void>
  close(): void
}

const PEER_FRAME = Buffer.from('{"t":"peer","mid":')
const OK_FRAME = Buffer.from('{"t":"ok","id":')
const RECEIVED = Buffer.from('"received":true}')

async function pair(url: string, index: number): Promise<Pair> {
  const [sender, receiver] = await Promise.all([LeanClient.login(url, `s${index}`), LeanClient.login(url, `r${index}`)])
  const rest = `,"to":"r${index}","text":${JSON.stringify(TEXT)}}`
  let lastMid = 0
  let lastId = 1
  let answered = lastId

  receiver.onFrame = (payload) => {
    const mid = numberAfter(payload, PEER_FRAME)
    if (mid !== lastMid + 1) throw new Error(`after message ${lastMid} came ${payload.toString()}`)
    lastMid = mid
    receiver.send(`{"t":"ack","mid":${mid}}`)
  }
  return {
    send: (count) =>
      new Promise((resolve) => {
        const end = lastId + count
        const fill = () => {
          while (lastId < end && lastId - answered < WINDOW) sender.send(`{"t":"peer","id":${++lastId}${rest}`)
        }
        sender.onFrame = (payload) => {
          const id = numberAfter(payload, OK_FRAME)
          const isReceived = payload.compare(RECEIVED, 0, RECEIVED.length, payload.length - RECEIVED.length) === 0
          if (id !== answered + 1 || !isReceived) throw new Error(`after answer ${answered} came ${payload.toString()}`)
          answered = id
          if (answered === end) resolve()
          else fill()
        }
        fill()
      }),
    close() {
      sender.close()
      receiver.close()
    },
  }
}
