/** The files of own messages, on their way to the store: a few at a time, tried again until the store has them or refuses them. */
import type { ShallowRef } from 'vue'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import type { StoredFile, Upload } from '@/src/chat/media/stored-file'
import type { Message, SendFailure } from '@/src/chat/message/message'
import { clock, type Cancel } from '@/src/chat/time/clock'
import { backoff } from '@/src/chat/util/backoff'
import { kindOf } from '@/src/kinds/registry'
import type { FileStore, Media, MediaError } from '@/src/more/media/port'
import { StorageError } from '@/src/storage/port'
import { isMediaError } from '@/src/stores/chat/send/media-errors'

/** Uploads that run at the same time. */
const RUNNING_MAX = 3
/** A progress is shown at most this often, ms. */
const PROGRESS_MS = 250
/** How often a store may answer what no store answers before the message fails. */
const BROKEN_TRIES_MAX = 4

/** The device's storage did not answer. */
const LATER = { failure: 'offline' } as const

export interface UploadPorts {
  /** Undefined without a login, or if the service has none. */
  fileStore(): FileStore | undefined
  /** Comes with the subpackage: resolves once there was a network. */
  media(): Promise<Media>
  /** The file of the message is in the store. Resolves when that is saved. */
  uploaded(id: ConversationId, seq: number, stored: StoredFile): Promise<void>
  /** The file of the message cannot be uploaded. */
  failed(id: ConversationId, seq: number, failure: SendFailure): Promise<void>
}

interface Item {
  readonly id: ConversationId
  readonly seq: number
  readonly messageId: string
  readonly upload: Upload
  tries: number
  /** `login`: waits for one. */
  state: 'ready' | 'running' | 'pausing' | 'login'
  cancelPause: Cancel | undefined
  stopUpload: (() => void) | undefined
}

export class Uploads {
  private items: Item[] = []
  private isStopped = false

  /** @param shareOf the ref of the share of a message's file that the store has: undefined while it is not on its way */
  constructor(
    private readonly ports: UploadPorts,
    private readonly shareOf: (messageId: string) => ShallowRef<number | undefined>,
  ) {}

  /** Uploads the file of a message. */
  start(id: ConversationId, message: Message): void {
    const upload = kindOf(message.body).upload?.(message.body)
    if (!upload || this.items.some((item) => item.id === id && item.seq === message.seq)) return
    this.items.push({ id, seq: message.seq, messageId: message.id, upload, tries: 0, state: 'ready', cancelPause: undefined, stopUpload: undefined })
    this.run()
  }

  /** The message is not to be sent any more. */
  stop(id: ConversationId, seq: number): void {
    for (const item of this.items) if (item.id === id && item.seq === seq) this.leave(item)
  }

  /** A new session, or the network is back. */
  wake(): void {
    for (const item of this.items) if (item.state === 'login' || item.state === 'pausing') this.ready(item)
    this.run()
  }

  /** What the store has stays there, for the next start. */
  stopAll(): void {
    this.isStopped = true
    for (const item of [...this.items]) this.leave(item)
  }

  private leave(item: Item): void {
    this.items = this.items.filter((other) => other !== item)
    this.shareOf(item.messageId).value = undefined
    item.cancelPause?.()
    item.stopUpload?.()
  }

  private ready(item: Item): void {
    item.cancelPause?.()
    item.state = 'ready'
  }

  private run(): void {
    let free = RUNNING_MAX - this.items.filter(({ state }) => state === 'running').length
    for (const item of this.items) {
      if (free <= 0 || this.isStopped) return
      if (item.state !== 'ready') continue
      free--
      void this.upload(item)
    }
  }

  private async upload(item: Item): Promise<void> {
    item.state = 'running'
    try {
      const media = await this.ports.media()
      const store = this.ports.fileStore()
      if (!store) {
        item.state = 'login'
        return
      }
      const stored = await media.upload(store, item.upload, { onProgress: this.progressOf(item), onStart: (stop) => (item.stopUpload = stop) })
      if (!this.isHere(item)) return
      await this.ports.uploaded(item.id, item.seq, stored)
      this.leave(item)
    } catch (error) {
      if (!isMediaError(error) && !(error instanceof StorageError)) throw error
      if (this.isHere(item)) await this.refused(item, isMediaError(error) ? error : LATER)
    } finally {
      this.run()
    }
  }

  private async refused(item: Item, { failure, retryAfterMs }: Pick<MediaError, 'failure' | 'retryAfterMs'>): Promise<void> {
    item.tries++
    if (failure === 'offline' || (failure === 'file-store' && item.tries < BROKEN_TRIES_MAX)) {
      item.state = 'pausing'
      item.cancelPause = clock.after(retryAfterMs ?? backoff(item.tries - 1, Math.random), () => {
        this.ready(item)
        this.run()
      })
      return
    }
    this.leave(item)
    await this.ports.failed(item.id, item.seq, { reason: failure })
  }

  private isHere(item: Item): boolean {
    return !this.isStopped && this.items.includes(item)
  }

  private progressOf({ messageId }: Item): (share: number) => void {
    let shownAt = -Infinity
    return (share) => {
      if (share < 1 && clock.elapsed() - shownAt < PROGRESS_MS) return
      shownAt = clock.elapsed()
      this.shareOf(messageId).value = share
    }
  }
}
