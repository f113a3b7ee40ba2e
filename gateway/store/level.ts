/**
 * The store on disk: LevelDB in one folder, opened by one process at a time. Values are JSON and are checked when they are
 * read: one that cannot be understood is moved aside, under its key, and counts as absent.
 */
import { randomBytes } from 'node:crypto'
import { ClassicLevel } from 'classic-level'
import { CHANNEL_REDELIVERY, OFFLINE_MESSAGES_MAX, OFFLINE_MESSAGES_TTL_MS } from '../../src/chat/limits'
import type { Logger } from '../logger'
import { Serial } from '../serial'
import { nextKey, orderedKey } from './keys'
import type { ChannelAttributes, ChannelMessage, PeerMessage, QueuedMessage, Store, UserAttributes } from './port'
import { isChannelMessage, isChannelRecord, isPeerMessage, isUserRecord, type ChannelRecord } from './values'

const SIGNING_KEY = 'signing-key'

/**
 * Opens the store in `folder`, which is made when it is not there.
 * @param now the clock, in ms; tests bring their own.
 */
export async function openLevelStore(
  folder: string,
  log: Logger,
  { now = Date.now, channelAttributesMs }: { now?: () => number; channelAttributesMs: number },
): Promise<Store> {
  const db = new ClassicLevel<string, string>(folder)
  try {
    await db.open()
  } catch (error) {
    throw new Error(openProblem(folder, error), { cause: error })
  }
  const store = new LevelStore(db, log, now)
  // no session survives a restart: users' attributes go at once, those of channels as if everybody had just left
  await store.forgetUsers()
  await store.expireAllChannels(now() + channelAttributesMs)
  await store.sweep(now())
  return store
}

function openProblem(folder: string, error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'LEVEL_LOCKED') return `the data folder ${folder} is in use by another gateway`
  return `the data folder ${folder} cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}`
}

const table = (db: ClassicLevel<string, string>, name: string) => db.sublevel<string, string>(name, { keyEncoding: 'utf8', valueEncoding: 'utf8' })
type Table = ReturnType<typeof table>

const hex = (id: string) => Buffer.from(id).toString('hex')
/** All keys of one id: `hex:` is followed by digits, and `;` comes after `:`. */
const range = (id: string) => ({ gt: `${hex(id)}:`, lt: `${hex(id)};` })
const place = (key: string) => key.slice(key.indexOf(':') + 1)

class LevelStore implements Store {
  private readonly meta: Table
  private readonly queues: Table
  private readonly rings: Table
  private readonly users: Table
  private readonly channels: Table
  private readonly garbled: Table
  private readonly serial = new Serial()
  private lastKey = ''

  constructor(
    private readonly db: ClassicLevel<string, string>,
    private readonly log: Logger,
    private readonly now: () => number,
  ) {
    this.meta = table(db, 'meta')
    this.queues = table(db, 'queues')
    this.rings = table(db, 'rings')
    this.users = table(db, 'users')
    this.channels = table(db, 'channels')
    this.garbled = table(db, 'garbled')
  }

  enqueue(uid: string, message: PeerMessage): Promise<string> {
    return this.serial.run(`queue ${uid}`, async () => {
      const keys = await this.queues.keys(range(uid)).all()
      const newest = place(keys.at(-1) ?? ':')
      this.lastKey = nextKey(newest > this.lastKey ? newest : this.lastKey, this.now())
      const key = this.lastKey
      const tooMany = keys.slice(0, Math.max(0, keys.length - (OFFLINE_MESSAGES_MAX - 1)))
      await this.queues.batch([
        ...tooMany.map((old) => ({ type: 'del' as const, key: old })),
        { type: 'put', key: `${hex(uid)}:${key}`, value: JSON.stringify(message) },
      ])
      return key
    })
  }

  queued(uid: string): Promise<QueuedMessage[]> {
    return this.serial.run(`queue ${uid}`, async () => {
      const entries = await this.readRange(this.queues, uid, isPeerMessage)
      return entries
        .filter(({ value }) => value.ts > this.now() - OFFLINE_MESSAGES_TTL_MS)
        .map(({ key, value }) => ({ key: place(key), message: value }))
    })
  }

  dequeue(uid: string, key: string): Promise<void> {
    return this.serial.run(`queue ${uid}`, () => this.queues.del(`${hex(uid)}:${key}`))
  }

  append(ch: string, message: Omit<ChannelMessage, 'seq'>): Promise<ChannelMessage> {
    return this.serial.run(`ring ${ch}`, async () => {
      const keys = await this.rings.keys(range(ch)).all()
      const newest = keys.at(-1)
      const kept = { ...message, seq: (newest === undefined ? this.now() : Number(place(newest))) + 1 }
      const tooMany = keys.slice(0, Math.max(0, keys.length - (CHANNEL_REDELIVERY.count - 1)))
      await this.rings.batch([
        ...tooMany.map((old) => ({ type: 'del' as const, key: old })),
        { type: 'put', key: `${hex(ch)}:${orderedKey(kept.seq)}`, value: JSON.stringify(kept) },
      ])
      return kept
    })
  }

  lastSeq(ch: string): Promise<number> {
    return this.serial.run(`ring ${ch}`, async () => {
      const [newest] = await this.rings.keys({ ...range(ch), reverse: true, limit: 1 }).all()
      return newest === undefined ? 0 : Number(place(newest))
    })
  }

  recent(ch: string, afterSeq: number): Promise<ChannelMessage[]> {
    return this.serial.run(`ring ${ch}`, async () => {
      const entries = await this.readRange(this.rings, ch, isChannelMessage)
      return entries.map(({ value }) => value).filter(({ seq, ts }) => seq > afterSeq && ts > this.now() - CHANNEL_REDELIVERY.withinMs)
    })
  }

  userAttributes(uid: string): Promise<UserAttributes> {
    return this.serial.run(`user ${uid}`, () => this.readUser(uid))
  }

  changeUserAttributes(uid: string, change: (current: UserAttributes) => UserAttributes): Promise<void> {
    return this.serial.run(`user ${uid}`, async () => {
      const next = change(await this.readUser(uid))
      if (next.size > 0) await this.users.put(hex(uid), JSON.stringify([...next]))
      else await this.users.del(hex(uid))
    })
  }

  channelAttributes(ch: string): Promise<ChannelAttributes> {
    return this.serial.run(`channel ${ch}`, async () => new Map((await this.readChannel(ch))?.attributes))
  }

  changeChannelAttributes(ch: string, change: (current: ChannelAttributes) => ChannelAttributes): Promise<ChannelAttributes> {
    return this.serial.run(`channel ${ch}`, async () => {
      const record = await this.readChannel(ch)
      const next = change(new Map(record?.attributes))
      await this.writeChannel(ch, { attributes: [...next], expiresAt: record?.expiresAt })
      return next
    })
  }

  expireChannelAttributes(ch: string, at: number | undefined): Promise<void> {
    return this.serial.run(`channel ${ch}`, async () => {
      const record = await this.readChannel(ch)
      if (record) await this.writeChannel(ch, { ...record, expiresAt: at })
    })
  }

  signingKey(): Promise<Buffer> {
    return this.serial.run('key', async () => {
      const kept = Buffer.from((await this.meta.get(SIGNING_KEY)) ?? '', 'hex')
      if (kept.length === 32) return kept
      const made = randomBytes(32)
      await this.meta.put(SIGNING_KEY, made.toString('hex'))
      return made
    })
  }

  async sweep(at: number): Promise<void> {
    await this.sweepTable(this.queues, isPeerMessage, ({ ts }) => ts <= at - OFFLINE_MESSAGES_TTL_MS)
    await this.sweepTable(this.rings, isChannelMessage, ({ ts }) => ts <= at - CHANNEL_REDELIVERY.withinMs)
    await this.sweepTable(this.channels, isChannelRecord, ({ expiresAt }) => expiresAt !== undefined && expiresAt <= at)
  }

  async close(): Promise<void> {
    await this.serial.idle()
    await this.db.close()
  }

  forgetUsers(): Promise<void> {
    return this.users.clear()
  }

  async expireAllChannels(at: number): Promise<void> {
    for (const key of await this.channels.keys().all()) await this.expireChannelAttributes(Buffer.from(key, 'hex').toString(), at)
  }

  private async readUser(uid: string): Promise<UserAttributes> {
    return new Map(await this.read(this.users, hex(uid), isUserRecord))
  }

  private async readChannel(ch: string): Promise<ChannelRecord | undefined> {
    const record = await this.read(this.channels, hex(ch), isChannelRecord)
    return record?.expiresAt !== undefined && record.expiresAt <= this.now() ? undefined : record
  }

  private async writeChannel(ch: string, record: ChannelRecord): Promise<void> {
    if (record.attributes.length > 0) await this.channels.put(hex(ch), JSON.stringify(record))
    else await this.channels.del(hex(ch))
  }

  private async read<T>(from: Table, key: string, is: (value: unknown) => value is T): Promise<T | undefined> {
    const text = await from.get(key)
    return text === undefined ? undefined : this.parse(from, key, text, is)
  }

  private async readRange<T>(from: Table, id: string, is: (value: unknown) => value is T): Promise<{ key: string; value: T }[]> {
    const entries: { key: string; value: T }[] = []
    for (const [key, text] of await from.iterator(range(id)).all()) {
      const value = await this.parse(from, key, text, is)
      if (value !== undefined) entries.push({ key, value })
    }
    return entries
  }

  private async parse<T>(from: Table, key: string, text: string, is: (value: unknown) => value is T): Promise<T | undefined> {
    const value = parseJson(text)
    if (is(value)) return value
    this.log.warn('a stored value cannot be understood and was set aside', { table: from.prefix, key })
    await this.garbled.put(`${from.prefix}${key}`, text)
    await from.del(key)
    return undefined
  }

  private async sweepTable<T>(from: Table, is: (value: unknown) => value is T, isOld: (value: T) => boolean): Promise<void> {
    for await (const [key, text] of from.iterator()) {
      const value = await this.parse(from, key, text, is)
      if (value !== undefined && isOld(value)) await from.del(key)
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
