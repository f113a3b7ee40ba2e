/** The open threads, possibly several of one conversation, and the messages on their way to them. */
import type { Conversation, ConversationId } from '@/src/chat/conversation/conversation'
import type { Message } from '@/src/chat/message/message'
import { RenderBatcher } from './render-batcher'
import { Thread, type ReadMessages } from './thread'

export interface OpenThreadsPorts {
  /** Reads messages of a conversation. Rejects with StorageError. */
  readonly messages: ReadMessages
  /** Whether messages of the conversation are being written, and will be displayed soon. */
  isWriting(id: ConversationId): boolean
}

interface OpenThread {
  readonly thread: Thread
  readonly batcher: RenderBatcher
}

export class OpenThreads {
  private readonly threads = new Map<string, OpenThread>()
  private opened = 0

  constructor(private readonly ports: OpenThreadsPorts) {}

  /** Opens a conversation at the message `at` if given, else at its first unread message, else at its end. */
  open(conversation: Conversation, at?: number): Thread {
    const { id, length, start, unread, readTo } = conversation
    const divider = unread > 0 ? readTo : undefined
    const key = `t${++this.opened}`
    const thread = new Thread(key, id, length, at ?? divider ?? 'latest', divider, (...range) => this.ports.messages(...range), start, unread)
    const batcher = new RenderBatcher((messages) => thread.show(messages), () => thread.visible, () => this.ports.isWriting(id))
    this.threads.set(key, { thread, batcher })
    return thread
  }

  close({ key }: Thread): void {
    this.threads.get(key)?.batcher.stop()
    this.threads.delete(key)
  }

  closeAll(): void {
    for (const { batcher } of this.threads.values()) batcher.stop()
    this.threads.clear()
  }

  /** The thread whose key is `key`, while it is open. */
  get(key: string): Thread | undefined {
    return this.threads.get(key)?.thread
  }

  /** The messages of an open conversation that are in memory, in order. */
  messages(id: ConversationId): readonly Message[] {
    for (const { thread } of this.threads.values()) if (thread.conversation === id) return thread.messages()
    return []
  }

  /** Displays new and changed messages. */
  show(id: ConversationId, messages: readonly Message[]): void {
    for (const { thread, batcher } of this.threads.values()) if (thread.conversation === id) batcher.add(messages)
  }

  /** The log begins at `start` now: earlier messages are no longer displayed. */
  startAt(id: ConversationId, start: number): void {
    for (const { thread } of this.threads.values()) if (thread.conversation === id) thread.startAt(start)
  }

  /** Whether the user sees new messages of the conversation as they arrive. */
  isRead(id: ConversationId): boolean {
    for (const { thread } of this.threads.values()) if (thread.conversation === id && thread.isRead) return true
    return false
  }

  /** The message `seq`, from an open thread or else from storage. Rejects with StorageError. */
  async message(id: ConversationId, seq: number): Promise<Message | undefined> {
    for (const { thread, batcher } of this.threads.values()) {
      // Its shown state may be older than what has been saved.
      const known = thread.conversation === id ? (batcher.waitingAt(seq) ?? thread.message(seq)) : undefined
      if (known) return known
    }
    const [stored] = await this.ports.messages(id, seq, seq + 1)
    return stored
  }
}
