/**
 * The rules for own messages: a table of decisions for the worker that sends them.
 * Each conversation sends in the order of writing, one message at a time. In rich mode a message may be sent twice, since the receiver recognises its id. So
 * a peer message stays in the outbox until the peer's `delivered` receipt, and a message that may be lost is sent again. In plain mode a second copy would be
 * a second message, so a message that may have arrived is never repeated.
 */
import { backoff } from '../util/backoff'
import type { Wire } from '../message/envelope'
import { MESSAGE_MAX_BYTES, OFFLINE_MESSAGES_TTL_MS } from '../rtm-limits'
import type { RtmReason, RtmRefusal } from '../rtm-reason'
import type { Message, MessageStatus, SendFailure } from '../message/message'

/** A message to an offline peer fails after this time, ms: as long as a service stores a message for a peer. */
export const OUTBOX_TTL_MS = OFFLINE_MESSAGES_TTL_MS
/** How often a message that reached the peer is sent in total if no receipt arrives: the peer's program may send none. */
export const DELIVERY_TRIES_MAX = 4
/** A message whose upload takes longer lets those behind it pass, ms. */
export const UPLOAD_BLOCKS_MS = 30_000
/** Receipts are sent in batches: one counts as missing only after this time, ms. */
export const RECEIPT_WAIT_MS = 10_000

/** When to try again: after this number of ms, after the next login or join, at the next sign of life from the peer, or never. */
export type Retry = number | 'on-reconnect' | 'on-peer' | 'never'

export interface OutboxDecision {
  readonly status: MessageStatus
  /** Whether it stays in the outbox. */
  readonly keep: boolean
  readonly retry: Retry
  /** Whether the service stores it for an offline peer, in order: then it does not block those behind it. */
  readonly stored?: boolean
  /** Whether it may have arrived. */
  readonly maybe?: boolean
  readonly failure?: SendFailure
}

/** The state, besides the result, that decides. */
export interface Attempt {
  readonly wire: Wire
  /** How often the message was sent in this session, including this time: 1 for the first. */
  readonly tries: number
  /** Numbers from 0 up to but not including 1. */
  readonly random: () => number
  /** For a channel message: the channel is being joined again, so the error is temporary. */
  readonly rejoining?: boolean
  /** For a peer message: whether the service has stored an earlier copy. */
  readonly stored?: boolean
}

/** Why a message cannot be sent, by its `bytes` on the wire. Undefined if it can. A kind that this wire cannot carry has no `bytes`. */
export function beforeSending(bytes: number | undefined): OutboxDecision | undefined {
  if (bytes === undefined) return failed({ reason: 'not-sendable' })
  return bytes > MESSAGE_MAX_BYTES ? failed({ reason: 'too-large' }) : undefined
}

/**
 * The meaning of the service's acknowledgement of a peer message. `durable`: the receiver has saved it. `delivered`: it reached the receiver's client.
 * `none`: the service has it.
 */
export type PeerAcknowledgement = 'durable' | 'delivered' | 'none'

/** What the service does beyond RTM's plain contract. */
export interface DeliveryService {
  readonly peerAcknowledgement: PeerAcknowledgement
  /** Whether it stores messages for an offline peer. */
  readonly offlineMessages: boolean
}

/**
 * RTM accepted a peer message. Unless its acknowledgement is durable, only a receipt is final in rich mode. `hasPeerReceived`: the service acknowledged the
 * message.
 */
export function afterPeerResult(hasPeerReceived: boolean, { wire, tries }: Pick<Attempt, 'wire' | 'tries'>, service: DeliveryService): OutboxDecision {
  const { peerAcknowledgement } = service
  const status = hasPeerReceived && peerAcknowledgement !== 'none' ? 'delivered' : 'sent'
  const isFinal = wire === 'plain' || (hasPeerReceived && (peerAcknowledgement === 'durable' || tries >= DELIVERY_TRIES_MAX))
  if (isFinal) return { status, keep: false, retry: 'never' }
  return { status, keep: true, retry: 'on-peer', ...(!hasPeerReceived && service.offlineMessages ? { stored: true } : {}), ...(hasPeerReceived ? { maybe: true } : {}) }
}

/** RTM accepted a channel message. Channels have no receipts, so this is final. */
export function afterChannelResult(): OutboxDecision {
  return { status: 'sent', keep: false, retry: 'never' }
}

/** The status after the peer's receipt. It never replaces `read`. */
export function afterReceipt(status: MessageStatus, receipt: 'delivered' | 'read'): OutboxDecision {
  return { status: status === 'read' ? 'read' : receipt, keep: false, retry: 'never' }
}

/**
 * The status of an own message outside of the outbox, after its peer's receipt. Undefined if the receipt changes nothing. It never goes back, and a failed
 * message stays failed: it can be sent again, with its id.
 */
export function raisedStatus(status: MessageStatus, receipt: 'delivered' | 'read'): 'delivered' | 'read' | undefined {
  if (status === 'sent') return receipt
  return status === 'delivered' && receipt === 'read' ? 'read' : undefined
}

/** `unsure`: may have arrived. `later`, `rate`, `offline`, `outside`: not delivered, retry. `refused`: permanent. */
type Verdict = 'unsure' | 'later' | 'rate' | 'offline' | 'outside' | 'refused'

/** Reasons that are not listed are `unsure`. */
const VERDICTS: { readonly [R in RtmReason]?: Verdict } = {
  'rate-limited': 'rate',
  'channel-rate-limited': 'rate',
  'invalid-user': 'refused',
  'invalid-channel': 'refused',
  'invalid-message': 'refused',
  'too-large': 'refused',
  refused: 'refused',
  'not-logged-in': 'offline',
  // Until a rate slot is free and the channel is joined.
  'too-many-channels': 'offline',
  'not-in-channel': 'outside',
}

/** RTM refused a message. A permanent failure does not block those behind it. */
export function afterError(refusal: RtmRefusal, attempt: Attempt): OutboxDecision {
  const decision = afterVerdict(VERDICTS[refusal.reason] ?? 'unsure', refusal, attempt)
  // The result of another attempt does not affect the copy that the service has stored.
  return attempt.stored && decision.keep ? { ...decision, status: 'sent', stored: true } : decision
}

/** RTM refused the join that messages wait for. None of them was sent, so nothing is unsure. `aborted`: the user has left the channel. */
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

/** The decision for a message in the outbox at a start, after the program ended at an unknown point. */
export function afterRestart(status: MessageStatus, wire: Wire): OutboxDecision {
  // A `queued` one may have been on its way too. That is shown, but not worth a write.
  if (wire === 'rich') return { status: status === 'sending' ? 'queued' : status, keep: true, retry: 'on-reconnect', maybe: true }
  if (status === 'queued') return queued('on-reconnect')
  // It was on its way, and its answer was lost, as after a timeout.
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

/** A message in the outbox of a conversation, as the worker has it in memory. Times in ms since 1970. */
export interface OutboxItem {
  readonly seq: number
  readonly status: MessageStatus
  /** When it was written. */
  readonly at: number
  readonly tries: number
  readonly triedAt: number
  /** Its wait: none, a time, or an event. `upload`: its file is not in the store yet. */
  readonly wait: 'nothing' | 'reconnect' | 'peer' | 'upload' | number
  /** While it waits for its upload: how long those behind it wait too, a time as for `now` of {@link nextStep}. */
  readonly blocksUntil?: number
  /** Whether the service stores it for the peer. */
  readonly stored: boolean
  /**
   * Whether the service was asked to store a copy. It is not asked for a second: that could evict other messages of the peer and break the order. If the
   * service may have lost the copy, a manual retry asks again.
   */
  readonly isStoreRequested: boolean
  /** Whether an earlier attempt may have arrived. */
  readonly maybe: boolean
}

/**
 * A message that enters the outbox: a new one, or one that may have been sent before. `stored`: the service stores it for its peer, so it waits for a sign of
 * life from the peer. Sending it again could evict other messages there.
 */
export function outboxItem({ seq, status, at }: Pick<Message, 'seq' | 'status' | 'at'>, maybe = false, stored = false): OutboxItem {
  return { seq, status, at, tries: 0, triedAt: 0, wait: stored ? 'peer' : 'nothing', stored, isStoreRequested: stored, maybe }
}

/** A message with a file that must be uploaded first. It blocks those behind it for {@link UPLOAD_BLOCKS_MS} from `now` at most. */
export function uploadingItem(message: Pick<Message, 'seq' | 'status' | 'at'>, now: number): OutboxItem {
  return { ...outboxItem(message), wait: 'upload', blocksUntil: now + UPLOAD_BLOCKS_MS }
}

/** The item after an attempt, or undefined when it leaves the outbox. */
export function decided(item: OutboxItem, decision: OutboxDecision, now: number): OutboxItem | undefined {
  if (!decision.keep) return undefined
  const { retry, status, stored = false, maybe = false } = decision
  const wait = typeof retry === 'number' ? now + retry : retry === 'on-peer' ? 'peer' : 'reconnect'
  return { ...item, status, tries: item.tries + 1, triedAt: now, wait, stored, isStoreRequested: item.isStoreRequested || (stored && retry === 'on-peer'), maybe: item.maybe || maybe }
}

/** Whether a waiting message can still be cancelled: not once the peer has it, nor when the service stores it for the peer. */
export function canCancel({ status }: Pick<Message, 'status'>, service: Pick<DeliveryService, 'offlineMessages'>): boolean {
  return status === 'queued' || status === 'sending' || (status === 'sent' && !service.offlineMessages)
}

/**
 * The message after the user cancelled it. `result`: that of the attempt in progress, if there was one. If that attempt reached the service, the message
 * stays sent.
 */
export function cancelled({ maybe }: Pick<OutboxItem, 'maybe'>, result?: OutboxDecision): OutboxDecision {
  const hasGone = result !== undefined && (result.status === 'delivered' || result.status === 'read' || (result.status === 'sent' && (!result.keep || result.stored === true)))
  if (hasGone) return { status: result.status, keep: false, retry: 'never' }
  return failed({ reason: maybe || result?.maybe === true ? 'cancelled-late' : 'cancelled' })
}

/**
 * What makes the outbox try again. `login`: a new session or join. `peer`: a sign of life from the peer. `written`: a new message to the peer. `asked`: a
 * manual retry. `uploaded`: the file of the message is in the store.
 */
export type WakeReason = 'login' | 'peer' | 'written' | 'asked' | 'uploaded'

/** The item after such an event: ready to be sent, if it waited for this. `isMeant`: it is the message of the manual retry, or of the upload. */
export function afterWake(item: OutboxItem, reason: WakeReason, now: number, isMeant = false): OutboxItem {
  if (item.wait === 'upload' || reason === 'uploaded') return item.wait === 'upload' && reason === 'uploaded' && isMeant ? { ...item, wait: 'nothing' } : item
  if (item.wait === 'nothing' || !wakes(item, reason, now)) return item
  return { ...item, wait: 'nothing', isStoreRequested: item.isStoreRequested && !isMeant }
}

function wakes(item: OutboxItem, reason: WakeReason, now: number): boolean {
  if (reason === 'asked') return true
  // A message that the service stores arrives in its order. A sign of life from the peer may show that the service has lost it.
  if (item.stored && item.wait === 'peer') return reason === 'peer'
  if (reason === 'login') return true
  if (item.wait !== 'peer') return false
  // A message that reached the peer waits for its receipt only, for the receipt's full time. A new message does not shorten that.
  return item.status === 'delivered' ? reason === 'peer' && now - item.triedAt >= RECEIPT_WAIT_MS : true
}

/** `expire`: it has waited for OUTBOX_TTL_MS, and leaves the outbox with `decision`. `wait`: check again after `ms` at the latest, or after an event. */
export type OutboxStep =
  | { readonly do: 'send'; readonly seq: number }
  | { readonly do: 'expire'; readonly seq: number; readonly decision: OutboxDecision }
  | { readonly do: 'wait'; readonly ms: number | undefined }

/**
 * The next step for a conversation, given its outbox by seq. The oldest message blocks those behind it, unless it reached the peer and waits for its receipt
 * only, the service stores it for an offline peer, or its file has been uploading for long. `serviceNow`: `now` by the service's clock, which the messages' `at` uses.
 */
export function nextStep(items: readonly OutboxItem[], now: number, serviceNow = now): OutboxStep {
  let ms: number | undefined
  const within = (time: number) => (ms = Math.min(ms ?? Infinity, time))
  for (const item of items) {
    if (item.wait === 'peer' && serviceNow - item.at >= OUTBOX_TTL_MS) return { do: 'expire', seq: item.seq, decision: givenUp(item) }
    if (item.wait === 'nothing' || (typeof item.wait === 'number' && item.wait <= now)) return { do: 'send', seq: item.seq }
    if (item.wait === 'upload') {
      if ((item.blocksUntil ?? 0) <= now) continue
      within((item.blocksUntil ?? 0) - now)
      break
    }
    if (item.wait === 'peer') within(item.at + OUTBOX_TTL_MS - serviceNow)
    else if (typeof item.wait === 'number') within(item.wait - now)
    if (item.status !== 'delivered' && !(item.stored && item.wait === 'peer')) break
  }
  return { do: 'wait', ms }
}

function givenUp({ status }: OutboxItem): OutboxDecision {
  return status === 'delivered' ? { status, keep: false, retry: 'never' } : failed({ reason: 'expired' })
}
