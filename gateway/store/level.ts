/**
 * The store on disk: what is in memory, with a copy in LevelDB that is read at the start. Values are JSON and are checked when
 * they are read: one that cannot be understood is moved aside, under its key, and counts as absent.
 */
import { randomBytes } from 'node:crypto'
import { ClassicLevel } from 'classic-level'
import type { Clock } from '../../src/chat/time/clock'
import { nodeClock } from '../clock'
import type { Logger } from '../logger'
import { Disk, type Database } from './disk'
import { DATABASE_OPTIONS, DamagedFolder, checkFolder, closeFolder, inUse, isLocked, reasonOf, refuseForeign } from './folder'
import { metaKey, prefixOf, readKey } from './keys'
import { KeptStore } from './kept-store'
import { STORE_LIMITS, type StoreLimits } from './limits'
import type { Pair } from '../../src/rtm/local/frames'
import type { ChannelMessage, PeerMessage } from './port'
import { isChannelMessage, isChannelRecord, isMembershipRecord, isPeerMessage, type ChannelRecord } from './values'

const SIGNING_KEY = metaKey('signing-key')
const SIGNING_KEY_BYTES = 32

export interface LevelStoreOptions {
  /** How long the attributes of channels stay after the start unless a user joins, in ms. */
  readonly channelAttributesMs: number
  /** Default: the clock of the machine. */
  readonly clock?: Clock
  readonly limits?: Partial<StoreLimits>
  /** Opens the database in `folder`; tests bring one that fails. */
  readonly open?: (folder: string) => Promise<Database>
  readonly retryMs?: number
}

/** Opens the store in `folder`, which is made when it is not there. Rejects with a sentence that names the folder: a {@link DamagedFolder} where `--repair` may help. */
export async function openLevelStore(folder: string, log: Logger, options: LevelStoreOptions): Promise<KeptStore> {
  const { open = openDatabase, clock = nodeClock, limits, retryMs } = options
  const now = () => clock.now()
  let db: Database | undefined
  try {
    await checkFolder(folder)
    db = await open(folder)
    await refuseForeign(db)
    await closeFolder(folder, log)
    const signingKey = await readSigningKey(db)
    const found = await readAll(db, log)
    const disk = await Disk.start(db, { folder, log, clock, retryMs, open: () => open(folder) })
    const store = new KeptStore({ copy: disk, signingKey, limits: { ...STORE_LIMITS, ...limits }, now })
    disk.mirror(() => store.copies())
    await restore(store, found, now() + options.channelAttributesMs)
    await store.sweep(now())
    return store
  } catch (error) {
    await db?.close()
    throw openProblem(folder, error)
  }
}

async function openDatabase(folder: string): Promise<Database> {
  const db = new ClassicLevel<string, string>(folder, DATABASE_OPTIONS)
  await db.open()
  return db
}

/** A sentence for a person. */
function openProblem(folder: string, error: unknown): Error {
  const reason = reasonOf(error)
  if (isLocked(error)) return new Error(inUse(folder), { cause: error })
  if (error instanceof DamagedFolder || /corrupt/i.test(reason)) {
    const advice = 'Start once with --repair, which keeps what can be read of it, and a copy of all'
    return new DamagedFolder(`the data folder ${folder} is damaged: ${reason}. ${advice}`, { cause: error })
  }
  return new Error(`the data folder ${folder} cannot be opened: ${reason}`, { cause: error })
}

async function readSigningKey(db: Database): Promise<Buffer> {
  const kept = Buffer.from((await db.get(SIGNING_KEY)) ?? '', 'hex')
  if (kept.length === SIGNING_KEY_BYTES) return kept
  const made = randomBytes(SIGNING_KEY_BYTES)
  await db.batch([{ type: 'put', key: SIGNING_KEY, value: made.toString('hex') }], { sync: true })
  return made
}

interface Found {
  readonly queued: { readonly uid: string; readonly key: string; readonly message: PeerMessage }[]
  readonly recent: { readonly ch: string; readonly message: ChannelMessage }[]
  readonly channels: { readonly ch: string; readonly record: ChannelRecord }[]
  readonly members: { readonly uid: string; readonly record: Pair<Pair<number>[]>[] }[]
}

/** Reads everything. What cannot be understood is set aside; what has no use after a restart is taken out. */
async function readAll(db: Database, log: Logger): Promise<Found> {
  const found: Found = { queued: [], recent: [], channels: [], members: [] }
  const setAside: { key: string; value: string }[] = []
  const useless: string[] = []
  for await (const [key, text] of db.iterator()) {
    const parts = readKey(key)
    if (!parts || parts.table === 'meta' || parts.table === 'garbled') continue
    const value = parseJson(text)
    const { table, id, place } = parts
    if (table === 'users') useless.push(key)
    else if (table === 'queues' && isPeerMessage(value)) found.queued.push({ uid: id, key: place, message: value })
    else if (table === 'rings' && isChannelMessage(value)) found.recent.push({ ch: id, message: value })
    else if (table === 'channels' && isChannelRecord(value)) found.channels.push({ ch: id, record: value })
    else if (table === 'members' && isMembershipRecord(value)) found.members.push({ uid: id, record: value })
    else setAside.push({ key, value: text })
  }
  for (const { key } of setAside) log.warn('a stored value cannot be understood and was set aside', { key })
  await db.batch(
    [
      ...setAside.map(({ key, value }) => ({ type: 'put' as const, key: `${prefixOf('garbled')}${key}`, value })),
      ...[...setAside.map(({ key }) => key), ...useless].map((key) => ({ type: 'del' as const, key })),
    ],
    { sync: true },
  )
  return found
}

/** @param attributesUntil when the attributes go if no user joins: no session survives a restart, so every channel is empty */
async function restore(store: KeptStore, { queued, recent, channels, members }: Found, attributesUntil: number): Promise<void> {
  for (const { ch } of [...recent, ...channels]) await store.expireChannelAttributes(ch, attributesUntil)
  queued.sort((a, b) => (a.key < b.key ? -1 : 1))
  for (const { uid, key, message } of queued) store.restoreQueued(uid, key, message)
  for (const { ch, messages } of byLastMessage(recent)) for (const message of messages) store.restoreRecent(ch, message)
  for (const { ch, record } of channels) store.restoreChannel(ch, new Map(record.attributes))
  for (const { uid, record } of members) store.restoreMemberships(uid, new Map(record.map(([client, joined]) => [client, new Map(joined)])))
}

/** Each channel's messages in the order of `seq`, as they are on disk; the channels in the order of their last messages. */
function byLastMessage(recent: Found['recent']): { ch: string; messages: ChannelMessage[] }[] {
  const channels = new Map<string, ChannelMessage[]>()
  for (const { ch, message } of recent) channels.set(ch, [...(channels.get(ch) ?? []), message])
  const lastTs = (messages: ChannelMessage[]) => messages.at(-1)?.ts ?? 0
  return [...channels].map(([ch, messages]) => ({ ch, messages })).sort((a, b) => lastTs(a.messages) - lastTs(b.messages))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
