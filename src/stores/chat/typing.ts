/** Who is typing: peers tell each other while keys are pressed. Nothing of it waits, goes again or is saved. */
import { shallowRef, type ShallowRef } from 'vue'
import { clock, type Cancel } from '@/src/chat/time/clock'
import { conversationKind, conversationTarget, type ConversationId } from '@/src/chat/conversation/conversation'
import { encode } from '@/src/chat/message/envelope'
import { getOrSet } from '@/src/chat/util/get-or-set'
import { orElse } from '@/src/chat/util/or-else'
import { newId } from '@/src/platform/ids'
import { RtmError } from '@/src/rtm/errors'
import type { SendPorts } from './send/send-ports'

/** A peer is shown as typing for this long after they last said so, ms. */
const SHOWN_MS = 6_000
/** A peer hears of it at most once in this time, ms. */
const TELL_EVERY_MS = 3_000
/** This number of places of RTM's rate must be free, or nothing is sent: messages go first. */
const PLACES_FREE = 60

export interface TypingPorts extends Pick<SendPorts, 'wire' | 'ready' | 'sendToPeer' | 'isPeerOnline' | 'showsTyping'> {
  /** Takes a place in RTM's rate at once, if as many as `free` are free. */
  tryPace(free: number): boolean
}

export class Typing {
  /** Of the conversations that a view has asked about: what cancels the end of a peer's typing. Undefined: the peer does not type. */
  private readonly shown = new Map<ConversationId, ShallowRef<Cancel | undefined>>()
  /** When each peer heard of it last, ms of `clock.elapsed()`. */
  private readonly told = new Map<ConversationId, number>()

  constructor(private readonly ports: TypingPorts) {}

  /** Its value is set while the peer of this conversation is typing. */
  of(id: ConversationId): Readonly<ShallowRef<unknown>> {
    return getOrSet(this.shown, id, () => shallowRef())
  }

  /** The peer says that they are typing. */
  heard(id: ConversationId): void {
    if (this.ports.showsTyping()) this.show(id, () => clock.after(SHOWN_MS, () => this.ended(id)))
  }

  /** A message of the peer has come, or nothing more was heard of their typing. */
  ended(id: ConversationId): void {
    this.show(id, () => undefined)
  }

  /** The user has pressed a key. */
  typed(id: ConversationId): void {
    const { ports } = this
    if (conversationKind(id) !== 'peer' || ports.wire !== 'rich' || !ports.showsTyping()) return
    const peer = conversationTarget(id)
    const now = clock.elapsed()
    if (now < (this.told.get(id) ?? -Infinity) + TELL_EVERY_MS || !ports.ready(id) || !ports.isPeerOnline(peer) || !ports.tryPace(PLACES_FREE)) return
    this.told.set(id, now)
    void orElse(RtmError, () => ports.sendToPeer(peer, encode({ kind: 'typing', id: newId() }, 'rich'), false), () => undefined)
  }

  stop(): void {
    for (const id of this.shown.keys()) this.ended(id)
  }

  private show(id: ConversationId, next: () => Cancel | undefined): void {
    const shown = this.shown.get(id)
    if (!shown) return
    shown.value?.()
    shown.value = next()
  }
}
