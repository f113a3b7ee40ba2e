/** Who is online: asked for, or told when it changes. */
import { PEER_STATUS_RATE, QUERY_PEERS_MAX, SUBSCRIBED_PEERS_MAX, isValidId } from '../src/chat/rtm-limits'
import type { Pair, RequestFrame } from '../src/rtm/local/frames'
import { QUERY_ONLINE, QUERY_SUBSCRIBED, Refusal, SUBSCRIPTION } from './codes'
import { inBackground, type Context } from './context'
import { subscriptionBytes } from './holdings'
import type { Outcome } from './requests'
import type { Session } from './session'
import { presenceSubject, userSubject, type PeerState } from './subjects'

/** A user whom sessions of this node watch. */
interface Watched {
  readonly watchers: Set<Session>
  /** The last state that was told. */
  state: PeerState | undefined
  /** How often the state has changed. */
  changes: number
  readonly stopListening: () => void
}

export class Presence {
  private readonly watched = new Map<string, Watched>()

  constructor(private readonly context: Context) {}

  /** Tells those who watch this session's user. */
  announce(session: Session): void {
    this.context.bus.publish(presenceSubject(session.uid), session.peerState)
  }

  async online(session: Session, { uids }: RequestFrame<'online'>): Promise<{ online: Pair<boolean>[] }> {
    if (!session.rates.take('online', PEER_STATUS_RATE)) throw new Refusal(QUERY_ONLINE.TOO_OFTEN, 'more than 10 calls in 5 s')
    if (uids.length === 0 || uids.length > QUERY_PEERS_MAX || !uids.every(isValidId)) {
      throw new Refusal(QUERY_ONLINE.INVALID_ARGUMENT, `not a list of 1 to ${QUERY_PEERS_MAX} user ids`)
    }
    const states = await this.states(new Set(uids))
    return { online: states.map(([uid, state]) => [uid, state !== 'OFFLINE']) }
  }

  subscribe(session: Session, { uids }: RequestFrame<'subscribe'>): Outcome {
    if (!session.rates.take('subscribe', PEER_STATUS_RATE)) throw new Refusal(SUBSCRIPTION.TOO_OFTEN, 'more than 10 calls in 5 s')
    if (uids.length === 0 || !uids.every(isValidId)) throw new Refusal(SUBSCRIPTION.INVALID_ARGUMENT, 'not a list of user ids')
    const all = new Set([...session.subscriptions, ...uids])
    if (all.size > SUBSCRIBED_PEERS_MAX) throw new Refusal(SUBSCRIPTION.OVERFLOW, `more than ${SUBSCRIBED_PEERS_MAX} peers`)
    let bytes = 0
    for (const uid of all) if (!session.subscriptions.has(uid)) bytes += subscriptionBytes(uid)
    if (!session.holding.hasRoomForSubscriptions(bytes)) throw new Refusal(SUBSCRIPTION.OVERFLOW, 'the gateway has no room for more subscriptions')
    for (const uid of uids) this.watch(session, uid)
    return { answer: {}, after: () => this.tellStates(session, new Set(uids)) }
  }

  unsubscribe(session: Session, { uids }: RequestFrame<'unsubscribe'>): object {
    if (!session.rates.take('unsubscribe', PEER_STATUS_RATE)) throw new Refusal(SUBSCRIPTION.TOO_OFTEN, 'more than 10 calls in 5 s')
    if (uids.length === 0 || !uids.every(isValidId)) throw new Refusal(SUBSCRIPTION.INVALID_ARGUMENT, 'not a list of user ids')
    for (const uid of uids) this.unwatch(session, uid)
    return {}
  }

  subscribed(session: Session): { uids: string[] } {
    if (!session.rates.take('subscribed', PEER_STATUS_RATE)) throw new Refusal(QUERY_SUBSCRIBED.TOO_OFTEN, 'more than 10 calls in 5 s')
    return { uids: [...session.subscriptions] }
  }

  /** After a lost connection: the states may have changed meanwhile. */
  resume(session: Session): void {
    if (session.subscriptions.size > 0) this.tellStates(session, session.subscriptions)
  }

  /** For a session that is over. */
  forget(session: Session): void {
    for (const uid of session.subscriptions) this.unwatch(session, uid)
  }

  private watch(session: Session, uid: string): void {
    if (session.subscriptions.has(uid)) return
    session.subscriptions.add(uid)
    session.holding.subscribed(subscriptionBytes(uid))
    const watched = this.watched.get(uid) ?? {
      watchers: new Set<Session>(),
      state: undefined,
      changes: 0,
      stopListening: this.context.bus.listen(presenceSubject(uid), (state) => this.onState(uid, state)),
    }
    this.watched.set(uid, watched)
    watched.watchers.add(session)
  }

  private unwatch(session: Session, uid: string): void {
    if (session.subscriptions.delete(uid)) session.holding.subscribed(-subscriptionBytes(uid))
    const watched = this.watched.get(uid)
    if (!watched?.watchers.delete(session) || watched.watchers.size > 0) return
    watched.stopListening()
    this.watched.delete(uid)
  }

  private onState(uid: string, state: PeerState): void {
    const watched = this.watched.get(uid)
    if (!watched || watched.state === state) return
    watched.state = state
    watched.changes++
    for (const session of watched.watchers) session.send({ t: 'status', peers: [[uid, state]] })
  }

  private tellStates(session: Session, uids: ReadonlySet<string>): void {
    const before = new Map([...uids].map((uid) => [uid, this.watched.get(uid)?.changes]))
    const told = this.states(uids).then((asked) => {
      const peers = asked.map(([uid, state]): Pair<PeerState> => {
        const watched = this.watched.get(uid)
        // a change that was told while we asked is newer than the answer
        if (watched && watched.changes === before.get(uid)) watched.state = state
        return [uid, watched?.state ?? state]
      })
      session.send({ t: 'status', peers })
    })
    inBackground(this.context.log, 'telling the states of peers', told)
  }

  private states(uids: ReadonlySet<string>): Promise<Pair<PeerState>[]> {
    const { bus, timing } = this.context
    const ask = async (uid: string): Promise<Pair<PeerState>> => {
      const reply = await bus.request(userSubject(uid), { kind: 'state' }, timing.ackTimeoutMs)
      return [uid, reply?.state ?? 'OFFLINE']
    }
    return Promise.all([...uids].map(ask))
  }
}
