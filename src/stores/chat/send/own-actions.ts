/**
 * The user's own edits, recalls and reactions: folded into their targets and saved before they are shown, then sent by the outbox in order with
 * the messages, over restarts. Deleting a message on this device alone is here too, since nothing of it is sent.
 */
import { shallowRef, type ShallowRef } from 'vue'
import { addAction, nextPlace, removeAction, withActionFailure } from '@/src/chat/delivery/actions'
import { addPending, afterAmendment, removePending, withPreviewOf } from '@/src/chat/conversation/order'
import type { Conversation, ConversationId, PendingAction } from '@/src/chat/conversation/conversation'
import { joined, type Amended, type Stamp } from '@/src/chat/message/amended'
import { encodeAmendment, lastRevision, type AmendmentKind } from '@/src/chat/message/amendment'
import type { Wire } from '@/src/chat/message/envelope'
import { isRecalled, type Message, type MessageStatus, type SendFailure } from '@/src/chat/message/message'
import { time } from '@/src/chat/time/time'
import type { MessageBody } from '@/src/kinds/registry'
import { newId } from '@/src/platform/ids'
import type { ConversationStore } from '../conversations/conversation-store'
import { earlierMessage } from './earlier-message'
import type { Outbox, Outgoing } from './outbox'

/** For how long the words of an own recalled message can be written again, ms. */
export const RE_EDIT_MS = 5 * 60_000

/** An action in the outbox. */
export interface OutgoingAction extends Outgoing {
  readonly action: PendingAction
  /** Its envelope. */
  readonly text: string
}

/** `waiting`: it has not arrived. `away`: its peer was not there. `failed`: it could not be sent. */
export type ActionState = 'waiting' | 'away' | 'failed'

/** The actions of one conversation that have not arrived: the state of each, by the seq of its target and what it is. */
export type ActionStates = ReadonlyMap<number, { readonly [Kind in AmendmentKind]?: ActionState }>

const NO_STATES: ActionStates = new Map()

export interface ActionPorts {
  readonly uid: string
  readonly wire: Wire
  outbox(): Pick<Outbox<Message | OutgoingAction>, 'add' | 'remove' | 'takeOut' | 'resume'>
  /** A message in its newest state. Rejects with StorageError. */
  read(id: ConversationId, seq: number): Promise<Message | undefined>
}

export class OwnActions {
  /** The status of actions in the outbox, by id: it is not saved. */
  private readonly statuses = new Map<string, MessageStatus>()
  /** The actions that are in the outbox, by id. */
  private readonly queued = new Set<string>()
  private readonly states = new Map<ConversationId, ShallowRef<ActionStates>>()
  /** The words of own messages that were recalled, by message id, until `until`, ms of the service's time. They are nowhere else. */
  private readonly recalled = new Map<string, { readonly text: string; readonly until: number }>()

  constructor(
    private readonly ports: ActionPorts,
    private readonly conversations: ConversationStore,
  ) {}

  /** The states of the actions that have not arrived. */
  statesOf(id: ConversationId): Readonly<ShallowRef<ActionStates>> {
    let states = this.states.get(id)
    if (!states) {
      states = shallowRef(NO_STATES)
      this.states.set(id, states)
      this.showStates(id)
    }
    return states
  }

  /** Other words for an own text. Resolves to whether that is saved. */
  async edit(id: ConversationId, message: Message, text: string, mentions?: readonly string[]): Promise<boolean> {
    const named = mentions && mentions.length > 0 ? { mentions } : undefined
    if (this.ports.outbox().takeOut(id, message.seq)) return this.rewrite(id, message, { kind: 'text', text }, named)
    return this.act(id, message, 'edit', (stamp) => ({ edit: { ...stamp, text, ...named } }))
  }

  /** Recalls an own message. Resolves to whether that is saved. */
  async recall(id: ConversationId, message: Message): Promise<boolean> {
    const words = message.amended?.edit?.text ?? (message.body.kind === 'text' ? message.body.text : undefined)
    const isSaved = this.ports.outbox().takeOut(id, message.seq) ? await this.withdraw(id, message) : await this.act(id, message, 'recall', (stamp) => ({ recall: stamp }))
    if (isSaved && words !== undefined) this.recalled.set(message.id, { text: words, until: time.now() + RE_EDIT_MS })
    return isSaved
  }

  /** The words of an own recalled message, while they can be written again. */
  recalledText({ id }: Message): string | undefined {
    const words = this.recalled.get(id)
    if (!words || time.now() < words.until) return words?.text
    this.recalled.delete(id)
    return undefined
  }

  /** Adds an emoji to a message, or removes it. Resolves to whether that is saved. */
  react(id: ConversationId, message: Message, emoji: string, on: boolean): Promise<boolean> {
    const by = this.ports.uid
    return this.act(id, message, 'reaction', (stamp) => ({ reactions: [{ ...stamp, by, emoji, on }] }), emoji)
  }

  /** Deletes messages on this device. Resolves to whether that is saved. */
  async deleteHere(id: ConversationId, messages: readonly Message[]): Promise<boolean> {
    const seqs = new Set(messages.map(({ seq }) => seq))
    const earlier = await earlierMessage(this.conversations, id, seqs)
    const current = this.conversations.get(id)
    if (!current) return false
    const isPreviewGone = current.preview?.seq !== undefined && seqs.has(current.preview.seq)
    const conversation = isPreviewGone ? withPreviewOf(current, earlier) : current
    for (const { seq } of messages) this.ports.outbox().remove(id, seq)
    const kept = { ...conversation, pending: conversation.pending.filter((seq) => !seqs.has(seq)) }
    const isSaved = await this.conversations.commit(kept, [], [], [...seqs].map((seq) => ({ seq, amended: { deleted: true, erased: true } })))
    if (!isSaved) await this.sendStill(id, messages.filter(({ seq }) => conversation.pending.includes(seq)))
    return isSaved
  }

  /** Waiting messages could not be taken back: they go as they are. */
  private async sendStill(id: ConversationId, messages: readonly Message[]): Promise<void> {
    const conversation = this.conversations.get(id)
    if (!conversation || messages.length === 0) return
    await this.conversations.commit(messages.reduce((all, { seq }) => addPending(all, seq), conversation))
    for (const message of messages) this.ports.outbox().add(id, message, true)
  }

  /** Tries an action again that could not be sent. */
  async retry(id: ConversationId, target: number): Promise<void> {
    const conversation = this.conversations.get(id)
    for (const { id: actionId, failure, target: seq } of conversation?.actions ?? []) {
      if (seq !== target || !failure) continue
      await this.conversations.commit(withActionFailure(this.conversations.getOrNew(id), actionId, undefined))
    }
    await this.refill(id)
  }

  /** Puts the actions that are saved and have not arrived into the outbox. Rejects with StorageError. */
  async refill(id: ConversationId, maybe = true): Promise<void> {
    for (const action of this.conversations.get(id)?.actions ?? []) {
      if (action.failure || this.queued.has(action.id)) continue
      this.queued.add(action.id)
      const item = await this.itemOf(id, action)
      if (item) this.ports.outbox().add(id, item, maybe)
      else if (item === undefined) await this.gone(id, action)
    }
    this.showStates(id)
  }

  /** Amendments of this conversation are saved: own ones can be sent. Rejects with StorageError. */
  saved(id: ConversationId): Promise<void> {
    return this.refill(id, false)
  }

  /** The action at `place`, as the outbox sends it. Undefined if it need not be sent any more. Rejects with StorageError. */
  async read(id: ConversationId, place: number): Promise<OutgoingAction | undefined> {
    const action = this.conversations.get(id)?.actions?.find((each) => each.place === place)
    if (!action) return undefined
    const item = await this.itemOf(id, action)
    if (item) return item
    await this.gone(id, action)
    return undefined
  }

  /** An action has a new status, which is not saved. */
  show(id: ConversationId, { action, status }: OutgoingAction): void {
    this.statuses.set(action.id, status)
    this.showStates(id)
  }

  /** An action was sent, or could not be. `keep`: it stays in the outbox. */
  async save(id: ConversationId, item: OutgoingAction, keep: boolean): Promise<void> {
    const { action, status, failure } = item
    this.statuses.set(action.id, status)
    if (keep) return this.showStates(id)
    this.forget(action)
    const conversation = this.conversations.get(id)
    if (!conversation) return
    if (status === 'failed') await this.conversations.commit(withActionFailure(conversation, action.id, failure ?? { reason: 'refused' }))
    else await this.arrived(id, conversation, action)
    this.showStates(id)
  }

  /** None of the waiting actions can be sent. */
  async fail(id: ConversationId, failure: SendFailure = { reason: 'refused' }): Promise<void> {
    for (const action of this.conversations.get(id)?.actions ?? []) {
      if (action.failure) continue
      this.ports.outbox().remove(id, action.place)
      this.forget(action)
      await this.conversations.commit(withActionFailure(this.conversations.getOrNew(id), action.id, failure))
    }
    this.showStates(id)
  }

  /** The peer has received these envelopes. */
  async acknowledged(id: ConversationId, ids: ReadonlySet<string>): Promise<void> {
    for (const action of this.conversations.get(id)?.actions ?? []) {
      if (!ids.has(action.id) || action.failure) continue
      this.ports.outbox().remove(id, action.place)
      this.forget(action)
      const conversation = this.conversations.get(id)
      if (conversation) await this.arrived(id, conversation, action)
    }
    this.showStates(id)
  }

  /** The conversation was deleted or cleared. */
  clear(id: ConversationId): void {
    this.recalled.clear()
    this.showStates(id)
  }

  /** The action has arrived: what it recalled leaves the device. */
  private async arrived(id: ConversationId, conversation: Conversation, action: PendingAction): Promise<void> {
    const local = action.kind === 'recall' ? [{ seq: action.target, amended: { erased: true as const } }] : []
    await this.conversations.commit(removeAction(conversation, action.id), [], [], local)
  }

  /** A message that has not gone is changed before it goes: nothing else needs to be sent. */
  private async rewrite(id: ConversationId, message: Message, body: MessageBody, named: { readonly mentions: readonly string[] } | undefined): Promise<boolean> {
    const { mentions: _former, ...rest } = message
    const rewritten: Message = { ...rest, body, ...named }
    try {
      return await this.conversations.commit(afterAmendment(this.conversations.getOrNew(id), rewritten, undefined), [rewritten])
    } finally {
      this.ports.outbox().resume(id)
      this.ports.outbox().add(id, rewritten)
    }
  }

  /** A message that has not gone is recalled: it never goes. */
  private async withdraw(id: ConversationId, message: Message): Promise<boolean> {
    try {
      const conversation = removePending(this.conversations.getOrNew(id), message.seq)
      const recall = { rev: 1, at: time.now(), id: newId() }
      const local = [{ seq: message.seq, amended: { recall, erased: true as const } }]
      const isSaved = await this.conversations.commit(conversation, [], [], local)
      if (!isSaved) await this.sendStill(id, [message])
      return isSaved
    } finally {
      this.ports.outbox().resume(id)
    }
  }

  private async act(id: ConversationId, message: Message, kind: AmendmentKind, change: (stamp: Stamp) => Amended, emoji?: string): Promise<boolean> {
    const { uid } = this.ports
    const conversation = this.conversations.get(id)
    if (!conversation || isRecalled(message) || this.ports.wire === 'plain') return false
    const current = this.withoutOlder(id, conversation, message.seq, kind, emoji)
    const place = nextPlace(current)
    if (place === undefined) return false
    const stamp: Stamp = { rev: 1 + lastRevision(message.amended, kind, emoji, uid), at: time.now(), id: newId() }
    const amended = joined(message.amended, change(stamp))
    const raw = encodeAmendment(kind, stamp.id, message, amended, uid)
    if (raw === undefined) return false
    const action: PendingAction = { id: stamp.id, kind, target: message.seq, ...(emoji !== undefined && { emoji }), place, at: stamp.at }
    return this.conversations.commit(addAction(current, action), [], [{ from: uid, id: stamp.id, at: stamp.at, raw }])
  }

  /** Without an earlier action of the same kind on the same message that has certainly not gone: the new one takes its place. */
  private withoutOlder(id: ConversationId, conversation: Conversation, target: number, kind: AmendmentKind, emoji: string | undefined): Conversation {
    const older = conversation.actions?.filter((action) => action.target === target && action.kind === kind && action.emoji === emoji) ?? []
    return older.reduce((rest, action) => {
      if (!action.failure && !this.ports.outbox().takeOut(id, action.place)) return rest
      if (!action.failure) this.ports.outbox().resume(id)
      this.forget(action)
      return removeAction(rest, action.id)
    }, conversation)
  }

  /** Null if its target waits to be saved with it. */
  private async itemOf(id: ConversationId, action: PendingAction): Promise<OutgoingAction | null | undefined> {
    const target = await this.ports.read(id, action.target)
    const text = target && encodeAmendment(action.kind, action.id, target, target.amended, this.ports.uid)
    if (text === undefined) return this.conversations.isUnsaved(id) ? null : undefined
    return { seq: action.place, id: action.id, at: action.at, status: this.statuses.get(action.id) ?? 'queued', action, text }
  }

  /** The message was deleted, or a later change has taken the place of this one. */
  private async gone(id: ConversationId, action: PendingAction): Promise<void> {
    this.forget(action)
    const conversation = this.conversations.get(id)
    if (conversation) await this.conversations.commit(removeAction(conversation, action.id))
  }

  private forget({ id }: PendingAction): void {
    this.queued.delete(id)
    this.statuses.delete(id)
  }

  private showStates(id: ConversationId): void {
    const states = this.states.get(id)
    if (!states) return
    const next = new Map<number, { [Kind in AmendmentKind]?: ActionState }>()
    for (const action of this.conversations.get(id)?.actions ?? []) {
      const state = action.failure ? 'failed' : this.statuses.get(action.id) === 'sent' ? 'away' : 'waiting'
      next.set(action.target, { ...next.get(action.target), [action.kind]: state })
    }
    states.value = next
  }
}
