/**
 * Channel messages: how many per second reach the members if the sender has a window of them in flight, and how long a single message takes to reach the last
 * member.
 */
import type { Benchmark, Result } from '../bench'
import { quantile } from '../support/stats'
import { LeanClient, numberAfter } from './lean-client'
import { startServer } from './processes'

const MEMBERS = [1, 10, 100]
const DELIVERIES = 200_000
const WINDOW = 32
const ALONE = 500
/** Of 100 bytes, as JSON. */
const TEXT = JSON.stringify('频道里的一条消息'.repeat(4).padEnd(36, '!'))

export const fanout: Benchmark = {
  names: ['gateway.fanout'],
  budgets: [],
  async *run({ quick }) {
    const gateway = await startServer('gateway')
    try {
      for (const n of MEMBERS) yield await measure(gateway.url, n, quick ? 0.02 : 1)
    } finally {
      await gateway.stop()
    }
  },
}

async function measure(url: string, n: number, share: number): Promise<Result> {
  const channel = await Channel.fill(url, `of${n}`, n)
  // Warms up the compilers on both sides.
  await channel.send(100, WINDOW)
  const count = Math.ceil((Math.min(DELIVERIES, n * 50_000) / n) * share)
  const start = performance.now()
  await channel.send(count, WINDOW)
  const deliveriesPerSecond = (count * n) / ((performance.now() - start) / 1_000)

  const last: number[] = []
  for (let i = 0; i < Math.ceil(ALONE * share); i++) {
    const sent = performance.now()
    await channel.send(1, 1)
    last.push(performance.now() - sent)
  }
  channel.close()
  return { name: 'gateway.fanout', n, figures: { deliveriesPerSecond, lastP50: quantile(last, 0.5), lastP99: quantile(last, 0.99) } }
}

class Channel {
  private lastId = 2
  private answered = 2
  private delivered = 0
  private whenDelivered = { count: Number.POSITIVE_INFINITY, resolve: () => undefined as void }

  private constructor(
    private readonly name: string,
    private readonly sender: LeanClient,
    private readonly members: readonly LeanClient[],
  ) {}

  /** A channel of `n` members, and one that only sends. */
  static async fill(url: string, name: string, n: number): Promise<Channel> {
    const [sender, ...members] = await Promise.all(Array.from({ length: n + 1 }, (_, i) => LeanClient.login(url, `${name}-${i}`)))
    if (!sender) throw new Error('nobody logged in')
    for (const client of [sender, ...members]) await client.ask({ t: 'join', ch: name }, 2)
    const channel = new Channel(name, sender, members)
    const message = Buffer.from(`{"t":"msg","ch":"${name}","seq":`)
    for (const member of members) {
      let lastSeq = 0
      member.onFrame = (payload) => {
        const seq = numberAfter(payload, message)
        // Member counts arrive in between.
        if (seq === -1) return
        if (lastSeq > 0 && seq !== lastSeq + 1) throw new Error(`after message ${lastSeq} came ${payload.toString()}`)
        lastSeq = seq
        channel.deliver()
      }
    }
    return channel
  }

  /** Sends `count` messages, `window` of them in flight at a time. Resolves when every member has received each. */
  async send(count: number, window: number): Promise<void> {
    const end = this.lastId + count
    const all = new Promise<void>((resolve) => (this.whenDelivered = { count: this.delivered + count * this.members.length, resolve }))
    const fill = () => {
      while (this.lastId < end && this.lastId - this.answered < window) this.sender.send(`{"t":"send","id":${++this.lastId},"ch":"${this.name}","text":${TEXT}}`)
    }
    this.sender.onFrame = (payload) => {
      const id = numberAfter(payload, OK_FRAME)
      if (id === -1) return
      this.answered = id
      fill()
    }
    fill()
    await all
  }

  close(): void {
    for (const client of [this.sender, ...this.members]) client.close()
  }

  private deliver(): void {
    if (++this.delivered === this.whenDelivered.count) this.whenDelivered.resolve()
  }
}

const OK_FRAME = Buffer.from('{"t":"ok","id":')
