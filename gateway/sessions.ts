/**
 * The sessions of this node: who logs in, goes on, is replaced, waits for the client's return, and ends. A user has one
 * session at a time, whichever node it is on: a login asks the bus to end the one before.
 */
import { randomUUID } from 'node:crypto'
import { LOGIN_INTERVAL_MS, OFFLINE_MESSAGES_TTL_MS, RENEW_TOKEN_RATE, isValidId } from '../src/chat/rtm-limits'
import { CLOSE_CODE, type LoginFrame, type RequestFrame } from '../src/rtm/local/frames'
import type { Attributes } from './attributes'
import type { Channels } from './channels'
import { LOGIN, RENEW_TOKEN, Refusal } from './codes'
import type { Client } from './client'
import { inBackground, type Context } from './context'
import { Grace } from './holdings'
import { noteEnd, seenByMember } from './memberships'
import { Parked } from './parked'
import type { Presence } from './presence'
import { RATES_KEPT_MS, UserRates } from './rates'
import type { Outcome } from './requests'
import { sameClient, sameSecret } from './secret'
import { Serial } from './serial'
import { Session } from './session'
import { userSubject, type EndReason, type UserReply, type UserRequest } from './subjects'
import { verifyToken, type VerifiedToken } from './token'
import { Waiting } from './waiting'

/** What a timer of Node takes; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

export class Sessions {
  private readonly byUid = new Map<string, Session>()
  private readonly stopServing = new Map<Session, () => void>()
  private readonly grace: Grace<Session>
  private readonly parked: Parked<Session>
  private readonly waitingParked: Waiting
  private readonly rates: UserRates
  private readonly logins = new Serial()

  constructor(
    private readonly context: Context,
    private readonly parts: { channels: Channels; presence: Presence; attributes: Attributes },
  ) {
    const { clock, rateLimits, sessionLimits } = context
    this.rates = new UserRates(clock, rateLimits)
    this.grace = new Grace(sessionLimits.graceBytes)
    this.parked = new Parked(sessionLimits.parked)
    this.waitingParked = new Waiting(sessionLimits.parkedBytes)
  }

  /** How many there are, by state. */
  count(): { live: number; grace: number; parked: number } {
    const count = { live: 0, grace: 0, parked: 0 }
    for (const { state } of this.byUid.values()) if (state !== 'ended') count[state]++
    return count
  }

  get(uid: string): Session | undefined {
    return this.byUid.get(uid)
  }

  /** Answers a `login`, and starts or goes on with the session. Rejects with a {@link Refusal}. */
  async login(client: Client, frame: LoginFrame): Promise<void> {
    if (this.context.clock.elapsed() - client.refusedAt < LOGIN_INTERVAL_MS) throw new Refusal(LOGIN.TOO_OFTEN, 'two logins within 500 ms')
    if (frame.appId !== this.context.appId) throw new Refusal(LOGIN.INVALID_APP_ID, 'another App ID')
    if (!isValidId(frame.uid)) throw new Refusal(LOGIN.INVALID_ARGUMENT, 'not a user id')
    const token = this.checkToken(frame)
    await this.logins.run(frame.uid, async () => {
      if (!client.connection.isOpen) return
      const resumable = this.resumable(frame)
      if (resumable) this.resume(resumable, client, frame)
      else await this.begin(client, frame)
      const { session } = client
      if (session?.state === 'live') this.watchToken(session, token?.kind === '007' ? token.expiresAt : undefined)
    })
  }

  /** The connection is lost: presence and channels stay for a while. */
  lost({ connection, session }: Client): void {
    if (!session || session.connection !== connection) return
    session.detach()
    session.state = 'grace'
    const { clock, timing } = this.context
    session.cancelGrace = clock.after(timing.graceMs, () => this.park(session))
    this.parts.presence.announce(session)
    this.grace.add(session)
    for (let surplus = this.grace.surplus(); surplus; surplus = this.grace.surplus()) this.park(surplus)
  }

  async logout(session: Session): Promise<Outcome> {
    const { connection } = session
    const ended = this.end(session, () => session.abandonReceipts())
    await Promise.all([ended, noteEnd(this.context, session)])
    this.parts.presence.announce(session)
    return { answer: {}, after: () => connection?.close(CLOSE_CODE.SESSION_ENDED, 'logged out') }
  }

  /** Ends a session against its client's will. */
  async kick(session: Session, reason: EndReason): Promise<void> {
    await Promise.all([this.dismiss(session, reason), noteEnd(this.context, session)])
    this.parts.presence.announce(session)
  }

  /** Takes a new token for the running session. */
  renew(session: Session, { token }: RequestFrame<'renew'>): object {
    const { certificate, appId } = this.context
    if (!session.rates.take('renew', RENEW_TOKEN_RATE)) throw new Refusal(RENEW_TOKEN.TOO_OFTEN, 'more than 2 calls in 1 s')
    if (token === '') throw new Refusal(RENEW_TOKEN.INVALID_ARGUMENT, 'an empty token')
    if (certificate === undefined) return {}
    const verdict = verifyToken(token, { appId, certificate, uid: session.uid, now: this.context.clock.now() })
    if (!verdict.ok) {
      const code = verdict.reason === 'expired' ? RENEW_TOKEN.TOKEN_EXPIRED : RENEW_TOKEN.INVALID_TOKEN
      throw new Refusal(code, `the token is refused: ${verdict.reason}`)
    }
    this.watchToken(session, verdict.token.kind === '007' ? verdict.token.expiresAt : undefined)
    return {}
  }

  /** Lets go of what has become too old. */
  sweep(): void {
    const now = this.context.clock.elapsed()
    this.rates.sweep(now)
    for (const session of this.byUid.values()) session.answers.sweep(now)
    for (const session of this.parked) {
      if (session.parkedAt < now - OFFLINE_MESSAGES_TTL_MS) this.discard(session)
      else if (session.parkedAt < now - RATES_KEPT_MS) session.rates.clear()
    }
  }

  /** The gateway ends: no member is told, nothing is waited for. */
  close(): void {
    for (const session of this.byUid.values()) {
      this.stopTimers(session)
      session.state = 'ended'
      session.detach()
      session.giveUpReceipts()
      this.stopServing.get(session)?.()
    }
    this.byUid.clear()
    this.stopServing.clear()
    this.parked.clear()
  }

  private checkToken({ token, uid }: LoginFrame): VerifiedToken | undefined {
    const { certificate, appId } = this.context
    if (certificate === undefined) return undefined
    // as the SDKs have it: the App ID in the token's place is no token
    if (!token || token === appId) throw new Refusal(LOGIN.INVALID_TOKEN, 'a token is required')
    const verdict = verifyToken(token, { appId, certificate, uid, now: this.context.clock.now() })
    if (verdict.ok) return verdict.token
    throw new Refusal(verdict.reason === 'expired' ? LOGIN.TOKEN_EXPIRED : LOGIN.INVALID_TOKEN, `the token is refused: ${verdict.reason}`)
  }

  private resumable({ uid, resume }: LoginFrame): Session | undefined {
    const session = this.byUid.get(uid)
    if (!session || !resume || !sameSecret(session.secret, resume.secret)) return undefined
    return session.state === 'live' || session.state === 'grace' ? session : undefined
  }

  private resume(session: Session, client: Client, { id, resume }: LoginFrame): void {
    const { connection } = client
    const { channels, presence } = this.parts
    // the gateway may hear of a lost connection later than the client
    const old = session.connection
    session.detach()
    old?.terminate()
    session.cancelGrace?.()
    this.grace.remove(session)
    session.state = 'live'
    client.session = session
    const seen = new Map((resume?.channels ?? []).filter(([ch]) => session.channels.has(ch)))
    connection.send({ t: 'ok', id, secret: session.secret, resumed: true, channels: [...seen.keys()], files: this.context.issueBearer?.(session.uid) })
    session.attach(connection)
    presence.announce(session)
    presence.resume(session)
    channels.resume(session, seen)
  }

  private async begin(client: Client, { id, uid, resume }: LoginFrame): Promise<void> {
    const { connection } = client
    const { bus, secrets, timing, log } = this.context
    const rates = this.byUid.get(uid)?.rates ?? this.rates.of(uid)
    if (!rates.take('login', { count: 1, perMs: timing.loginIntervalMs })) {
      throw new Refusal(LOGIN.TOO_OFTEN, `another login of this user within ${timing.loginIntervalMs} ms`)
    }
    const known = resume && secrets.isGenuine(uid, resume.secret) ? resume : undefined
    const replaced = await bus.request(userSubject(uid), { kind: 'replace', secret: known?.secret }, timing.ackTimeoutMs)

    if (replaced?.elsewhere) {
      connection.send({ t: 'kick', reason: 'REMOTE_LOGIN' })
      connection.send({ t: 'err', id, code: LOGIN.REJECTED, why: 'the user has logged in elsewhere' })
      return connection.close(CLOSE_CODE.SESSION_ENDED, 'REMOTE_LOGIN')
    }
    // A secret of its own for each session: should this answer be lost, the client comes back with the former one and is not
    // told that a session goes on of which it has never heard, whose `mid`s it would take for those of the one it knows.
    const secret = secrets.issue(uid, known?.secret)
    const seen = known ? await seenByMember(this.context, { uid, secret: known.secret }, known.channels) : new Map<string, number>()
    const session = new Session(this.context, uid, secret, randomUUID(), rates, seen)
    session.inherit(replaced?.unacknowledged ?? [])
    this.byUid.set(uid, session)
    this.stopServing.set(
      session,
      bus.serve(userSubject(uid), (request) => (request.kind === 'message' ? session.deliver(request.message, request.offline) : this.serve(session, request))),
    )
    client.session = session
    connection.send({ t: 'ok', id, secret, resumed: false, channels: [], ts: this.context.clock.now(), files: this.context.issueBearer?.(uid) })
    session.attach(connection)
    if (!connection.isOpen) this.lost(client)
    this.parts.presence.announce(session)
    inBackground(log, 'reading the offline queue', session.drainQueue())
  }

  /** What other sessions, here or elsewhere, want of this one. */
  private async serve(session: Session, request: Exclude<UserRequest, { kind: 'message' }>): Promise<UserReply> {
    switch (request.kind) {
      case 'state':
        return { state: session.peerState }
      case 'queued':
        // the sender hears of it, and sends the next one, only when this one is on its way
        await session.drainQueue()
        return {}
      case 'replace':
        return this.replace(session, request.secret)
    }
  }

  private async replace(session: Session, secret: string | undefined): Promise<UserReply> {
    if (secret === undefined || !sameClient(session.secret, secret)) {
      // the client that comes back is the older one: this session is why its own has ended
      if (secret !== undefined && session.state !== 'parked') return { elsewhere: true }
      await this.dismiss(session, 'REMOTE_LOGIN')
      return {}
    }
    const old = session.connection
    let reply: UserReply = {}
    await this.end(session, async () => {
      reply = { unacknowledged: await session.handOver() }
    })
    old?.terminate()
    return reply
  }

  private async dismiss(session: Session, reason: EndReason): Promise<void> {
    const { connection } = session
    connection?.send({ t: 'kick', reason })
    const ended = this.end(session, () => session.abandonReceipts())
    connection?.close(CLOSE_CODE.SESSION_ENDED, reason)
    await ended
  }

  /** Takes the session out of everything. `settle` says what becomes of the messages on their way to it. */
  private async end(session: Session, settle: () => void | Promise<void>): Promise<void> {
    if (session.state === 'ended') return
    this.stopTimers(session)
    session.state = 'ended'
    session.detach()
    this.stopServing.get(session)?.()
    this.stopServing.delete(session)
    this.grace.remove(session)
    this.parked.delete(session)
    if (this.byUid.get(session.uid) === session) this.byUid.delete(session.uid)
    this.rates.keep(session.uid, session.rates)
    await settle()
    session.close()
    await this.withdraw(session)
  }

  /** Out of the channels, the subscriptions and the attributes. */
  private async withdraw(session: Session): Promise<void> {
    const { channels, presence, attributes } = this.parts
    presence.forget(session)
    await channels.leaveAll(session)
    await attributes.forget(session)
  }

  /** The grace is over: the user is gone, but the client may come back for its messages. */
  private park(session: Session): void {
    if (session.state !== 'grace') return
    this.stopTimers(session)
    this.grace.remove(session)
    session.state = 'parked'
    session.parkedAt = this.context.clock.elapsed()
    session.answers.clear()
    session.giveUpReceipts()
    this.parked.add(session)
    this.parts.presence.announce(session)
    inBackground(this.context.log, 'leaving after a lost connection', this.withdraw(session))

    session.countIn(this.waitingParked)
    for (const surplus of this.parked.surplus()) this.discard(surplus)
  }

  private discard(session: Session): void {
    inBackground(this.context.log, 'letting go of a lost session', this.end(session, () => session.abandonReceipts()))
  }

  private stopTimers(session: Session): void {
    session.cancelGrace?.()
    for (const cancel of session.tokenTimers.splice(0)) cancel()
  }

  /** @param expiresAt in ms since 1970; undefined: the token's end is of no concern until the next login. */
  private watchToken(session: Session, expiresAt: number | undefined): void {
    for (const cancel of session.tokenTimers.splice(0)) cancel()
    if (expiresAt === undefined) return
    const { clock, timing } = this.context
    const left = Math.min(expiresAt - clock.now(), LONGEST_TIMER_MS)
    session.tokenTimers.push(
      clock.after(Math.max(0, left - timing.tokenWarningMs), () => session.send({ t: 'expiring' })),
      clock.after(Math.max(0, left), () => this.tokenExpired(session)),
    )
  }

  private tokenExpired(session: Session): void {
    // without a connection there is nobody to tell: the next login will be refused
    if (session.state === 'live') inBackground(this.context.log, 'ending a session with its token', this.kick(session, 'TOKEN_EXPIRED'))
  }
}
