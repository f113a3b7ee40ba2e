/**
 * The answers a session gave of late. A client that lost its connection cannot know which of its requests were carried out:
 * after a resume it sends them again under their ids and hears what came of the first run.
 */
import type { Connection } from './connection'

const ANSWERS_MAX = 1_024
/** No client waits longer than this for an answer. */
const ANSWERS_MS = 15_000

export interface Asked {
  readonly at: number
  /** The number of the connection on which it was asked last. */
  askedOn: number
  /** That connection, while it waits for the answer. */
  connection: Connection | undefined
  /** The frame, once there is one. */
  text: string | undefined
}

export class Answers {
  private recent: Map<number, Asked> | undefined

  get size(): number {
    return this.recent?.size ?? 0
  }

  find(id: number): Asked | undefined {
    return this.recent?.get(id)
  }

  begin(id: number, connection: Connection, at: number): Asked {
    const asked: Asked = { at, askedOn: connection.number, connection, text: undefined }
    this.recent ??= new Map()
    this.recent.set(id, asked)
    if (this.recent.size > ANSWERS_MAX) {
      const [oldest] = this.recent.keys()
      if (oldest !== undefined) this.recent.delete(oldest)
    }
    return asked
  }

  /** The session cannot be resumed any more. */
  clear(): void {
    this.recent = undefined
  }

  /** Lets go of what nobody will ask for any more. */
  sweep(now: number): void {
    if (!this.recent) return
    for (const [id, { at, text }] of this.recent) {
      if (at > now - ANSWERS_MS) break
      if (text !== undefined) this.recent.delete(id)
    }
    if (this.recent.size === 0) this.recent = undefined
  }
}
