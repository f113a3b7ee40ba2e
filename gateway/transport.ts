/** What carries the messages of one connection: a WebSocket, or a pipe within the process. */

export interface TransportHandlers {
  /** Bytes have come in; called before the messages that they complete. Returns whether it needs to hear of later ones. */
  onBytes(count: number): boolean
  onMessage(data: Buffer, isBinary: boolean): void
  /** A ping, or the answer to one. */
  onSign(): void
  /** A broken frame or a reset: the transport closes by itself. */
  onError(error: Error): void
  /** Called once, last, whichever side ended it. */
  onClose(): void
}

export interface Transport {
  /** False as soon as one side closes. */
  readonly isOpen: boolean
  /** Bytes that were sent and have not left this process. */
  readonly bufferedBytes: number
  /** Called once, before anything else. */
  listen(handlers: TransportHandlers): void
  /** Calls `onSent` when the text is not buffered any more; maybe never, once the transport closes. */
  send(text: string, onSent: () => void): void
  /** The other side answers by itself, unless it does not read. */
  ping(): void
  /** Says why, then closes. A peer that does not answer in time is dropped. */
  close(code: number, reason: string): void
  /** Closes without a word, as a lost network does: the other side sees 1006. */
  terminate(): void
  /** Stops reading, and resumes. Calls in between may follow for what was read already. */
  pause(): void
  resume(): void
}
