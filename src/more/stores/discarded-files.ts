/** The files of own messages that were recalled or deleted: they leave this device and, after a recall, the store. */
import { AGAIN } from '@/src/chat/media/again'
import type { MediaBody } from '@/src/chat/media/media-kind'
import { orMediaError } from '@/src/stores/chat/send/media-errors'
import type { SendPorts } from '@/src/stores/chat/send/send-ports'

/** Addresses that wait. Of more, the oldest are forgotten: the store deletes an unused file after some months. */
const WAITING_MAX = 500
const ADDRESS = /^\/f\/[\w-]{22}$/

export class DiscardedFiles {
  /** Addresses that could not be deleted yet, also those of earlier starts. */
  private readonly urls: Set<string>
  private isDeleting = false

  constructor(private readonly ports: Pick<SendPorts, 'media' | 'fileStore' | 'undeletedFiles'>) {
    this.urls = new Set(addressesIn(ports.undeletedFiles?.read()))
  }

  /** The message has left this device. `isRecalled`: its address on the store goes too. */
  async discard({ local, url }: MediaBody, isRecalled: boolean): Promise<void> {
    if (isRecalled && ADDRESS.test(url)) {
      this.urls.add(url)
      for (const oldest of this.urls) if (this.urls.size > WAITING_MAX) this.urls.delete(oldest)
      this.save()
    }
    if (local !== undefined && !local.startsWith(AGAIN)) {
      const media = await this.ports.media?.()
      await orMediaError(async () => media?.files.remove(local))
    }
    await this.wake()
  }

  /** A new session: addresses that are left are tried again. */
  async wake(): Promise<void> {
    if (this.urls.size === 0 || this.isDeleting) return
    this.isDeleting = true
    try {
      await this.deleteAll()
    } finally {
      this.isDeleting = false
    }
  }

  private async deleteAll(): Promise<void> {
    const media = await this.ports.media?.()
    const server = this.ports.fileStore?.()
    // A store of the team's own has other addresses.
    if (!media || !server || typeof server === 'function') return
    // One that is added while this runs comes at the end of the set.
    for (const url of this.urls) {
      const error = await orMediaError(() => media.remove(server, url))
      // The store does not know it, or it is another user's.
      if (error && error.failure !== 'file-lost') continue
      this.urls.delete(url)
      this.save()
    }
  }

  private save(): void {
    this.ports.undeletedFiles?.write([...this.urls])
  }
}

/** What the device has kept is not trusted. */
function addressesIn(kept: unknown): string[] {
  return Array.isArray(kept) ? kept.filter((url): url is string => typeof url === 'string' && ADDRESS.test(url)).slice(-WAITING_MAX) : []
}
