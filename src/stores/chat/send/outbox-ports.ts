/** What the outbox sends, and what it needs of others. */
import type { ConversationId } from '@/src/chat/conversation/conversation'
import type { Wire } from '@/src/chat/message/envelope'
import type { Message } from '@/src/chat/message/message'
import type { PeerMessageSendResult, RtmCapabilities } from '@/src/rtm/port'

/** A message or an action. `seq` is its place in the order of sending: an action's lies between those of two messages. */
export type Outgoing = Pick<Message, 'seq' | 'id' | 'at' | 'status' | 'failure'>

export interface OutboxPorts<Sent extends Outgoing = Message> {
  readonly wire: Wire
  readonly capabilities: RtmCapabilities
  /** Resolves when one more send is within RTM's rate. */
  pace(): Promise<void>
  /** Whether messages to this conversation can be sent now: logged in, and in the channel. */
  ready(id: ConversationId): boolean
  /** Whether a channel is being joined again, so that not being in it is temporary. */
  rejoining(id: ConversationId): boolean
  /** `keep`: the service stores it for an offline peer, if it can. */
  sendToPeer(peer: string, text: string, keep: boolean): Promise<PeerMessageSendResult>
  sendToChannel(channel: string, text: string): Promise<void>
  /** The text of the RTM message. `again`: it may have been sent before. Undefined if the wire cannot carry it. */
  text(message: Sent, again: boolean): string | undefined
  /** The message `seq` from the log. Undefined if it need not be sent any more. */
  read(id: ConversationId, seq: number): Promise<Sent | undefined>
  /** Shows a temporary status, without saving it. */
  show(id: ConversationId, message: Sent): void
  /** Saves a status, and whether the message stays in the outbox, then shows it. */
  save(id: ConversationId, message: Sent, keep: boolean): Promise<void>
  /** {@link read} found that a message need not be sent any more, and it has left the outbox. */
  gone(id: ConversationId, seq: number): Promise<void>
  /** A peer was offline: subscribes to when they are online. */
  watchPeer(peer: string): void
  /** Whether the peer is known to be online. */
  isPeerOnline(peer: string): boolean
  /** The files of messages. */
  readonly uploads?: {
    /** Whether the message has a file that must be uploaded before it can be sent. */
    needs(message: Sent): boolean
    /** Uploads it, and then wakes this outbox with `uploaded`. */
    start(id: ConversationId, message: Sent): void
    /** The message is not to be sent any more. */
    stop(id: ConversationId, seq: number): void
  }
}
