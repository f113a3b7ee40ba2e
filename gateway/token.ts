/**
 * Agora's tokens for RTM 1.x, checked and made as Agora's own builders do: 006 (AccessToken) and 007 (AccessToken2).
 * Layouts and signatures: AgoraIO/Tools, DynamicKey/AgoraDynamicKey.
 */
import { createHmac, randomInt, timingSafeEqual } from 'node:crypto'
import { deflateSync, inflateSync } from 'node:zlib'
import { APP_ID_LENGTH } from '../src/chat/rtm-limits'

export type TokenKind = '006' | '007'

export interface VerifiedToken {
  readonly kind: TokenKind
  /** In ms since 1970. */
  readonly expiresAt: number
}

export type TokenVerdict =
  | { readonly ok: true; readonly token: VerifiedToken }
  | { readonly ok: false; readonly reason: 'malformed' | 'another App ID' | 'wrong signature or user' | 'no right to log in' | 'expired' | 'from the future' }

export interface TokenOwner {
  readonly appId: string
  readonly certificate: string
  readonly uid: string
  /** The time, in ms since 1970. */
  readonly now: number
}

/** A token with every service Agora has is far shorter. */
const TOKEN_MAX_LENGTH = 4_096
const INFLATED_MAX_BYTES = 16_384
/** No token lives longer, whatever it says, in s. */
const LIFETIME_MAX_S = 24 * 3_600
/** How far the clock of the token server may be ahead of this one, in s. */
const CLOCK_SKEW_S = 60
/** 006: the privilege to log in to RTM. */
const PRIVILEGE_RTM_LOGIN = 1000
/** 007: the service RTM and its privilege to log in. */
const SERVICE_RTM = 2
const PRIVILEGE_LOGIN = 1

/** Judges a token. Never throws, whatever the text is. */
export function verifyToken(token: string, owner: TokenOwner): TokenVerdict {
  if (token.length > TOKEN_MAX_LENGTH) return refuse('malformed')
  try {
    if (token.startsWith('006')) return verify006(token, owner)
    if (token.startsWith('007')) return verify007(token, owner)
    return refuse('malformed')
  } catch (error) {
    // the readers below and zlib throw RangeErrors and zlib errors at bytes that are no token
    if (error instanceof Error) return refuse('malformed')
    throw error
  }
}

/** 006 + App ID + base64(signature, crc of the account, crc of the empty uid, message{salt, ts, privileges}). */
function verify006(token: string, { appId, certificate, uid, now }: TokenOwner): TokenVerdict {
  if (token.slice(3, 3 + APP_ID_LENGTH) !== appId) return refuse('another App ID')
  const content = new Reader(fromBase64(token.slice(3 + APP_ID_LENGTH)))
  const signature = content.bytes()
  const crcs = [content.uint32(), content.uint32()]
  const message = content.bytes()
  content.end()
  const expected = hmac(certificate, Buffer.concat([Buffer.from(appId), Buffer.from(uid), message]))
  if (!isSame(signature, expected) || crcs[0] !== crc32(Buffer.from(uid)) || crcs[1] !== 0) return refuse('wrong signature or user')

  const fields = new Reader(message)
  fields.uint32() // the salt
  const end = fields.uint32()
  const login = fields.privileges().get(PRIVILEGE_RTM_LOGIN)
  fields.end()
  if (login === undefined) return refuse('no right to log in')
  // a privilege of 0 has no end of its own
  return alive('006', login === 0 ? end : Math.min(end, login), now)
}

/** 007 + base64(zlib(signature, App ID, issued at, lifetime, salt, services)). */
function verify007(token: string, { appId, certificate, uid, now }: TokenOwner): TokenVerdict {
  const content = new Reader(inflate(fromBase64(token.slice(3))))
  const signature = content.bytes()
  const info = content.rest()
  const fields = new Reader(info)
  const tokenAppId = fields.bytes().toString()
  const issuedAt = fields.uint32()
  const lifetime = fields.uint32()
  const salt = fields.uint32()
  if (tokenAppId !== appId) return refuse('another App ID')
  if (!isSame(signature, hmac(signingKey(certificate, issuedAt, salt), info))) return refuse('wrong signature or user')
  if (issuedAt * 1000 > now + CLOCK_SKEW_S * 1000) return refuse('from the future')

  for (let services = fields.uint16(); services > 0; services--) {
    const service = fields.service()
    if (service.type !== SERVICE_RTM) continue
    if (service.user !== uid) return refuse('wrong signature or user')
    const login = service.privileges.get(PRIVILEGE_LOGIN)
    if (login === undefined) return refuse('no right to log in')
    return alive('007', issuedAt + Math.min(lifetime, login === 0 ? lifetime : login, LIFETIME_MAX_S), now)
  }
  return refuse('no right to log in')
}

function alive(kind: TokenKind, expiresAtSeconds: number, now: number): TokenVerdict {
  const expiresAt = expiresAtSeconds * 1000
  if (expiresAt <= now) return refuse('expired')
  // A token says when it ends, or when it was made: with either in the future it would live longer than any may.
  if (expiresAt > now + (LIFETIME_MAX_S + CLOCK_SKEW_S) * 1000) return refuse('from the future')
  return { ok: true, token: { kind, expiresAt } }
}

/** Makes a token that lives for `lifetime` seconds. */
export function issueToken(kind: TokenKind, owner: TokenOwner, lifetime: number): string {
  return kind === '006' ? issue006(owner, lifetime) : issue007(owner, lifetime)
}

function issue006({ appId, certificate, uid, now }: TokenOwner, lifetime: number): string {
  const issuedAt = Math.floor(now / 1000)
  const message = new Writer()
    .uint32(salt())
    .uint32(issuedAt + LIFETIME_MAX_S)
    .privileges([[PRIVILEGE_RTM_LOGIN, issuedAt + lifetime]])
    .done()
  const signature = hmac(certificate, Buffer.concat([Buffer.from(appId), Buffer.from(uid), message]))
  const content = new Writer()
    .bytes(signature)
    .uint32(crc32(Buffer.from(uid)))
    .uint32(0)
    .bytes(message)
    .done()
  return `006${appId}${content.toString('base64')}`
}

function issue007({ appId, certificate, uid, now }: TokenOwner, lifetime: number): string {
  const issuedAt = Math.floor(now / 1000)
  const tokenSalt = salt()
  const info = new Writer()
    .bytes(Buffer.from(appId))
    .uint32(issuedAt)
    .uint32(lifetime)
    .uint32(tokenSalt)
    .uint16(1)
    .uint16(SERVICE_RTM)
    .privileges([[PRIVILEGE_LOGIN, lifetime]])
    .bytes(Buffer.from(uid))
    .done()
  const signature = hmac(signingKey(certificate, issuedAt, tokenSalt), info)
  return `007${deflateSync(Buffer.concat([new Writer().bytes(signature).done(), info])).toString('base64')}`
}

function refuse(reason: (TokenVerdict & { ok: false })['reason']): TokenVerdict {
  return { ok: false, reason }
}

function salt(): number {
  return randomInt(1, 100_000_000)
}

function hmac(key: Buffer | string, message: Buffer | string): Buffer {
  return createHmac('sha256', key).update(message).digest()
}

/** 007: the certificate never signs by itself. */
function signingKey(certificate: string, issuedAt: number, tokenSalt: number): Buffer {
  return hmac(new Writer().uint32(tokenSalt).done(), hmac(new Writer().uint32(issuedAt).done(), certificate))
}

function isSame(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Node reads over what is not base64; a token has one spelling only. */
function fromBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text) throw new RangeError('not base64')
  return bytes
}

/** Never makes more than INFLATED_MAX_BYTES of a few, and takes nothing after the end of the stream. */
function inflate(bytes: Buffer): Buffer {
  // with `info` the engine comes along, of which the types know nothing
  const { buffer, engine } = inflateSync(bytes, { maxOutputLength: INFLATED_MAX_BYTES, info: true }) as unknown as {
    buffer: Buffer
    engine: { bytesWritten: number }
  }
  if (engine.bytesWritten !== bytes.length) throw new RangeError('bytes after the end')
  return buffer
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}

interface Service {
  readonly type: number
  readonly privileges: ReadonlyMap<number, number>
  /** RTM's user id. */
  readonly user: string | undefined
}

/** Reads little-endian numbers and length-prefixed bytes; past the end it throws a RangeError, as Buffer does. */
class Reader {
  private at = 0

  constructor(private readonly buffer: Buffer) {}

  uint16(): number {
    this.at += 2
    return this.buffer.readUInt16LE(this.at - 2)
  }

  uint32(): number {
    this.at += 4
    return this.buffer.readUInt32LE(this.at - 4)
  }

  bytes(): Buffer {
    const length = this.uint16()
    if (this.at + length > this.buffer.length) throw new RangeError('too short')
    this.at += length
    return this.buffer.subarray(this.at - length, this.at)
  }

  privileges(): Map<number, number> {
    const privileges = new Map<number, number>()
    for (let count = this.uint16(); count > 0; count--) {
      const privilege = this.uint16()
      privileges.set(privilege, this.uint32())
    }
    return privileges
  }

  /** A service of 007. Of those after RTM's in the token nothing needs to be known: services stand in the order of their types. */
  service(): Service {
    const type = this.uint16()
    const privileges = this.privileges()
    switch (type) {
      case 1: // RTC: channel and uid
        this.bytes()
        this.bytes()
        return { type, privileges, user: undefined }
      case SERVICE_RTM:
        return { type, privileges, user: this.bytes().toString() }
      default:
        throw new RangeError(`a service ${type} before RTM's`)
    }
  }

  rest(): Buffer {
    return this.buffer.subarray(this.at)
  }

  end(): void {
    if (this.at !== this.buffer.length) throw new RangeError('bytes after the end')
  }
}

class Writer {
  private readonly parts: Buffer[] = []

  uint16(value: number): this {
    const part = Buffer.alloc(2)
    part.writeUInt16LE(value)
    this.parts.push(part)
    return this
  }

  uint32(value: number): this {
    const part = Buffer.alloc(4)
    part.writeUInt32LE(value >>> 0)
    this.parts.push(part)
    return this
  }

  bytes(value: Buffer): this {
    this.uint16(value.length).parts.push(value)
    return this
  }

  privileges(pairs: readonly (readonly [privilege: number, value: number])[]): this {
    this.uint16(pairs.length)
    for (const [privilege, value] of pairs) this.uint16(privilege).uint32(value)
    return this
  }

  done(): Buffer {
    return Buffer.concat(this.parts)
  }
}
