/** From the bytes of a message to what is done about them. Nothing that a client sends gets past here as an exception. */
import { CLOSE_CODE, PROTOCOL_VERSION, type LoginFrame } from '../src/rtm/local/frames'
import { LOGIN, NOT_LOGGED_IN, Refusal } from './codes'
import type { Client } from './client'
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
    private readonly onLoggedIn: (client: Client) => void,
  ) {}

  onMessage(client: Client, data: Buffer, isBinary: boolean): void {
    const { connection, session } = client
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
        return inBackground(this.context.log, 'a login', this.onLogin(client, parsed.frame))
      case 'another-version':
        connection.send({ t: 'err', id: parsed.id, code: LOGIN.REJECTED, why: `the gateway speaks version ${PROTOCOL_VERSION}` })
        return connection.close(CLOSE_CODE.VERSION, `version ${PROTOCOL_VERSION} is spoken`)
      case 'refused':
        if (!session && parsed.t !== 'login') return refuseEarly(connection, parsed.id)
        if (parsed.t === 'login') client.refusedAt = this.context.clock.elapsed()
        return connection.send({ t: 'err', id: parsed.id, code: parsed.code, why: parsed.why })
      case 'ack':
        if (!session) return connection.close(CLOSE_CODE.OUT_OF_ORDER, 'login comes first')
        return session.acknowledge(parsed.frame)
      case 'request':
        if (!session) return refuseEarly(connection, parsed.frame.id)
        return inBackground(this.context.log, 'a request', this.requests.handle(connection, session, parsed.frame))
    }
  }

  private async onLogin(client: Client, frame: LoginFrame): Promise<void> {
    const { connection } = client
    const refuse = (code: number, why: string) => connection.send({ t: 'err', id: frame.id, code, why })
    if (client.session || client.isLoggingIn) {
      refuse(LOGIN.ALREADY_LOGIN, 'this connection has logged in')
      return connection.close(CLOSE_CODE.OUT_OF_ORDER, 'a second login')
    }
    client.isLoggingIn = true
    try {
      await this.sessions.login(client, frame)
      if (client.session) this.onLoggedIn(client)
    } catch (error) {
      client.refusedAt = this.context.clock.elapsed()
      if (error instanceof Refusal) return refuse(error.code, error.message)
      this.context.log.error('a login failed', { uid: frame.uid, error })
      refuse(LOGIN.REJECTED, 'the gateway failed')
    } finally {
      client.isLoggingIn = false
    }
  }
}

function refuseEarly(connection: Connection, id: number): void {
  connection.send({ t: 'err', id, code: NOT_LOGGED_IN, why: 'login comes first' })
  connection.close(CLOSE_CODE.OUT_OF_ORDER, 'login comes first')
}
