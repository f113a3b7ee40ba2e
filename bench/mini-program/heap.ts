/** Whether a thread's memory is freed: the heap and the listeners after many threads were scrolled through and closed. */
import { readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setFlagsFromString, writeHeapSnapshot } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ConversationId } from '../../src/chat/conversation/conversation'
import { startInNode, SteppedClock, type MiniProgram } from '../../simulator/drive/driver'
import { STEPPED_CLOCK_START } from '../../simulator/drive/stepped-clock'
import type { RtmChannel, RtmClient } from '../../src/rtm/port'
import type { Benchmark } from '../bench'
import { built, PRODUCT } from '../builds'
import { id } from '../fixture/messages'
import { writePhone } from '../fixture/phone'
import { Scene, THREAD } from './scene'

const THREADS = 50
const MESSAGES = 5_000
const GROWTH = 0.1
const REVEALED_WITHIN_MS = 30_000
/** Longer than the list takes to let messages go, ms of the stepped clock. */
const LEAVE_MS = 200

/** The parts of the program's store that are read here. */
interface ChatStore {
  readonly client: Counted<RtmClient> | undefined
  readonly channels: ReadonlyMap<string, { readonly channel: Counted<RtmChannel> }>
}
/** The adapters' emitter keeps its listeners by event. */
type Counted<Emitter> = Emitter & { readonly listeners: ReadonlyMap<string, readonly unknown[]> }

export const heap: Benchmark = {
  names: ['mp.heap'],
  budgets: [
    { name: 'mp.heap', figure: 'growth', atMost: GROWTH },
    { name: 'mp.heap', figure: 'newListeners', atMost: 0 },
  ],
  async *run({ quick }) {
    const dist = await built(PRODUCT)
    const [threads, messages] = quick ? [3, 200] : [THREADS, MESSAGES]
    // Half of them are channels, so that their listeners count too. RTM allows 20 joined channels.
    const conversations = Array.from({ length: threads }, (_, index): ConversationId => (index < 20 && index % 2 === 1 ? `channel:${id('heap', index)}` : `peer:${id('heap', index)}`))
    const stored = await writePhone(conversations.map((conversation) => [conversation, messages] as const), STEPPED_CLOCK_START)
    const empty = await heapUsed()
    const scene = await Scene.open(startInNode, stored, { dist, clock: new SteppedClock() })
    try {
      const { phone } = scene
      const [first = conversations[0]] = conversations
      if (!first) return
      await readThrough(phone, first)
      const before = { heap: await heapUsed(), listeners: listeners(phone) }
      for (const conversation of conversations.slice(1)) await readThrough(phone, conversation)
      const after = { heap: await heapUsed(), listeners: listeners(phone) }
      const [firstBytes, bytes] = [before.heap.bytes - empty.bytes, after.heap.bytes - empty.bytes]
      const figures = {
        firstBytes,
        bytes,
        growth: bytes / firstBytes - 1,
        codeGrowthBytes: after.heap.codeBytes - before.heap.codeBytes,
        listeners: after.listeners,
        newListeners: after.listeners - before.listeners,
      }
      yield { name: 'mp.heap', n: threads, figures }
      const problems = await phone.problems()
      if (problems.length > 0) throw new Error(`problems on the phone:\n${problems.join('\n')}`)
    } finally {
      await scene.close()
      stored.remove()
    }
  },
}

/** Opens a thread, scrolls up to its first message, and goes back to the list. */
async function readThrough(phone: MiniProgram, conversation: ConversationId): Promise<void> {
  await reveal(phone, conversation)
  await phone.tap('conversation-row', { id: conversation })
  await phone.waitForRoute(THREAD)
  await phone.waitFor('messages', async () => (await phone.count('message-row')) > 0)
  const first = async () => (await phone.element('message-row')).dataset['id']
  while ((await phone.count('load-older')) > 0) {
    // Messages at the other end leave: until then a tap does nothing.
    await phone.elapse(LEAVE_MS)
    const before = await first()
    if (/更早/.test(await phone.text('load-older'))) await phone.tap('load-older')
    await phone.waitFor(`messages before ${before}`, async () => (await first()) !== before || (await phone.count('load-older')) === 0)
  }
  await phone.back()
  await phone.waitForCount('conversation-list', 1)
  // The harness records every call.
  await phone.resetStats()
}

/** Scrolls the list until the row is rendered. */
async function reveal(phone: MiniProgram, conversation: ConversationId): Promise<void> {
  const ROW_PX = 72
  const end = performance.now() + REVEALED_WITHIN_MS
  for (let top = 0; (await phone.count('conversation-row', { id: conversation })) === 0; top += 10) {
    if (performance.now() > end) throw new Error(`the list does not show ${conversation}\n${await phone.tree()}`)
    await phone.scroll('conversation-list', (top % THREADS) * ROW_PX)
    await phone.elapse(LEAVE_MS)
  }
}

function listeners(phone: MiniProgram): number {
  const { useChatStore } = phone.require('common/first.js') as { useChatStore: () => ChatStore }
  const { client, channels } = useChatStore()
  const emitters = [...(client ? [client] : []), ...[...channels.values()].map(({ channel }) => channel)]
  return emitters.flatMap((emitter) => [...emitter.listeners.values()].flat()).length
}

let collect: (() => void) | undefined

/** Bytes of live objects, without the engine's own code: the engine makes more of it the longer a function is in use (`codeBytes`). */
async function heapUsed(): Promise<{ readonly bytes: number; readonly codeBytes: number }> {
  setFlagsFromString('--expose-gc')
  collect ??= runInNewContext('gc') as () => void
  // Waits for pending timers, which hold objects.
  await sleep(1_000)
  for (let i = 0; i < 3; i++) {
    collect()
    await sleep(50)
  }
  const file = writeHeapSnapshot(path.join(os.tmpdir(), `bench-heap-${process.pid}.heapsnapshot`))
  try {
    return sizesOf(JSON.parse(readFileSync(file, 'utf8')) as Snapshot)
  } finally {
    rmSync(file)
  }
}

interface Snapshot {
  readonly snapshot: { readonly meta: { readonly node_fields: readonly string[]; readonly node_types: readonly [readonly string[], ...unknown[]] } }
  /** All fields of the first node, then those of the next. */
  readonly nodes: readonly number[]
}

function sizesOf({ snapshot: { meta }, nodes }: Snapshot): { bytes: number; codeBytes: number } {
  const { node_fields: fields, node_types: types } = meta
  const [type, size] = [fields.indexOf('type'), fields.indexOf('self_size')]
  const code = types[0].indexOf('code')
  let [bytes, codeBytes] = [0, 0]
  for (let at = 0; at < nodes.length; at += fields.length) {
    const own = nodes[at + size] ?? 0
    if (nodes[at + type] === code) codeBytes += own
    else bytes += own
  }
  return { bytes, codeBytes }
}
