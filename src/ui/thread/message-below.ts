/** The part of a row below its bubble: what it answers, whose words it has, that it was edited, its reactions, and own actions that have not arrived. */
import type { Message } from '@/src/chat/message/message'
import { shownReactions, type MessageChanges } from '@/src/chat/message/message-changes'
import { isolated } from '@/src/chat/text/written-text'
import { kindNamed, KINDS } from '@/src/kinds/registry'
import { t, type MessageKey } from '@/src/locales'
import type { ActionState, ActionStates } from '@/src/stores/chat'
import { quoteKey } from '@/src/stores/chat/threads/recalled-quotes'
import { clockText } from '../shared/clock-text'
import { nameOf } from '../shared/identity'

export interface ReactionChip {
  readonly emoji: string
  readonly text: string
  /** A class if the user is among those who reacted. */
  readonly own: string
  readonly label: string
}

/** Values that are undefined are not sent to the view. */
export interface BelowView {
  readonly hasQuote?: 1 | undefined
  readonly quote?: string | undefined
  readonly fwd?: string | undefined
  readonly isEdited?: 1 | undefined
  readonly hasReactions?: 1 | undefined
  readonly reactions?: readonly ReactionChip[] | undefined
  /** How many reactions are folded, and these words for screen readers. */
  readonly folded?: string | undefined
  readonly foldedLabel?: string | undefined
  /** The state of an own action that has not arrived. */
  readonly acting?: string | undefined
  /** 1 if the action has failed and can be tried again. */
  readonly hasFailed?: 1 | undefined
}

const NOTHING: BelowView = {}

/** A row with more kinds of reactions shows one less than these, which fit into two lines of a phone, and a count that unfolds the others. */
const CHIPS_MAX = 8

export interface BelowContext {
  /** The user id of the reader. */
  readonly me: string
  /** The current time, ms since 1970. */
  readonly now: number
  /** The recalled messages that others quote. */
  readonly recalledQuotes?: ReadonlySet<string> | undefined
  /** Whether the reader has unfolded the reactions. */
  readonly isOpened: boolean
}

/** `states`: of the own actions on this message. */
export function belowView(message: Message, states: ReturnType<ActionStates['get']>, { me, now, recalledQuotes, isOpened }: BelowContext): BelowView {
  const { quote, fwd, wentAt, amended } = message
  const all = amended?.reactions?.some(({ on }) => on) ? chips(amended, me) : undefined
  const reactions = isOpened ? all : all && shownChips(all)
  const folded = (all?.length ?? 0) - (reactions?.length ?? 0)
  const acting = actingText(states)
  if (!quote && !fwd && wentAt === undefined && !amended?.edit && !reactions && acting === undefined) return NOTHING
  return {
    hasQuote: quote && 1,
    quote: quote && (recalledQuotes?.has(quoteKey(quote)) ? t('thread.quote.recalled') : quoteText(quote)),
    fwd: fwd || wentAt !== undefined ? asideText(message, now) : undefined,
    isEdited: amended?.edit && 1,
    hasReactions: reactions && 1,
    reactions,
    folded: folded > 0 ? `+${folded}` : undefined,
    foldedLabel: folded > 0 ? t('thread.reaction.folded', { count: folded }) : undefined,
    acting,
    hasFailed: acting !== undefined && isFailed(states) ? 1 : undefined,
  }
}

/** The author of forwarded words, and when the message went, if that was long after it was written. */
function asideText({ fwd, wentAt }: Message, now: number): string {
  const forwarded = fwd && t('thread.forwarded', { name: nameOf(fwd.from) })
  const went = wentAt === undefined ? undefined : t('thread.went', { time: clockText(wentAt, now) })
  return [forwarded, went].filter((text) => text !== undefined).join(' · ')
}

/** A quote as one line: the author and the excerpt. */
export function quoteText({ from, kind = 'text', text }: NonNullable<Message['quote']>): string {
  const line = (kindNamed(kind) ?? KINDS.unsupported).line(text, t)
  return t('thread.quote', { name: nameOf(from), text: isolated(line) })
}

function chips(amended: MessageChanges, me: string): readonly ReactionChip[] {
  return shownReactions(amended).map(({ emoji, by }) => {
    const isOwn = by.includes(me)
    return {
      emoji,
      text: by.length > 1 ? `${emoji} ${by.length}` : emoji,
      own: isOwn ? 'is-own' : '',
      label: t(isOwn ? 'thread.reaction.own' : 'thread.reaction', { emoji, count: by.length }),
    }
  })
}

/** The first ones, among them all of the user's own, of which there are fewer. */
function shownChips(all: readonly ReactionChip[]): readonly ReactionChip[] {
  if (all.length <= CHIPS_MAX) return all
  let others = CHIPS_MAX - 1 - all.filter(({ own }) => own !== '').length
  return all.filter(({ own }) => own !== '' || others-- > 0)
}

const WAITING: Readonly<Record<'edit' | 'recall' | 'reaction', MessageKey>> = { edit: 'thread.acting.edit', recall: 'thread.acting.recall', reaction: 'thread.acting.reaction' }
const FAILED: typeof WAITING = { edit: 'thread.acting.edit.failed', recall: 'thread.acting.recall.failed', reaction: 'thread.acting.reaction.failed' }

/** A recall counts more than an edit, and that more than a reaction. */
function actingText(states: ReturnType<ActionStates['get']>): string | undefined {
  const kind = states && (['recall', 'edit', 'reaction'] as const).find((each) => states[each])
  const state: ActionState | undefined = kind && states?.[kind]
  if (!kind || !state) return undefined
  if (state === 'failed') return t(FAILED[kind])
  // A reaction that waits is no news.
  if (kind === 'reaction') return undefined
  return t(state === 'away' ? 'thread.acting.away' : WAITING[kind])
}

function isFailed(states: ReturnType<ActionStates['get']>): boolean {
  return states !== undefined && Object.values(states).includes('failed')
}
