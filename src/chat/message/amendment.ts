/** Reads the envelopes that change an earlier message: edit, recall, reaction (docs/WIRE.md). */
import type { Fields } from '@/src/kinds/kind'
import { isValidId } from '../rtm-limits'
import { isRecord } from '../util/checks'
import { parseJsonText } from '../util/json-text'
import { parseEdit, parseReaction, parseStamp, type MessageChanges, type Reaction } from './message-changes'
import { ENVELOPE_VERSION } from './envelope'
import type { MessageRef } from './message'

export type AmendmentKind = 'edit' | 'recall' | 'reaction'

/** An amendment as it is folded into its target. */
export interface ParsedAmendment {
  readonly target: MessageRef
  readonly changes: MessageChanges
}

/** The fields of an edit. */
const EDIT_FIELDS = ['v', 'id', 'kind', 'quiet', 'target', 'rev', 'at', 'text', 'mentions']

/**
 * The envelope of an own change of `target`. Undefined if `changes` does not hold the change with the envelope's id, because a later one took its place.
 * @param author the user id of the sender
 */
export function encodeAmendment(kind: AmendmentKind, id: string, target: MessageRef, changes: MessageChanges | undefined, author: string): string | undefined {
  const change = changeOf(kind, id, changes)
  if (!change) return undefined
  const { from, id: targetId } = target
  // `quiet`: a client that does not know the kind shows nothing.
  return JSON.stringify({ v: ENVELOPE_VERSION, id, kind, quiet: true, target: from === author ? { id: targetId } : { from, id: targetId }, ...change })
}

function changeOf(kind: AmendmentKind, id: string, changes: MessageChanges | undefined): object | undefined {
  const { edit, recall, reactions } = changes ?? {}
  if (kind === 'edit') return edit?.id === id ? { rev: edit.rev, at: edit.at, text: edit.text, ...(edit.mentions && { mentions: edit.mentions }) } : undefined
  if (kind === 'recall') return recall?.id === id ? { rev: recall.rev, at: recall.at } : undefined
  const reaction = reactions?.find((each) => each.id === id)
  return reaction && { rev: reaction.rev, at: reaction.at, emoji: reaction.emoji, on: reaction.on }
}

/**
 * @param raw the envelope as it came
 * @param sender its sender as RTM names it: no field of the envelope can name another one
 * @returns `later` if only a later version of this client can read it; undefined if it is malformed
 */
export function parseAmendment(raw: string, sender: string): ParsedAmendment | 'later' | undefined {
  const json = parseJsonText(raw)
  if (!isRecord(json)) return undefined
  if (json.v !== ENVELOPE_VERSION) return 'later'
  const target = readTarget(json.target, sender)
  const changes = readChange(json, raw, sender)
  return target && changes && { target, changes }
}

function readTarget(value: unknown, sender: string): MessageRef | undefined {
  if (!isRecord(value)) return undefined
  const { from = sender, id } = value
  return isValidId(from) && typeof id === 'string' && id !== '' ? { from, id } : undefined
}

function readChange(json: Fields, raw: string, sender: string): MessageChanges | undefined {
  switch (json.kind) {
    case 'edit': {
      const isKnown = Object.keys(json).every((field) => EDIT_FIELDS.includes(field))
      const edit = parseEdit({ ...json, raw: isKnown ? undefined : raw })
      return edit && { edit }
    }
    case 'recall': {
      const recall = parseStamp(json)
      return recall && { recall }
    }
    case 'reaction': {
      const reaction = parseReaction({ ...json, by: sender })
      return reaction && { reactions: [reaction] }
    }
    default:
      return undefined
  }
}

/** Whether the sender may change a message of `author` so: the words of a message and its recall are its author's. */
export function mayAmend({ edit, recall }: MessageChanges, sender: string, author: string): boolean {
  return (!edit && !recall) || sender === author
}

/** The greatest revision seen of what is changed: of reactions, of this user's with this emoji. */
export function lastRevision(changes: MessageChanges | undefined, kind: AmendmentKind, emoji: string | undefined, uid: string): number {
  if (kind !== 'reaction') return changes?.[kind]?.rev ?? 0
  return ownReaction(changes, emoji, uid)?.rev ?? 0
}

/** The reaction of this user with this emoji, which may be taken back. */
function ownReaction(changes: MessageChanges | undefined, emoji: string | undefined, uid: string): Reaction | undefined {
  return changes?.reactions?.find((reaction) => reaction.by === uid && reaction.emoji === emoji)
}
