/**
 * What the file server knows about uploads, addresses and users: LevelDB in a folder of its own. Bytes are counted by their addresses: a
 * record for each pair of hash and address, so that no counter can be wrong after a crash.
 */
import { ClassicLevel } from 'classic-level'
import type { RefusalCode } from './refusal'
import type { FileKind } from './options'
import type { StoredFacts, StoredFile } from './stored'

export interface UploadRecord {
  readonly uid: string
  readonly kind: FileKind
  readonly name: string
  /** As declared; may be empty. */
  readonly mime: string
  /** Bytes. */
  readonly length: number
  /** In ms since 1970. */
  readonly at: number
  /** The answer of `finish`, once there is one. */
  readonly stored?: StoredFile
  /** Why `finish` refused it for good. */
  readonly refused?: RefusalCode
}

export interface AddressRecord extends StoredFacts {
  readonly uid: string
  readonly kind: FileKind
  readonly name: string
  /** Created, in ms since 1970. */
  readonly at: number
  /** Loaded last, to the day. */
  readonly usedAt: number
}

/** What a user has uploaded in a day. */
export interface Usage {
  readonly bytes: number
  readonly addresses: number
}

type Operation = { readonly type: 'put'; readonly key: string; readonly value: string } | { readonly type: 'del'; readonly key: string }

const UPLOADS = 'upload!'
const ADDRESSES = 'address!'
/** `bytes!<sha256>!<address>` */
const BYTES = 'bytes!'
const GONE = 'gone!'
/** `loose!<sha256>`: bytes that are being stored, or that have lost their last address and may still be there. */
const LOOSE = 'loose!'
/** `usage!<day>!<uid in hex>` */
const USAGE = 'usage!'
/** Sorts after every key that begins with a prefix. */
const END = '~'

export class Catalog {
  private constructor(private readonly db: ClassicLevel<string, string>) {}

  static async open(folder: string): Promise<Catalog> {
    const db = new ClassicLevel<string, string>(folder)
    await db.open()
    return new Catalog(db)
  }

  upload(id: string): Promise<UploadRecord | undefined> {
    return this.get(UPLOADS + id)
  }

  async putUpload(id: string, record: UploadRecord): Promise<void> {
    await this.write([put(UPLOADS + id, record)])
  }

  async deleteUpload(id: string): Promise<void> {
    await this.write([{ type: 'del', key: UPLOADS + id }])
  }

  uploads(): AsyncIterable<readonly [id: string, record: UploadRecord]> {
    return this.all(UPLOADS)
  }

  address(address: string): Promise<AddressRecord | undefined> {
    return this.get(ADDRESSES + address)
  }

  addresses(): AsyncIterable<readonly [address: string, record: AddressRecord]> {
    return this.all(ADDRESSES)
  }

  /** Adds an address, and with it the answer of the upload that it comes from: both or neither. */
  async link(address: string, record: AddressRecord, upload?: readonly [id: string, record: UploadRecord]): Promise<void> {
    await this.write([
      put(ADDRESSES + address, record),
      put(`${BYTES}${record.sha256}!${address}`, 1),
      { type: 'del', key: LOOSE + record.sha256 },
      ...(upload ? [put(UPLOADS + upload[0], upload[1])] : []),
    ])
  }

  /** Takes an address out; it is remembered as gone. */
  async unlink(address: string, { sha256 }: AddressRecord, now: number): Promise<void> {
    await this.write([{ type: 'del', key: ADDRESSES + address }, { type: 'del', key: `${BYTES}${sha256}!${address}` }, put(GONE + address, now), put(LOOSE + sha256, 1)])
  }

  /** Bytes are about to be stored: if they get no address, they are to be removed. */
  async loosen(sha256: string): Promise<void> {
    await this.write([put(LOOSE + sha256, 1)])
  }

  /** The bytes have been removed, or have an address. Not synced: they would be looked at once more. */
  async settle(sha256: string): Promise<void> {
    await this.db.del(LOOSE + sha256)
  }

  async *loose(): AsyncGenerator<string> {
    for await (const [sha256] of this.all(LOOSE)) yield sha256
  }

  /** Notes that the address was loaded. Not synced: the day of the last use may be lost. */
  async touch(address: string, record: AddressRecord, now: number): Promise<void> {
    await this.db.put(ADDRESSES + address, JSON.stringify({ ...record, usedAt: now }))
  }

  /** Whether an address leads to these bytes. */
  async hasBytes(sha256: string): Promise<boolean> {
    for await (const _key of this.db.keys({ gte: `${BYTES}${sha256}!`, lt: `${BYTES}${sha256}!${END}`, limit: 1 })) return true
    return false
  }

  async isGone(address: string): Promise<boolean> {
    return (await this.get<number>(GONE + address)) !== undefined
  }

  async usage(day: number, uid: string): Promise<Usage> {
    return (await this.get<Usage>(usageKey(day, uid))) ?? { bytes: 0, addresses: 0 }
  }

  /** Not synced: a power cut may give a user some bytes more. */
  async putUsage(day: number, uid: string, usage: Usage): Promise<void> {
    await this.db.put(usageKey(day, uid), JSON.stringify(usage))
  }

  /** Forgets the usage of the days before `day`, and addresses that went before `goneBefore` (ms since 1970). */
  async forget(day: number, goneBefore: number): Promise<void> {
    await this.db.clear({ gte: USAGE, lt: usageKey(day, '') })
    const old: Operation[] = []
    for await (const [address, at] of this.all<number>(GONE)) if (at < goneBefore) old.push({ type: 'del', key: GONE + address })
    await this.db.batch(old)
  }

  close(): Promise<void> {
    return this.db.close()
  }

  private async get<Value>(key: string): Promise<Value | undefined> {
    const text = await this.db.get(key)
    return text === undefined ? undefined : (JSON.parse(text) as Value)
  }

  private async *all<Value>(prefix: string): AsyncGenerator<readonly [string, Value]> {
    for await (const [key, text] of this.db.iterator({ gte: prefix, lt: prefix + END })) yield [key.slice(prefix.length), JSON.parse(text) as Value]
  }

  private write(operations: Operation[]): Promise<void> {
    return this.db.batch(operations, { sync: true })
  }
}

function put(key: string, value: unknown): Operation {
  return { type: 'put', key, value: JSON.stringify(value) }
}

/** Days have five digits until the year 2243, so keys sort by day. */
function usageKey(day: number, uid: string): string {
  return `${USAGE}${String(day).padStart(6, '0')}!${Buffer.from(uid).toString('hex')}`
}
