/**
 * THE store of the chat. It owns the one RTM client and the map of joined channels, and connects what the rooms below it
 * do: the rules (chat), the service (rtm), the device (storage, platform).
 */
import { defineStore } from 'pinia'
import { computed, markRaw, shallowRef, type ShallowRef } from 'vue'
import { backoff } from '@/src/chat/backoff'
import { banner as bannerOf, type Banner } from '@/src/chat/connection'
import { conversationId, conversationKind, conversationTarget, type ConversationId, type ConversationKind } from '@/src/chat/conversation'
import type { Wire } from '@/src/chat/envelope'
import { LOGIN_INTERVAL_MS } from '@/src/chat/limits'
import { onAppShow } from '@/src/platform/app'
import { clearSession, readSession, writeSession } from '@/src/platform/device'
import { launchUid } from '@/src/platform/launch'
import { isOnline, onNetworkChange } from '@/src/platform/network'
import { fetchToken, TokenRequestError } from '@/src/platform/request'
import { appId, backend, gatewayUrl, loadRtm } from '@/src/rtm/backend'
import { CODES, isRtmError, NOT_LOGGED_IN, RtmError, type RtmOperation } from '@/src/rtm/errors'
import type { ConnectionChangeReason, ConnectionState, PeerOnlineState, Rtm, RtmBackendName, RtmClient } from '@/src/rtm/port'
import { openStorage } from '@/src/storage'
import type { StorageUsage } from '@/src/storage/port'
import { isValidId } from '@/src/chat/limits'
import { Account } from './chat/account'
import { loginProblemOf, type LoginProblem } from './chat/login-problem'
import { Channels, type ChannelView, type JoinedChannel } from './chat/channels'
import { PeerWatch } from './chat/peer-watch'
import type { Thread } from './chat/thread'
import { useSettingsStore } from './settings'

export type { ChannelView } from './chat/channels'
export type { LoginProblem } from './chat/login-problem'
export type { Thread } from './chat/thread'
export type { StorageUsage } from '@/src/storage/port'

/** `starting` until it is known whether somebody is logged in here. */
export type Phase = 'starting' | 'signed-out' | 'signed-in'

export interface Connection {
  readonly state: ConnectionState
  /** Undefined before the first change. */
  readonly reason: ConnectionChangeReason | undefined
}

const wire: Wire = import.meta.env.VITE_RTM_WIRE === 'plain' ? 'plain' : 'rich'
const tokenUrl = import.meta.env.VITE_RTM_TOKEN_URL || undefined

/** Login refusals that another try with the same uid and token cannot change. */
const FINAL_LOGIN_CODES: ReadonlySet<number> = new Set([
  CODES.login.INVALID_ARGUMENT,
  CODES.login.INVALID_APP_ID,
  CODES.login.INVALID_TOKEN,
  CODES.login.TOKEN_EXPIRED,
  CODES.login.NOT_AUTHORIZED,
])
function notLoggedIn(operation: RtmOperation): RtmError {
  return new RtmError(operation, NOT_LOGGED_IN, 'RtmInvalidStatusError', 'not logged in')
}

const LOGIN_BACKOFF = { baseMs: 2_000, capMs: 30_000 }

export const useChatStore = defineStore('chat', () => {
  const settings = useSettingsStore()

  const phase = shallowRef<Phase>('starting')
  const me = shallowRef('')
  const connection = shallowRef<Connection>({ state: 'DISCONNECTED', reason: undefined })
  const networkOnline = shallowRef(true)
  /** Why an automatic login led back to the login page. */
  const loginProblem = shallowRef<LoginProblem>()
  const backendName = shallowRef<RtmBackendName | undefined>()
  const account = shallowRef<Account>()
  const banner = computed<Banner>(() =>
    phase.value === 'signed-in' ? bannerOf(connection.value.state, connection.value.reason, networkOnline.value) : 'none',
  )

  /** The one RTM client, once somebody has logged in. */
  const client = shallowRef<RtmClient>()
  /** The channels that are joined, by id. */
  const channels: Map<string, JoinedChannel> = markRaw(new Map())

  let rtm: Rtm | undefined
  let channelList: Channels | undefined
  const storage = openStorage()
  const peers = new Map<string, ShallowRef<PeerOnlineState | undefined>>()
  const presence = new PeerWatch(subscribePeers)
  /** Counts logins and logouts; a login that is overtaken by another does nothing more. */
  let attempt = 0
  let credentials: { uid: string; token: string | undefined } | undefined
  let wakeLogin: (() => void) | undefined
  /** The logout under way: RTM lets a login under way end before it, and takes no other login until then. */
  let leaving: Promise<void> = Promise.resolve()
  /** Who was logged in last, until all that was under way for them is kept. */
  let closing: { uid: string; done: Promise<void> } | undefined

  // ------------------------------------------------------------------------------------------ the client

  async function openClient(): Promise<RtmClient> {
    if (client.value) return client.value
    rtm = await loadRtm()
    backendName.value = rtm.name
    const opened = markRaw(rtm.createInstance(appId))
    opened.on('ConnectionStateChanged', connectionChanged)
    opened.on('MessageFromPeer', async (message, from, props) => {
      // A peer message to oneself never comes; one that claims to would open a conversation that cannot be answered.
      if (!isValidId(from) || from === me.value) return true
      return account.value ? account.value.receive('peer', from, from, message, props) : false
    })
    opened.on('PeersOnlineStatusChanged', (status) => {
      for (const [uid, state] of Object.entries(status)) peerChanged(uid, state)
    })
    opened.on('TokenExpired', tokenExpired)
    opened.on('TokenPrivilegeWillExpire', () => void renewToken())
    channelList = new Channels(
      channels,
      opened,
      {
        message: async (channel, from, message, props) => account.value?.receive('channel', channel, from, message, props) ?? false,
        member: (channel, event, uid) => void account.value?.notice(channel, event, uid),
        failed: (channel, code) => void account.value?.joinFailed(channel, code),
        joined: (channel) => account.value?.outbox.sign(conversationId('channel', channel), 'login'),
      },
      isConnected,
    )
    client.value = opened
    return opened
  }

  function isConnected(): boolean {
    return connection.value.state === 'CONNECTED'
  }

  function connectionChanged(state: ConnectionState, reason: ConnectionChangeReason): void {
    const before = connection.value.state
    connection.value = { state, reason }
    if (state === 'DISCONNECTED' || state === 'ABORTED') channelList?.reset()
    if (state === 'CONNECTED') connected(before === 'RECONNECTING')
    if (state !== 'ABORTED') return
    if (reason === 'REMOTE_LOGIN') account.value?.book.freeze()
    // The session is lost, and nobody else took it: a new one.
    if (reason === 'INTERRUPTED' || (reason === 'TOKEN_EXPIRED' && tokenUrl)) void signInAgain()
  }

  /** `again`: the same login goes on, and the client itself has joined its channels and watched its peers again. */
  function connected(again: boolean): void {
    const current = account.value
    if (!current) return
    if (again) channelList?.forgetMembers()
    // What was asked for while there was no connection; what is joined already stays so.
    channelList?.joinAll(current.wantedChannels())
    presence.connected(again)
    current.outbox.signAll('login')
  }

  // ------------------------------------------------------------------------------------------ log in and out

  /** Goes on as whoever is logged in here: by the address (`?uid=`, local backend only) or by the last session of this tab. */
  async function restore(): Promise<void> {
    const byAddress = backend === 'local' ? launchUid() : undefined
    const session = readSession()
    // The address names who begins; somebody who has logged in since, in the same tab, goes on.
    const uid = byAddress !== undefined && byAddress !== session?.address ? byAddress : session?.uid
    if (uid === undefined || !isValidId(uid)) {
      phase.value = 'signed-out'
      return
    }
    const token = session?.uid === uid ? session.token : undefined
    try {
      const opened = await openAccount(uid)
      await opened.load()
      // They are joined once there is a connection: until then they wait, and are not left.
      requireChannels().joinAll(opened.wantedChannels())
    } catch (error) {
      phase.value = 'signed-out'
      loginProblem.value = loginProblemOf(error)
      return
    }
    signedIn(uid, token)
    // The banner shows that it is not connected yet; the history is there to be read meanwhile.
    connection.value = { state: 'CONNECTING', reason: 'LOGIN' }
    void keepLoggingIn(++attempt)
  }

  /** Why nobody can log in with this build at all, if so: Agora's SDK file or a valid App ID is missing. */
  async function checkBackend(): Promise<LoginProblem | undefined> {
    try {
      await openClient()
      return undefined
    } catch (error) {
      return loginProblemOf(error)
    }
  }

  /** Logs in as `uid`, and answers why that did not work; then nobody is logged in. */
  async function signIn(uid: string, token: string | undefined): Promise<LoginProblem | undefined> {
    const mine = ++attempt
    loginProblem.value = undefined
    let opened: Account | undefined
    try {
      opened = await openAccount(uid)
      await opened.load()
      await login(uid, token, mine)
    } catch (error) {
      if (mine === attempt) {
        closeAccount()
        return loginProblemOf(error)
      }
    }
    if (mine !== attempt) {
      if (account.value === opened) closeAccount()
      return undefined
    }
    signedIn(uid, token)
    return undefined
  }

  /** Gives up a login under way. */
  async function cancelSignIn(): Promise<void> {
    attempt++
    closeAccount()
    await logoutClient()
  }

  async function signOut(): Promise<void> {
    const mine = ++attempt
    wakeLogin?.()
    clearSession()
    credentials = undefined
    closeAccount()
    phase.value = 'signed-out'
    await logoutClient()
    if (mine === attempt) connection.value = { state: 'DISCONNECTED', reason: 'LOGOUT' }
  }

  /** After a login elsewhere, a lost session or an expired token: logs out for good and in again, as the same person. */
  async function signInAgain(): Promise<void> {
    if (!credentials) return
    const mine = ++attempt
    const { uid, token } = credentials
    const wasElsewhere = connection.value.reason === 'REMOTE_LOGIN'
    // A typed token that has run out would only be refused, where a new one can be fetched.
    const usable = connection.value.reason === 'TOKEN_EXPIRED' && tokenUrl ? undefined : token
    await logoutClient()
    if (mine !== attempt) return
    if (wasElsewhere && !(await reopen(uid, mine))) return
    credentials = { uid, token: usable }
    connection.value = { state: 'CONNECTING', reason: 'LOGIN' }
    await keepLoggingIn(mine)
  }

  /** Another tab may have written this person's history meanwhile: it is read anew, and the pages are made anew over it. */
  async function reopen(uid: string, mine: number): Promise<boolean> {
    phase.value = 'starting'
    try {
      const opened = await openAccount(uid)
      await opened.load()
      requireChannels().joinAll(opened.wantedChannels())
    } catch (error) {
      await backToLogin(loginProblemOf(error))
      return false
    }
    if (mine !== attempt) return false
    phase.value = 'signed-in'
    return true
  }

  /** Logs in until it works, is refused for good, or is overtaken. */
  async function keepLoggingIn(mine: number): Promise<void> {
    for (let tries = 0; mine === attempt && credentials; tries++) {
      try {
        await login(credentials.uid, credentials.token, mine)
        return
      } catch (error) {
        if (mine !== attempt) return
        const problem = loginProblemOf(error)
        if (problem.kind !== 'rtm' ? problem.kind !== 'token' : FINAL_LOGIN_CODES.has(problem.code)) return backToLogin(problem)
        if (problem.kind === 'rtm' && problem.code === CODES.login.ALREADY_LOGIN) return
        connection.value = { state: 'DISCONNECTED', reason: 'LOGIN_FAILURE' }
        await pause(LOGIN_INTERVAL_MS + backoff(tries, Math.random, LOGIN_BACKOFF))
      }
    }
  }

  /** Does nothing once the attempt `mine` is overtaken. */
  async function login(uid: string, token: string | undefined, mine: number): Promise<void> {
    const opened = await openClient()
    await leaving
    const used = token ?? (tokenUrl ? await fetchToken(tokenUrl, uid) : undefined)
    const options = used === undefined ? { uid } : { uid, token: used }
    if (mine !== attempt) return
    try {
      await opened.login(options)
    } catch (error) {
      if (!isRtmError(error) || error.code !== CODES.login.TOO_OFTEN) throw error
      // A logout and a login in one breath: RTM wants half a second between two logins, and a person need not know.
      await pause(LOGIN_INTERVAL_MS)
      if (mine === attempt) await opened.login(options)
    }
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      wakeLogin = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  function logoutClient(): Promise<void> {
    leaving = endSession()
    return leaving
  }

  async function endSession(): Promise<void> {
    try {
      await client.value?.logout()
    } catch (error) {
      // Not logged in any more: that is what was wanted.
      if (!isRtmError(error)) throw error
    }
  }

  /** The SDK waits for a new token, or has given the session up. Where none can be fetched the person is told, and asked. */
  function tokenExpired(): void {
    if (tokenUrl) void renewToken()
    else connection.value = { ...connection.value, reason: 'TOKEN_EXPIRED' }
  }

  /** Leads back to the login page, for a new token. */
  function signInWithNewToken(): Promise<void> {
    return backToLogin({ kind: 'rtm', operation: 'login', code: CODES.login.TOKEN_EXPIRED })
  }

  async function renewToken(): Promise<void> {
    if (!client.value || !credentials || !tokenUrl) return
    const mine = attempt
    try {
      const token = await fetchToken(tokenUrl, credentials.uid)
      if (mine === attempt) await client.value.renewToken(token)
    } catch (error) {
      if (!isRtmError(error) && !(error instanceof TokenRequestError)) throw error
      // Without a new token the session ends; that event leads to a login, which fetches one again or says why it cannot.
      if (mine === attempt && connection.value.state === 'RECONNECTING') void signInAgain()
    }
  }

  async function openAccount(uid: string): Promise<Account> {
    const opened = await openClient()
    if (!rtm) throw new Error('no backend')
    closeAccount()
    // Two histories of one person at a time would write over each other.
    if (closing?.uid === uid) await closing.done
    const { capabilities } = rtm
    const options = capabilities.offlineMessages && wire === 'rich' ? { enableOfflineMessaging: true } : {}
    const current: Account = markRaw(
      new Account({
        uid,
        history: await storage.openHistory({ appId, uid }),
        limits: settings.historyLimits,
        wire,
        capabilities,
        // To a channel one has left a message goes at once, to fail with its reason; to one that is to be joined it waits.
        ready: (id) => isConnected() && (conversationKind(id) === 'peer' || ['joined', 'left'].includes(channelView(conversationTarget(id)).value.state)),
        rejoining: (id) => channelView(conversationTarget(id)).value.state !== 'left',
        // Each checks that this person is still the one who is logged in: nobody's words go out under another's name.
        sendToPeer: async (peer, text) => {
          if (account.value !== current) throw notLoggedIn('peerMessage')
          return opened.sendMessageToPeer({ text }, peer, options)
        },
        sendToChannel: async (channel, text) => {
          if (account.value !== current) throw notLoggedIn('channelMessage')
          await sendToChannel(channel, text)
        },
        watchPeer,
      }),
    )
    me.value = uid
    credentials = undefined
    account.value = current
    return current
  }

  function signedIn(uid: string, token: string | undefined): void {
    credentials = { uid, token }
    const address = backend === 'local' ? launchUid() : undefined
    writeSession({ uid, ...(token === undefined ? {} : { token }), ...(address === undefined ? {} : { address }) })
    settings.rememberUid(uid)
    phase.value = 'signed-in'
  }

  function closeAccount(): void {
    if (account.value) closing = { uid: account.value.uid, done: account.value.close() }
    account.value = undefined
    channelList?.clear()
    peers.clear()
    presence.clear()
  }

  async function backToLogin(problem: LoginProblem): Promise<void> {
    loginProblem.value = problem
    await signOut()
  }

  // ------------------------------------------------------------------------------------------ channels and peers

  function requireChannels(): Channels {
    if (!channelList) throw new Error('channels need a login')
    return channelList
  }

  async function sendToChannel(channelId: string, text: string): Promise<void> {
    const joined = channels.get(channelId)
    if (!joined) throw new RtmError('channelMessage', CODES.channelMessage.NOT_IN_CHANNEL, 'RtmInvalidStatusError', 'not in the channel')
    await joined.channel.sendMessage({ text })
  }

  function channelView(channelId: string): Readonly<ShallowRef<ChannelView>> {
    return requireChannels().view(channelId)
  }

  /** Joins a channel, for now and every login to come. What goes wrong stands in its {@link channelView}. */
  async function joinChannel(channelId: string): Promise<void> {
    await account.value?.start('channel', channelId)
    try {
      await requireChannels().join(channelId)
    } catch (error) {
      if (!isRtmError(error)) throw error
    }
  }

  async function leaveChannel(channelId: string): Promise<void> {
    await account.value?.setLeft(conversationId('channel', channelId), true)
    await requireChannels().leave(channelId)
  }

  async function loadMembers(channelId: string): Promise<void> {
    try {
      await requireChannels().loadMembers(channelId)
    } catch (error) {
      // Asked too often or the channel is gone: the page shows the count it has, and asks again after the next reconnect.
      if (!isRtmError(error)) throw error
    }
  }

  function peerState(uid: string): ShallowRef<PeerOnlineState | undefined> {
    let state = peers.get(uid)
    if (!state) {
      state = shallowRef()
      peers.set(uid, state)
    }
    return state
  }

  function peerChanged(uid: string, state: PeerOnlineState): void {
    peerState(uid).value = state
    if (state === 'ONLINE') account.value?.outbox.sign(conversationId('peer', uid), 'peer')
  }

  /** Follows whether a peer is there, where the backend can tell. */
  function watchPeer(uid: string): void {
    if (rtm?.capabilities.presence) presence.watch(uid)
  }

  async function subscribePeers(uids: string[]): Promise<void> {
    if (!isConnected() || !client.value) throw notLoggedIn('peerSubscription')
    await client.value.subscribePeersOnlineStatus(uids)
  }

  // ------------------------------------------------------------------------------------------ conversations

  function requireAccount(): Account {
    if (!account.value) throw new Error('this needs a login')
    return account.value
  }

  /** What this person's messages take on the device; undefined when storage cannot tell now. */
  async function storageUsage(): Promise<StorageUsage | undefined> {
    return account.value?.usage()
  }

  /** Deletes the messages of a conversation, which stays. Answers false when storage refuses. */
  function clearConversation(id: ConversationId): Promise<boolean> {
    return requireAccount().clear([id])
  }

  function clearAllConversations(): Promise<boolean> {
    const current = requireAccount()
    return current.clear([...current.book.all()].map(({ id }) => id))
  }

  /** Keeps no more than the settings say from now on. Answers false when storage refuses. */
  function applyHistoryLimits(): Promise<boolean> {
    return requireAccount().book.setLimits(settings.historyLimits)
  }

  /** The conversation with a peer, or in a channel, which is joined. */
  async function startConversation(kind: ConversationKind, target: string): Promise<ConversationId> {
    const id = await requireAccount().start(kind, target)
    if (kind === 'channel') void joinChannel(target)
    return id
  }

  /** Deletes a conversation, and leaves the channel it was; answers false when storage refuses, and then nothing has changed. */
  async function removeConversation(id: ConversationId): Promise<boolean> {
    const isRemoved = await requireAccount().remove(id)
    if (isRemoved && conversationKind(id) === 'channel') await requireChannels().leave(conversationTarget(id))
    return isRemoved
  }

  /** Opens a conversation to be looked at, at the message `at` if one is named. */
  function openThread(id: ConversationId, at?: number): Thread {
    const thread = markRaw(requireAccount().openThread(id, at))
    if (conversationKind(id) === 'peer') watchPeer(conversationTarget(id))
    else if (channelView(conversationTarget(id)).value.state === 'parked') void joinChannel(conversationTarget(id))
    return thread
  }

  // ------------------------------------------------------------------------------------------ the device

  onAppShow(lookAgain)
  onNetworkChange((online) => {
    networkOnline.value = online
    if (online) lookAgain()
  })
  void isOnline().then((online) => {
    networkOnline.value = online
  })

  /** The app came to the front, or the network back: do not wait for the next ping or retry. */
  function lookAgain(): void {
    client.value?.checkConnection?.()
    wakeLogin?.()
  }

  return {
    phase,
    me,
    connection,
    banner,
    loginProblem,
    backendName,
    account,
    client,
    channels,
    wire,
    /** What this build talks to. */
    backend: { kind: backend, appId, gatewayUrl: backend === 'local' ? gatewayUrl() : '', fetchesToken: tokenUrl !== undefined },
    restore,
    checkBackend,
    signIn,
    cancelSignIn,
    signInAgain,
    signInWithNewToken,
    signOut,
    joinChannel,
    leaveChannel,
    channelView,
    loadMembers,
    peerState,
    watchPeer,
    startConversation,
    removeConversation,
    openThread,
    storageUsage,
    clearConversation,
    clearAllConversations,
    applyHistoryLimits,
  }
})
