/** The work on the files of own messages: the part of OwnFiles that comes with the subpackage. */
import type { ShallowRef } from 'vue'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import type { MediaBody } from '@/src/chat/media/media-kind'
import type { Message } from '@/src/chat/message/message'
import type { ConversationStore } from '@/src/stores/chat/conversations/conversation-store'
import type { Outbox } from '@/src/stores/chat/send/outbox'
import type { SendPorts } from '@/src/stores/chat/send/send-ports'
import { DiscardedFiles } from './discarded-files'
import { UploadedFiles } from './uploaded-files'
import { Uploads } from './uploads'

export interface FileWorkPorts {
  readonly send: Pick<SendPorts, 'fileStore' | 'media' | 'undeletedFiles'>
  readonly conversations: ConversationStore
  outbox(): Pick<Outbox<never>, 'wake' | 'remove'>
}

export interface FileWork {
  start(id: ConversationId, message: Message): void
  stop(id: ConversationId, seq: number): void
  discard(body: MediaBody, isRecalled: boolean): Promise<void>
  wake(): void
  stopAll(): void
}

/** @param shareOf the ref of the share of a message's file that the store has */
export function createFileWork({ send, conversations, outbox }: FileWorkPorts, shareOf: (messageId: string) => ShallowRef<number | undefined>): FileWork {
  const uploads = new Uploads(new UploadedFiles(send, conversations, outbox), shareOf)
  const discarded = new DiscardedFiles(send)
  return {
    start: (id, message) => uploads.start(id, message),
    stop: (id, seq) => uploads.stop(id, seq),
    discard: (body, isRecalled) => discarded.discard(body, isRecalled),
    wake() {
      uploads.wake()
      void discarded.wake()
    },
    stopAll: () => uploads.stopAll(),
  }
}
