/**
 * The frames between the local adapter (src/rtm/local) and the gateway (gateway/): one JSON object per WebSocket text message. docs/GATEWAY.md describes
 * them. Types only, and the constants that both sides must agree on.
 * A request has an `id` that the client counts up within a session; exactly one `ok` or `err` with the same id answers it. Frames that the server sends
 * unasked have no `id`. The first frame of a connection must be `login`.
 */

/** The version of this protocol, sent in `login`. The gateway rejects a version it does not know. */
export const PROTOCOL_VERSION = 1

/** The App ID of the local backend, without an account: 32 hexadecimal digits, since Agora's token builders accept no others. */
export const LOCAL_APP_ID = '10ca10ca10ca10ca10ca10ca10ca10ca'

export const GATEWAY_DEFAULT_PORT = 7070
/** The path of the WebSocket endpoint. */
export const GATEWAY_PATH = '/rtm'

/** The largest frame that either side accepts, in bytes: a message of the largest size, in its longest escaped form, and its envelope. */
export const FRAME_MAX_BYTES = 256 * 1024

/** The gateway's own WebSocket close codes. */
export const CLOSE_CODE = {
  /** Not JSON, not an object, binary, or not a known frame. */
  BAD_FRAME: 4400,
  /** Something else than `login` came first, or a second `login`. */
  OUT_OF_ORDER: 4401,
  /** The client uses another version. */
  VERSION: 4402,
  /** Nothing was heard for PING_TIMEOUT_MS, or no login came in LOGIN_TIMEOUT_MS. */
  SILENT: 4408,
  /** The client reads too slowly. */
  SLOW: 4409,
  /** The session ended: after a `kick` or a logout. */
  SESSION_ENDED: 4410,
  /** The gateway shuts down; come back. */
  GOING_AWAY: 1001,
} as const

/** A key and its value. Never an object by id: `__proto__` is a legal user id. */
export type Pair<Value> = readonly [key: string, value: Value]

// ---------------------------------------------------------------------------------------------- client to gateway

export interface LoginFrame {
  readonly t: 'login'
  readonly id: number
  readonly v: number
  readonly appId: string
  readonly uid: string
  readonly token?: string
  /** To resume a session after a lost connection. */
  readonly resume?: {
    /** The secret that the gateway issued at the login. */
    readonly secret: string
    /** The channels this client has joined, each with the last `seq` that the answer of `join` or a message has named. */
    readonly channels: readonly Pair<number>[]
  }
}

/** Every other request by its name: its fields, and those of its `ok`, besides `t` and `id`. */
export interface Requests {
  logout: { ask: object; answer: object }
  renew: { ask: { token: string }; answer: object }
  /** `offline`: store it for the receiver if they are offline. */
  peer: { ask: { to: string; text: string; offline?: boolean }; answer: { received: boolean } }
  /** `seq`: messages up to this one were sent before the join, or are known to the client; 0: there were none. */
  join: { ask: { ch: string }; answer: { seq: number } }
  leave: { ask: { ch: string }; answer: object }
  send: { ask: { ch: string; text: string }; answer: object }
  members: { ask: { ch: string }; answer: { uids: string[] } }
  counts: { ask: { chs: string[] }; answer: { counts: Pair<number>[] } }
  online: { ask: { uids: string[] }; answer: { online: Pair<boolean>[] } }
  subscribe: { ask: { uids: string[] }; answer: object }
  unsubscribe: { ask: { uids: string[] }; answer: object }
  subscribed: { ask: object; answer: { uids: string[] } }
  /** `set` replaces all, `add` adds or updates, `delete` takes `keys`, `clear` takes all. */
  setUser: { ask: { op: 'set' | 'add'; attributes: Pair<string>[] } | { op: 'delete'; keys: string[] } | { op: 'clear' }; answer: object }
  getUser: { ask: { uid: string; keys?: string[] }; answer: { attributes: Pair<string>[] } }
  setChannel: {
    ask: { ch: string; notify: boolean } & ({ op: 'set' | 'add'; attributes: Pair<string>[] } | { op: 'delete'; keys: string[] } | { op: 'clear' })
    answer: object
  }
  getChannel: { ask: { ch: string; keys?: string[] }; answer: { attributes: ChannelAttributesJson } }
  /** A bearer for the file server, of an open session. */
  bearer: { ask: object; answer: FileBearer }
}
/** Proves to the file server, at the gateway's own port, who the user is. */
export interface FileBearer {
  readonly bearer: string
  /** It expires at this time, in ms since 1970. */
  readonly until: number
}
export type RequestName = keyof Requests
export type RequestFrame<N extends RequestName = RequestName> = N extends RequestName ? { readonly t: N; readonly id: number } & Requests[N]['ask'] : never

export type ChannelAttributesJson = readonly Pair<{ value: string; lastUpdateUserId: string; lastUpdateTs: number }>[]

/** The client has saved the peer message `mid`. It has no answer. */
export interface AckFrame {
  readonly t: 'ack'
  readonly mid: number
}
/** Answered by `pong`. */
export interface PingFrame {
  readonly t: 'ping'
}
export type ClientFrame = LoginFrame | RequestFrame | AckFrame | PingFrame

// ---------------------------------------------------------------------------------------------- gateway to client

export interface LoginAnswer {
  /** Send it back in `resume` after a lost connection. */
  readonly secret: string
  /** Whether an earlier session was resumed, with its channels, subscriptions and attributes. Otherwise the client joins again. */
  readonly resumed: boolean
  /** Of the channels in `resume`, those that this session is still in. Empty for a new session. */
  readonly channels: readonly string[]
  /** Server time in ms, of a new session. An earlier gateway does not send it. */
  readonly ts?: number
  /** For the file server, of a new session and of a resumed one. An earlier gateway has no file server and does not send it. */
  readonly files?: FileBearer
}
export type OkFrame = { readonly t: 'ok'; readonly id: number } & Readonly<Record<string, unknown>>
/** `code`: the operation's own code of RTM 1.x. `server`: the access service's, if the gateway has one. */
export interface ErrFrame {
  readonly t: 'err'
  readonly id: number
  readonly code: number
  readonly why: string
}
/** A peer message. `mid` counts up within a session. The same `mid` may come again after a resume. */
export interface PeerFrame {
  readonly t: 'peer'
  readonly mid: number
  readonly from: string
  readonly text: string
  /** Server time in ms. */
  readonly ts: number
  /** Whether it waited in the offline queue. */
  readonly off?: boolean
}
/** A channel message. `seq` counts up within the channel. */
export interface ChannelFrame {
  readonly t: 'msg'
  readonly ch: string
  readonly seq: number
  readonly from: string
  readonly text: string
  readonly ts: number
}
export interface MemberFrame {
  readonly t: 'joined' | 'left'
  readonly ch: string
  readonly uid: string
}
export interface CountFrame {
  readonly t: 'count'
  readonly ch: string
  readonly n: number
}
export interface StatusFrame {
  readonly t: 'status'
  readonly peers: readonly Pair<'ONLINE' | 'UNREACHABLE' | 'OFFLINE'>[]
}
export interface ChannelAttributesFrame {
  readonly t: 'attributes'
  readonly ch: string
  readonly attributes: ChannelAttributesJson
}
/** The token has less than 30 s left (`expiring`). */
export interface TokenFrame {
  readonly t: 'expiring'
}
/** The session has ended for good. */
export interface KickFrame {
  readonly t: 'kick'
  readonly reason: 'REMOTE_LOGIN' | 'BANNED_BY_SERVER' | 'TOKEN_EXPIRED'
}
export interface PongFrame {
  readonly t: 'pong'
}
export type ServerFrame =
  | OkFrame
  | ErrFrame
  | PeerFrame
  | ChannelFrame
  | MemberFrame
  | CountFrame
  | StatusFrame
  | ChannelAttributesFrame
  | TokenFrame
  | KickFrame
  | PongFrame
