import type { ConversationId } from '@/src/chat/conversation/conversation'
import { clock, type Cancel } from '@/src/chat/time/clock'

/** After this time, ms, storage is asked again. */
const READ_AGAIN_MS = 2_000

/** Conversations of which storage could not read something that is to be sent: each is tried again after a while. */
export class Later {
  private readonly waiting = new Map<ConversationId, Cancel>()
  private isStopped = false

  constructor(private readonly run: (id: ConversationId) => Promise<void>) {}

  schedule(id: ConversationId): void {
    if (this.isStopped || this.waiting.has(id)) return
    const again = () => {
      this.waiting.delete(id)
      void this.run(id)
    }
    this.waiting.set(id, clock.after(READ_AGAIN_MS, again))
  }

  stop(): void {
    this.isStopped = true
    for (const cancel of this.waiting.values()) cancel()
    this.waiting.clear()
  }
}
