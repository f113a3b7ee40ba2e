/** The files of own messages that were recalled or deleted: they leave this device and, after a recall, the store. */
import { AGAIN } from '@/src/chat/media/again'
import type { MediaBody } from '@/src/chat/media/media-kind'
import { orMediaError } from '@/src/stores/chat/send/media-errors'
import type { SendPorts } from '@/src/stores/chat/send/send-ports'

export class DiscardedFiles {
  /** Addresses that could not be deleted yet. A restart forgets them: the store deletes an unused file after some months. */
  private urls: string[] = []

  constructor(private readonly ports: Pick<SendPorts, 'media' | 'fileServer'>) {}

  /** The message has left this device. `isRecalled`: its address on the store goes too. */
  async discard({ local, url }: MediaBody, isRecalled: boolean): Promise<void> {
    if (isRecalled && url.startsWith('/')) this.urls.push(url)
    if (local !== undefined && !local.startsWith(AGAIN)) {
      const media = await this.ports.media?.()
      await orMediaError(async () => media?.files.remove(local))
    }
    await this.wake()
  }

  /** A new session: addresses that are left are tried again. */
  async wake(): Promise<void> {
    if (this.urls.length === 0) return
    const media = await this.ports.media?.()
    const server = this.ports.fileServer?.()
    if (!media || !server) return
    const urls = this.urls
    this.urls = []
    for (const url of urls) {
      if (await orMediaError(() => media.remove(server, url))) this.urls.push(url)
    }
  }
}
