/** What finding a message by author and id reads, beside looking for it backwards through the log. Counts, the same on every machine. */
import type { Conversation, ConversationId } from '@/src/chat/conversation/conversation'
import { createConversation } from '@/src/chat/conversation/order'
import type { Message, MessageRef } from '@/src/chat/message/message'
import { createStorage } from '@/src/storage/history/create-storage'
import { PAGE_SIZE } from '@/src/storage/keys'
import type { KeyValue } from '@/src/storage/kv/key-value'
import type { History } from '@/src/storage/port'
import { createMemoryKeyValue } from '../tests/support/memory-key-value'
import type { Benchmark, Result } from './bench'
import { textOf } from './support/texts'

const PERSON = { appId: 'bench', uid: 'me' }
const CONVERSATION: ConversationId = 'peer:alice'
const WRITTEN_AT_ONCE = 5_000
const LOOKUPS = 1_000
/** A scan reads thousands of pages each time. */
const SCANS = 20

export const idsFind: Benchmark = {
  names: ['ids.find', 'ids.find.scan'],
  budgets: [
    { name: 'ids.find', figure: 'readsNineOfTen', atMost: 3 },
    { name: 'ids.find', figure: 'reads99Of100', atMost: 5 },
    { name: 'ids.find', figure: 'nowhere97Of100', atMost: 3 },
  ],
  async *run({ quick }) {
    const n = quick ? 10_000 : 100_000
    const kv = createMemoryKeyValue()
    const first = await createStorage(kv).openHistory(PERSON)
    for (let from = 0; from < n; from += WRITTEN_AT_ONCE) await first.write([{ conversation: summary(from + WRITTEN_AT_ONCE), messages: Array.from({ length: WRITTEN_AT_ONCE }, (_, i) => message(from + i)) }])
    yield await found(kv, n)
    yield await scanned(kv, n)
  },
}

async function found(kv: KeyValue, n: number): Promise<Result> {
  const { history, reads } = await opened(kv)
  const cost = async (ref: MessageRef, expected: number | undefined) => {
    reads.count = 0
    const [seq] = await history.find(CONVERSATION, [ref])
    if (seq !== expected) throw new Error(`message ${ref.id} is found at ${seq}`)
    return reads.count
  }
  const loadReads = await cost({ from: 'alice', id: 'nowhere' }, undefined)
  const some: number[] = []
  const none: number[] = []
  const start = performance.now()
  for (const seq of ofAllAges(n, LOOKUPS)) some.push(await cost(message(seq), seq))
  const findMs = (performance.now() - start) / LOOKUPS
  for (const seq of ofAllAges(n, LOOKUPS)) none.push(await cost({ from: 'alice', id: `never-${seq}` }, undefined))
  const figures = { readsNineOfTen: share(some, 0.9), reads99Of100: share(some, 0.99), nowhere97Of100: share(none, 0.97), loadReads, findMs }
  return { name: 'ids.find', n, figures }
}

/** For comparison: without an index. */
async function scanned(kv: KeyValue, n: number): Promise<Result> {
  const { history, reads } = await opened(kv)
  const some: number[] = []
  for (const wanted of ofAllAges(n, SCANS)) {
    reads.count = 0
    for (let to = n; to > 0; to -= PAGE_SIZE) if ((await history.messages(CONVERSATION, to - PAGE_SIZE, to)).some(({ seq }) => seq === wanted)) break
    some.push(reads.count)
  }
  return { name: 'ids.find.scan', n, figures: { readsNineOfTen: share(some, 0.9), reads99Of100: share(some, 0.99) } }
}

async function opened(kv: KeyValue): Promise<{ readonly history: History; readonly reads: { count: number } }> {
  const reads = { count: 0 }
  const counting: KeyValue = { ...kv, get: (key) => (reads.count++, kv.get(key)), list: (key, when) => (reads.count++, kv.list(key, when)) }
  const history = await createStorage(counting).openHistory(PERSON)
  await history.conversations()
  return { history, reads }
}

function summary(length: number): Conversation {
  return { ...createConversation(CONVERSATION, 0), length, readTo: length }
}

function message(seq: number): Message {
  return { seq, id: `message-${seq}`, from: 'alice', at: seq, body: { kind: 'text', text: textOf(seq) }, status: 'received' }
}

/** Seqs all over the log, in no order. */
function ofAllAges(n: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => (i * 61_803) % n)
}

/** The greatest of the smallest `part` of the counts. */
function share(counts: readonly number[], part: number): number {
  return [...counts].sort((a, b) => a - b)[Math.ceil(counts.length * part) - 1] ?? NaN
}
