/** The other side of one connection, and how far it has come with its login. */
import { CLOSE_CODE } from '../src/rtm/local/frames'
import type { Connection } from './connection'
import type { Session } from './session'

export class Client {
  /** Set by a login that was accepted, and kept after the session has ended. */
  session: Session | undefined
  /** Whether a login is being worked on. */
  isLoggingIn = false
  /** When a login was refused last, in ms of `Clock.elapsed`. */
  refusedAt = Number.NEGATIVE_INFINITY

  constructor(readonly connection: Connection) {}

  /** Too many have not logged in, and this one has had most time for it. */
  makeRoom(): void {
    this.connection.close(CLOSE_CODE.SILENT, 'too many connections without a login')
  }
}
