/** Compares the typed texts with the content of the disks. Pure, so that tests can show that it finds every fault. */
import type { ConversationId } from '../../src/chat/conversation/conversation'
import type { Message } from '../../src/chat/message/message'
import { CHANNEL, PARTNER, PEOPLE, type Uid } from './plan'
import { mustHave, type ProgramLife } from './window'

export const CHANNEL_CONVERSATION: ConversationId = `channel:${CHANNEL}`

/** A message for which a user pressed send. Its text is unique. */
export interface Typed {
  readonly from: Uid
  /** As the sender has it: `peer:bob`, `channel:weekend-trip`. */
  readonly conversation: ConversationId
  readonly text: string
  /** ms since 1970. */
  readonly at: number
  /**
   * Whether its row appeared. If the program was killed between the tap and the row, the message may be missing; if it exists, it must be complete and
   * single.
   */
  readonly shown: boolean
  readonly isPicture?: boolean
}

/** The logs of one user, by conversation, in order. */
export type Logs = ReadonlyMap<ConversationId, readonly Message[]>

/** A message of the channel that the gateway accepted. One that was sent twice is accepted twice. */
export interface Taken {
  readonly text: string
  /** When the gateway accepted it, ms since 1970. */
  readonly at: number
  /** When it sent it to the first member, if that is known. */
  readonly sentAt?: number
  /** Whether the time is known: without it no member must have the message. */
  readonly isExact: boolean
  readonly from?: string | undefined
  /** Its envelope. `target`: it changes that message. */
  readonly raw?: { readonly id: string; readonly target?: { readonly from?: string; readonly id: string } } | undefined
}

export interface Outcome {
  readonly typed: readonly Typed[]
  readonly logs: Readonly<Record<Uid, Logs>>
  readonly taken: readonly Taken[]
  readonly lives: Readonly<Record<Uid, readonly ProgramLife[]>>
  /** What lets others pass since its upload took long: it may be behind them. */
  readonly passed?: ReadonlySet<string>
}

export type Fate = 'lost' | 'doubled' | 'out of order' | 'foreign' | 'failed' | 'not out'

export interface Finding {
  readonly fate: Fate
  /** The user whose log has it. */
  readonly owner: Uid
  readonly conversation: ConversationId
  readonly text: string
  readonly detail: string
}

export interface Verdict {
  readonly peer: { readonly sent: number; readonly lost: number; readonly doubled: number; readonly disordered: number }
  readonly channel: {
    readonly sent: number
    readonly lost: number
    readonly doubled: number
    readonly disordered: number
    /** Messages times the other members, and those of them within the contract's window. */
    readonly pairs: number
    readonly inWindow: number
  }
  /** Texts that were never typed, messages given up as failed, messages still in an outbox. */
  readonly strays: number
  /** Typed, never shown on a screen, and found nevertheless. */
  readonly unshownFound: number
  readonly unshown: number
  /** The messages of `passed` that are behind a later one of their sender in a log. */
  readonly lateUploads: number
  readonly findings: readonly Finding[]
}

export function judge({ typed, logs, taken, lives, passed = new Set() }: Outcome): Verdict {
  const findings: Finding[] = []
  const peer = { sent: 0, lost: 0, doubled: 0, disordered: 0 }
  const channel = { sent: 0, lost: 0, doubled: 0, disordered: 0, pairs: 0, inWindow: 0 }
  let unshown = 0
  let unshownFound = 0

  const textsOf = (owner: Uid, conversation: ConversationId) => (logs[owner].get(conversation) ?? []).flatMap((message) => withWords(message))
  const counts = new Map<string, number>()
  const key = (owner: Uid, conversation: ConversationId, text: string) => `${owner} ${conversation} ${text}`
  for (const owner of PEOPLE) {
    for (const conversation of logs[owner].keys()) {
      for (const { words } of textsOf(owner, conversation)) {
        const at = key(owner, conversation, words)
        counts.set(at, (counts.get(at) ?? 0) + 1)
      }
    }
  }
  const countIn = (owner: Uid, conversation: ConversationId, text: string) => counts.get(key(owner, conversation, text)) ?? 0

  const saidAt = taken.map(({ at }) => at)
  for (const message of typed) {
    const { from, conversation, text, shown } = message
    const isChannel = conversation === CHANNEL_CONVERSATION
    const tally = isChannel ? channel : peer
    if (shown) tally.sent++
    else unshown++
    const own = countIn(from, conversation, text)
    if (!shown && own > 0) unshownFound++
    // A message that was never shown counts from the moment it is found: it is in the log, so it will be sent.
    const mustExist = shown || own > 0
    const losses = new Set<Uid>()
    const doubles = new Set<Uid>()
    if (mustExist && own === 0) losses.add(from)
    if (own > 1) doubles.add(from)

    if (isChannel) {
      const takings = taken.filter((one) => one.text === text)
      if (shown && takings.length === 0) findings.push({ fate: 'not out', owner: from, conversation, text, detail: 'the gateway never took it' })
      for (const member of PEOPLE) {
        if (member === from || takings.length === 0) continue
        const isRequired = takings.some((taking) => taking.isExact && mustHave(lives[member], taking, saidAt))
        const count = countIn(member, conversation, text)
        channel.pairs++
        if (isRequired) channel.inWindow++
        if (isRequired && count === 0) losses.add(member)
        if (count > 1) doubles.add(member)
      }
    } else {
      const receiver = PARTNER[from]
      const count = countIn(receiver, `peer:${from}`, text)
      if ((mustExist && count === 0) || (count > 0 && own === 0)) losses.add(count === 0 ? receiver : from)
      if (count > 1) doubles.add(receiver)
    }
    if (losses.size > 0) tally.lost++
    if (doubles.size > 0) tally.doubled++
    for (const owner of losses) findings.push({ fate: 'lost', owner, conversation, text, detail: `not in ${owner}'s log` })
    for (const owner of doubles) findings.push({ fate: 'doubled', owner, conversation, text, detail: `more than once in ${owner}'s log` })
  }

  // Order: in every log, each sender's messages are in the order in which they were typed.
  const late = new Set<string>()
  const rank = new Map(typed.map(({ from, conversation, text }, index) => [`${from} ${conversation} ${text}`, index]))
  for (const owner of PEOPLE) {
    for (const conversation of logs[owner].keys()) {
      const newest = new Map<string, number>()
      for (const { from, words, status, seq } of textsOf(owner, conversation)) {
        const asTyped: ConversationId = conversation === CHANNEL_CONVERSATION || from === owner ? conversation : `peer:${owner}`
        const place = rank.get(`${from} ${asTyped} ${words}`)
        const found = (fate: Fate, detail: string) => findings.push({ fate, owner, conversation, text: words, detail })
        if (place === undefined) {
          found('foreign', `from ${from}, seq ${seq}: nobody typed this here`)
          continue
        }
        if (from === owner && status === 'failed') found('failed', `given up, seq ${seq}`)
        const last = newest.get(from) ?? -1
        if (passed.has(words)) {
          if (place < last) late.add(words)
          continue
        }
        if (place < last) {
          found('out of order', `seq ${seq} of ${owner}'s log stands behind a later one of ${from}`)
          if (conversation === CHANNEL_CONVERSATION) channel.disordered++
          else peer.disordered++
        }
        newest.set(from, Math.max(last, place))
      }
    }
  }
  const strays = findings.filter(({ fate }) => fate === 'foreign' || fate === 'failed' || fate === 'not out').length
  return { peer, channel, strays, unshown, unshownFound, lateUploads: late.size, findings }
}

/** Whether nothing is wrong, strays included. */
export function isFlawless({ findings }: Verdict): boolean {
  return findings.length === 0
}

/** The summary line. */
export function verdictLine({ peer, channel }: Verdict, survived: { readonly restarts: number; readonly cuts: number }): string {
  return (
    `peer messages: sent ${peer.sent}, lost ${peer.lost}, doubled ${peer.doubled}, out of order per sender ${peer.disordered}; ` +
    `channel messages to members within the contract's window: lost ${channel.lost}, doubled ${channel.doubled}; ` +
    `restarts survived ${survived.restarts}; cuts survived ${survived.cuts}`
  )
}

function withWords(message: Message): (Message & { readonly words: string })[] {
  const words = saidIn(message)
  return words === undefined ? [] : [{ ...message, words }]
}

/** What a message says, unique: its text, or the digest of its picture. Undefined if it says nothing, as a note. */
export function saidIn({ body }: Pick<Message, 'body'>): string | undefined {
  if (body.kind === 'text') return body.text
  return body.kind === 'image' ? pictureWords((body as typeof body & { readonly sha256: string }).sha256) : undefined
}

/** In place of the text of a picture. */
export function pictureWords(sha256: string): string {
  return `picture ${sha256}`
}
