/** Performs the effects of chat/session: calls the token server and RTM's client, and wakes up when a time is due. */
import { shallowRef, type ShallowRef } from 'vue'
import { clock, type Cancel } from '@/src/chat/time/clock'
import { SIGNED_OUT, step, type Session, type SessionEffect, type SessionEvent, type SessionProblem, type Who } from '@/src/chat/session/session'
import { time } from '@/src/chat/time/time'
import { orElse } from '@/src/chat/util/or-else'
import { TokenRequestError } from '@/src/platform/request'
import { RtmError } from '@/src/rtm/errors'
import type { RtmClient } from '@/src/rtm/port'
import type { TokenServer } from './token-server'

/** The longest timer, ms. Much longer ones overflow, and the device's clock may be set in the meantime. */
const TIMER_MAX_MS = 600_000

export interface SessionPorts {
  /** If this build has one. */
  readonly tokenServer: Pick<TokenServer, 'token'> | undefined
  /** The one client. It is created before any login. */
  client(): RtmClient
  /** The session of the logged-in user has ended, so they must log in again. */
  refused(problem: SessionProblem): void
  /** The token server returns expired tokens. Called once for each login by a user. */
  tokenOver(): void
  /** The service was heard on the current connection. */
  heard(): void
}

export class SessionRunner {
  readonly session: ShallowRef<Session> = shallowRef(SIGNED_OUT)
  private cancelWake: Cancel | undefined
  /** The waiting call of the login page. */
  private answer: ((problem: SessionProblem | undefined) => void) | undefined
  private leaving: Promise<void> = Promise.resolve()
  private hasToldTokenOver = false

  constructor(private readonly ports: SessionPorts) {}

  /** Logs in for the login page. Resolves to the reason if it failed, to undefined if it worked or was superseded. */
  signIn(who: Who): Promise<SessionProblem | undefined> {
    this.resolveLogin(undefined)
    this.hasToldTokenOver = false
    return new Promise((resolve) => {
      this.answer = resolve
      this.dispatch({ type: 'sign-in', who, accepted: false })
    })
  }

  /** Continues as the user of the last session. */
  resume(who: Who): void {
    this.resolveLogin(undefined)
    this.dispatch({ type: 'sign-in', who, accepted: true })
  }

  /** Resolves once RTM has ended the session. */
  async signOut(): Promise<void> {
    this.resolveLogin(undefined)
    this.dispatch({ type: 'sign-out' })
    await this.left()
  }

  /** Resolves once the logout in progress has ended. */
  left(): Promise<void> {
    return this.leaving
  }

  dispatch(event: SessionEvent): void {
    const { session, effects } = step(this.session.value, event, { now: clock.now(), serviceNow: time.now(), random: Math.random, fetchesToken: this.ports.tokenServer !== undefined })
    this.session.value = session
    this.setTimer()
    for (const effect of effects) this.carryOut(effect)
  }

  /** Cancels all timers. */
  stop(): void {
    this.cancelWake?.()
    this.resolveLogin(undefined)
  }

  private setTimer(): void {
    this.cancelWake?.()
    const session = this.session.value
    if (!('due' in session) || session.due === undefined) return
    this.cancelWake = clock.after(Math.min(TIMER_MAX_MS, Math.max(0, session.due - clock.now())), () => this.dispatch({ type: 'time' }))
  }

  private resolveLogin(problem: SessionProblem | undefined): void {
    const { answer } = this
    this.answer = undefined
    answer?.(problem)
  }

  private carryOut(effect: SessionEffect): void {
    switch (effect.do) {
      case 'fetch-token':
        if (this.ports.tokenServer) void this.fetchToken(this.ports.tokenServer, effect.attempt, effect.uid)
        return
      case 'login':
        return void this.login(effect.attempt, effect.uid, effect.token)
      case 'logout':
        this.leaving = this.logout(effect.attempt)
        return
      case 'renew':
        return void this.renew(effect.attempt, effect.token)
      case 'check':
        return void this.check()
      case 'tell-token-over':
        if (!this.hasToldTokenOver) this.ports.tokenOver()
        this.hasToldTokenOver = true
        return
      case 'accept':
        return this.resolveLogin(undefined)
      case 'refuse':
        if (this.answer) this.resolveLogin(effect.problem)
        else this.ports.refused(effect.problem)
    }
  }

  private async check(): Promise<void> {
    if (await this.ports.client().checkConnection?.()) this.ports.heard()
  }

  private async fetchToken(server: Pick<TokenServer, 'token'>, attempt: number, uid: string): Promise<void> {
    try {
      const token = await server.token(uid)
      this.dispatch({ type: 'token', attempt, token })
    } catch (error) {
      if (!(error instanceof TokenRequestError)) throw error
      this.dispatch({ type: 'no-token', attempt, failure: error.failure, status: error.status })
    }
  }

  private async login(attempt: number, uid: string, token: string | undefined): Promise<void> {
    const refusal = await refusalOf(this.ports.client().login(token === undefined ? { uid } : { uid, token }))
    this.dispatch(refusal ? { type: 'login-failed', attempt, refusal } : { type: 'logged-in', attempt })
  }

  private async renew(attempt: number, token: string): Promise<void> {
    const refusal = await refusalOf(this.ports.client().renewToken(token))
    this.dispatch(refusal ? { type: 'renew-failed', attempt, refusal } : { type: 'renewed', attempt })
  }

  private async logout(attempt: number): Promise<void> {
    // An error here means that the client was already logged out.
    await refusalOf(this.ports.client().logout())
    this.dispatch({ type: 'logged-out', attempt })
  }
}

/** The RtmError that `call` rejects with, or undefined if it works. */
function refusalOf(call: Promise<void>): Promise<RtmError | undefined> {
  return orElse(RtmError, async () => void (await call), (error) => error)
}
