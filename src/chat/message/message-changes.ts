/**
 * The changes of a message after it was sent, by its author or by others. Each change is joined with those before it; in which order they
 * come, and how often, makes no difference.
 */
import { emojiOf } from '../emoji/emojis'
import type { Fields } from '@/src/kinds/kind'
import { isValidId } from '../rtm-limits'
import { isRecord, isTime } from '../util/checks'
import { readMentions } from './common-fields'
import { isToken } from './token'

/** Revisions are whole numbers below this. */
export const REVISION_MAX = 1_000_000
/** The most emojis that are shown on a message. Of more, those that most users have. */
export const EMOJIS_MAX = 20
/** The most users who are shown with one emoji on a message. Of more, those first by user ID. */
export const REACTORS_MAX = 200
/** The most emojis that one user can have on a message. Of more, those first by code are shown. */
export const OWN_EMOJIS_MAX = 5
/** The most emojis of one user that are kept with a message, removed ones included. Of more, those first by code. */
export const KEPT_OWN_MAX = 20
/** The most reactions of all users that are kept with a message. Of more, those first by emoji, then by user ID. */
export const KEPT_MAX = 4_000

/** Of two changes of the same thing the one with the greater revision counts, then the later one, then the one with the greater ID. */
export interface Stamp {
  /** 1 more than the greatest that its author had seen. */
  readonly rev: number
  /** ms since 1970, by its author's clock. */
  readonly at: number
  /** The ID of its envelope. */
  readonly id: string
}

/** Other words, by the message's author. */
export interface Edit extends Stamp {
  readonly text: string
  readonly mentions?: readonly string[]
  /** The whole envelope, if it holds more than this version knows. */
  readonly raw?: string
}

/** A user's emoji on a message: there (`on`) or removed. */
export interface Reaction extends Stamp {
  readonly by: string
  readonly emoji: string
  readonly on: boolean
}

/** All that changed of a message after it was sent, joined. */
export interface MessageChanges {
  readonly edit?: Edit
  /** The author recalled the message. It stays so. */
  readonly recall?: Stamp
  /** By emoji, then by user. */
  readonly reactions?: readonly Reaction[]
  /** The user deleted it on this device. It stays so. */
  readonly deleted?: true
  /** Its words have left this device, after a recall or a deletion. It stays so. */
  readonly erased?: true
}

/** Joins two sets of changes. Commutative, associative, idempotent; returns `a` if `b` changes nothing. */
export function joined(a: MessageChanges | undefined, b: MessageChanges): MessageChanges {
  if (a === undefined) return b
  const edit = later(a.edit, b.edit)
  const recall = later(a.recall, b.recall)
  const reactions = joinedReactions(a.reactions, b.reactions)
  const deleted = a.deleted ?? b.deleted
  const erased = a.erased ?? b.erased
  if (edit === a.edit && recall === a.recall && reactions === a.reactions && deleted === a.deleted && erased === a.erased) return a
  return { ...(edit && { edit }), ...(recall && { recall }), ...(reactions && { reactions }), ...(deleted && { deleted }), ...(erased && { erased }) }
}

/** Checks changes that a disk gives back. Undefined if nothing of them can be read. */
export function parseChanges(value: unknown): MessageChanges | undefined {
  if (!isRecord(value)) return undefined
  const edit = isRecord(value.edit) ? parseEdit(value.edit) : undefined
  const recall = isRecord(value.recall) ? parseStamp(value.recall) : undefined
  const list = Array.isArray(value.reactions) ? (value.reactions as unknown[]) : []
  const read = list.flatMap((each) => (isRecord(each) ? (parseReaction(each) ?? []) : []))
  const reactions = read.length > 0 ? joinedReactions([], read) : undefined
  const deleted = value.deleted === true
  const erased = value.erased === true
  if (!edit && !recall && !reactions && !deleted && !erased) return undefined
  return { ...(edit && { edit }), ...(recall && { recall }), ...(reactions && { reactions }), ...(deleted && { deleted: true as const }), ...(erased && { erased: true as const }) }
}

export function parseStamp({ rev, at, id }: Fields): Stamp | undefined {
  if (!Number.isInteger(rev) || (rev as number) < 0 || (rev as number) >= REVISION_MAX || !isTime(at)) return undefined
  return isToken(id) ? { rev: rev as number, at, id } : undefined
}

export function parseEdit(fields: Fields): Edit | undefined {
  const stamp = parseStamp(fields)
  const { text, raw } = fields
  if (!stamp || typeof text !== 'string') return undefined
  const mentions = readMentions(fields.mentions)
  return { ...stamp, text, ...(mentions && { mentions }), ...(typeof raw === 'string' && { raw }) }
}

export function parseReaction(fields: Fields): Reaction | undefined {
  const stamp = parseStamp(fields)
  const { by, on } = fields
  const emoji = emojiOf(fields.emoji)
  if (!stamp || !isValidId(by) || typeof on !== 'boolean' || emoji === undefined) return undefined
  return { ...stamp, by, emoji, on }
}

function later<Change extends Stamp>(a: Change | undefined, b: Change | undefined): Change | undefined {
  if (!a || !b) return a ?? b
  return isAfter(b, a) ? b : a
}

function isAfter(a: Stamp, b: Stamp): boolean {
  if (a.rev !== b.rev) return a.rev > b.rev
  if (a.at !== b.at) return a.at > b.at
  return a.id > b.id
}

function joinedReactions(a: readonly Reaction[] | undefined, b: readonly Reaction[] | undefined): readonly Reaction[] | undefined {
  if (!a || !b) return a ?? b
  const all = new Map<string, Reaction>()
  let isChanged = false
  for (const each of a) all.set(keyOf(each), each)
  for (const each of b) {
    const former = all.get(keyOf(each))
    if (former && !isAfter(each, former)) continue
    all.set(keyOf(each), each)
    isChanged = true
  }
  if (!isChanged) return a
  const kept = withinLimits([...all].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, each]) => each))
  return kept.length === a.length && kept.every((each, i) => each === a[i]) ? a : kept
}

/** A user ID has no line break. */
function keyOf({ emoji, by }: Reaction): string {
  return `${emoji}\n${by}`
}

/**
 * Which ones are kept follows from emoji and user alone: by time, it would depend on the order in which they come. Both limits go by the same order, so that what
 * one of them drops cannot change what the other keeps. How many users have an emoji counts only when it is shown: that too depends on what has come.
 */
function withinLimits(sorted: readonly Reaction[]): readonly Reaction[] {
  const counts = new Map<string, number>()
  const kept = sorted.filter(({ by }) => {
    const count = (counts.get(by) ?? 0) + 1
    counts.set(by, count)
    return count <= KEPT_OWN_MAX
  })
  return kept.length > KEPT_MAX ? kept.slice(0, KEPT_MAX) : kept
}

/** An emoji on a message. */
export interface ShownReaction {
  readonly emoji: string
  /** User ids, in the order in which they reacted. */
  readonly by: readonly string[]
}

/**
 * The emojis that are shown on a message, in the order in which each came first, within the limits. No user can crowd out the emojis of others: each counts with
 * {@link OWN_EMOJIS_MAX}, and of too many emojis those stay that most users have.
 */
export function shownReactions({ reactions = [] }: MessageChanges): readonly ShownReaction[] {
  const counts = new Map<string, number>()
  const byEmoji = new Map<string, Reaction[]>()
  // In the order of emojis, then of users.
  for (const reaction of reactions) {
    if (!reaction.on) continue
    const count = (counts.get(reaction.by) ?? 0) + 1
    counts.set(reaction.by, count)
    if (count > OWN_EMOJIS_MAX) continue
    const others = byEmoji.get(reaction.emoji)
    if (!others) byEmoji.set(reaction.emoji, [reaction])
    else if (others.length < REACTORS_MAX) others.push(reaction)
  }
  return [...byEmoji]
    .sort(([one, a], [other, b]) => b.length - a.length || (one < other ? -1 : 1))
    .slice(0, EMOJIS_MAX)
    .map(([emoji, all]) => ({ emoji, all: [...all].sort((a, b) => a.at - b.at || (a.by < b.by ? -1 : 1)) }))
    .sort((a, b) => firstAt(a.all) - firstAt(b.all) || (a.emoji < b.emoji ? -1 : 1))
    .map(({ emoji, all }) => ({ emoji, by: all.map(({ by }) => by) }))
}

function firstAt([first]: readonly Reaction[]): number {
  return first?.at ?? 0
}
