/** Incoming messages: each is checked, compared with known ones, and saved before it is shown. */
import { shallowRef, type ShallowRef } from 'vue'
import { receive } from '@/src/chat/conversation/order'
import { conversationId, conversationKind, type ConversationId, type ConversationKind } from '@/src/chat/conversation/conversation'
import { commonFieldsOf } from '@/src/chat/message/common-fields'
import { seenKey } from '@/src/chat/message/duplicates'
import { decode, type DecodedEnvelope, type MessageEnvelope, type Wire } from '@/src/chat/message/envelope'
import { mentionsUser } from '@/src/chat/message/mentions'
import type { Message } from '@/src/chat/message/message'
import { isValidId, MESSAGE_MAX_BYTES, utf8Length } from '@/src/chat/rtm-limits'
import type { MessageBody } from '@/src/kinds/registry'
import { receivedAt } from '@/src/chat/time/received-at'
import { RecentMap } from '@/src/chat/util/recent-map'
import { time } from '@/src/chat/time/time'
import { newId } from '@/src/platform/ids'
import type { ReceivedMessageProperties, RtmCapabilities, RtmMessage } from '@/src/rtm/port'
import type { Amendment } from '@/src/storage/port'
import type { ConversationStore } from '../conversations/conversation-store'
import type { OwnMessages } from '../send/own-messages'
import type { OpenThreads } from '../threads/open-threads'
import type { Typing } from '../typing'
import type { SeenLog } from './seen-log'

/** Cap on conversations: a stranger could otherwise create them without limit by changing user IDs. */
const CONVERSATIONS_MAX = 5_000
/** Cap on remembered unsaved messages. ConversationStore has fewer (see {@link ConversationStore.holdsTooMuch}). */
const REMEMBERED_MAX = 1_000

/** The body of a message that is not a text, or too large: nothing of it is kept. */
const NO_TEXT: MessageBody = { kind: 'unsupported' }

export interface InboxPorts {
  readonly uid: string
  readonly wire: Wire
  readonly capabilities: RtmCapabilities
}

export class Inbox {
  /** The conversation of the last message that arrived while the user did not look at it. A new object for each message. */
  readonly arrived: ShallowRef<{ readonly id: ConversationId } | undefined> = shallowRef()
  /** Incoming messages that could not be saved: conversation and dedupe key -> seq. */
  private readonly unsaved = new RecentMap<string, number>(REMEMBERED_MAX)

  constructor(
    private readonly ports: InboxPorts,
    private readonly conversations: ConversationStore,
    private readonly threads: OpenThreads,
    private readonly own: OwnMessages,
    private readonly seen: SeenLog,
    private readonly typing: Typing,
  ) {}

  /**
   * Saves an incoming message and shows it. Resolves to whether it was saved: after `false` the service delivers it again if it can. A copy of a message
   * changes nothing.
   */
  async receive(kind: ConversationKind, target: string, from: string, message: RtmMessage, props: ReceivedMessageProperties): Promise<boolean> {
    // RTM never echoes our own messages, so one from our own or an invalid ID is forged. Acknowledge and drop it.
    if (!isValidId(from) || from === this.ports.uid) return true
    const id = conversationId(kind, target)
    const envelope = message.text === undefined || isTooLarge(message.text) ? undefined : decode(message.text)
    const at = receivedAt(props.serverReceivedTs, time.now())
    const isApplied = envelope?.kind !== 'receipt' || kind !== 'peer' || (await this.own.acknowledged(id, envelope))
    if (kind === 'peer') this.own.peerSeen(id)
    if (kind === 'peer' && envelope?.kind === 'typing') this.typing.heard(id)
    // A channel's conversation begins with joining it: late messages of a deleted one do not bring it back.
    if (kind === 'channel' && !this.conversations.get(id)) return true
    if (envelope?.kind === 'amendment') {
      const isSaved = await this.saveAmendment(id, { from, id: envelope.id, at, raw: envelope.raw })
      if (!isSaved) return isSaved === undefined
    } else if (envelope === undefined || envelope.kind === 'message') {
      if (kind === 'peer') this.typing.ended(id)
      if (!(await this.saveMessage(id, from, envelope, at))) return false
    } else return isApplied
    if (this.wantsReceipt(kind, envelope)) this.own.receipts.add(id, envelope.id)
    return true
  }

  private async saveMessage(id: ConversationId, from: string, envelope: MessageEnvelope | undefined, at: number): Promise<boolean> {
    // Without room the message is not recorded as seen either: the service or its sender delivers it again.
    const hasRoom = this.hasRoom(id)
    if (!(typeof hasRoom === 'boolean' ? hasRoom : await hasRoom)) return false
    const wasSeen = envelope ? this.seen.testAndMark(id, from, envelope, at) : false
    if (envelope && (typeof wasSeen === 'boolean' ? wasSeen : await wasSeen)) {
      const name = unsavedName(id, from, envelope, at)
      const seq = this.unsaved.get(name)
      const isSaved = seq === undefined || (await this.conversations.isKept(id, seq))
      if (isSaved) this.unsaved.delete(name)
      return isSaved
    }
    const isRead = this.threads.isRead(id)
    const received = this.conversations.nextMessage(id, receivedMessage(from, envelope, at))
    const before = this.conversations.getOrNew(id)
    const isMentioned = conversationKind(id) === 'channel' && mentionsUser(received, this.ports.uid)
    const next = receive(before, received, isRead, this.conversations.newest, isMentioned)
    const isSaved = await this.conversations.commit(isRead ? this.own.reads.marked(before, next) : next, [received])
    if (isRead) this.own.reads.wake(id)
    if (!isRead) this.arrived.value = { id }
    if (!isSaved && envelope) this.unsaved.set(unsavedName(id, from, envelope, at), received.seq)
    return isSaved
  }

  /**
   * Saves an amendment: it is not a new message. Resolves to whether it was saved. Undefined without a conversation: an amendment does
   * not create one, since there is nothing to amend.
   */
  private async saveAmendment(id: ConversationId, amendment: Amendment): Promise<boolean | undefined> {
    // A message before it may be creating the conversation.
    await this.seen.pending(id)
    if (this.conversations.holdsTooMuch && !(await this.conversations.tryAgain())) return false
    const conversation = this.conversations.get(id)
    return conversation && this.conversations.commit(conversation, [], [amendment])
  }

  /** Backpressure: refuse new messages while too many are unsaved, or the conversation cap is reached. */
  private hasRoom(id: ConversationId): boolean | Promise<boolean> {
    const isKnown = this.conversations.get(id) !== undefined || this.conversations.size < CONVERSATIONS_MAX
    return isKnown && this.conversations.holdsTooMuch ? this.conversations.tryAgain() : isKnown
  }

  /** Copies are acknowledged too: the receipt of the first one may be lost. */
  private wantsReceipt(kind: ConversationKind, envelope: DecodedEnvelope | undefined): envelope is DecodedEnvelope & { readonly id: string } {
    const { wire, capabilities } = this.ports
    return kind === 'peer' && wire === 'rich' && capabilities.peerAcknowledgement !== 'durable' && envelope?.id !== undefined
  }
}

function receivedMessage(from: string, envelope: MessageEnvelope | undefined, at: number): Omit<Message, 'seq'> {
  const common = envelope && commonFieldsOf(envelope)
  const message = { id: envelope?.id ?? newId(), from, at, body: envelope?.body ?? NO_TEXT, ...(envelope?.id === undefined && { bare: true as const }), status: 'received' as const }
  return common ? { ...message, ...common } : message
}

function unsavedName(id: ConversationId, from: string, envelope: MessageEnvelope, at: number): string {
  return `${id} ${seenKey(from, envelope, at)}`
}

/** A UTF-16 unit is at most 3 bytes: most texts need not be counted. */
function isTooLarge(text: string): boolean {
  return text.length * 3 > MESSAGE_MAX_BYTES && utf8Length(text) > MESSAGE_MAX_BYTES
}
