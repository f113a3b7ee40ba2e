/** Whatever the network does, peer messages arrive once and in order, and channel messages are never doubled. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { GatewayClient } from '../../support/gateway-client'
import { STEPPED, until, useGateways } from '../../support/gateways'
import { TestClock } from '../../support/test-clock'

const gateways = useGateways()

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('peer' as const), offline: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('channel' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cut' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('outlast the grace' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('return' as const), deaf: fc.boolean() }) },
)

/** Short, so that channel messages are not too old to be sent again. */
const GRACE_MS = 60
const timing = { ...STEPPED, graceMs: GRACE_MS, ackTimeoutMs: 100 }

it('delivers across cuts, resumes, lost acknowledgements and lost sessions', async () => {
  const clock = new TestClock()
  const gateway = await gateways.start({ clock, rateLimits: false, timing })
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
      const [alice, bob, ch] = [`alice${++run}`, `bob${run}`, `general${run}`]
      const sender = await gateways.login(gateway, alice)
      await sender.ask({ t: 'join', ch })
      const receiver = new Receiver(gateway.url, bob, ch)
      await receiver.arrive(false)

      const peer: string[] = []
      const channel: string[] = []
      const sent: Promise<unknown>[] = []
      for (const action of steps) {
        if (action.do === 'peer') {
          peer.push(`p${peer.length}`)
          sent.push(sender.ask({ t: 'peer', to: bob, text: peer.at(-1) ?? '', offline: action.offline }))
        }
        if (action.do === 'channel') {
          channel.push(`c${channel.length}`)
          sent.push(sender.ask({ t: 'send', ch, text: channel.at(-1) ?? '' }))
        }
        if (action.do === 'cut') await receiver.lose()
        if (action.do === 'outlast the grace') {
          await receiver.lose()
          await clock.advance(GRACE_MS)
        }
        if (action.do === 'return') await receiver.arrive(action.deaf)
      }
      await receiver.arrive(false)
      // A lost acknowledgement is waited for until its timeout.
      await clock.advanceUntil(Promise.all(sent), 10)
      await until(() => receiver.peer.length >= peer.length && receiver.channel.length >= channel.length, 'all messages')
      await receiver.client?.settled()
      expect(receiver.peer).toEqual(peer)
      expect(receiver.channel).toEqual(channel)
      sender.ws.terminate()
      receiver.client?.ws.terminate()
      await until(() => gateway.stats().connections === 0)
    }),
    { numRuns: 40 },
  )
}, 60_000)

/** A correct client: keeps its secret and the last seq, drops copies, joins again. */
class Receiver {
  client: GatewayClient | undefined
  readonly peer: string[] = []
  readonly channel: string[] = []
  private secret: string | undefined
  private lastSeq = 0

  constructor(
    private readonly url: string,
    private readonly uid: string,
    private readonly ch: string,
  ) {}

  /** @param deaf receives everything and acknowledges nothing: its acknowledgements are lost with the connection */
  async arrive(deaf: boolean): Promise<void> {
    await this.lose()
    const { GatewayClient } = await import('../../support/gateway-client')
    const client = await GatewayClient.connect(this.url)
    client.acknowledges = false
    client.ws.on('message', (data) => this.hear(JSON.parse(data.toString()), client, deaf))
    const resume = this.secret === undefined ? undefined : { secret: this.secret, channels: [[this.ch, this.lastSeq]] as [string, number][] }
    const { secret, channels } = await client.login(this.uid, { resume })
    this.secret = secret
    this.client = client
    if (!channels.includes(this.ch)) await client.ask({ t: 'join', ch: this.ch })
  }

  async lose(): Promise<void> {
    await this.client?.drop()
    this.client = undefined
  }

  private hear(frame: { t: string; text: string; seq: number; mid: number }, client: GatewayClient, deaf: boolean): void {
    if (frame.t === 'msg') {
      if (frame.seq > this.lastSeq) this.channel.push(frame.text)
      this.lastSeq = Math.max(this.lastSeq, frame.seq)
    }
    // A deaf one crashes before it has saved anything.
    if (frame.t === 'peer' && !deaf) {
      this.peer.push(frame.text)
      client.raw({ t: 'ack', mid: frame.mid })
    }
  }
}
