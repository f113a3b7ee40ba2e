/**
 * What becomes of one's own messages: a table of decisions for the worker that sends them.
 *
 * Each conversation sends in the order of writing, one message at a time. In rich mode a message may be sent twice, since the
 * receiver knows it by its id; so a peer message stays in the outbox until the peer's `delivered` receipt, and what may have
 * been lost is sent again. In plain mode a second copy would be a second message: whatever may have arrived is final.
 */
import { backoff } from '../util/backoff'
import type { Wire } from '../message/envelope'
import { MESSAGE_MAX_BYTES, OFFLINE_MESSAGES_TTL_MS } from '../rtm-limits'
import type { RtmReason, RtmRefusal } from '../rtm-reason'
import type { Message, MessageStatus, SendFailure } from '../message/message'

/** After this long a peer who was not there is given up: as long as a service keeps a message for a peer. */
export const OUTBOX_TTL_MS = OFFLINE_MESSAGES_TTL_MS
/** How often a message that reached the peer is sent in all when no receipt comes: the peer's program may send none. */
export const DELIVERY_TRIES_MAX = 4
/** Receipts come in batches: a missing one is missing only after this time. */
export const RECEIPT_WAIT_MS = 10_000

/** When to try again: in so many ms, after the next login or join, at the next sign of the peer, or never. */
export type Retry = number | 'on-reconnect' | 'on-peer' | 'never'

export interface OutboxDecision {
  readonly status: MessageStatus
  /** It stays in the outbox. */
  readonly keep: boolean
  readonly retry: Retry
  /** The service keeps it for a peer who is not there, in order: it holds up nothing behind it. */
  readonly stored?: boolean
  /** It may have arrived. */
  readonly maybe?: boolean
  readonly failure?: SendFailure
}

/** What a decision depends on beside the result. */
export interface Attempt {
  readonly wire: Wire
  /** How often the message was sent in this session, this time included: 1 for the first. */
  readonly tries: number
  /** Numbers from 0 up to but not including 1. */
  readonly random: () => number
  /** Of a channel message: the channel is being joined again, so that not being in it passes. */
  readonly rejoining?: boolean
  /** Of a peer message: the service keeps an earlier copy. */
  readonly stored?: boolean
}

/** The refusal of a message before it is sent, by its `bytes` on the wire; undefined if it may go. A kind that this wire cannot carry has no `bytes`. */
export function beforeSending(bytes: number | undefined): OutboxDecision | undefined {
  if (bytes === undefined) return failed({ reason: 'not-sendable' })
  return bytes > MESSAGE_MAX_BYTES ? failed({ reason: 'too-large' }) : undefined
}

/**
 * What the service knows when it acknowledges a peer message. `durable`: the receiver has written it down. `delivered`: it
 * reached the receiver's client. `none`: only that the service has it.
 */
export type PeerAcknowledgement = 'durable' | 'delivered' | 'none'

/** What the service does beyond RTM's plain contract. */
export interface DeliveryService {
  readonly peerAcknowledgement: PeerAcknowledgement
  /** It keeps messages for a peer who is not there. */
  readonly offlineMessages: boolean
}

/**
 * RTM took a peer message. Unless its acknowledgement is durable only a receipt is final in rich mode. `hasPeerReceived`: the
 * service acknowledged the message.
 */
export function afterPeerResult(hasPeerReceived: boolean, { wire, tries }: Pick<Attempt, 'wire' | 'tries'>, service: DeliveryService): OutboxDecision {
  const { peerAcknowledgement } = service
  const status = hasPeerReceived && peerAcknowledgement !== 'none' ? 'delivered' : 'sent'
  const isFinal = wire === 'plain' || (hasPeerReceived && (peerAcknowledgement === 'durable' || tries >= DELIVERY_TRIES_MAX))
  if (isFinal) return { status, keep: false, retry: 'never' }
  return { status, keep: true, retry: 'on-peer', ...(!hasPeerReceived && service.offlineMessages ? { stored: true } : {}), ...(hasPeerReceived ? { maybe: true } : {}) }
}

/** RTM took a channel message: nobody answers for a whole channel, so this is all there is to know. */
export function afterChannelResult(): OutboxDecision {
  return { status: 'sent', keep: false, retry: 'never' }
}

/** The peer's receipt; it never takes back a `read`. */
export function afterReceipt(status: MessageStatus, receipt: 'delivered' | 'read'): OutboxDecision {
  return { status: status === 'read' ? 'read' : receipt, keep: false, retry: 'never' }
}

/**
 * The status of an own message that is not in the outbox, after its peer's receipt; undefined where the receipt changes nothing. It never goes back,
 * and a failed message stays failed: it can be sent again, under its id.
 */
export function raisedStatus(status: MessageStatus, receipt: 'delivered' | 'read'): 'delivered' | 'read' | undefined {
  if (status === 'sent') return receipt
  return status === 'delivered' && receipt === 'read' ? 'read' : undefined
}

/** `unsure`: it may have arrived. `later`, `rate`, `offline`, `outside`: it surely has not. `refused`: it never will. */
type Verdict = 'unsure' | 'later' | 'rate' | 'offline' | 'outside' | 'refused'

/** What is not here is `unsure`. */
const VERDICTS: { readonly [R in RtmReason]?: Verdict } = {
  'rate-limited': 'rate',
  'channel-rate-limited': 'rate',
  'invalid-user': 'refused',
  'invalid-channel': 'refused',
  'invalid-message': 'refused',
  'too-large': 'refused',
  refused: 'refused',
  'not-logged-in': 'offline',
  // Until a place is free and the channel is joined.
  'too-many-channels': 'offline',
  'not-in-channel': 'outside',
}

/** RTM refused a message. One that failed for good does not hold up those behind it. */
export function afterError(refusal: RtmRefusal, attempt: Attempt): OutboxDecision {
  const decision = afterVerdict(VERDICTS[refusal.reason] ?? 'unsure', refusal, attempt)
  // The copy that the service keeps is not touched by what becomes of another one.
  return attempt.stored && decision.keep ? { ...decision, status: 'sent', stored: true } : decision
}

/** RTM refused the join that messages wait for. None of them went, so nothing is unsure. `aborted`: the user has left the channel. */
export function afterJoinError(refusal: RtmRefusal, attempt: Attempt): OutboxDecision {
  return afterVerdict(VERDICTS[refusal.reason] ?? (refusal.reason === 'aborted' ? 'outside' : 'later'), refusal, attempt)
}

function afterVerdict(verdict: Verdict, { reason, operation, code, retryAfterMs }: RtmRefusal, attempt: Attempt): OutboxDecision {
  const failure: SendFailure = { reason, operation, code }
  switch (verdict) {
    case 'unsure':
      return attempt.wire === 'rich' ? { ...queued(wait(attempt)), maybe: true } : failed(failure)
    case 'later':
      return queued(wait(attempt))
    case 'rate':
      return queued(retryAfterMs ?? wait(attempt))
    case 'offline':
      return queued('on-reconnect')
    case 'outside':
      return attempt.rejoining ? queued('on-reconnect') : failed({ reason: 'not-in-channel' })
    case 'refused':
      return failed(failure)
  }
}

/** What becomes of a message that this device finds in its outbox when it starts, having stopped at an unknown point. */
export function afterRestart(status: MessageStatus, wire: Wire): OutboxDecision {
  // A `queued` one may have been on its way too: that is shown, but not worth a write.
  if (wire === 'rich') return { status: status === 'sending' ? 'queued' : status, keep: true, retry: 'on-reconnect', maybe: true }
  if (status === 'queued') return queued('on-reconnect')
  // It was on its way, and its answer was lost: the same as a time-out.
  if (status === 'sending') return failed({ reason: 'timeout' })
  return { status, keep: false, retry: 'never' }
}

function wait({ tries, random }: Attempt): number {
  return backoff(tries - 1, random)
}

function queued(retry: Retry): OutboxDecision {
  return { status: 'queued', keep: true, retry }
}

function failed(failure: SendFailure): OutboxDecision {
  return { status: 'failed', keep: false, retry: 'never', failure }
}

/** A message in the outbox of a conversation, as the worker holds it in memory. Times in ms since 1970. */
export interface OutboxItem {
  readonly seq: number
  readonly status: MessageStatus
  /** When it was written. */
  readonly at: number
  readonly tries: number
  readonly triedAt: number
  /** What it waits for: nothing, a time, or a sign. */
  readonly wait: 'nothing' | 'reconnect' | 'peer' | number
  /** The service keeps it for the peer. */
  readonly stored: boolean
  /**
   * It was asked to: one copy is enough, since more would push out what else waits for the peer, and come in its place, out of
   * order. For a service that may have lost the copy the person can ask for another one.
   */
  readonly kept: boolean
  /** An earlier try may have arrived. */
  readonly maybe: boolean
}

/**
 * A message that enters the outbox: one just written, or one that may have been sent before. `stored`: the service keeps it for
 * its peer, so that it waits for a sign of them; to send it once more would only take the place of others there.
 */
export function outboxItem({ seq, status, at }: Message, maybe = false, stored = false): OutboxItem {
  return { seq, status, at, tries: 0, triedAt: 0, wait: stored ? 'peer' : 'nothing', stored, kept: stored, maybe }
}

/** The item after an attempt, or undefined when it leaves the outbox. */
export function decided(item: OutboxItem, decision: OutboxDecision, now: number): OutboxItem | undefined {
  if (!decision.keep) return undefined
  const { retry, status, stored = false, maybe = false } = decision
  const wait = typeof retry === 'number' ? now + retry : retry === 'on-peer' ? 'peer' : 'reconnect'
  return { ...item, status, tries: item.tries + 1, triedAt: now, wait, stored, kept: item.kept || (stored && retry === 'on-peer'), maybe: item.maybe || maybe }
}

/** Whether a message that waits can still be taken back: not once the peer has it, nor when the service keeps it for them. */
export function canCancel({ status }: Pick<Message, 'status'>, service: Pick<DeliveryService, 'offlineMessages'>): boolean {
  return status === 'queued' || status === 'sending' || (status === 'sent' && !service.offlineMessages)
}

/**
 * What becomes of a message that the person takes back. `result`: what the try that was under way came to, if one was.
 * What has reached the service cannot be taken back: that it went is shown.
 */
export function cancelled({ maybe }: Pick<OutboxItem, 'maybe'>, result?: OutboxDecision): OutboxDecision {
  const hasGone = result !== undefined && (result.status === 'delivered' || result.status === 'read' || (result.status === 'sent' && (!result.keep || result.stored === true)))
  if (hasGone) return { status: result.status, keep: false, retry: 'never' }
  return failed({ reason: maybe || result?.maybe === true ? 'cancelled-late' : 'cancelled' })
}

/**
 * `login`: a new session or join. `peer`: the peer was heard from or seen online. `written`: the person wrote to the peer.
 * `asked`: the person wants it to be tried now.
 */
export type Sign = 'login' | 'peer' | 'written' | 'asked'

/** The item after a sign: free to go, if it waited for this. `isMeant`: it is the one that the person asks for. */
export function woken(item: OutboxItem, sign: Sign, now: number, isMeant = false): OutboxItem {
  if (item.wait === 'nothing' || !wakes(item, sign, now)) return item
  return { ...item, wait: 'nothing', kept: item.kept && !isMeant }
}

function wakes(item: OutboxItem, sign: Sign, now: number): boolean {
  if (sign === 'asked') return true
  // What the service keeps reaches the peer in its place; a sign of the peer is when it may turn out that the service has lost it.
  if (item.stored && item.wait === 'peer') return sign === 'peer'
  if (sign === 'login') return true
  if (item.wait !== 'peer') return false
  // What reached the peer waits for a receipt only, which must have had its time and is not hastened by writing more.
  return item.status === 'delivered' ? sign === 'peer' && now - item.triedAt >= RECEIPT_WAIT_MS : true
}

/** `settle`: it has waited for OUTBOX_TTL_MS, and leaves the outbox as `decision` says. `wait`: look again in `ms` at the latest, or at a sign. */
export type OutboxStep =
  | { readonly do: 'send'; readonly seq: number }
  | { readonly do: 'settle'; readonly seq: number; readonly decision: OutboxDecision }
  | { readonly do: 'wait'; readonly ms: number | undefined }

/**
 * What to do next for a conversation, given its outbox by seq. The oldest message holds its place: those behind it wait for
 * it, unless it reached the peer and waits for its receipt only, or the service keeps it and the peer is not there. `serviceNow`: `now` by
 * the service's clock, which the messages' `at` goes by.
 */
export function nextStep(items: readonly OutboxItem[], now: number, serviceNow = now): OutboxStep {
  let ms: number | undefined
  const within = (time: number) => (ms = Math.min(ms ?? Infinity, time))
  for (const item of items) {
    if (item.wait === 'peer' && serviceNow - item.at >= OUTBOX_TTL_MS) return { do: 'settle', seq: item.seq, decision: givenUp(item) }
    if (item.wait === 'nothing' || (typeof item.wait === 'number' && item.wait <= now)) return { do: 'send', seq: item.seq }
    if (item.wait === 'peer') within(item.at + OUTBOX_TTL_MS - serviceNow)
    else if (typeof item.wait === 'number') within(item.wait - now)
    if (item.status !== 'delivered' && !(item.stored && item.wait === 'peer')) break
  }
  return { do: 'wait', ms }
}

function givenUp({ status }: OutboxItem): OutboxDecision {
  return status === 'delivered' ? { status, keep: false, retry: 'never' } : failed({ reason: 'expired' })
}
