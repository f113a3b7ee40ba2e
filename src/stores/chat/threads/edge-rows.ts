/**
 * The messages just outside the chunks of a window. The first and the last row of a chunk depend on them, and must not change, nor the chunk's height, when
 * neighbouring chunks enter or leave the window.
 */
import type { Message } from '@/src/chat/message/message'
import type { Chunk } from '@/src/chat/timeline/timeline'

export class EdgeRows {
  private readonly bySeq = new Map<number, Message>()

  get(seq: number): Message | undefined {
    return this.bySeq.get(seq)
  }

  add(message: Message): void {
    this.bySeq.set(message.seq, message)
  }

  /** A chunk leaves the window: its first and last message are now neighbours of others. */
  addOf({ messages }: Chunk): void {
    for (const message of [messages[0], messages[messages.length - 1]]) if (message) this.add(message)
  }

  /** The messages before `seq` are deleted. */
  dropBefore(seq: number): void {
    for (const known of [...this.bySeq.keys()]) if (known < seq) this.bySeq.delete(known)
  }
}
