/**
 * How many messages per second the product receives: the store's own path from the RTM adapter's events, through decoding, the check for copies and the log,
 * to an open thread that follows its end.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { nanoid } from 'nanoid'
import { encode } from '@/src/chat/message/envelope'
import { OFFLINE_MESSAGES_MAX } from '@/src/chat/rtm-limits'
import { LOCAL_APP_ID } from '@/src/rtm/local/frames'
import { createLocalRtm } from '@/src/rtm/local'
import { createStorage } from '@/src/storage/history/create-storage'
import type { KeyValue } from '@/src/storage/kv/key-value'
import { createMemoryKeyValue } from '../tests/support/memory-key-value'
import { createMiniKeyValue } from '@/src/storage/kv/mini-program'
import { Account } from '@/src/stores/chat/account'
import { WxDisk } from '../tests/support/wx-files'
import type { Benchmark, Result } from './bench'
import { median } from './support/stats'
import { textOf } from './support/texts'

/** The burst is as large as the one that the service sends after an absence. Each message is acknowledged when it is saved and shown. */
const BURST = OFFLINE_MESSAGES_MAX
const ROUNDS = 5
/** One message in this number names its sender and quotes another one. */
const FIELDS_EVERY = 10
const FIELDS = {
  by: { name: '爱丽丝', avatar: 'emoji:😀' },
  quote: { id: nanoid(), from: 'me', at: 1_700_000_000_000, kind: 'text', text: textOf(0) },
} as const
/** ms. A thread that gathers a flood shows it within 400. */
const SHOWN_WITHIN_MS = 5_000

export const ingest: Benchmark = {
  names: ['ingest', 'ingest.files'],
  budgets: [{ name: 'ingest', figure: 'perSecond', atLeast: 50_000 }],
  async *run({ quick }) {
    yield await inMemory(quick ? 2_000 : 100_000)
    yield await inFiles(quick ? 400 : 20_000)
  },
}

async function inMemory(n: number): Promise<Result> {
  // The first one warms up the compiler.
  await takeIn(createMemoryKeyValue(), Math.ceil(n / 2), BURST)
  const rounds: Speed[] = []
  for (let round = 0; round < ROUNDS; round++) rounds.push(await takeIn(createMemoryKeyValue(), n, BURST))
  const oneByOne = await takeIn(createMemoryKeyValue(), n, 1)
  const perSecond = median(rounds.map((speed) => speed.perSecond))
  const perCpuSecond = median(rounds.map((speed) => speed.perCpuSecond))
  return { name: 'ingest', n, figures: { perSecond, perCpuSecond, perSecondOneByOne: oneByOne.perSecond } }
}

/** The mini program's files, on this machine's disk: for information only, since a phone's disk differs. */
async function inFiles(n: number): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-ingest-'))
  try {
    const { fs, storage, root } = new WxDisk(folder)
    return { name: 'ingest.files', n, figures: { ...(await takeIn(createMiniKeyValue({ fs, storage, root }), n, BURST)) } }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

interface Speed {
  readonly perSecond: number
  /** In processor time of this process, including the garbage collector's threads: a busy machine does not change it. */
  readonly perCpuSecond: number
}

/** Receives `n` messages, `burst` at a time. Checks that each was saved once, and that the thread shows the last ones. */
async function takeIn(kv: KeyValue, n: number, burst: number): Promise<Speed> {
  const history = await createStorage(kv).openHistory({ appId: LOCAL_APP_ID, uid: 'me' })
  const account = newAccount(history, n)
  await account.load()
  const id = await account.start('peer', 'alice')
  const thread = account.openThread(id)
  await thread.load()

  const received = Array.from({ length: n }, (_, i) => ({ text: encode({ kind: 'message', id: nanoid(), body: { kind: 'text', text: textOf(i) }, ...(i % FIELDS_EVERY === 0 && FIELDS) }, 'rich'), messageType: 'TEXT' as const }))
  const properties = { serverReceivedTs: Date.now(), isOfflineMessage: false, isHistoricalMessage: false }
  const cpu = process.cpuUsage()
  const start = performance.now()
  for (let from = 0; from < n; from += burst) {
    const kept = await Promise.all(received.slice(from, from + burst).map((message) => account.inbox.receive('peer', 'alice', 'alice', message, properties)))
    if (!kept.every(Boolean)) throw new Error('storage refused a message')
  }
  const seconds = (performance.now() - start) / 1_000
  const { user, system } = process.cpuUsage(cpu)

  const copy = received[n - 1]
  if (copy) await account.inbox.receive('peer', 'alice', 'alice', copy, properties)
  const [last] = await history.messages(id, n - 1, n + 1)
  if (last?.body.kind !== 'text' || last.body.text !== textOf(n - 1)) throw new Error(`message ${n - 1} is not the last one that is kept`)
  await shown(thread, n)
  await account.close()
  return { perSecond: n / seconds, perCpuSecond: n / ((user + system) / 1_000_000) }
}

/** Waits until the thread shows `n` messages: a flood is gathered for a moment before it is rendered. */
async function shown(thread: ReturnType<Account['openThread']>, n: number): Promise<void> {
  const end = performance.now() + SHOWN_WITHIN_MS
  while (thread.view().to !== n) {
    if (performance.now() > end) throw new Error(`of ${n} messages the thread shows ${thread.view().to}`)
    await sleep(10)
  }
}

function newAccount(history: ConstructorParameters<typeof Account>[0]['history'], n: number): Account {
  return new Account({
    uid: 'me',
    history,
    limits: { messagesPerConversation: n, bytes: Number.MAX_SAFE_INTEGER },
    wire: 'rich',
    capabilities: createLocalRtm({ url: 'ws://127.0.0.1/' }).capabilities,
    ready: () => true,
    rejoining: () => false,
    sendToPeer: async () => ({ hasPeerReceived: true }),
    sendToChannel: async () => undefined,
    watchPeer: () => undefined,
    isPeerOnline: () => false,
    marksRead: () => true,
    showsTyping: () => true,
  })
}
