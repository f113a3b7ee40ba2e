/** What becomes of a waiting message once its file is in the store, or cannot be. */
import { removePending, updateStatus } from '@/src/chat/conversation/order'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import type { MediaBody } from '@/src/chat/media/media-kind'
import { withoutAgain } from '@/src/chat/media/again'
import type { StoredFile } from '@/src/chat/media/stored-file'
import { UPLOAD_BLOCKS_MS } from '@/src/chat/delivery/outbox-rules'
import { unlessErased, type Message, type SendFailure } from '@/src/chat/message/message'
import { clock } from '@/src/chat/time/clock'
import { kindOf } from '@/src/kinds/registry'
import type { FileStore, Media } from '@/src/more/media/port'
import type { ConversationStore } from '@/src/stores/chat/conversations/conversation-store'
import type { Outbox } from '@/src/stores/chat/send/outbox'
import type { SendPorts } from '@/src/stores/chat/send/send-ports'
import type { UploadPorts } from './uploads'

export class UploadedFiles implements UploadPorts {
  constructor(
    private readonly ports: Pick<SendPorts, 'fileStore' | 'media'>,
    private readonly conversations: ConversationStore,
    private readonly outbox: () => Pick<Outbox<never>, 'wake' | 'remove'>,
  ) {}

  fileStore(): FileStore | undefined {
    return this.ports.fileStore?.()
  }

  media(): Promise<Media> {
    if (!this.ports.media) throw new Error('this program has no media engine')
    return this.ports.media()
  }

  /** Saves what the store says of the file. Rejects with StorageError if the message cannot be read. */
  async uploaded(id: ConversationId, seq: number, stored: StoredFile): Promise<void> {
    const message = await this.waiting(id, seq)
    if (!message) return
    const body = withoutAgain(kindOf(message.body).uploaded?.(message.body, stored) ?? message.body)
    const now = clock.now()
    // The others of its conversation may have passed it.
    const late = now - message.at > UPLOAD_BLOCKS_MS ? { wentAt: now } : {}
    await this.conversations.commit(this.conversations.getOrNew(id), [{ ...message, body, ...late }])
    const { local } = body as MediaBody
    if (local !== undefined) (await this.media()).files.sent(local)
    this.outbox().wake(id, 'uploaded', seq)
  }

  async failed(id: ConversationId, seq: number, failure: SendFailure): Promise<void> {
    const message = await this.waiting(id, seq)
    if (!message) return
    const failed: Message = { ...message, status: 'failed', failure }
    this.outbox().remove(id, seq)
    await this.conversations.commit(updateStatus(removePending(this.conversations.getOrNew(id), seq), failed), [failed])
    // Those behind it need not wait any more.
    this.outbox().wake(id, 'uploaded')
  }

  /** Undefined if the message is not to be sent any more. */
  private async waiting(id: ConversationId, seq: number): Promise<Message | undefined> {
    const [message] = await this.conversations.log.newest(id, [seq])
    return this.conversations.get(id)?.pending.includes(seq) ? unlessErased(message) : undefined
  }
}
