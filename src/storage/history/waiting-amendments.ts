/**
 * Edits, recalls and reactions that wait for their target, or for a version that can read them (docs/STORAGE.md). One list holds all of a
 * user, oldest first, so that it can be bounded as a whole.
 */
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { readAmendment } from '@/src/chat/message/amendment'
import { utf8Length } from '@/src/chat/rtm-limits'
import { time } from '@/src/chat/time/time'
import { once } from '@/src/chat/util/once'
import type { KeyValue, Write } from '../kv/key-value'
import type { Amendment, MessageRef } from '../port'
import { amendmentsOf, amendmentsRecord, sizeOf, stepRecord } from '../records'

/** A change of the list: an amendment is added; or one goes, because it is `folded`; or, without either, all of a conversation go. */
export interface AmendmentStep {
  readonly conversation: ConversationId
  readonly amendment?: Amendment
  readonly folded?: MessageRef
}

/** An amendment goes when it has waited this long, ms: as long as a sender tries to send, and a day. */
export const WAITING_MAX_MS = 8 * 24 * 3_600_000

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

export class WaitingAmendments {
  private list: List = new Map()
  /** Bytes of all records on the device, also those of amendments that have gone. */
  private size = 0
  /** Amendments that have gone from the list are still on the device. */
  private isStale = false
  /** ms since 1970 of the first start of a version that folds amendments: no age before that counts. */
  private foldedSince: number | undefined
  /** By target, made when it is asked for. */
  private targets: ReadonlyMap<string, readonly Amendment[]> | undefined

  constructor(
    private readonly kv: KeyValue,
    private readonly key: string,
    private readonly limits = AMENDMENT_LIMITS,
  ) {}

  private readonly read = once(async () => {
    const { steps, foldedSince } = amendmentsOf(await this.kv.list(this.key))
    this.list = within(changed(this.list, steps).list, this.limits)
    this.size = steps.reduce((size, step) => size + sizeOf(stepRecord(step)), 0)
    this.foldedSince = foldedSince
    this.isStale = steps.some(({ amendment }) => !amendment) || (steps.length > 0 && foldedSince === undefined)
  })

  /** Resolves to whether none waits. Rejects with StorageError. */
  async isEmpty(): Promise<boolean> {
    await this.read()
    return this.list.size === 0
  }

  /** Resolves to all, oldest first, and those that have waited too long at `now`, ms since 1970. Rejects with StorageError. */
  async all(now: number): Promise<{ readonly waiting: readonly AmendmentStep[]; readonly tooOld: readonly AmendmentStep[] }> {
    await this.read()
    const isOld = ({ amendment }: Kept) => this.foldedSince !== undefined && now - Math.max(amendment.at, this.foldedSince) > WAITING_MAX_MS
    const [old, waiting] = [[...this.list.values()].filter(isOld), [...this.list.values()].filter((kept) => !isOld(kept))]
    return { waiting: waiting.map(({ conversation, amendment }) => ({ conversation, amendment })), tooOld: old.map(({ conversation, amendment }) => ({ conversation, folded: amendment })) }
  }

  /** Whether this one waits. To be asked after the list was read. */
  has(conversation: ConversationId, amendment: MessageRef): boolean {
    return this.list.has(keyOf(conversation, amendment))
  }

  /** Those that wait for a message. To be asked after the list was read. */
  forTarget(conversation: ConversationId, target: MessageRef): readonly Amendment[] {
    this.targets ??= byTarget(this.list)
    return this.targets.get(keyOf(conversation, target)) ?? []
  }

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
        this.targets = undefined
        this.size = size
        this.isStale ||= added.some(({ amendment }) => !amendment)
      },
    }
  }

  /** The writes after which nothing that has gone from the list is on the device. Undefined if nothing is. */
  tidied(): AmendmentChange | undefined {
    return this.isStale ? this.rewrite(this.list) : undefined
  }

  private rewrite(list: List): AmendmentChange {
    const kept = [...list.values()]
    const foldedSince = this.foldedSince ?? time.now()
    return {
      writes: [kept.length > 0 ? { type: 'put', key: this.key, value: amendmentsRecord(kept, foldedSince) } : { type: 'delete', key: this.key }],
      done: () => {
        this.list = list
        this.targets = undefined
        this.foldedSince = foldedSince
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
    const { conversation, amendment, folded } = step
    const before = next.size
    if (folded) next.delete(keyOf(conversation, folded))
    else if (!amendment) for (const [key, kept] of next) if (kept.conversation === conversation) next.delete(key)
    const key = amendment && keyOf(conversation, amendment)
    if (key && !next.has(key)) next.set(key, { conversation, amendment, bytes: utf8Length(amendment.raw), size: sizeOf(stepRecord(step)) })
    return next.size !== before
  })
  return { list: next, added }
}

/** User IDs and message IDs have no line break. */
function keyOf(conversation: ConversationId, { from, id }: MessageRef): string {
  return `${conversation}\n${from}\n${id}`
}

function byTarget(list: List): ReadonlyMap<string, readonly Amendment[]> {
  const targets = new Map<string, Amendment[]>()
  for (const { conversation, amendment } of list.values()) {
    const amending = readAmendment(amendment.raw, amendment.from)
    if (typeof amending !== 'object') continue
    const key = keyOf(conversation, amending.target)
    targets.set(key, [...(targets.get(key) ?? []), amendment])
  }
  return targets
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
