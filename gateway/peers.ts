/** Peer messages: from a session, over the bus, to the receiver's session, or into the offline queue. */
import { pause } from '../src/chat/time/clock'
import { MESSAGE_MAX_BYTES, SEND_RATE, isValidId, utf8Length } from '../src/chat/rtm-limits'
import type { RequestFrame } from '../src/rtm/local/frames'
import { PEER_MESSAGE, Refusal } from './codes'
import type { Context } from './context'
import type { Session } from './session'
import type { PeerMessage } from './store/port'
import { userSubject } from './subjects'

/** How often a message follows its receiver from one session to the next, and the time it leaves the next one to start, in ms. */
const ATTEMPTS = 3
const NEXT_SESSION_MS = 50

export class Peers {
  constructor(private readonly context: Context) {}

  async send(session: Session, { to, text, offline = false }: RequestFrame<'peer'>): Promise<{ received: boolean }> {
    if (!session.rates.take('message', SEND_RATE)) throw new Refusal(PEER_MESSAGE.TOO_OFTEN, 'more than 180 messages in 3 s')
    if (!isValidId(to)) throw new Refusal(PEER_MESSAGE.INVALID_USERID, 'not a user id')
    if (utf8Length(text) > MESSAGE_MAX_BYTES) throw new Refusal(PEER_MESSAGE.INVALID_MESSAGE, `the text is longer than ${MESSAGE_MAX_BYTES} bytes`)
    // the SDKs drop messages to oneself on the receiving side, so nobody would acknowledge it
    if (to === session.uid) return { received: false }
    return { received: await this.deliver(to, { from: session.uid, text, ts: this.context.clock.now() }, offline) }
  }

  private async deliver(to: string, message: PeerMessage, offline: boolean): Promise<boolean> {
    const { bus, store, timing, clock } = this.context
    const subject = userSubject(to)
    // the receiver's node keeps the time of the acknowledgement; the bus only notices that the node itself is gone
    const patience = 2 * timing.ackTimeoutMs
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const reply = await bus.request(subject, { kind: 'message', message, offline }, patience)
      if (!reply) break
      if (!reply.gone) return reply.received === true
      await pause(clock, NEXT_SESSION_MS)
    }
    if (offline) {
      await store.enqueue(to, message)
      // they may have logged in, and read the queue, since nobody answered
      await bus.request(subject, { kind: 'queued' }, patience)
    }
    return false
  }
}
