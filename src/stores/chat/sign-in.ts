/** Login and logout: from the session of the last start to the loaded list of conversations. */
import { nextTick, shallowRef, type ShallowRef } from 'vue'
import { clock, pause } from '@/src/chat/time/clock'
import { conversationId } from '@/src/chat/conversation/conversation'
import type { Lazy } from '@/src/chat/util/lazy'
import { isValidId } from '@/src/chat/rtm-limits'
import type { Session, Who } from '@/src/chat/session/session'
import { time } from '@/src/chat/time/time'
import { clearSession, readSession, writeSession } from '@/src/platform/device'
import { dropLaunchUid, launchUid } from '@/src/platform/launch'
import { backend } from '@/src/rtm/backend'
import type { ConnectionChangeReason, ConnectionState, PeerOnlineState } from '@/src/rtm/port'
import type { Account } from './account'
import type { Channels } from './joined-channels'
import type { Client } from './client'
import type { CurrentAccount } from './current-account'
import { loginProblemOf, type LoginProblem } from './login-problem'
import type { Presence } from './presence'
import { SessionRunner } from './session-runner'
import { startTab, type AskLogin } from './tab-start'
import { tokenOf, type TokenServer } from './token-server'

/** `starting` until it is known whether a user is logged in here. */
export type Phase = 'starting' | 'signed-out' | 'signed-in'

export interface SignInPorts {
  readonly client: Client
  readonly current: CurrentAccount
  readonly presence: Presence
  readonly channels: Lazy<Channels>
  /** Called with each user who has logged in. */
  rememberUid(uid: string): void
  /** If this build has one. */
  readonly tokenServer: TokenServer | undefined
}

export class SignIn {
  readonly phase: ShallowRef<Phase> = shallowRef('starting')
  /** Why an automatic login ended on the login page. */
  readonly problem: ShallowRef<LoginProblem | undefined> = shallowRef()
  /** Bumped when the user must learn that the token server returns expired tokens. */
  readonly tokensOver: ShallowRef<number> = shallowRef(0)
  private readonly runner: SessionRunner
  /** Bumped by every login and logout, so that a superseded one can tell and close what it opened. */
  private attempt = 0

  constructor(private readonly ports: SignInPorts) {
    this.runner = new SessionRunner({
      tokenServer: ports.tokenServer,
      client: () => ports.client.require(),
      refused: (problem) => void this.backToLogin(problem),
      tokenOver: () => this.tokensOver.value++,
      heard: () => ports.client.heard(),
    })
  }

  /** The login's state. The rules are in chat/session. */
  get session(): ShallowRef<Session> {
    return this.runner.session
  }

  // ------------------------------------------------------------------------------------------ calls of the pages

  /**
   * Logs in the user of the last session, of this tab on H5. On H5 the address can name another user (`?uid=`, local backend only). `ask` is called if the
   * login would end a session elsewhere. Without `ask` it ends none.
   */
  async restore(ask?: AskLogin): Promise<void> {
    const session = readSession()
    let uid = session?.uid
    // #ifdef H5
    const before = this.attempt
    const start = await startTab(backend === 'local' ? launchUid() : undefined, uid, ask)
    // A login on the login page has superseded this one.
    if (before !== this.attempt) return
    uid = start.uid
    this.problem.value = start.problem
    // #endif
    if (uid === undefined || !isValidId(uid)) {
      this.phase.value = 'signed-out'
      return
    }
    const token = session?.uid === uid ? session.token : undefined
    const attempt = ++this.attempt
    try {
      const opened = await this.openAccount(uid, false)
      if (!opened) return
      opened.open()
      this.signedIn(uid, token)
      // The list is shown before the client exists and the rest of the history is loaded. All of it is loaded before any message is received.
      await afterRender()
      if (attempt !== this.attempt) return
      await this.ports.client.open()
      if (attempt !== this.attempt) return
      this.waitForChannels(opened)
      await opened.load()
      if (attempt !== this.attempt) return
      this.waitForChannels(opened)
    } catch (error) {
      if (attempt !== this.attempt) return
      this.ports.current.close()
      this.phase.value = 'signed-out'
      this.problem.value = loginProblemOf(error)
      return
    }
    this.runner.resume(whoIs(uid, token))
  }

  /** Resolves to why no login can work with this build: Agora's SDK file or a valid App ID is missing. */
  async checkBackend(): Promise<LoginProblem | undefined> {
    try {
      await this.ports.client.open()
      return undefined
    } catch (error) {
      return loginProblemOf(error)
    }
  }

  /** Logs in as `uid`. Resolves to why that failed. Then no user is logged in. */
  async signIn(uid: string, token: string | undefined): Promise<LoginProblem | undefined> {
    const attempt = ++this.attempt
    this.problem.value = undefined
    let opened: Account | undefined
    let problem: LoginProblem | undefined
    try {
      opened = await this.openAccount(uid, true)
      await opened?.load()
      if (attempt === this.attempt) problem = await this.runner.signIn(whoIs(uid, token))
    } catch (error) {
      problem = loginProblemOf(error)
    }
    if (attempt !== this.attempt) {
      if (opened && this.ports.current.account.value === opened) this.ports.current.close()
      return undefined
    }
    if (problem) this.ports.current.close()
    else this.signedIn(uid, token)
    return problem
  }

  /** Cancels a login in progress. */
  async cancelSignIn(): Promise<void> {
    this.attempt++
    this.ports.current.close()
    await this.runner.signOut()
  }

  async signOut(): Promise<void> {
    this.attempt++
    clearSession()
    dropLaunchUid()
    this.ports.current.close()
    this.ports.channels.made?.forgetAway()
    this.phase.value = 'signed-out'
    await this.runner.signOut()
  }

  /** After a login elsewhere: logs in here again, as the same user. */
  async signInAgain(): Promise<void> {
    const session = this.session.value
    if (session.phase !== 'stopped' || session.why !== 'kicked') return
    const attempt = ++this.attempt
    // Another tab may have written this user's history in the meantime, so it is loaded again, and so are the pages.
    this.phase.value = 'starting'
    try {
      const opened = await this.openAccount(session.who.uid, true)
      await opened?.load()
      if (attempt !== this.attempt || !opened) return
      this.waitForChannels(opened)
    } catch (error) {
      return attempt === this.attempt ? this.backToLogin(loginProblemOf(error)) : undefined
    }
    this.phase.value = 'signed-in'
    this.runner.dispatch({ type: 'take-over' })
  }

  /** Goes to the login page, for a new token. */
  signInWithNewToken(): void {
    this.runner.dispatch({ type: 'new-token' })
  }

  /** The app came to the front, or the network came back: do not wait for the next ping or retry. */
  wake(): void {
    this.runner.dispatch({ type: 'wake' })
  }

  stop(): void {
    this.runner.stop()
  }

  // ------------------------------------------------------------------------------------------ events of the client

  peerChanged(uid: string, state: PeerOnlineState): void {
    if (this.ports.presence.changed(uid, state) && state === 'ONLINE') this.ports.current.account.value?.own.peerSeen(conversationId('peer', uid))
  }

  tokenExpired(): void {
    this.runner.dispatch({ type: 'TokenExpired' })
  }

  tokenWillExpire(): void {
    this.runner.dispatch({ type: 'TokenPrivilegeWillExpire' })
  }

  connectionChanged(state: ConnectionState, reason: ConnectionChangeReason, before: ConnectionState): void {
    const { channels, client, current } = this.ports
    const isResumed = before === 'RECONNECTING'
    if (state === 'DISCONNECTED' || state === 'ABORTED') {
      channels.made?.reset()
      current.goOffline()
      time.sessionEnded()
    }
    if (state === 'RECONNECTING') channels.made?.lost(client.lastHeard)
    // A session that is being left must not serve the next user.
    if (state === 'CONNECTED' && this.session.value.phase !== 'leaving') {
      current.goOnline()
      if (isResumed) time.woke()
      this.connected(isResumed)
    }
    this.runner.dispatch({ type: 'connection', state, reason })
  }

  /** `resumed`: same session; the client has already rejoined its channels and renewed its presence subscriptions. */
  private connected(resumed: boolean): void {
    const { channels, current, presence } = this.ports
    const account = current.account.value
    if (!account) return
    if (resumed) channels.made?.forgetMembers()
    channels.get().reached()
    // Channels that were requested without a connection. Joined ones stay joined.
    channels.get().joinAll(account.wantedChannels())
    presence.connected(resumed)
    account.own.loggedIn()
  }

  // ------------------------------------------------------------------------------------------ accounts

  /** `withClient`: the client is created first. Resolves to undefined if another login or a logout has superseded this one. */
  private openAccount(uid: string, withClient: boolean): Promise<Account | undefined> {
    const { attempt, ports } = this
    return ports.current.open(uid, {
      ...(withClient && { prepare: () => ports.client.open() }),
      left: async () => {
        if (this.session.value.phase === 'leaving') await this.runner.left()
      },
      isSuperseded: () => attempt !== this.attempt,
    })
  }

  private signedIn(uid: string, token: string | undefined): void {
    writeSession({ uid, ...(token === undefined ? {} : { token }) })
    // A reload continues as this user.
    if (launchUid() !== uid) dropLaunchUid()
    this.ports.rememberUid(uid)
    this.phase.value = 'signed-in'
  }

  private async backToLogin(problem: LoginProblem): Promise<void> {
    this.problem.value = problem
    await this.signOut()
  }

  /** Channels are joined once there is a connection. Until then they wait, and are not left. */
  private waitForChannels(opened: Account): void {
    this.ports.channels.get().joinAll(opened.wantedChannels())
  }
}

/** Waits for the pending render and one more task, so the screen paints first. */
async function afterRender(): Promise<void> {
  await nextTick()
  await pause(clock, 0)
}

function whoIs(uid: string, token: string | undefined): Who {
  return { uid, token: token === undefined ? undefined : tokenOf(token) }
}
