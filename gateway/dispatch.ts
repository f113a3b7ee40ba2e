/** From the bytes of a WebSocket message to what is done about them. Nothing that a client sends gets past here as an exception. */
import type { RawData } from 'ws'
import { CLOSE_CODE, PROTOCOL_VERSION, type LoginFrame } from '../src/rtm/local/frames'
import { LOGIN, NOT_LOGGED_IN, Refusal } from './codes'
import type { Connection } from './connection'
import { inBackground, type Context } from './context'
import { parseFrame } from './frame'
import type { RequestHandler } from './requests'
import type { Sessions } from './sessions'

export class Dispatch {
  constructor(
    private readonly context: Context,
    private readonly sessions: Sessions,
    private readonly requests: RequestHandler,
    /** Called after each accepted login. */
    private readonly onLoggedIn: (connection: Connection) => void,
  ) {}

  onMessage(connection: Connection, data: RawData, isBinary: boolean): void {
    connection.heard()
    if (!connection.isOpen) return
    if (isBinary) return connection.close(CLOSE_CODE.BAD_FRAME, 'a binary frame')
    const parsed = parseFrame(data.toString())
    switch (parsed.kind) {
      case 'unreadable':
        return connection.close(CLOSE_CODE.BAD_FRAME, parsed.why)
      case 'ping':
        return connection.send({ t: 'pong' })
      case 'login':
        return inBackground(this.context.log, 'a login', this.onLogin(connection, parsed.frame))
      case 'another-version':
        connection.send({ t: 'err', id: parsed.id, code: LOGIN.REJECTED, why: `the gateway speaks version ${PROTOCOL_VERSION}` })
        return connection.close(CLOSE_CODE.VERSION, `version ${PROTOCOL_VERSION} is spoken`)
      case 'refused':
        if (!connection.session && parsed.t !== 'login') return refuseEarly(connection, parsed.id)
        if (parsed.t === 'login') connection.refusedAt = this.context.clock.elapsed()
        return connection.send({ t: 'err', id: parsed.id, code: parsed.code, why: parsed.why })
      case 'ack':
        if (!connection.session) return connection.close(CLOSE_CODE.OUT_OF_ORDER, 'login comes first')
        return connection.session.acknowledge(parsed.frame)
      case 'request':
        if (!connection.session) return refuseEarly(connection, parsed.frame.id)
        return inBackground(this.context.log, 'a request', this.requests.handle(connection, connection.session, parsed.frame))
    }
  }

  private async onLogin(connection: Connection, frame: LoginFrame): Promise<void> {
    const refuse = (code: number, why: string) => connection.send({ t: 'err', id: frame.id, code, why })
    if (connection.session || connection.loggingIn) {
      refuse(LOGIN.ALREADY_LOGIN, 'this connection has logged in')
      return connection.close(CLOSE_CODE.OUT_OF_ORDER, 'a second login')
    }
    connection.loggingIn = true
    try {
      await this.sessions.login(connection, frame)
      if (connection.session) this.onLoggedIn(connection)
    } catch (error) {
      connection.refusedAt = this.context.clock.elapsed()
      if (error instanceof Refusal) return refuse(error.code, error.message)
      this.context.log.error('a login failed', { uid: frame.uid, error })
      refuse(LOGIN.REJECTED, 'the gateway failed')
    } finally {
      connection.loggingIn = false
    }
  }
}

function refuseEarly(connection: Connection, id: number): void {
  connection.send({ t: 'err', id, code: NOT_LOGGED_IN, why: 'login comes first' })
  connection.close(CLOSE_CODE.OUT_OF_ORDER, 'login comes first')
}
