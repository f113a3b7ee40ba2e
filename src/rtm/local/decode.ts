/** Reads frames of the gateway from untrusted text. A malformed frame is undefined; no function here throws. */
import { isValidId, MESSAGE_MAX_BYTES, utf8Length } from '@/src/chat/rtm-limits'
import { isBoolean, isCount, isOneOf, isRecord, isString, isStrings } from '@/src/chat/util/checks'
import { parseJsonText } from '@/src/chat/util/json-text'
import { FRAME_MAX_BYTES } from './frames'
import type { ChannelAttributesFrame, FileBearer, LoginAnswer, OkFrame, Pair, Requests, ServerFrame } from './frames'
import type { UsedRequest } from './requests'

type Json = Readonly<Record<string, unknown>>
type Check<T> = (value: unknown) => value is T

const isNumber: Check<number> = (value) => typeof value === 'number'
const isId: Check<string> = isValidId
/** A text that is not longer than a message of RTM can be. */
const isText: Check<string> = (value): value is string => isString(value) && utf8Length(value) <= MESSAGE_MAX_BYTES
const oneOf =
  <T extends string>(...words: readonly T[]): Check<T> =>
  (value): value is T =>
    isOneOf(words, value)
const list =
  <T>(of: Check<T>): Check<T[]> =>
  (value): value is T[] =>
    Array.isArray(value) && value.every((item) => of(item))
const pairs = <T>(of: Check<T>): Check<Pair<T>[]> =>
  list((value): value is Pair<T> => Array.isArray(value) && value.length === 2 && isString(value[0]) && of(value[1]))

/** The frames that this adapter handles. */
export type UsedFrame = Exclude<ServerFrame, ChannelAttributesFrame>

/** Checks the fields of each frame. */
const SHAPES: { readonly [T in UsedFrame['t']]: (frame: Json) => boolean } = {
  ok: (f) => isCount(f.id),
  err: (f) => isCount(f.id) && isCount(f.code) && isString(f.why),
  peer: (f) => isCount(f.mid) && isId(f.from) && isText(f.text) && isNumber(f.ts) && (f.off === undefined || isBoolean(f.off)),
  msg: (f) => isId(f.ch) && isCount(f.seq) && isId(f.from) && isText(f.text) && isNumber(f.ts),
  joined: (f) => isId(f.ch) && isId(f.uid),
  left: (f) => isId(f.ch) && isId(f.uid),
  count: (f) => isId(f.ch) && isCount(f.n),
  status: (f) => pairs(oneOf('ONLINE', 'UNREACHABLE', 'OFFLINE'))(f.peers),
  expiring: () => true,
  kick: (f) => oneOf('REMOTE_LOGIN', 'BANNED_BY_SERVER', 'TOKEN_EXPIRED')(f.reason),
  pong: () => true,
}

/** `data`: a text of the connection. Undefined if it is longer than a frame, malformed, or a frame that this adapter does not handle. */
export function decodeFrame(data: unknown): UsedFrame | undefined {
  const frame = parse(data)
  if (!isRecord(frame) || !isString(frame.t) || !Object.prototype.hasOwnProperty.call(SHAPES, frame.t)) return undefined
  return SHAPES[frame.t as UsedFrame['t']](frame) ? (frame as unknown as UsedFrame) : undefined
}

function parse(data: unknown): unknown {
  return isString(data) && data.length <= FRAME_MAX_BYTES ? parseJsonText(data) : undefined
}

const nothing = () => true

/** Checks the fields of each request's `ok`. */
const ANSWERS: { readonly [N in UsedRequest]: (ok: Json) => boolean } = {
  logout: nothing,
  renew: nothing,
  bearer: (ok) => isFileBearer(ok),
  join: (ok) => isCount(ok.seq),
  leave: nothing,
  send: nothing,
  subscribe: nothing,
  peer: (ok) => isBoolean(ok.received),
  members: (ok) => list(isId)(ok.uids),
}

/** The answer to request `name`. Undefined if it is malformed. */
export function decodeAnswer<N extends UsedRequest>(name: N, ok: OkFrame): Requests[N]['answer'] | undefined {
  return ANSWERS[name](ok) ? (ok as Requests[N]['answer']) : undefined
}

const isFileBearer: Check<FileBearer> = (value): value is FileBearer => isRecord(value) && isString(value.bearer) && /^[\w.~+/=-]{1,1024}$/.test(value.bearer) && isNumber(value.until)

/** The answer to a login. Undefined if it is malformed; `ts` and `files` are absent if the gateway sends none. */
export function decodeLoginAnswer(ok: OkFrame): LoginAnswer | undefined {
  const { secret, resumed, channels, ts, files } = ok
  if (!isString(secret) || !isBoolean(resumed) || !isStrings(channels)) return undefined
  return { secret, resumed, channels, ...(isNumber(ts) && { ts }), ...(isFileBearer(files) && { files: { bearer: files.bearer, until: files.until } }) }
}
