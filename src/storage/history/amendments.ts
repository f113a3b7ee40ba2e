/**
 * Edits, recalls and reactions. This version cannot show them, and keeps them for a later one that can (docs/STORAGE.md). One list
 * holds all of a person, oldest first, so that it can be bounded as a whole.
 */
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { utf8Length } from '@/src/chat/rtm-limits'
import { once } from '@/src/chat/util/once'
import type { KeyValue, Write } from '../kv/key-value'
import type { Amendment } from '../port'
import { amendmentsOf, amendmentsRecord, sizeOf, stepRecord } from '../records'

/** What happens to the list: an amendment is added, or, without one, all of a conversation go. */
export interface AmendmentStep {
  readonly conversation: ConversationId
  readonly amendment?: Amendment
}

/** How much is kept; beyond it the oldest go. */
export interface AmendmentLimits {
  /** Of one conversation. */
  readonly count: number
  /** Of one conversation: bytes of the envelopes as they came. */
  readonly bytes: number
  /** Of one sender in one conversation. */
  readonly perSender: number
  /** Of one person: bytes on the device. At the limit the list is rewritten with a quarter free, so that this is rare. */
  readonly total: number
}

export const AMENDMENT_LIMITS: AmendmentLimits = { count: 256, bytes: 64_000, perSender: 32, total: 1_000_000 }

interface Kept {
  readonly conversation: ConversationId
  readonly amendment: Amendment
  /** Of the envelope. */
  readonly bytes: number
  /** Of the record on the device. */
  readonly size: number
}

/** By conversation, sender and id. */
type List = ReadonlyMap<string, Kept>

/** What one commit changes. */
export interface AmendmentChange {
  readonly writes: readonly Write[]
  /** To be called once they are durable. */
  done(): void
}

export class Amendments {
  private list: List = new Map()
  /** Bytes of all records on the device, also those of amendments that have gone. */
  private size = 0
  /** Amendments of a conversation that was cleared or removed are still on the device. */
  private isStale = false

  constructor(
    private readonly kv: KeyValue,
    private readonly key: string,
    private readonly limits = AMENDMENT_LIMITS,
  ) {}

  private readonly read = once(async () => {
    const records = amendmentsOf(await this.kv.list(this.key))
    this.list = within(changed(this.list, records).list, this.limits)
    this.size = records.reduce((size, step) => size + sizeOf(stepRecord(step)), 0)
    this.isStale = records.some(({ amendment }) => !amendment)
  })

  /** Those of a conversation, oldest first. Rejects with StorageError. */
  async of(id: ConversationId): Promise<Amendment[]> {
    await this.read()
    return [...this.list.values()].filter(({ conversation }) => conversation === id).map(({ amendment }) => amendment)
  }

  /** What to write for `steps`. An amendment that is there already changes nothing. Rejects with StorageError. */
  async change(steps: readonly AmendmentStep[]): Promise<AmendmentChange> {
    await this.read()
    const { list, added } = changed(this.list, steps)
    if (added.length === 0) return { writes: [], done: () => undefined }
    const values = added.map(stepRecord)
    const size = this.size + values.reduce<number>((sum, value) => sum + sizeOf(value), 0)
    if (size > this.limits.total) return this.rewrite(within(list, { ...this.limits, total: this.limits.total * 0.75 }))
    return {
      writes: [{ type: 'append', key: this.key, values }],
      done: () => {
        this.list = within(list, this.limits)
        this.size = size
        this.isStale ||= added.some(({ amendment }) => !amendment)
      },
    }
  }

  /** What to write so that nothing of a cleared or removed conversation stays on the device. Undefined when nothing does. */
  tidied(): AmendmentChange | undefined {
    return this.isStale ? this.rewrite(this.list) : undefined
  }

  private rewrite(list: List): AmendmentChange {
    const kept = [...list.values()]
    return {
      writes: [kept.length > 0 ? { type: 'put', key: this.key, value: amendmentsRecord(kept) } : { type: 'delete', key: this.key }],
      done: () => {
        this.list = list
        this.size = kept.reduce((sum, each) => sum + each.size, 0)
        this.isStale = false
      },
    }
  }
}

/** `list` after `steps`, and those of the steps that changed it. */
function changed(list: List, steps: readonly AmendmentStep[]): { list: List; added: AmendmentStep[] } {
  const next = new Map(list)
  const added = steps.filter((step) => {
    const { conversation, amendment } = step
    const before = next.size
    if (!amendment) for (const [key, kept] of next) if (kept.conversation === conversation) next.delete(key)
    const key = amendment && `${conversation}\n${amendment.from}\n${amendment.id}`
    if (key && !next.has(key)) next.set(key, { conversation, amendment, bytes: utf8Length(amendment.raw), size: sizeOf(stepRecord(step)) })
    return next.size !== before
  })
  return { list: next, added }
}

/** The newest of `list` that fit into the limits. Where a limit leaves one out, it leaves out all older ones that count towards it. */
function within(list: List, limits: AmendmentLimits): List {
  const used = new Map<string, { count: number; bytes: number }>()
  const fits = (name: string, bytes: number, most: { count: number; bytes: number }) => {
    const { count, bytes: before } = used.get(name) ?? { count: 0, bytes: 0 }
    used.set(name, { count: count + 1, bytes: before + bytes })
    return count < most.count && before + bytes <= most.bytes
  }
  const kept = [...list].reverse().filter(
    ([, { conversation, amendment, bytes, size }]) =>
      fits(`${conversation}\n${amendment.from}`, 0, { count: limits.perSender, bytes: 0 }) &&
      fits(conversation, bytes, { count: limits.count, bytes: limits.bytes }) &&
      fits('', size, { count: Infinity, bytes: limits.total }),
  )
  return kept.length === list.size ? list : new Map(kept.reverse())
}
