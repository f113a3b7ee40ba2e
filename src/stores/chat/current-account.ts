/** The open account, and the one that the RTM client is logged in as: during a logout that is still the old one. */
import { markRaw, shallowRef, type ShallowRef } from 'vue'
import { conversationKind, conversationTarget, type ConversationId } from '@/src/chat/conversation/conversation'
import type { HistoryLimits } from '@/src/chat/conversation/history-limits'
import type { Profile } from '@/src/chat/message/common-fields'
import type { Wire } from '@/src/chat/message/envelope'
import type { Lazy } from '@/src/chat/util/lazy'
import type { FileStore } from '@/src/more/media/port'
import { readSetting, writeSetting } from '@/src/platform/device'
import { appId } from '@/src/rtm/backend'
import { notLoggedIn } from '@/src/rtm/errors'
import { openStorage } from '@/src/storage'
import { people } from '../people'
import { Account } from './account'
import type { Channels } from './joined-channels'
import type { Client } from './client'
import { loadMedia } from './media'
import type { Presence } from './presence'
import type { Inbox } from './receive/inbox'

export interface CurrentAccountPorts {
  readonly client: Client
  readonly presence: Presence
  readonly channels: Lazy<Channels>
  readonly wire: Wire
  historyLimits(): HistoryLimits
  /** The setting about read marks. */
  marksRead(): boolean
  /** The setting about typing. */
  showsTyping(): boolean
  /** The store for files. Undefined if the service has none. */
  fileStore(): FileStore | undefined
  /** How the user of this id wants to be shown. */
  profile(uid: string): Profile | undefined
  /** Sends to a joined channel. Rejects with RtmError. */
  sendToChannel(channel: string, text: string): Promise<void>
}

/** The steps that {@link CurrentAccount.open} waits for. */
export interface OpenOptions {
  /** Creates the client. At a start it is created later. */
  prepare?(): Promise<unknown>
  /** Resolves when no logout is in progress. */
  left(): Promise<void>
  /** Whether another login or a logout has superseded this one. */
  isSuperseded(): boolean
}

export class CurrentAccount {
  readonly account: ShallowRef<Account | undefined> = shallowRef()
  /** The user id of the account that is open or was open last. */
  readonly me: ShallowRef<string> = shallowRef('')
  /** The account the RTM client is logged in as. */
  private online: Account | undefined
  private readonly storage = openStorage()
  /** Accounts being closed, by user ID. Resolves when their pending writes are saved. */
  private readonly closing = new Map<string, Promise<void>>()
  /** Incoming messages being saved. Awaited before the same history is opened again. */
  private readonly pendingReceives = new Set<Promise<unknown>>()

  constructor(private readonly ports: CurrentAccountPorts) {}

  /** Opens the account of `uid`. Resolves to undefined if that was superseded. Rejects with StorageError, and with the errors of `prepare`. */
  async open(uid: string, { prepare, left, isSuperseded }: OpenOptions): Promise<Account | undefined> {
    if (uid !== this.me.value) this.ports.channels.made?.forgetAway()
    this.close()
    await prepare?.()
    // Two open histories of one user would overwrite each other.
    if (this.closing.has(uid)) {
      await this.closing.get(uid)
      await left()
      await Promise.allSettled(this.pendingReceives)
    }
    if (isSuperseded()) return undefined
    const history = await this.storage.openHistory({ appId, uid })
    if (isSuperseded()) return undefined
    const { client, channels, presence, wire, sendToChannel, historyLimits, marksRead, showsTyping, profile, fileStore } = this.ports
    const isOnline = () => this.online === current
    const channelState = (id: ConversationId) => channels.get().view(conversationTarget(id)).value.state
    const current: Account = markRaw(
      new Account({
        uid,
        history,
        limits: historyLimits(),
        wire,
        profile: () => profile(uid),
        get capabilities() {
          return client.capabilities
        },
        // A channel we left: send now, so that it fails with a reason. A channel we are about to join: wait.
        ready: (id) => isOnline() && client.isConnected && (conversationKind(id) === 'peer' || ['joined', 'left'].includes(channelState(id))),
        rejoining: (id) => channelState(id) !== 'left',
        // Each checks that the client is logged in as this user, so that no message is sent under another name.
        sendToPeer: async (peer, text, keep) => {
          if (!isOnline()) throw notLoggedIn('peerMessage')
          return client.sendToPeer(peer, text, keep)
        },
        sendToChannel: async (channel, text) => {
          if (!isOnline()) throw notLoggedIn('channelMessage')
          await sendToChannel(channel, text)
        },
        watchPeer: (peer) => presence.watch(peer),
        isPeerOnline: (peer) => presence.state(peer).value === 'ONLINE',
        fileStore: () => (isOnline() && client.isConnected ? fileStore() : undefined),
        media: loadMedia,
        undeletedFiles: { read: () => readSetting(`undeleted-files:${uid}`), write: (urls) => writeSetting(`undeleted-files:${uid}`, urls) },
        marksRead,
        showsTyping,
      }),
    )
    this.me.value = uid
    people.value = current.conversations.people
    this.account.value = current
    return current
  }

  close(): void {
    const { account, ports } = this
    if (account.value) this.closing.set(account.value.uid, account.value.close())
    account.value = undefined
    people.value = undefined
    ports.channels.made?.clear()
    ports.presence.clear()
  }

  /** The open account. Throws if none is. */
  require(): Account {
    if (!this.account.value) throw new Error('this needs a login')
    return this.account.value
  }

  /** The RTM client is logged in as the open account. */
  goOnline(): void {
    this.online = this.account.value
  }

  /** The RTM client is logged out. */
  goOffline(): void {
    this.online = undefined
  }

  /** Saves an incoming message for the online account. Resolves to whether it was saved. */
  async receive(...received: Parameters<Inbox['receive']>): Promise<boolean> {
    const { client } = this.ports
    client.heard()
    if (!this.online) return false
    const { serverReceivedTs, isOfflineMessage, isHistoricalMessage } = received[4]
    if (isOfflineMessage !== true && isHistoricalMessage !== true) client.heardTime(serverReceivedTs)
    const saved = this.online.inbox.receive(...received)
    this.pendingReceives.add(saved)
    return saved.finally(() => this.pendingReceives.delete(saved))
  }

  /** A member joined or left a channel of the online account. */
  memberChanged(channel: string, event: 'joined' | 'left', uid: string): void {
    void this.online?.membership.record(channel, event, uid)
  }

  /** The online account missed the messages of a channel from `from` to `to`, ms since 1970. */
  wasAway(channel: string, from: number, to: number): void {
    void this.online?.membership.recordAbsence(channel, from, to)
  }
}
