/**
 * The user's own edits, recalls and reactions: folded into their targets and saved before they are shown, then sent by the outbox in order with
 * the messages, over restarts. Deleting a message on this device alone is here too, since nothing of it is sent.
 */
import type { ShallowRef } from 'vue'
import { addAction, nextPlace, removeAction, withActionFailure } from '@/src/chat/delivery/actions'
import { addPending, afterAmendment, removePending, withPreviewOf } from '@/src/chat/conversation/order'
import type { Conversation, ConversationId, PendingAction } from '@/src/chat/conversation/conversation'
import { joined, type MessageChanges, type Stamp } from '@/src/chat/message/message-changes'
import { encodeAmendment, lastRevision, type AmendmentKind } from '@/src/chat/message/amendment'
import { isRecalled, type Message, type SendFailure } from '@/src/chat/message/message'
import { time } from '@/src/chat/time/time'
import { orElse } from '@/src/chat/util/or-else'
import type { MessageBody } from '@/src/kinds/registry'
import { newId } from '@/src/platform/ids'
import { StorageError } from '@/src/storage/port'
import type { ConversationStore } from '../conversations/conversation-store'
import { ActionQueue, type ActionPorts, type ActionStates, type OutgoingAction } from './action-queue'
import { earlierMessage } from './earlier-message'

/** For how long the words of an own recalled message can be written again, ms. */
export const RE_EDIT_MS = 5 * 60_000

export class OwnActions {
  private readonly queue: ActionQueue
  /** The words of own messages that were recalled, by message id, until `until`, ms of the service's time. They are nowhere else. */
  private readonly recalled = new Map<string, { readonly text: string; readonly until: number }>()

  constructor(
    private readonly ports: ActionPorts,
    private readonly conversations: ConversationStore,
  ) {
    this.queue = new ActionQueue(ports, conversations)
  }

  /** Other words for an own text. Resolves to whether they are taken. If storage fails they are, and go once it works again. */
  async edit(id: ConversationId, message: Message, text: string, mentions?: readonly string[]): Promise<boolean> {
    const named = mentions && mentions.length > 0 ? { mentions } : undefined
    // An edit that is on its way to a message would come after the change of its words.
    if (!message.amended?.edit && this.ports.outbox().takeOut(id, message.seq)) return this.rewrite(id, message, { kind: 'text', text }, named)
    return this.act(id, message, 'edit', (stamp) => ({ edit: { ...stamp, text, ...named } }))
  }

  /** Recalls an own message. Resolves to whether that is taken, see {@link edit}. */
  async recall(id: ConversationId, message: Message): Promise<boolean> {
    const words = message.amended?.edit?.text ?? (message.body.kind === 'text' ? message.body.text : undefined)
    const isTaken = this.ports.outbox().takeOut(id, message.seq) ? await this.withdraw(id, message) : await this.act(id, message, 'recall', (stamp) => ({ recall: stamp }))
    if (isTaken && words !== undefined) this.recalled.set(message.id, { text: words, until: time.now() + RE_EDIT_MS })
    return isTaken
  }

  /** The words of an own recalled message, while they can be written again. */
  recalledText({ id }: Message): string | undefined {
    const words = this.recalled.get(id)
    if (!words || time.now() < words.until) return words?.text
    this.recalled.delete(id)
    return undefined
  }

  /** Adds an emoji to a message, or removes it. Resolves to whether that is taken, see {@link edit}. */
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
    const isSaved = await this.takeBack(kept, messages, { deleted: true, erased: true })
    if (!isSaved) await this.sendStill(id, messages.filter(({ seq }) => conversation.pending.includes(seq)))
    else for (const message of messages) this.ports.discard(message, false)
    return isSaved
  }

  /** Erases messages. `kept`: their conversation without them in its list of pending ones. Resolves to whether that is saved. */
  private async takeBack(kept: Conversation, messages: readonly Message[], changes: MessageChanges & { readonly erased: true }): Promise<boolean> {
    const local = messages.map(({ seq }) => ({ seq, changes }))
    if (await this.conversations.commit(kept, [], [], local)) return true
    // Storage may have written the messages, and failed after that.
    const erased = await orElse(StorageError, () => this.erasedOf(kept.id, messages), () => [])
    const current = this.conversations.get(kept.id)
    if (erased.length < messages.length || !current) return false
    // Again, so that they are shown so. Whether this is saved or not: nothing of them is left.
    await this.conversations.commit(current, erased, [], local)
    return true
  }

  private async erasedOf(id: ConversationId, messages: readonly Message[]): Promise<Message[]> {
    const read = await Promise.all(messages.map(({ seq }) => this.ports.read(id, seq)))
    return read.filter((message) => message?.amended?.erased) as Message[]
  }

  /** Waiting messages could not be taken back: they go as they are, except those that storage has erased in spite of its error. */
  private async sendStill(id: ConversationId, messages: readonly Message[]): Promise<void> {
    const conversation = this.conversations.get(id)
    if (!conversation || messages.length === 0) return
    await this.conversations.commit(messages.reduce((all, { seq }) => addPending(all, seq), conversation))
    await this.ports.refill(id)
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

  /** The states of the actions that have not arrived. */
  statesOf(id: ConversationId): Readonly<ShallowRef<ActionStates>> {
    return this.queue.statesOf(id)
  }

  /** Puts the actions that are saved and have not arrived into the outbox. */
  refill(id: ConversationId, maybe = true): Promise<void> {
    return this.queue.refill(id, maybe)
  }

  /** Amendments of this conversation are saved: own ones can be sent. */
  saved(id: ConversationId): Promise<void> {
    return this.refill(id, false)
  }

  /** The action at `place`, as the outbox sends it. Undefined if it need not be sent any more. Rejects with StorageError. */
  read(id: ConversationId, place: number): Promise<OutgoingAction | undefined> {
    return this.queue.read(id, place)
  }

  /** An action has a new status, which is not saved. */
  show(id: ConversationId, item: OutgoingAction): void {
    this.queue.show(id, item)
  }

  /** An action was sent, or could not be. `keep`: it stays in the outbox. */
  async save(id: ConversationId, item: OutgoingAction, keep: boolean): Promise<void> {
    const { action, status, failure } = item
    if (keep) return this.queue.show(id, item)
    this.queue.forget(action)
    const conversation = this.conversations.get(id)
    if (!conversation) return
    if (status === 'failed') await this.conversations.commit(withActionFailure(conversation, action.id, failure ?? { reason: 'refused' }))
    else await this.arrived(id, action)
    this.queue.showStates(id)
  }

  /** None of the waiting actions can be sent. */
  async fail(id: ConversationId, failure: SendFailure = { reason: 'refused' }): Promise<void> {
    for (const action of this.conversations.get(id)?.actions ?? []) {
      if (action.failure) continue
      this.ports.outbox().remove(id, action.place)
      this.queue.forget(action)
      await this.conversations.commit(withActionFailure(this.conversations.getOrNew(id), action.id, failure))
    }
    this.queue.showStates(id)
  }

  /** The peer has received these envelopes. */
  async acknowledged(id: ConversationId, ids: ReadonlySet<string>): Promise<void> {
    for (const action of this.conversations.get(id)?.actions ?? []) {
      if (!ids.has(action.id) || action.failure) continue
      this.ports.outbox().remove(id, action.place)
      this.queue.forget(action)
      await this.arrived(id, action)
    }
    this.queue.showStates(id)
  }

  stop(): void {
    this.queue.stop()
  }

  /** The conversation was deleted or cleared. */
  clear(id: ConversationId): void {
    this.recalled.clear()
    this.queue.showStates(id)
  }

  /** The action has arrived: what it recalled leaves the device, and need not be sent any more. */
  private async arrived(id: ConversationId, action: PendingAction): Promise<void> {
    const isRecall = action.kind === 'recall'
    const recalled = isRecall ? await orElse(StorageError, () => this.ports.read(id, action.target), () => undefined) : undefined
    const conversation = this.conversations.get(id)
    // The conversation was deleted, and perhaps created again: its target is another message now.
    if (!conversation?.actions?.some((each) => each.id === action.id)) return
    const sent = removeAction(conversation, action.id)
    if (!isRecall) return void (await this.conversations.commit(sent))
    this.ports.outbox().remove(id, action.target)
    await this.conversations.commit(removePending(sent, action.target), [], [], [{ seq: action.target, changes: { erased: true as const } }])
    if (recalled) this.ports.discard(recalled, true)
  }

  /** A message that has not gone is changed before it goes: nothing else needs to be sent. */
  private async rewrite(id: ConversationId, message: Message, body: MessageBody, named: { readonly mentions: readonly string[] } | undefined): Promise<boolean> {
    const { mentions: _former, ...rest } = message
    const rewritten: Message = { ...rest, body, ...named }
    try {
      await this.conversations.commit(afterAmendment(this.conversations.getOrNew(id), rewritten, undefined), [rewritten])
      return true
    } finally {
      this.ports.outbox().add(id, rewritten)
      this.ports.outbox().resume(id)
    }
  }

  /** A message that has not gone is recalled: it never goes. */
  private async withdraw(id: ConversationId, message: Message): Promise<boolean> {
    try {
      const conversation = removePending(this.conversations.getOrNew(id), message.seq)
      const recall = { rev: 1, at: time.now(), id: newId() }
      const isSaved = await this.takeBack(conversation, [message], { recall, erased: true })
      if (isSaved) this.ports.discard(message, false)
      else await this.sendStill(id, [message])
      return isSaved
    } finally {
      this.ports.outbox().resume(id)
    }
  }

  private async act(id: ConversationId, message: Message, kind: AmendmentKind, change: (stamp: Stamp) => MessageChanges, emoji?: string): Promise<boolean> {
    const { uid } = this.ports
    const conversation = this.conversations.get(id)
    if (!conversation || isRecalled(message) || this.ports.wire === 'plain') return false
    const stamp: Stamp = { rev: 1 + lastRevision(message.amended, kind, emoji, uid), at: time.now(), id: newId() }
    const amended = joined(message.amended, change(stamp))
    const raw = encodeAmendment(kind, stamp.id, message, amended, uid)
    if (raw === undefined) return false
    const current = this.withoutOlder(id, conversation, message.seq, kind, emoji)
    const place = nextPlace(current)
    if (place === undefined) return false
    const action: PendingAction = { id: stamp.id, kind, target: message.seq, ...(emoji !== undefined && { emoji }), place, at: stamp.at }
    const amendment = { from: uid, id: stamp.id, at: stamp.at, raw }
    await this.queue.written(stamp.id, () => this.conversations.commit(addAction(current, action), [], [amendment]))
    await this.refill(id, false)
    // Saved or not, it is kept, unless the conversation is gone.
    return this.conversations.get(id) !== undefined
  }

  /** Without an earlier action of the same kind on the same message that has certainly not gone: the new one takes its place. */
  private withoutOlder(id: ConversationId, conversation: Conversation, target: number, kind: AmendmentKind, emoji: string | undefined): Conversation {
    const older = conversation.actions?.filter((action) => action.target === target && action.kind === kind && action.emoji === emoji) ?? []
    return older.reduce((rest, action) => {
      if (!action.failure && !this.ports.outbox().takeOut(id, action.place)) return rest
      if (!action.failure) this.ports.outbox().resume(id)
      this.queue.forget(action)
      return removeAction(rest, action.id)
    }, conversation)
  }
}
