/**
 * THE store of the chat. It owns the one RTM client and the map of joined channels, and connects the rooms below it: the rules (chat), the service (rtm), the
 * device (storage, platform).
 */
import { defineStore } from 'pinia'
import { computed, markRaw, onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue'
import { banner as bannerOf, type Banner } from '@/src/chat/session/banner'
import { conversationId, conversationKind, conversationTarget, type ConversationId, type ConversationKind } from '@/src/chat/conversation/conversation'
import type { Wire } from '@/src/chat/message/envelope'
import { Lazy } from '@/src/chat/util/lazy'
import { orElse } from '@/src/chat/util/or-else'
import { time } from '@/src/chat/time/time'
import { onAppShow } from '@/src/platform/app'
import { readSetting, writeSetting } from '@/src/platform/device'
import { isOnline, onNetworkChange } from '@/src/platform/network'
import { holdLogin } from '@/src/platform/other-tabs'
import { mayLoad } from '@/src/platform/media-hosts'
import { uploader } from '@/src/platform/uploader'
import { appId, backend, fileServerUrl, gatewayUrl } from '@/src/rtm/backend'
import { notInChannel, RtmError } from '@/src/rtm/errors'
import type { StorageUsage } from '@/src/storage/port'
import { Channels, type ChannelView, type JoinedChannel } from './chat/joined-channels'
import { Client, type Connection } from './chat/client'
import { CurrentAccount } from './chat/current-account'
import { Presence } from './chat/presence'
import { SignIn } from './chat/sign-in'
import { TokenServer } from './chat/token-server'
import type { Thread } from './chat/threads/thread'
import { useSettingsStore } from './settings'
import { followDays, lookAtDay } from './today'

export type { ChannelView } from './chat/joined-channels'
export type { LoginProblem } from './chat/login-problem'
export type { LoginQuestion } from './chat/tab-start'
export type { ActionState, ActionStates } from './chat/send/action-queue'
export type { Thread } from './chat/threads/thread'
export type { RtmBackendName } from '@/src/rtm/port'
export type { StorageUsage } from '@/src/storage/port'

const wire: Wire = import.meta.env.VITE_RTM_WIRE === 'plain' ? 'plain' : 'rich'
const tokenUrl = import.meta.env.VITE_RTM_TOKEN_URL || undefined

/** A setting of this device: whether the service had a store for files at the last login. */
const HAD_FILES = 'had-files'

function hasSession({ state }: Connection): boolean {
  return state === 'CONNECTED' || state === 'RECONNECTING'
}

export const useChatStore = defineStore('chat', () => {
  const settings = useSettingsStore()
  time.forget()
  const stopDays = followDays()

  /** The device's report on its network. It may be wrong, as with a VPN or a service on the device itself. */
  const networkOnline = shallowRef(true)
  /** The joined channels, by id. */
  const channels: Map<string, JoinedChannel> = markRaw(new Map())
  const client: Client = new Client(
    {
      connectionChanged: (...change) => signIn.connectionChanged(...change),
      peerMessage: (from, message, props) => current.receive('peer', from, from, message, props),
      peerChanged: (uid, state) => signIn.peerChanged(uid, state),
      tokenExpired: () => signIn.tokenExpired(),
      tokenWillExpire: () => signIn.tokenWillExpire(),
    },
    wire,
  )
  const tokenServer = tokenUrl === undefined ? undefined : new TokenServer(tokenUrl, backend === 'agora' ? fileServerUrl() : undefined)
  const presence = new Presence(client)
  const channelList: Lazy<Channels> = new Lazy(
    () =>
      new Channels(
        channels,
        { createChannel: (id) => client.require().createChannel(id) },
        {
          message: (channel, from, message, props) => current.receive('channel', channel, from, message, props),
          member: (channel, event, uid) => current.memberChanged(channel, event, uid),
          failed: (channel, refusal) => void account.value?.own.joinFailed(channel, refusal),
          wasAway: (channel, from, to) => current.wasAway(channel, from, to),
          joined: (channel) => account.value?.own.outbox.wake(conversationId('channel', channel), 'login'),
        },
        () => client.isConnected,
      ),
  )
  const current: CurrentAccount = new CurrentAccount({
    client,
    presence,
    channels: channelList,
    wire,
    historyLimits: () => settings.historyLimits,
    marksRead: () => settings.readMarks,
    showsTyping: () => settings.typing,
    profile: settings.profileOf,
    fileStore: () => fileStore.value,
    sendToChannel,
  })
  const signIn = new SignIn({ client, current, presence, channels: channelList, rememberUid: (uid) => settings.rememberUid(uid), tokenServer })
  const { account, me } = current
  const { phase, session } = signIn

  watch(
    () => settings.readMarks,
    (isOn) => !isOn && account.value?.own.reads.forget(),
  )

  const isLoggedIn = computed(() => hasSession(client.connection.value))
  /** The store for files: the team's own, or the file server of which the service tells with each connection. */
  const fileStore = computed(() => uploader() ?? (hasSession(client.connection.value) ? (tokenServer?.files.value ?? client.rtmClient.value?.files) : undefined))
  /** Whether files can be sent. Without a login the last one counts: a file that is chosen offline waits. */
  const hasFiles = computed(() => wire === 'rich' && (fileStore.value !== undefined || (!isLoggedIn.value && readSetting(HAD_FILES) === true)))
  watch([isLoggedIn, hasFiles], () => isLoggedIn.value && writeSetting(HAD_FILES, hasFiles.value))

  /** The address of a file of a message. Undefined if this program may not load it. */
  function fileAddress(url: string): string | undefined {
    if (!url.startsWith('/')) return mayLoad(url) ? url : undefined
    const server = fileServerUrl()
    return server === undefined ? undefined : server + url
  }

  const banner = computed<Banner>(() => (phase.value === 'signed-in' ? bannerOf(session.value, networkOnline.value || client.isHeard.value) : 'none'))
  // #ifdef H5
  // A session that has ended, as by a login elsewhere, does not keep another tab from taking over.
  watch(() => (phase.value === 'signed-in' && session.value.phase !== 'stopped' ? me.value : undefined), holdLogin)
  // #endif

  // ------------------------------------------------------------------------------------------ channels

  async function sendToChannel(channelId: string, text: string): Promise<void> {
    const joined = channels.get(channelId)
    if (!joined) throw notInChannel()
    await joined.channel.sendMessage({ text })
  }

  function channelView(channelId: string): Readonly<ShallowRef<ChannelView>> {
    return channelList.get().view(channelId)
  }

  /** Joins a channel, for now and every later login. A failure is in its {@link channelView}. */
  async function joinChannel(channelId: string): Promise<void> {
    await account.value?.start('channel', channelId)
    await orElse(RtmError, () => channelList.get().join(channelId), () => undefined)
  }

  async function leaveChannel(channelId: string): Promise<void> {
    await account.value?.setLeft(conversationId('channel', channelId), true)
    await channelList.get().leave(channelId)
  }

  /** Requests the members of a channel. If RTM refuses, the page shows the count it has, and requests them again after the next reconnect. */
  async function loadMembers(channelId: string): Promise<void> {
    await orElse(RtmError, () => channelList.get().loadMembers(channelId), () => undefined)
  }

  // ------------------------------------------------------------------------------------------ conversations

  /** The size of the user's messages on the device. Undefined while storage does not answer. */
  async function storageUsage(): Promise<StorageUsage | undefined> {
    return account.value?.usage()
  }

  /** Deletes the messages of a conversation, which stays. Resolves to false if storage fails. */
  function clearConversation(id: ConversationId): Promise<boolean> {
    return current.require().clear([id])
  }

  async function clearAllConversations(): Promise<boolean> {
    const opened = current.require()
    await opened.load()
    return opened.clear([...opened.conversations.all()].map(({ id }) => id))
  }

  /** Deletes messages over the limits of the settings, from now on. Resolves to false if storage fails. */
  function applyHistoryLimits(): Promise<boolean> {
    return current.require().conversations.setLimits(settings.historyLimits)
  }

  /** The conversation with a peer, or in a channel, which is joined. */
  async function startConversation(kind: ConversationKind, target: string): Promise<ConversationId> {
    await client.open()
    const id = await current.require().start(kind, target)
    if (kind === 'channel') void joinChannel(target)
    return id
  }

  /** Deletes a conversation, and leaves its channel. Resolves to false if storage fails, and then nothing has changed. */
  async function removeConversation(id: ConversationId): Promise<boolean> {
    const isRemoved = await current.require().remove(id)
    if (isRemoved && conversationKind(id) === 'channel') {
      await client.open()
      await channelList.get().leave(conversationTarget(id))
    }
    return isRemoved
  }

  /** Opens a conversation, at the message `at` if given. */
  function openThread(id: ConversationId, at?: number): Thread {
    const thread = markRaw(current.require().openThread(id, at))
    if (conversationKind(id) === 'peer') presence.watch(conversationTarget(id))
    else if (channelView(conversationTarget(id)).value.state === 'suspended') void joinChannel(conversationTarget(id))
    return thread
  }

  // ------------------------------------------------------------------------------------------ the device

  const stopShow = onAppShow(() => {
    time.woke()
    lookAtDay()
    signIn.wake()
  })
  const stopNetwork = onNetworkChange((online) => {
    networkOnline.value = online
    client.isHeard.value = false
    // If the session continues nevertheless, the client reports that.
    if (online || session.value.phase === 'online') signIn.wake()
  })
  onScopeDispose(() => {
    stopDays()
    channelList.made?.clear()
    stopShow()
    stopNetwork()
    signIn.stop()
  })
  void isOnline().then((online) => {
    networkOnline.value = online
  })

  return {
    phase,
    me,
    connection: client.connection,
    session,
    banner,
    hasFiles,
    fileAddress,
    loginProblem: signIn.problem,
    tokensOver: signIn.tokensOver,
    backendName: client.backendName,
    account,
    /** The one RTM client, once it is created. */
    client: client.rtmClient,
    channels,
    wire,
    /** The backend of this build. */
    backend: { kind: backend, appId, gatewayUrl: backend === 'local' ? gatewayUrl() : '', fetchesToken: tokenUrl !== undefined },
    restore: signIn.restore.bind(signIn),
    checkBackend: signIn.checkBackend.bind(signIn),
    signIn: signIn.signIn.bind(signIn),
    cancelSignIn: signIn.cancelSignIn.bind(signIn),
    signInAgain: signIn.signInAgain.bind(signIn),
    signInWithNewToken: signIn.signInWithNewToken.bind(signIn),
    signOut: signIn.signOut.bind(signIn),
    joinChannel,
    leaveChannel,
    channelView,
    loadMembers,
    peerState: presence.state.bind(presence),
    watchPeer: presence.watch.bind(presence),
    startConversation,
    removeConversation,
    openThread,
    storageUsage,
    clearConversation,
    clearAllConversations,
    applyHistoryLimits,
  }
})
