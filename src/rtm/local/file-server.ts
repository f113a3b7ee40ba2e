/** The file server of the local gateway: on the gateway's port, with bearers from the session. */
import { NoBearer } from '@/src/chat/media/no-bearer'
import { time } from '@/src/chat/time/time'
import { orElse } from '@/src/chat/util/or-else'
import { RtmError } from '../errors'
import { httpOrigin } from '../http-origin'
import type { FileServer } from '../port'
import type { FileBearer } from './frames'

/** A bearer that expires sooner is replaced, ms: an upload takes a while. */
const LEFT_MIN_MS = 5 * 60_000

export class LocalFileServer implements FileServer {
  readonly base: string
  private current: FileBearer | undefined
  private asking: Promise<FileBearer> | undefined

  /**
   * @param gateway the address of its WebSocket endpoint
   * @param ask asks the gateway for a bearer
   */
  constructor(
    gateway: string,
    private readonly ask: () => Promise<FileBearer>,
  ) {
    this.base = httpOrigin(gateway)
  }

  /** Whether the gateway of the last login has a file server. */
  get isThere(): boolean {
    return this.current !== undefined
  }

  /** The bearer that came with a login, if any. */
  take(files: FileBearer | undefined): void {
    this.current = files
  }

  async bearer(refused?: string): Promise<string> {
    if (!this.current || this.current.bearer === refused || this.current.until - time.now() < LEFT_MIN_MS) {
      this.asking ??= orElse(RtmError, this.ask, noBearer).finally(() => (this.asking = undefined))
      this.current = await this.asking
    }
    return this.current.bearer
  }
}

function noBearer({ message }: RtmError): never {
  throw new NoBearer(message)
}
