/** What is said over the bus, and where. Ids go into names as hex: a user id may hold spaces, dots and wildcards. */
import type { ChannelAttributesJson, KickFrame } from '../src/rtm/local/frames'
import type { Subject } from './bus'
import type { ChannelMessage, PeerMessage } from './store/port'

export type PeerState = 'ONLINE' | 'UNREACHABLE' | 'OFFLINE'

/** To the node that holds a user's session. */
export type UserRequest =
  | { readonly kind: 'message'; readonly message: PeerMessage; readonly offline: boolean }
  /** Something was put into the user's offline queue. */
  | { readonly kind: 'queued' }
  | { readonly kind: 'state' }
  /**
   * The user logs in: end the session. A client that comes back gives a secret; with one of the same client as this session's it
   * gets what it has not acknowledged, with another it was replaced by this session and has to go.
   */
  | { readonly kind: 'replace'; readonly secret: string | undefined }

export interface UserReply {
  /** For `message`: the receiver's client has acknowledged it. */
  readonly received?: boolean
  /** For `message`: the session ended while the message waited; ask again, another may have come. */
  readonly gone?: boolean
  /** For `state`. */
  readonly state?: PeerState
  /** For `replace` with the secret of an earlier session. */
  readonly elsewhere?: boolean
  /** For `replace` with the right secret. */
  readonly unacknowledged?: readonly UnacknowledgedMessage[]
}

export interface UnacknowledgedMessage {
  /** Undefined: only the offline queue has it, at `key`. */
  readonly message: PeerMessage | undefined
  /** Its place in the offline queue, when it has one. */
  readonly key: string | undefined
  readonly off: boolean
}

export type ChannelEvent =
  | ({ readonly kind: 'message' } & ChannelMessage)
  | { readonly kind: 'joined' | 'left'; readonly uid: string; readonly count: number }
  | { readonly kind: 'attributes'; readonly attributes: ChannelAttributesJson }

export type EndReason = KickFrame['reason']

const hex = (id: string) => Buffer.from(id).toString('hex')

export const userSubject = (uid: string): Subject<UserRequest, UserReply> => ({ name: `user.${hex(uid)}` })
export const presenceSubject = (uid: string): Subject<PeerState> => ({ name: `presence.${hex(uid)}` })
export const channelSubject = (ch: string): Subject<ChannelEvent> => ({ name: `channel.${hex(ch)}` })
/** The set of a channel's members. */
export const channelMembers = (ch: string): string => `members.${hex(ch)}`
