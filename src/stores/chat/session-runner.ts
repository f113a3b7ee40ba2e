/** Carries out what chat/session decides: talks to the token server and to RTM's client, and wakes up when a time has come. */
import { shallowRef, type ShallowRef } from 'vue'
import { clock, type Cancel } from '@/src/chat/time/clock'
import { SIGNED_OUT, step, type Session, type SessionEffect, type SessionEvent, type SessionProblem, type Token, type Who } from '@/src/chat/session/session'
import { time } from '@/src/chat/time/time'
import { TokenRequestError } from '@/src/platform/request'
import { isRtmError } from '@/src/rtm/errors'
import type { RtmClient } from '@/src/rtm/port'

/** The longest that a timer is set for, ms: much longer ones overflow, and the clock may be set meanwhile. */
const TIMER_MAX_MS = 600_000

export interface SessionPorts {
  readonly fetchesToken: boolean
  /** Rejects with TokenRequestError. */
  fetchToken(uid: string): Promise<Token>
  /** The one client; it is there before anybody logs in. */
  client(): RtmClient
  /** Who was in is not any more, and has to log in again. */
  refused(problem: SessionProblem): void
  /** The token server gives tokens that have run out. Called once for each login of a person. */
  tokenOver(): void
  /** The service was heard on the connection that there is. */
  heard(): void
}

export class SessionRunner {
  readonly session: ShallowRef<Session> = shallowRef(SIGNED_OUT)
  private cancelWake: Cancel | undefined
  /** Of the login page, which waits. */
  private answer: ((problem: SessionProblem | undefined) => void) | undefined
  private leaving: Promise<void> = Promise.resolve()
  private hasToldTokenOver = false

  constructor(private readonly ports: SessionPorts) {}

  /** Logs in for the login page. Resolves with the reason when it was refused, with undefined when it worked or was overtaken. */
  signIn(who: Who): Promise<SessionProblem | undefined> {
    this.settle(undefined)
    this.hasToldTokenOver = false
    return new Promise((resolve) => {
      this.answer = resolve
      this.dispatch({ type: 'sign-in', who, accepted: false })
    })
  }

  /** Goes on as who was logged in before. */
  resume(who: Who): void {
    this.settle(undefined)
    this.dispatch({ type: 'sign-in', who, accepted: true })
  }

  /** Resolves once RTM has let go of the session. */
  async signOut(): Promise<void> {
    this.settle(undefined)
    this.dispatch({ type: 'sign-out' })
    await this.left()
  }

  /** Resolves once the logout under way has ended. */
  left(): Promise<void> {
    return this.leaving
  }

  dispatch(event: SessionEvent): void {
    const { session, effects } = step(this.session.value, event, { now: clock.now(), serviceNow: time.now(), random: Math.random, fetchesToken: this.ports.fetchesToken })
    this.session.value = session
    this.setTimer()
    for (const effect of effects) this.carryOut(effect)
  }

  /** Nothing wakes up any more. */
  stop(): void {
    this.cancelWake?.()
    this.settle(undefined)
  }

  private setTimer(): void {
    this.cancelWake?.()
    const session = this.session.value
    if (!('due' in session) || session.due === undefined) return
    this.cancelWake = clock.after(Math.min(TIMER_MAX_MS, Math.max(0, session.due - clock.now())), () => this.dispatch({ type: 'time' }))
  }

  private settle(problem: SessionProblem | undefined): void {
    const { answer } = this
    this.answer = undefined
    answer?.(problem)
  }

  private carryOut(effect: SessionEffect): void {
    switch (effect.do) {
      case 'fetch-token':
        return void this.fetchToken(effect.attempt, effect.uid)
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
        return this.settle(undefined)
      case 'refuse':
        if (this.answer) this.settle(effect.problem)
        else this.ports.refused(effect.problem)
    }
  }

  private async check(): Promise<void> {
    if (await this.ports.client().checkConnection?.()) this.ports.heard()
  }

  private async fetchToken(attempt: number, uid: string): Promise<void> {
    try {
      const token = await this.ports.fetchToken(uid)
      this.dispatch({ type: 'token', attempt, token })
    } catch (error) {
      if (!(error instanceof TokenRequestError)) throw error
      this.dispatch({ type: 'no-token', attempt, failure: error.failure, status: error.status })
    }
  }

  private async login(attempt: number, uid: string, token: string | undefined): Promise<void> {
    const code = await codeOf(this.ports.client().login(token === undefined ? { uid } : { uid, token }))
    this.dispatch(code === undefined ? { type: 'logged-in', attempt } : { type: 'login-failed', attempt, code })
  }

  private async renew(attempt: number, token: string): Promise<void> {
    const code = await codeOf(this.ports.client().renewToken(token))
    this.dispatch(code === undefined ? { type: 'renewed', attempt } : { type: 'renew-failed', attempt, code })
  }

  private async logout(attempt: number): Promise<void> {
    // A refusal says that nobody is logged in: that is what was wanted.
    await codeOf(this.ports.client().logout())
    this.dispatch({ type: 'logged-out', attempt })
  }
}

/** The code of the refusal that `call` rejects with, or undefined when it works. */
async function codeOf(call: Promise<void>): Promise<number | undefined> {
  try {
    await call
    return undefined
  } catch (error) {
    if (!isRtmError(error)) throw error
    return error.code
  }
}
