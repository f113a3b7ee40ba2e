/**
 * Edits, recalls and reactions that wait for their target, or for a version that can read them (docs/STORAGE.md). All of a user are in one
 * list, oldest first, so that its total size can be limited.
 */
import type { ConversationId } from '@/src/chat/conversation/conversation'
import type { MessageRef } from '@/src/chat/message/message'
import { parseAmendment } from '@/src/chat/message/amendment'
import { utf8Length } from '@/src/chat/rtm-limits'
import { time } from '@/src/chat/time/time'
import { once } from '@/src/chat/util/once'
import type { KeyValue, Write } from '../kv/key-value'
import type { Amendment } from '../port'
import { amendmentsOf, amendmentsRecord, sizeOf, stepRecord } from '../records'

/** A change of the list: adds `amendment`, removes `removed`, or, without either, removes all of the conversation. */
export interface AmendmentStep {
  readonly conversation: ConversationId
  readonly amendment?: Amendment
  /** An amendment that is folded, or too old. */
  readonly removed?: MessageRef
}

/** An amendment that has waited longer is removed, ms: one day more than a sender tries to send. */
export const WAITING_MAX_MS = 8 * 24 * 3_600_000

/** Limits of the list. Above one of them the oldest amendments that count towards it are removed. */
export interface AmendmentLimits {
  /** Amendments of one conversation. */
  readonly count: number
  /** Bytes of the envelopes of one conversation, as received. */
  readonly bytes: number
  /** Amendments of one sender in one conversation. */
  readonly perSender: number
  /** Bytes of all records on the device. Above it the list is rewritten with at most three quarters of them, so that rewriting is rare. */
  readonly total: number
}

export const AMENDMENT_LIMITS: AmendmentLimits = { count: 256, bytes: 64_000, perSender: 32, total: 1_000_000 }

interface Waiting {
  readonly conversation: ConversationId
  readonly amendment: Amendment
  /** Undefined if only a later version can read it. */
  readonly target: MessageRef | undefined
  /** Bytes of the envelope. */
  readonly bytes: number
  /** Bytes of the record on the device. */
  readonly size: number
}

/** By conversation, sender and id. */
type List = ReadonlyMap<string, Waiting>

/** The changes of one commit in the list. */
export interface AmendmentChange {
  readonly writes: readonly Write[]
  /** To be called once they are durable. */
  done(): void
}

export class WaitingAmendments {
  private list: List = new Map()
  /** Bytes of all records on the device, those of removed amendments included. */
  private size = 0
  /** The device still has amendments that were removed from the list. */
  private isStale = false
  /** ms since 1970 of the first start of a version that folds amendments. Waiting time before it does not count. */
  private foldedSince: number | undefined
  /** By target. Built when it is first used. */
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
    this.isStale = steps.some(isClearing) || (steps.length > 0 && foldedSince === undefined)
  })

  /** Resolves to whether the list is empty. Rejects with StorageError. */
  async isEmpty(): Promise<boolean> {
    await this.read()
    return this.list.size === 0
  }

  /** Resolves to the steps that add all again, oldest first, and to those that remove the ones too old at `now`, ms since 1970. Rejects with StorageError. */
  async all(now: number): Promise<{ readonly waiting: readonly AmendmentStep[]; readonly tooOld: readonly AmendmentStep[] }> {
    await this.read()
    const isOld = ({ amendment }: Waiting) => this.foldedSince !== undefined && now - Math.max(amendment.at, this.foldedSince) > WAITING_MAX_MS
    const [old, waiting] = [[...this.list.values()].filter(isOld), [...this.list.values()].filter((each) => !isOld(each))]
    return { waiting: waiting.map(({ conversation, amendment }) => ({ conversation, amendment })), tooOld: old.map(({ conversation, amendment }) => ({ conversation, removed: amendment })) }
  }

  /** Whether the list has this amendment. Call it once the list is loaded. */
  has(conversation: ConversationId, amendment: MessageRef): boolean {
    return this.list.has(keyOf(conversation, amendment))
  }

  /** The amendments that wait for a message. Call it once the list is loaded. */
  forTarget(conversation: ConversationId, target: MessageRef): readonly Amendment[] {
    this.targets ??= byTarget(this.list)
    return this.targets.get(keyOf(conversation, target)) ?? []
  }

  /** Resolves to the amendments of a conversation, oldest first. Rejects with StorageError. */
  async of(id: ConversationId): Promise<Amendment[]> {
    await this.read()
    return [...this.list.values()].filter(({ conversation }) => conversation === id).map(({ amendment }) => amendment)
  }

  /** Resolves to the writes for `steps`. An amendment that the list has already changes nothing. Rejects with StorageError. */
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
        this.isStale ||= added.some(isClearing) || list.size === 0
      },
    }
  }

  /** The writes that delete removed amendments from the device. Undefined if it has none. */
  tidied(): AmendmentChange | undefined {
    return this.isStale ? this.rewrite(this.list) : undefined
  }

  private rewrite(list: List): AmendmentChange {
    const waiting = [...list.values()]
    const foldedSince = this.foldedSince ?? time.now()
    return {
      writes: [waiting.length > 0 ? { type: 'put', key: this.key, value: amendmentsRecord(waiting, foldedSince) } : { type: 'delete', key: this.key }],
      done: () => {
        this.list = list
        this.targets = undefined
        this.foldedSince = foldedSince
        this.size = waiting.reduce((sum, each) => sum + each.size, 0)
        this.isStale = false
      },
    }
  }
}

/** Returns the list after `steps`, and the steps that changed it. */
function changed(list: List, steps: readonly AmendmentStep[]): { list: List; added: AmendmentStep[] } {
  const next = new Map(list)
  const added = steps.filter((step) => {
    const { conversation, amendment, removed } = step
    const before = next.size
    if (removed) next.delete(keyOf(conversation, removed))
    else if (!amendment) for (const [key, each] of next) if (each.conversation === conversation) next.delete(key)
    const key = amendment && keyOf(conversation, amendment)
    if (key && !next.has(key)) next.set(key, { conversation, amendment, target: targetOf(amendment), bytes: utf8Length(amendment.raw), size: sizeOf(stepRecord(step)) })
    return next.size !== before
  })
  return { list: next, added }
}

/** Whether the amendments of a conversation are deleted: nothing of them may stay on the device. A folded one is a part of its message. */
function isClearing({ amendment, removed }: AmendmentStep): boolean {
  return !amendment && !removed
}

function targetOf({ raw, from }: Amendment): MessageRef | undefined {
  const parsed = parseAmendment(raw, from)
  return typeof parsed === 'object' ? parsed.target : undefined
}

/** The key of an amendment or message in a map. User IDs and message IDs have no line break. */
function keyOf(conversation: ConversationId, { from, id }: MessageRef): string {
  return `${conversation}\n${from}\n${id}`
}

function byTarget(list: List): ReadonlyMap<string, readonly Amendment[]> {
  const targets = new Map<string, Amendment[]>()
  for (const { conversation, amendment, target } of list.values()) {
    if (!target) continue
    const key = keyOf(conversation, target)
    targets.set(key, [...(targets.get(key) ?? []), amendment])
  }
  return targets
}

/** The newest amendments of `list` that fit into the limits. A limit that leaves one out also leaves out all older ones that count towards it. */
function within(list: List, limits: AmendmentLimits): List {
  const used = new Map<string, { count: number; bytes: number }>()
  const fits = (name: string, bytes: number, most: { count: number; bytes: number }) => {
    const { count, bytes: before } = used.get(name) ?? { count: 0, bytes: 0 }
    used.set(name, { count: count + 1, bytes: before + bytes })
    return count < most.count && before + bytes <= most.bytes
  }
  const fitting = [...list].reverse().filter(
    ([, { conversation, amendment, bytes, size }]) =>
      fits(`${conversation}\n${amendment.from}`, 0, { count: limits.perSender, bytes: 0 }) &&
      fits(conversation, bytes, { count: limits.count, bytes: limits.bytes }) &&
      fits('', size, { count: Infinity, bytes: limits.total }),
  )
  return fitting.length === list.size ? list : new Map(fitting.reverse())
}
