import type { ConversationId } from '@/src/chat/conversation/conversation'
import { isSameMessage, type Message } from '@/src/chat/message/message'
import type { ChangedPage } from './changed-pages'

/** The most messages that are remembered. Nearly all changes are repeated by the next commit. */
const MESSAGES_MAX = 1_000

/**
 * The messages that a failed commit was to amend: it may have written their pages before it failed. The commit that repeats such a change finds it
 * in the page, and would not report it.
 */
export class HalfWritten {
  /** The messages as they were before. */
  private readonly formers = new Map<string, Message>()

  /** The message as it was when a change was last reported. Undefined if nothing of it is unreported. */
  former(id: ConversationId, message: Message): Message | undefined {
    const former = this.formers.get(keyOf(id, message.seq))
    // The log may have been deleted since, and begun again.
    return former && isSameMessage(former, message) ? former : undefined
  }

  failed(pages: Iterable<ChangedPage>): void {
    for (const { id, amended } of pages) {
      for (const { message, former } of amended) {
        if (former && this.formers.size < MESSAGES_MAX) this.formers.set(keyOf(id, message.seq), former)
      }
    }
  }

  /** Their changes are reported now. */
  written(pages: Iterable<ChangedPage>): void {
    for (const { id, amended } of pages) for (const { message } of amended) this.formers.delete(keyOf(id, message.seq))
  }
}

function keyOf(id: ConversationId, seq: number): string {
  return `${id}\n${seq}`
}
