/** What the changes of messages come to: every device has the same final state of a message, as far as RTM promises that it gets it. Pure. */
import type { Conversation, ConversationId } from '../../src/chat/conversation/conversation'
import { joined, type MessageChanges } from '../../src/chat/message/message-changes'
import { shownBody, type Message } from '../../src/chat/message/message'
import { PARTNER, PEOPLE, type Uid } from './plan'
import { CHANNEL_CONVERSATION, saidIn, type Logs, type Outcome } from './verdict'
import { mustHave } from './window'

/** An edit or a recall that a user began. If the program was killed then, it may or may not have happened. */
export interface Touched {
  readonly from: Uid
  readonly id: string
  /** The words of the message as they were typed. */
  readonly text: string
}

export interface Changes {
  /** Messages with an edit, a recall or a reaction; those with a quote; and those of a peer that were read. */
  readonly changed: number
  readonly quoted: number
  readonly read: number
  /** States on a device that are older than the newest, outside of the window of the contract. */
  readonly older: number
  readonly findings: readonly string[]
}

interface Devices extends Pick<Outcome, 'logs' | 'taken' | 'lives'> {
  readonly conversations: Readonly<Record<Uid, readonly Conversation[]>>
}

const keyOf = ({ from, id }: { readonly from: string; readonly id: string }) => `${from} ${id}`

export function judgeChanges(devices: Devices): Changes {
  const findings: string[] = []
  const counts = { changed: 0, quoted: 0, read: 0, older: 0 }
  for (const [a, b] of [['alice', 'bob'], ['carol', 'dave']] as const) {
    const [ofA, ofB] = [byKey(devices.logs[a].get(`peer:${b}`)), byKey(devices.logs[b].get(`peer:${a}`))]
    for (const [key, message] of ofA) {
      const other = ofB.get(key)
      if (!other) continue
      count(counts, message)
      if (stateOf(message) !== stateOf(other)) findings.push(`${key}: ${a} has ${stateOf(message)}, ${b} has ${stateOf(other)}`)
      const [author, sent, reader, received] = message.from === a ? ([a, message, b, other] as const) : ([b, other, a, message] as const)
      const readTo = devices.conversations[reader].find(({ id }) => id === `peer:${author}`)?.readTo ?? 0
      if (received.seq >= readTo) continue
      counts.read++
      if (sent.status !== 'read') findings.push(`${key}: read by ${reader}, and ${sent.status} for ${author}`)
    }
  }
  const members = PEOPLE.map((uid) => ({ uid, messages: byKey(devices.logs[uid].get(CHANNEL_CONVERSATION)) }))
  const said = devices.taken.map(({ at }) => at)
  const amending = amendments(devices.taken)
  for (const key of new Set(members.flatMap(({ messages }) => [...messages.keys()]))) {
    const copies = members.flatMap(({ uid, messages }) => (messages.has(key) ? [{ uid, message: messages.get(key) as Message }] : []))
    const [first] = copies
    const newest = first && { ...first.message, amended: copies.reduce<MessageChanges>((all, { message }) => joined(all, message.amended ?? {}), {}) }
    if (!newest) continue
    count(counts, newest)
    for (const { uid, message } of copies) {
      if (stateOf(message) === stateOf(newest)) continue
      const changes = (amending.get(key) ?? []).filter(({ by }) => by !== uid)
      const isCovered = changes.every(({ takings }) => takings.some((taking) => taking.isExact && mustHave(devices.lives[uid], taking, said)))
      if (isCovered) findings.push(`${key}: ${uid} has ${stateOf(message)}, the newest state is ${stateOf(newest)}`)
      else counts.older++
      const shown = shownBody(message)
      // Each user types their own name first.
      if (!message.amended?.recall && !(shown.kind === 'image' || (shown.kind === 'text' && shown.text.startsWith(`${message.from} `)))) findings.push(`${key}: ${uid} has words that its author never wrote`)
    }
  }
  return { ...counts, findings }
}

/** The logs as they were before edits and recalls, so that the messages can be compared with what was typed; and what was typed without withdrawn messages. */
export function beforeChanges(after: Pick<Outcome, 'typed' | 'logs' | 'taken'>, touched: readonly Touched[]): Pick<Outcome, 'typed' | 'logs' | 'taken'> {
  const { typed, logs } = after
  const words = new Map(touched.map((one) => [keyOf(one), one.text]))
  // An edit before it was sent goes in its place.
  const taken = after.taken.map((one) => ({ ...one, text: words.get(keyOf({ from: one.from ?? '', id: one.raw?.id ?? '' })) ?? one.text }))
  const isWithdrawn = (message: Message, owner: Uid, conversation: ConversationId) => {
    if (!message.amended?.recall || message.from !== owner || !words.has(keyOf(message))) return false
    if (conversation === CHANNEL_CONVERSATION) return !taken.some(({ text }) => text === words.get(keyOf(message)))
    return !byKey(logs[PARTNER[owner]].get(`peer:${owner}`)).has(keyOf(message))
  }
  const withdrawn = new Set<string>()
  const restored = (owner: Uid): Logs =>
    new Map(
      [...logs[owner]].map(([conversation, messages]) => [
        conversation,
        messages.flatMap((message) => {
          const text = words.get(keyOf(message))
          if (isWithdrawn(message, owner, conversation)) {
            withdrawn.add(`${owner} ${conversation} ${text}`)
            return []
          }
          return [text === undefined ? message : { ...message, body: { kind: 'text' as const, text } }]
        }),
      ]),
    )
  const before = Object.fromEntries(PEOPLE.map((uid) => [uid, restored(uid)])) as Record<Uid, Logs>
  return { logs: before, taken, typed: typed.filter(({ from, conversation, text }) => !withdrawn.has(`${from} ${conversation} ${text}`)) }
}

function byKey(messages: readonly Message[] = []): Map<string, Message> {
  return new Map(messages.filter(({ from }) => from !== '').map((message) => [keyOf(message), message]))
}

function count(counts: { changed: number; quoted: number }, { amended, quote }: Message): void {
  if (amended) counts.changed++
  if (quote) counts.quoted++
}

/** What a user sees of a message, its status apart. */
function stateOf(message: Message): string {
  const { amended, quote } = message
  const reactions = (amended?.reactions ?? []).filter(({ on }) => on).map(({ by, emoji }) => `${by} ${emoji}`)
  const shown = shownBody(message)
  if (amended?.recall) return 'recalled'
  return JSON.stringify([saidIn({ body: shown }) ?? shown.kind, quote?.id, reactions.sort()])
}

/** By target, the changes that the gateway accepted in the channel. */
function amendments(taken: Outcome['taken']): Map<string, { by: string; takings: Outcome['taken'][number][] }[]> {
  const byId = new Map<string, { by: string; target: string; takings: Outcome['taken'][number][] }>()
  for (const one of taken) {
    const { from: by, raw } = one
    if (raw?.target === undefined || by === undefined) continue
    const known = byId.get(raw.id) ?? { by, target: keyOf({ from: raw.target.from ?? by, id: raw.target.id }), takings: [] }
    known.takings.push(one)
    byId.set(raw.id, known)
  }
  const byTarget = new Map<string, { by: string; takings: Outcome['taken'][number][] }[]>()
  for (const { target, ...rest } of byId.values()) byTarget.set(target, [...(byTarget.get(target) ?? []), rest])
  return byTarget
}
