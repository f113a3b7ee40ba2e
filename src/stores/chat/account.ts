/** A user who is logged in on this device: the parts that own their conversations, and their shared state. */
import type { HistoryLimits } from '@/src/chat/conversation/history-limits'
import { afterAmendment, createConversation, markJoined, markLeft, setMuted, setPinned } from '@/src/chat/conversation/order'
import { conversationId, conversationKind, conversationTarget, type Conversation, type ConversationId, type ConversationKind } from '@/src/chat/conversation/conversation'
import type { Message, MessageRef } from '@/src/chat/message/message'
import type { Cancel } from '@/src/chat/time/clock'
import { once } from '@/src/chat/util/once'
import { orElse } from '@/src/chat/util/or-else'
import { time } from '@/src/chat/time/time'
import { StorageError, type AmendedMessage, type History, type StorageUsage } from '@/src/storage/port'
import { ConversationStore } from './conversations/conversation-store'
import { ReadMarks } from './conversations/read-marks'
import { People } from './people'
import { Inbox } from './receive/inbox'
import { Membership } from './receive/membership'
import { SeenLog } from './receive/seen-log'
import { ComposerStates } from './send/composing'
import { OwnMessages } from './send/own-messages'
import type { SendPorts } from './send/send-ports'
import { OpenThreads } from './threads/open-threads'
import { RecalledQuotes } from './threads/recalled-quotes'
import { Selections } from './threads/selections'
import type { Thread } from './threads/thread'
import { Typing } from './typing'

export interface AccountPorts extends SendPorts {
  readonly history: History
  readonly limits?: HistoryLimits
}

export class Account {
  readonly uid: string
  /** The list: each conversation's state, saved and shown. */
  readonly conversations: ConversationStore
  /** The user's own messages and their sending. */
  readonly own: OwnMessages
  /** The states of the composers. */
  readonly composers = new ComposerStates()
  /** The recalled messages that open threads quote. */
  readonly recalledQuotes: RecalledQuotes
  /** The messages that are selected in threads. */
  readonly selections = new Selections()
  /** Messages of other users. */
  readonly inbox: Inbox
  /** Joins and leaves of the channels' members. */
  readonly membership: Membership
  /** The read position of each conversation. */
  readonly readMarks: ReadMarks
  /** The open threads. */
  readonly threads: OpenThreads
  /** Which peers are typing. */
  readonly typing: Typing
  private readonly seen: SeenLog

  private stopIndexing: Cancel = () => undefined
  private isClosed = false

  constructor(private readonly ports: AccountPorts) {
    this.uid = ports.uid
    this.conversations = new ConversationStore(
      ports.history,
      (id, messages) => this.threads.show(id, messages),
      ports.limits,
      (id, start) => this.threads.startAt(id, start),
      new People(ports.uid),
    )
    this.conversations.people.setOwn(ports.profile?.())
    this.threads = new OpenThreads({
      messages: (...range) => this.conversations.messages(...range),
      isWriting: (id) => this.conversations.isWriting(id),
    })
    this.recalledQuotes = new RecalledQuotes(this.conversations.log)
    this.own = new OwnMessages(ports, this.conversations, this.threads)
    this.seen = new SeenLog(this.conversations)
    const { wire, ready, sendToPeer, isPeerOnline, showsTyping } = ports
    this.typing = new Typing({ wire, ready, sendToPeer, isPeerOnline, showsTyping, tryPace: (free) => this.own.tryPace(free) })
    this.inbox = new Inbox(ports, this.conversations, this.threads, this.own, this.seen, this.typing)
    this.membership = new Membership(ports.uid, this.conversations, this.threads)
    this.readMarks = new ReadMarks(this.conversations, this.own)
    ports.history.onAmended = (id, amended) => this.showAmended(id, amended)
  }

  /** Shows the latest conversations before the others are loaded. */
  open(): void {
    this.conversations.open()
  }

  /** Loads all conversations and fills the outbox. Call it before the first message is received or written. Rejects with StorageError. */
  readonly load = once(async (): Promise<void> => {
    await this.conversations.load()
    for (const conversation of this.conversations.all()) await this.own.refill(conversation)
    // The list is on the screen by now.
    if (!this.isClosed) this.stopIndexing = this.ports.history.indexOldPages()
  })

  /** The conversation with a peer or in a channel. Creates it if there is none. */
  async start(kind: ConversationKind, target: string): Promise<ConversationId> {
    await this.load()
    const id = conversationId(kind, target)
    const conversation = this.conversations.get(id)
    if (!conversation) await this.conversations.commit(createConversation(id, Math.max(time.now(), this.conversations.newest + 1)))
    else if (conversation.left) await this.conversations.commit(markJoined(conversation))
    return id
  }

  /** `left`: the user does not want to be in the channel. */
  setLeft(id: ConversationId, left: boolean): Promise<void> {
    return this.change(id, left ? markLeft : markJoined)
  }

  setPinned(id: ConversationId, pinned: boolean): Promise<void> {
    return this.change(id, (conversation) => setPinned(conversation, pinned))
  }

  setMuted(id: ConversationId, muted: boolean): Promise<void> {
    return this.change(id, (conversation) => setMuted(conversation, muted))
  }

  /** Deletes a conversation with all its messages. Resolves to false if storage fails, and then nothing has changed. */
  async remove(id: ConversationId): Promise<boolean> {
    const remove = async () => {
      await this.conversations.remove(id)
      return true
    }
    const isRemoved = await orElse(StorageError, remove, () => false)
    if (isRemoved) {
      this.own.clear(id)
      this.seen.forget(id)
    }
    return isRemoved
  }

  /** The message `seq` as it is now. Undefined if it is gone, or storage does not answer. */
  message(id: ConversationId, seq: number): Promise<Message | undefined> {
    return this.messagesAt(id, [seq]).then((found) => found?.[0])
  }

  /** The message that `ref` names, as it is now. Undefined if it is not there, or storage does not answer. */
  async find(id: ConversationId, ref: MessageRef): Promise<Message | undefined> {
    const seq = await this.conversations.log.seqOf(id, ref)
    return seq === undefined ? undefined : this.message(id, seq)
  }

  /** The newest `count` messages of a conversation, the newest first. None if storage does not answer. */
  newest(id: ConversationId, count: number): Promise<readonly Message[]> {
    const { start, length } = this.conversations.getOrNew(id)
    return orElse(StorageError, async () => (await this.conversations.messages(id, Math.max(start, length - count), length)).reverse(), () => [])
  }

  /** The messages with these seqs as they are now. Undefined if storage cannot be read. */
  messagesAt(id: ConversationId, seqs: readonly number[]): Promise<readonly Message[] | undefined> {
    return orElse(StorageError, () => this.conversations.log.newest(id, seqs), () => undefined)
  }

  /** The size of the messages on the device. Undefined while storage does not answer. */
  usage(): Promise<StorageUsage | undefined> {
    return orElse(StorageError, () => this.conversations.usage(), () => undefined)
  }

  /** Deletes the messages of conversations, waiting ones included. Resolves to false if storage fails. */
  async clear(ids: readonly ConversationId[]): Promise<boolean> {
    const isCleared = await this.conversations.clear(ids)
    if (isCleared) for (const id of ids) this.own.clear(id)
    return isCleared
  }

  /** Opens a conversation at the message `at` if given, else at its first unread message, else at its end. */
  openThread(id: ConversationId, at?: number): Thread {
    return this.threads.open(this.conversations.getOrNew(id), at)
  }

  closeThread(thread: Thread): void {
    void this.readMarks.save(thread.conversation)
    this.threads.close(thread)
    this.selections.end(thread.conversation)
    this.recalledQuotes.forget(thread.conversation)
  }

  /** Channels that the user wants to be in, newest first. */
  wantedChannels(): string[] {
    return [...this.conversations.all()]
      .filter((conversation) => conversationKind(conversation.id) === 'channel' && !conversation.left)
      .sort((a, b) => b.at - a.at)
      .map((conversation) => conversationTarget(conversation.id))
  }

  /** Stops sending. Resolves when pending writes have ended. */
  async close(): Promise<void> {
    this.isClosed = true
    this.stopIndexing()
    this.threads.closeAll()
    this.typing.stop()
    await Promise.all([this.own.stop(), this.readMarks.saveAll()])
    await this.conversations.close()
  }

  /** Messages were edited, recalled, deleted or reacted to, and that is saved. */
  private showAmended(id: ConversationId, amended: readonly AmendedMessage[]): void {
    const messages = amended.map(({ message }) => message)
    this.threads.show(id, messages)
    this.recalledQuotes.changed(id, messages)
    this.composers.changed(id, messages)
    if (this.conversations.get(id)?.actions) void this.own.actions.saved(id)
    void this.change(id, (conversation) => amended.reduce((all, { message, former }) => afterAmendment(all, message, former, this.uid), conversation))
  }

  private async change(id: ConversationId, changed: (conversation: Conversation) => Conversation): Promise<void> {
    const conversation = this.conversations.get(id)
    if (!conversation) return
    const next = changed(conversation)
    if (next !== conversation) await this.conversations.commit(next)
  }
}
