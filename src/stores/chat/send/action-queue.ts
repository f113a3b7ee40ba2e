/** Own actions that wait to be sent: which of them are in the outbox, and their states for the screen. */
import { shallowRef, type ShallowRef } from 'vue'
import { removeAction } from '@/src/chat/delivery/actions'
import type { ConversationId, PendingAction } from '@/src/chat/conversation/conversation'
import { encodeAmendment, type AmendmentKind } from '@/src/chat/message/amendment'
import type { Wire } from '@/src/chat/message/envelope'
import type { Message, MessageStatus } from '@/src/chat/message/message'
import { orElse } from '@/src/chat/util/or-else'
import { StorageError } from '@/src/storage/port'
import type { ConversationStore } from '../conversations/conversation-store'
import { Later } from './later'
import type { Outbox } from './outbox'
import type { Outgoing } from './outbox-ports'

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
  /** Puts the pending messages that are not in the outbox into it, as storage has them. */
  refill(id: ConversationId): Promise<void>
  /** A message has left this device, or its author's recall of it has arrived: its file goes too. */
  discard(message: Message, isRecalled: boolean): void
}

export class ActionQueue {
  /** The status of actions in the outbox, by id: it is not saved. */
  private readonly statuses = new Map<string, MessageStatus>()
  /** The actions that are in the outbox, by id. */
  private readonly queued = new Set<string>()
  /** The actions whose changes are being written, by id. */
  private readonly writing = new Set<string>()
  /** The last {@link refill} of each conversation, while it runs. */
  private readonly refilling = new Map<ConversationId, Promise<void>>()
  /** The actions may have been sent by then: the failed call may have been that of a start. */
  private readonly later = new Later((id) => this.refill(id, true))
  private readonly states = new Map<ConversationId, ShallowRef<ActionStates>>()

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

  /** Runs `write`, which saves the change of an action. The action waits until then. */
  async written(actionId: string, write: () => Promise<unknown>): Promise<void> {
    this.writing.add(actionId)
    try {
      await write()
    } finally {
      this.writing.delete(actionId)
    }
  }

  /**
   * Puts the actions that are saved and have not arrived into the outbox. `maybe`: they may have been sent before. What storage cannot read now is tried again
   * after a while.
   */
  refill(id: ConversationId, maybe: boolean): Promise<void> {
    // One after the other: an action that an earlier call found unsaved may be saved by now.
    const fill = () => orElse(StorageError, () => this.fill(id, maybe), () => this.later.schedule(id))
    const filling: Promise<void> = (this.refilling.get(id) ?? Promise.resolve()).then(fill, fill).finally(() => {
      if (this.refilling.get(id) === filling) this.refilling.delete(id)
    })
    this.refilling.set(id, filling)
    return filling
  }

  stop(): void {
    this.later.stop()
  }

  private async fill(id: ConversationId, maybe: boolean): Promise<void> {
    for (const action of this.conversations.get(id)?.actions ?? []) {
      if (action.failure || this.queued.has(action.id)) continue
      const item = await this.itemOf(id, action)
      // It may have been replaced or cleared while its target was read.
      if (!this.isWaiting(id, action)) continue
      if (item) {
        this.queued.add(action.id)
        this.ports.outbox().add(id, item, maybe)
      } else if (item === undefined) await this.gone(id, action)
    }
    this.showStates(id)
  }

  /** The action at `place`, as the outbox sends it. Undefined if it need not be sent any more. Rejects with StorageError. */
  async read(id: ConversationId, place: number): Promise<OutgoingAction | undefined> {
    const action = this.conversations.get(id)?.actions?.find((each) => each.place === place)
    if (!action) return undefined
    const item = await this.itemOf(id, action)
    if (item) return item
    if (item === undefined) await this.gone(id, action)
    else this.forget(action)
    return undefined
  }

  /** An action has a new status, which is not saved. */
  show(id: ConversationId, { action, status }: OutgoingAction): void {
    this.statuses.set(action.id, status)
    this.showStates(id)
  }

  /** An action is not in the outbox any more. */
  forget({ id }: PendingAction): void {
    this.queued.delete(id)
    this.statuses.delete(id)
  }

  showStates(id: ConversationId): void {
    const states = this.states.get(id)
    if (!states) return
    const next = new Map<number, { [Kind in AmendmentKind]?: ActionState }>()
    for (const action of this.conversations.get(id)?.actions ?? []) {
      const state = action.failure ? 'failed' : this.statuses.get(action.id) === 'sent' ? 'away' : 'waiting'
      next.set(action.target, { ...next.get(action.target), [action.kind]: state })
    }
    states.value = next
  }

  /** Null if its change is not in its target yet. Undefined if the target is gone, or a later change has taken the place of this one. */
  private async itemOf(id: ConversationId, action: PendingAction): Promise<OutgoingAction | null | undefined> {
    // In this order: a change goes from one of these to the next, and none of it is missed.
    if (this.writing.has(action.id)) return null
    const text = await this.textOf(id, action)
    if (text !== undefined) return this.item(action, text)
    if (this.writing.has(action.id) || (await this.conversations.isAmendmentWaiting(id, { from: this.ports.uid, id: action.id }))) return null
    const later = await this.textOf(id, action)
    return later === undefined ? undefined : this.item(action, later)
  }

  private async textOf(id: ConversationId, action: PendingAction): Promise<string | undefined> {
    const target = await this.ports.read(id, action.target)
    return target && encodeAmendment(action.kind, action.id, target, target.amended, this.ports.uid)
  }

  private isWaiting(id: ConversationId, action: PendingAction): boolean {
    return this.conversations.get(id)?.actions?.some((each) => each.id === action.id && !each.failure) === true
  }

  private item(action: PendingAction, text: string): OutgoingAction {
    return { seq: action.place, id: action.id, at: action.at, status: this.statuses.get(action.id) ?? 'queued', action, text }
  }

  private async gone(id: ConversationId, action: PendingAction): Promise<void> {
    this.forget(action)
    const conversation = this.conversations.get(id)
    if (conversation) await this.conversations.commit(removeAction(conversation, action.id))
  }
}
