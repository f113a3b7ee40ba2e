/** The files of own messages: their uploads, and their end with a recall. The code for it comes with the subpackage, once a message has a file. */
import { shallowRef, type ShallowRef } from 'vue'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import type { MediaBody } from '@/src/chat/media/media-kind'
import type { Message } from '@/src/chat/message/message'
import { getOrSet } from '@/src/chat/util/get-or-set'
import { loadPart } from '@/src/chat/util/load-part'
import { once } from '@/src/chat/util/once'
import { kindOf } from '@/src/kinds/registry'
import type { FileWork, FileWorkPorts } from '@/src/more/stores/file-work'

/** Whether a message has a file that must be uploaded before it can be sent. */
export function needsUpload({ body }: Message): boolean {
  return kindOf(body).upload?.(body) !== undefined
}

export class OwnFiles {
  private readonly shares = new Map<string, ShallowRef<number | undefined>>()
  private work: FileWork | undefined
  /** The messages whose uploads were to start before the code was there. */
  private waiting: { readonly id: ConversationId; readonly message: Message }[] = []
  private isStopped = false
  /** Resolves once the code is there. */
  readonly load = once(async () => {
    const { createFileWork } = await loadPart(() => import('@/src/more/stores/file-work'))
    this.work = createFileWork(this.ports, (messageId) => this.shareOf(messageId))
    if (this.isStopped) this.work.stopAll()
    for (const { id, message } of this.waiting) this.work.start(id, message)
    this.waiting = []
    return this.work
  })

  constructor(private readonly ports: FileWorkPorts) {}

  /** Uploads the file of a message, and wakes the outbox then. */
  start(id: ConversationId, message: Message): void {
    this.shareOf(message.id).value = 0
    if (this.work) return this.work.start(id, message)
    this.waiting.push({ id, message })
    void this.load()
  }

  /** The message is not to be sent any more. */
  stop(id: ConversationId, seq: number): void {
    this.waiting = this.waiting.filter((other) => other.id !== id || other.message.seq !== seq)
    this.work?.stop(id, seq)
  }

  /** A message has left this device, or its author's recall of it has arrived (`isRecalled`): its file goes too. */
  discard({ body }: Message, isRecalled: boolean): void {
    if ((body as Partial<MediaBody>).url === undefined) return
    void this.load().then((work) => work.discard(body as MediaBody, isRecalled))
  }

  /** A new session. */
  wake(): void {
    if (this.work) return this.work.wake()
    // Left by an earlier start.
    const left = this.ports.send.undeletedFiles?.read()
    if (Array.isArray(left) && left.length > 0) void this.load().then((work) => work.wake())
  }

  /** The share of a message's file that the store has, from 0 to 1. Undefined while it is not on its way. */
  share(messageId: string): Readonly<ShallowRef<number | undefined>> {
    return this.shareOf(messageId)
  }

  /** What the store has stays there, for the next start. */
  stopAll(): void {
    this.isStopped = true
    this.work?.stopAll()
  }

  private shareOf(messageId: string): ShallowRef<number | undefined> {
    return getOrSet(this.shares, messageId, () => shallowRef())
  }
}
