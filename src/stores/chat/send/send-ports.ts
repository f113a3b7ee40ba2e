import type { ConversationId } from '@/src/chat/conversation/conversation'
import type { Profile } from '@/src/chat/message/common-fields'
import type { Wire } from '@/src/chat/message/envelope'
import type { FileStore, Media } from '@/src/more/media/port'
import type { PeerMessageSendResult, RtmCapabilities } from '@/src/rtm/port'

/** What the sending needs of the service, and the settings about it. */
export interface SendPorts {
  readonly uid: string
  readonly wire: Wire
  readonly capabilities: RtmCapabilities
  /** Whether messages to this conversation can be sent now: logged in, and in the channel. */
  ready(id: ConversationId): boolean
  /** Whether a channel is being joined again, so that not being in it is temporary. */
  rejoining(id: ConversationId): boolean
  /** `keep`: the service stores the message for a peer who is offline, where it can. */
  sendToPeer(peer: string, text: string, keep: boolean): Promise<PeerMessageSendResult>
  sendToChannel(channel: string, text: string): Promise<void>
  /** Subscribes to when the peer is online. */
  watchPeer(peer: string): void
  /** Whether the peer is known to be online. */
  isPeerOnline(peer: string): boolean
  /** The store for files. Undefined without a login, or if the service has none. */
  fileStore?(): FileStore | undefined
  /** The media engine. */
  media?(): Promise<Media>
  /** On this device: this user's addresses on the store that could not be deleted yet. */
  readonly undeletedFiles?: { read(): unknown; write(urls: readonly string[]): void }
  /** How the user wants to be shown. Undefined if nothing was chosen. */
  profile?(): Profile | undefined
  /** The setting: peers learn what was read here, and this user sees what they have read. */
  marksRead(): boolean
  /** The setting: peers see that this user types, and this user sees that they do. */
  showsTyping(): boolean
}
