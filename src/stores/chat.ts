/**
 * THE store of the chat. It owns the one RTM client and the map of joined channels, and connects what the rooms below it
 * do: the rules (chat), the service (rtm), the device (storage, platform).
 */
import { defineStore } from 'pinia'
import { computed, markRaw, nextTick, onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue'
import { banner as bannerOf, type Banner } from '@/src/chat/banner'
import { clock, pause } from '@/src/chat/clock'
import { conversationId, conversationKind, conversationTarget, type ConversationId, type ConversationKind } from '@/src/chat/conversation'
import type { Wire } from '@/src/chat/envelope'
import { isValidId } from '@/src/chat/limits'
import { time } from '@/src/chat/time'
import { tokenExpiry } from '@/src/chat/token'
import type { Token, Who } from '@/src/chat/session'
import { once } from '@/src/chat/once'
import { onAppShow } from '@/src/platform/app'
import { clearSession, readSession, writeSession } from '@/src/platform/device'
import { dropLaunchUid, launchUid } from '@/src/platform/launch'
import { isOnline, onNetworkChange } from '@/src/platform/network'
import { holdLogin } from '@/src/platform/other-tabs'
import { fetchToken } from '@/src/platform/request'
import { appId, backend, gatewayUrl, loadRtm } from '@/src/rtm/backend'
import { CODES, isRtmError, NOT_LOGGED_IN, RtmError, type RtmOperation } from '@/src/rtm/errors'
import type { ConnectionChangeReason, ConnectionState, PeerOnlineState, Rtm, RtmBackendName, RtmClient } from '@/src/rtm/port'
import { openStorage } from '@/src/storage'
import type { StorageUsage } from '@/src/storage/port'
import { Account } from './chat/account'
import { loginProblemOf, type LoginProblem } from './chat/login-problem'
import type { Inbox } from './chat/receive/inbox'
import { Channels, type ChannelView, type JoinedChannel } from './chat/channels'
import { PeerWatch } from './chat/peer-watch'
import { SessionRunner } from './chat/session-runner'
import { startTab, type AskLogin } from './chat/tab-start'
import type { Thread } from './chat/threads/thread'
import { useSettingsStore } from './settings'
import { followDays, lookAtDay } from './today'

export type { ChannelView } from './chat/channels'
export type { LoginProblem } from './chat/login-problem'
export type { LoginQuestion } from './chat/tab-start'
export type { Thread } from './chat/threads/thread'
export type { RtmBackendName } from '@/src/rtm/port'
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

function notLoggedIn(operation: RtmOperation): RtmError {
  return new RtmError(operation, NOT_LOGGED_IN, 'RtmInvalidStatusError', 'not logged in')
}

const nothing = (): Promise<void> => Promise.resolve()

/** Once what has changed is on its way to the screen: what comes next is another task, which the screen does not wait for. */
async function drawn(): Promise<void> {
  await nextTick()
  await pause(clock, 0)
}

export const useChatStore = defineStore('chat', () => {
  const settings = useSettingsStore()
  time.forget()
  const stopDays = followDays()

  const phase = shallowRef<Phase>('starting')
  const me = shallowRef('')
  const connection = shallowRef<Connection>({ state: 'DISCONNECTED', reason: undefined })
  /** What the device says of its network. It may be wrong, as with a VPN or a service on the device itself. */
  const networkOnline = shallowRef(true)
  /** The service was heard on this connection, and after the device said that it has no network. */
  const isHeard = shallowRef(false)
  /** Why an automatic login led back to the login page. */
  const loginProblem = shallowRef<LoginProblem>()
  /** Counts up when the person is to hear that the token server gives tokens that have run out. */
  const tokensOver = shallowRef(0)
  const backendName = shallowRef<RtmBackendName | undefined>()
  const account = shallowRef<Account>()

  /** The one RTM client, once somebody has logged in. */
  const client = shallowRef<RtmClient>()
  /** The channels that are joined, by id. */
  const channels: Map<string, JoinedChannel> = markRaw(new Map())

  let rtm: Rtm | undefined
  let channelList: Channels | undefined
  const storage = openStorage()
  const peers = new Map<string, ShallowRef<PeerOnlineState | undefined>>()
  const presence = new PeerWatch(subscribePeers)
  const runner = new SessionRunner({
    fetchesToken: tokenUrl !== undefined,
    fetchToken: requestToken,
    client: requireClient,
    refused: (problem) => void backToLogin(problem),
    tokenOver: () => tokensOver.value++,
    heard,
  })
  /** What becomes of the login; src/chat/session has the rules. */
  const session = runner.session
  const banner = computed<Banner>(() => (phase.value === 'signed-in' ? bannerOf(session.value, networkOnline.value || isHeard.value) : 'none'))
  // #ifdef H5
  // A session that has been stopped, as by a login elsewhere, is none that another tab could take over.
  watch(() => (phase.value === 'signed-in' && session.value.phase !== 'stopped' ? me.value : undefined), holdLogin)
  // #endif
  /** Counts logins and logouts: an account that is being opened for one that is overtaken is closed again. */
  let turn = 0
  /** Who was logged in last, until all that was under way for them is kept. */
  const closing = new Map<string, Promise<void>>()
  /** Whom the client is logged in as: for the moment that a logout takes on its way, not who comes next. */
  let served: Account | undefined
  /** When the service was last heard before the connection was lost, ms since 1970, where the backend knows. */
  let lastHeard: number | undefined
  /** What is being taken in: also after a logout it is kept before the same person's history is opened again. */
  const receiving = new Set<Promise<unknown>>()

  // ------------------------------------------------------------------------------------------ the client

  const openClient = once(async (): Promise<RtmClient> => {
    rtm = await loadRtm()
    backendName.value = rtm.name
    const opened = markRaw(rtm.createInstance(appId, heardTime, silentSince))
    opened.on('ConnectionStateChanged', connectionChanged)
    opened.on('MessageFromPeer', (message, from, props) => receive('peer', from, from, message, props))
    opened.on('PeersOnlineStatusChanged', (status) => {
      for (const [uid, state] of Object.entries(status)) peerChanged(uid, state)
    })
    opened.on('TokenExpired', () => runner.dispatch({ type: 'TokenExpired' }))
    opened.on('TokenPrivilegeWillExpire', () => runner.dispatch({ type: 'TokenPrivilegeWillExpire' }))
    client.value = opened
    return opened
  })

  /** Keeps what came for whom the client is logged in as. Answers whether it is kept. */
  async function receive(...received: Parameters<Inbox['receive']>): Promise<boolean> {
    heard()
    const receiver = served
    if (!receiver) return false
    const { serverReceivedTs, isOfflineMessage, isHistoricalMessage } = received[4]
    if (isOfflineMessage !== true && isHistoricalMessage !== true) heardTime(serverReceivedTs)
    const kept = receiver.inbox.receive(...received)
    receiving.add(kept)
    return kept.finally(() => receiving.delete(kept))
  }

  function heard(): void {
    isHeard.value = isConnected()
  }

  function silentSince(at: number): void {
    lastHeard = at
  }

  function heardTime(serverTime: number): void {
    if (time.heard(serverTime)) lookAtDay()
  }

  function requireClient(): RtmClient {
    if (!client.value) throw new Error('there is no client yet')
    return client.value
  }

  function requireRtm(): Rtm {
    if (!rtm) throw new Error('there is no backend yet')
    return rtm
  }

  function peerOptions(keep: boolean): { enableOfflineMessaging?: boolean } {
    return keep && requireRtm().capabilities.offlineMessages && wire === 'rich' ? { enableOfflineMessaging: true } : {}
  }

  function isConnected(): boolean {
    return connection.value.state === 'CONNECTED'
  }

  function connectionChanged(state: ConnectionState, reason: ConnectionChangeReason): void {
    const before = connection.value.state
    connection.value = { state, reason }
    isHeard.value = false
    if (state === 'DISCONNECTED' || state === 'ABORTED') {
      channelList?.reset()
      served = undefined
      time.sessionEnded()
    }
    if (state === 'RECONNECTING') channelList?.lost(lastHeard)
    // Who comes next is not served by a session that is being left.
    if (state === 'CONNECTED' && session.value.phase !== 'leaving') {
      served = account.value
      if (before === 'RECONNECTING') time.woke()
      connected(before === 'RECONNECTING')
    }
    runner.dispatch({ type: 'connection', state, reason })
    heard()
  }

  /** `again`: the same login goes on, and the client itself has joined its channels and watched its peers again. */
  function connected(again: boolean): void {
    const current = account.value
    if (!current) return
    if (again) channelList?.forgetMembers()
    requireChannels().reached()
    // What was asked for while there was no connection; what is joined already stays so.
    requireChannels().joinAll(current.wantedChannels())
    presence.connected(again)
    current.own.outbox.signAll('login')
  }

  // ------------------------------------------------------------------------------------------ log in and out

  /**
   * Logs in the user of the last session, of this tab on H5. On H5 the address can name another one (`?uid=`, local backend only), and
   * `ask` is called where the login would take a session from a user; without it no session is taken.
   */
  async function restore(ask?: AskLogin): Promise<void> {
    const session = readSession()
    let uid = session?.uid
    // #ifdef H5
    const before = turn
    const start = await startTab(backend === 'local' ? launchUid() : undefined, uid, ask)
    // A login on the login page has overtaken this one.
    if (before !== turn) return
    uid = start.uid
    loginProblem.value = start.problem
    // #endif
    if (uid === undefined || !isValidId(uid)) {
      phase.value = 'signed-out'
      return
    }
    const token = session?.uid === uid ? session.token : undefined
    const mine = ++turn
    try {
      const opened = await openAccount(uid, nothing)
      if (!opened) return
      opened.open()
      signedIn(uid, token)
      // The list is on the screen before there is a client and the rest of the history is read; all of it is known before
      // anything comes in.
      await drawn()
      if (mine !== turn) return
      await openClient()
      if (mine !== turn) return
      waitForChannels(opened)
      await opened.load()
      if (mine !== turn) return
      waitForChannels(opened)
    } catch (error) {
      if (mine !== turn) return
      closeAccount()
      phase.value = 'signed-out'
      loginProblem.value = loginProblemOf(error)
      return
    }
    runner.resume(whoIs(uid, token))
  }

  /** They are joined once there is a connection: until then they wait, and are not left. */
  function waitForChannels(opened: Account): void {
    requireChannels().joinAll(opened.wantedChannels())
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
    const mine = ++turn
    loginProblem.value = undefined
    let opened: Account | undefined
    let problem: LoginProblem | undefined
    try {
      opened = await openAccount(uid)
      await opened?.load()
      if (mine === turn) problem = await runner.signIn(whoIs(uid, token))
    } catch (error) {
      problem = loginProblemOf(error)
    }
    if (mine !== turn) {
      if (opened && account.value === opened) closeAccount()
      return undefined
    }
    if (problem) closeAccount()
    else signedIn(uid, token)
    return problem
  }

  /** Gives up a login under way. */
  async function cancelSignIn(): Promise<void> {
    turn++
    closeAccount()
    await runner.signOut()
  }

  async function signOut(): Promise<void> {
    turn++
    clearSession()
    dropLaunchUid()
    closeAccount()
    channelList?.forgetAway()
    phase.value = 'signed-out'
    await runner.signOut()
  }

  /** After a login elsewhere: logs in here again, as the same person. */
  async function signInAgain(): Promise<void> {
    if (session.value.phase !== 'stopped' || session.value.why !== 'kicked') return
    const mine = ++turn
    // Another tab may have written this person's history meanwhile: it is read anew, and the pages are made anew over it.
    phase.value = 'starting'
    try {
      const opened = await openAccount(session.value.who.uid)
      await opened?.load()
      if (mine !== turn || !opened) return
      waitForChannels(opened)
    } catch (error) {
      return mine === turn ? backToLogin(loginProblemOf(error)) : undefined
    }
    phase.value = 'signed-in'
    runner.dispatch({ type: 'take-over' })
  }

  /** Leads back to the login page, for a new token. */
  function signInWithNewToken(): void {
    runner.dispatch({ type: 'new-token' })
  }

  function whoIs(uid: string, token: string | undefined): Who {
    return { uid, token: token === undefined ? undefined : tokenOf(token) }
  }

  /** Rejects with TokenRequestError. */
  async function requestToken(uid: string): Promise<Token> {
    const { token, expiresIn } = await fetchToken(tokenUrl ?? '', uid)
    return expiresIn === undefined ? tokenOf(token) : { text: token, expiresAt: clock.now() + expiresIn * 1_000 }
  }

  function tokenOf(text: string): Token {
    return { text, expiresAt: tokenExpiry(text), saysItself: true }
  }

  /** Once `prepared` has made the client, or at a start before that. Undefined when another login or a logout has overtaken this one. */
  async function openAccount(uid: string, prepared: () => Promise<unknown> = openClient): Promise<Account | undefined> {
    const mine = turn
    if (uid !== me.value) channelList?.forgetAway()
    closeAccount()
    await prepared()
    // Two histories of one person at a time would write over each other.
    if (closing.has(uid)) {
      await closing.get(uid)
      if (session.value.phase === 'leaving') await runner.left()
      await Promise.allSettled(receiving)
    }
    if (mine !== turn) return undefined
    const history = await storage.openHistory({ appId, uid })
    if (mine !== turn) return undefined
    const current: Account = markRaw(
      new Account({
        uid,
        history,
        limits: settings.historyLimits,
        wire,
        get capabilities() {
          return requireRtm().capabilities
        },
        // To a channel one has left a message goes at once, to fail with its reason; to one that is to be joined it waits.
        ready: (id) => served === current && isConnected() && (conversationKind(id) === 'peer' || ['joined', 'left'].includes(channelView(conversationTarget(id)).value.state)),
        rejoining: (id) => channelView(conversationTarget(id)).value.state !== 'left',
        // Each checks that the client is logged in as this person: nobody's words go out under another's name.
        sendToPeer: async (peer, text, keep) => {
          if (served !== current) throw notLoggedIn('peerMessage')
          return requireClient().sendMessageToPeer({ text }, peer, peerOptions(keep))
        },
        sendToChannel: async (channel, text) => {
          if (served !== current) throw notLoggedIn('channelMessage')
          await sendToChannel(channel, text)
        },
        watchPeer,
      }),
    )
    me.value = uid
    account.value = current
    return current
  }

  function signedIn(uid: string, token: string | undefined): void {
    writeSession({ uid, ...(token === undefined ? {} : { token }) })
    // A reload goes on as this user.
    if (launchUid() !== uid) dropLaunchUid()
    settings.rememberUid(uid)
    phase.value = 'signed-in'
  }

  function closeAccount(): void {
    if (account.value) closing.set(account.value.uid, account.value.close())
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
    channelList ??= new Channels(
      channels,
      { createChannel: (id) => requireClient().createChannel(id) },
      {
        message: (channel, from, message, props) => receive('channel', channel, from, message, props),
        member: (channel, event, uid) => void served?.membership.record(channel, event, uid),
        failed: (channel, code) => void account.value?.own.joinFailed(channel, code),
        wasAway: (channel, from, to) => void served?.membership.recordAbsence(channel, from, to),
        joined: (channel) => account.value?.own.outbox.sign(conversationId('channel', channel), 'login'),
      },
      isConnected,
    )
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
    // Of somebody nobody has asked for there is nothing to remember.
    if (!presence.isWatched(uid)) return
    peerState(uid).value = state
    if (state === 'ONLINE') account.value?.own.outbox.sign(conversationId('peer', uid), 'peer')
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

  async function clearAllConversations(): Promise<boolean> {
    const current = requireAccount()
    await current.load()
    return current.clear([...current.conversations.all()].map(({ id }) => id))
  }

  /** Keeps no more than the settings say from now on. Answers false when storage refuses. */
  function applyHistoryLimits(): Promise<boolean> {
    return requireAccount().conversations.setLimits(settings.historyLimits)
  }

  /** The conversation with a peer, or in a channel, which is joined. */
  async function startConversation(kind: ConversationKind, target: string): Promise<ConversationId> {
    await openClient()
    const id = await requireAccount().start(kind, target)
    if (kind === 'channel') void joinChannel(target)
    return id
  }

  /** Deletes a conversation, and leaves the channel it was; answers false when storage refuses, and then nothing has changed. */
  async function removeConversation(id: ConversationId): Promise<boolean> {
    const isRemoved = await requireAccount().remove(id)
    if (isRemoved && conversationKind(id) === 'channel') {
      await openClient()
      await requireChannels().leave(conversationTarget(id))
    }
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

  const stopShow = onAppShow(() => {
    time.woke()
    lookAtDay()
    lookAgain()
  })
  const stopNetwork = onNetworkChange((online) => {
    networkOnline.value = online
    isHeard.value = false
    // A session that goes on all the same says so.
    if (online || session.value.phase === 'online') lookAgain()
  })
  onScopeDispose(() => {
    stopDays()
    channelList?.clear()
    stopShow()
    stopNetwork()
    runner.stop()
  })
  void isOnline().then((online) => {
    networkOnline.value = online
  })

  /** The app came to the front, or the network back: do not wait for the next ping or retry. */
  function lookAgain(): void {
    runner.dispatch({ type: 'wake' })
  }

  return {
    phase,
    me,
    connection,
    session,
    banner,
    loginProblem,
    tokensOver,
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
