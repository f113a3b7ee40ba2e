/**
 * What a client sent, checked: the bytes of one WebSocket message become a frame, or a reason to refuse it. Only shapes are
 * judged here, and what is kept of a login; limits, rates and rights are the operations' matter. Fields a frame does not have are ignored.
 */
import { JOINED_CHANNELS_MAX, isValidId } from '../src/chat/rtm-limits'
import type { AckFrame, LoginFrame, Pair, PingFrame, RequestFrame, Requests } from '../src/rtm/local/frames'
import { PROTOCOL_VERSION } from '../src/rtm/local/frames'
import * as codes from './codes'

export type ParsedFrame =
  | { readonly kind: 'login'; readonly frame: LoginFrame }
  | { readonly kind: 'request'; readonly frame: RequestFrame }
  | { readonly kind: 'ack'; readonly frame: AckFrame }
  | { readonly kind: 'ping'; readonly frame: PingFrame }
  /** A login in another version, whatever it looks like. */
  | { readonly kind: 'another-version'; readonly id: number }
  /** It has an id, so it can be answered. */
  | { readonly kind: 'refused'; readonly t: string; readonly id: number; readonly code: number; readonly why: string }
  /** There is nothing to answer to. */
  | { readonly kind: 'unreadable'; readonly why: string }

/** To parse 256 KB of nested lists takes some 15 ms, of anything else 4 ms at most. Longer frames have their depth checked first. */
const NESTED_MAX_LENGTH = 4 * 1024
/** The deepest frame, a login with channels to resume, has 4 levels. */
const DEPTH_MAX = 16

type Fields = Readonly<Record<string, unknown>>

/** Never throws. */
export function parseFrame(text: string): ParsedFrame {
  const fields = parseObject(text)
  if (!fields) return { kind: 'unreadable', why: 'not a JSON object' }
  const { t, id } = fields
  if (typeof t !== 'string') return { kind: 'unreadable', why: 't is not a string' }
  if (t === 'ping') return { kind: 'ping', frame: { t } }
  if (t === 'ack') {
    return isCount(fields.mid) ? { kind: 'ack', frame: { t, mid: fields.mid } } : { kind: 'unreadable', why: 'ack without mid' }
  }
  if (!isCount(id)) return { kind: 'unreadable', why: 'a request without id' }
  try {
    if (t === 'login' && fields.v !== PROTOCOL_VERSION) return { kind: 'another-version', id }
    if (t === 'login') return { kind: 'login', frame: { t, id, ...login(fields) } }
    const frame = request(t, id, fields)
    return frame ? { kind: 'request', frame } : { kind: 'refused', t, id, code: 1, why: `there is no frame ${JSON.stringify(t.slice(0, 32))}` }
  } catch (error) {
    if (error instanceof codes.Refusal) return { kind: 'refused', t, id, code: error.code, why: error.message }
    throw error
  }
}

function login(fields: Fields): Omit<LoginFrame, 't' | 'id'> {
  const code = codes.LOGIN.INVALID_ARGUMENT
  const { appId, uid, token, resume } = fields
  if (typeof appId !== 'string') throw new codes.Refusal(codes.LOGIN.INVALID_APP_ID, 'appId is not a string')
  if (typeof uid !== 'string') throw new codes.Refusal(code, 'uid is not a string')
  if (token !== undefined && token !== null && typeof token !== 'string') throw new codes.Refusal(code, 'token is not a string')
  const base = { v: PROTOCOL_VERSION, appId, uid, token: token ?? undefined }
  if (resume === undefined || resume === null) return base
  if (!isFields(resume) || typeof resume.secret !== 'string') throw new codes.Refusal(code, 'resume has no secret')
  const channels = resume.channels
  if (!isPairs(channels, isCount) || channels.length > JOINED_CHANNELS_MAX || !channels.every(([ch]) => isValidId(ch))) {
    throw new codes.Refusal(code, `resume.channels is not a list of at most ${JOINED_CHANNELS_MAX} [channel, seq]`)
  }
  return { ...base, resume: { secret: resume.secret, channels } }
}

/** Undefined when there is no such request. */
function request(t: string, id: number, fields: Fields): RequestFrame | undefined {
  switch (t) {
    case 'logout':
    case 'subscribed':
    case 'bearer':
      return { t, id }
    case 'renew':
      return { t, id, token: text(fields, 'token', codes.RENEW_TOKEN.INVALID_ARGUMENT) }
    case 'peer':
      return {
        t,
        id,
        text: text(fields, 'text', codes.PEER_MESSAGE.INVALID_MESSAGE),
        to: text(fields, 'to', codes.PEER_MESSAGE.INVALID_USERID),
        offline: flag(fields, 'offline', codes.PEER_MESSAGE.INVALID_MESSAGE),
      }
    case 'join':
      return { t, id, ch: text(fields, 'ch', codes.JOIN.INVALID_ARGUMENT) }
    case 'leave':
      return { t, id, ch: text(fields, 'ch', codes.LEAVE.NOT_IN_CHANNEL) }
    case 'send':
      return {
        t,
        id,
        text: text(fields, 'text', codes.CHANNEL_MESSAGE.INVALID_MESSAGE),
        ch: text(fields, 'ch', codes.CHANNEL_MESSAGE.NOT_IN_CHANNEL),
      }
    case 'members':
      return { t, id, ch: text(fields, 'ch', codes.GET_MEMBERS.NOT_IN_CHANNEL) }
    case 'counts':
      return { t, id, chs: texts(fields, 'chs', codes.MEMBER_COUNT.INVALID_ARGUMENT) }
    case 'online':
      return { t, id, uids: texts(fields, 'uids', codes.QUERY_ONLINE.INVALID_ARGUMENT) }
    case 'subscribe':
    case 'unsubscribe':
      return { t, id, uids: texts(fields, 'uids', codes.SUBSCRIPTION.INVALID_ARGUMENT) }
    case 'setUser':
      return { t, id, ...attributeChange(fields) }
    case 'getUser':
      return { t, id, uid: text(fields, 'uid', codes.ATTRIBUTES.INVALID_ARGUMENT), ...attributeKeys(fields) }
    case 'setChannel':
      return {
        t,
        id,
        ch: text(fields, 'ch', codes.ATTRIBUTES.INVALID_ARGUMENT),
        notify: flag(fields, 'notify', codes.ATTRIBUTES.INVALID_ARGUMENT),
        ...attributeChange(fields),
      }
    case 'getChannel':
      return { t, id, ch: text(fields, 'ch', codes.ATTRIBUTES.INVALID_ARGUMENT), ...attributeKeys(fields) }
    default:
      return undefined
  }
}

function attributeChange(fields: Fields): Requests['setUser']['ask'] {
  const code = codes.ATTRIBUTES.INVALID_ARGUMENT
  switch (fields.op) {
    case 'set':
    case 'add':
      if (!isPairs(fields.attributes, isString)) throw new codes.Refusal(code, 'attributes is not a list of [key, value]')
      return { op: fields.op, attributes: [...fields.attributes] }
    case 'delete':
      return { op: 'delete', keys: texts(fields, 'keys', code) }
    case 'clear':
      return { op: 'clear' }
    default:
      throw new codes.Refusal(code, 'op is none of set, add, delete, clear')
  }
}

function attributeKeys(fields: Fields): { keys?: string[] } {
  return fields.keys === undefined || fields.keys === null ? {} : { keys: texts(fields, 'keys', codes.ATTRIBUTES.INVALID_ARGUMENT) }
}

function text(fields: Fields, name: string, code: number): string {
  const value = fields[name]
  if (typeof value !== 'string') throw new codes.Refusal(code, `${name} is not a string`)
  return value
}

function texts(fields: Fields, name: string, code: number): string[] {
  const value = fields[name]
  if (!Array.isArray(value) || !value.every(isString)) throw new codes.Refusal(code, `${name} is not a list of strings`)
  return value
}

/** Absent counts as false. */
function flag(fields: Fields, name: string, code: number): boolean {
  const value = fields[name] ?? false
  if (typeof value !== 'boolean') throw new codes.Refusal(code, `${name} is not a boolean`)
  return value
}

function parseObject(json: string): Fields | undefined {
  if (json.length > NESTED_MAX_LENGTH && isDeep(json)) return undefined
  try {
    const value: unknown = JSON.parse(json)
    return isFields(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Whether lists and objects are nested deeper than {@link DEPTH_MAX}. What is no JSON gets any answer. */
function isDeep(json: string): boolean {
  let depth = 0
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case '"':
        at = endOfString(json, at)
        break
      case '[':
      case '{':
        if (++depth > DEPTH_MAX) return true
        break
      case ']':
      case '}':
        depth--
    }
  }
  return false
}

/** Where the string that begins at `start` has its closing quote; the end of the text when it has none. */
function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end >= 0; end = json.indexOf('"', end + 1)) {
    let backslashes = 0
    while (json[end - 1 - backslashes] === '\\') backslashes++
    if (backslashes % 2 === 0) return end
  }
  return json.length
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function isPairs<Value>(value: unknown, isValue: (value: unknown) => value is Value): value is Pair<Value>[] {
  return Array.isArray(value) && value.every((pair) => Array.isArray(pair) && pair.length === 2 && isString(pair[0]) && isValue(pair[1]))
}
