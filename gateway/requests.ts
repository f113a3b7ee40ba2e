/** What a logged-in client asks for: each request is carried out once, and answered by exactly one frame. */
import type { FileBearer, RequestFrame, RequestName } from '../src/rtm/local/frames'
import type { Attributes } from './attributes'
import type { Channels } from './channels'
import { BEARER, NOT_LOGGED_IN, Refusal, failureCode } from './codes'
import type { Connection } from './connection'
import type { Context } from './context'
import type { Peers } from './peers'
import type { Presence } from './presence'
import type { Session } from './session'
import type { Sessions } from './sessions'

/** What came of a request: the fields of its `ok`, and what is to happen once that is on its way. */
export interface Outcome {
  readonly answer: object
  readonly after?: () => void
}

/** Asking twice does no harm, and the answers may be long: these are carried out again after a resume. */
const QUERIES: ReadonlySet<RequestName> = new Set<RequestName>(['members', 'counts', 'online', 'subscribed', 'getUser', 'getChannel', 'bearer'])

/** The gateway's own rate: a bearer lives for a day. */
const BEARER_RATE = { count: 10, perMs: 5_000 }

export class RequestHandler {
  constructor(
    private readonly context: Context,
    private readonly parts: { sessions: Sessions; peers: Peers; channels: Channels; presence: Presence; attributes: Attributes },
  ) {}

  /** Never rejects. */
  async handle(connection: Connection, session: Session, frame: RequestFrame): Promise<void> {
    const earlier = session.answers.find(frame.id)
    if (earlier) {
      const isNewConnection = earlier.askedOn !== connection.number
      earlier.askedOn = connection.number
      if (earlier.text === undefined) earlier.connection = connection
      else connection.sendText(earlier.text)
      if (frame.t === 'join' && isNewConnection) this.parts.channels.repeatJoin(session, frame.ch, earlier.text !== undefined)
      return
    }
    const asked = QUERIES.has(frame.t) ? undefined : session.answers.begin(frame.id, connection, this.context.clock.elapsed())
    const { text, after } = await this.run(session, frame)
    const asker = asked?.connection ?? connection
    if (asked) {
      asked.text = text
      asked.connection = undefined
    }
    asker.sendText(text)
    after?.()
  }

  private async run(session: Session, frame: RequestFrame): Promise<{ text: string; after?: (() => void) | undefined }> {
    const { t, id } = frame
    try {
      const { answer, after } = await this.perform(session, frame)
      return { text: JSON.stringify({ t: 'ok', id, ...answer }), after }
    } catch (error) {
      if (error instanceof Refusal) return { text: JSON.stringify({ t: 'err', id, code: error.code, why: error.message }) }
      this.context.log.error('a request failed', { t, uid: session.uid, error })
      return { text: JSON.stringify({ t: 'err', id, code: failureCode(t), why: 'the gateway failed' }) }
    }
  }

  private async perform(session: Session, frame: RequestFrame): Promise<Outcome> {
    const { sessions, peers, channels, presence, attributes } = this.parts
    // What comes with a logout in one packet comes after it.
    if (session.state === 'ended') throw new Refusal(NOT_LOGGED_IN, 'the session is over')
    switch (frame.t) {
      case 'logout':
        return sessions.logout(session)
      case 'renew':
        return { answer: sessions.renew(session, frame) }
      case 'peer':
        return { answer: await peers.send(session, frame) }
      case 'join':
        return channels.join(session, frame)
      case 'leave':
        return { answer: await channels.leave(session, frame) }
      case 'send':
        return { answer: await channels.send(session, frame) }
      case 'members':
        return { answer: await channels.members(session, frame) }
      case 'counts':
        return { answer: await channels.counts(session, frame) }
      case 'online':
        return { answer: await presence.online(session, frame) }
      case 'subscribe':
        return presence.subscribe(session, frame)
      case 'unsubscribe':
        return { answer: presence.unsubscribe(session, frame) }
      case 'subscribed':
        return { answer: presence.subscribed(session) }
      case 'setUser':
        return { answer: await attributes.setUser(session, frame) }
      case 'getUser':
        return { answer: await attributes.getUser(session, frame) }
      case 'setChannel':
        return { answer: await attributes.setChannel(session, frame) }
      case 'getChannel':
        return { answer: await attributes.getChannel(session, frame) }
      case 'bearer':
        return { answer: this.bearer(session) }
    }
  }

  private bearer(session: Session): FileBearer {
    if (!session.rates.take('bearer', BEARER_RATE)) throw new Refusal(BEARER.TOO_OFTEN, `more than ${BEARER_RATE.count} calls in ${BEARER_RATE.perMs / 1_000} s`)
    if (!this.context.issueBearer) throw new Refusal(BEARER.FAILURE, 'this gateway has no file server')
    return this.context.issueBearer(session.uid)
  }
}
