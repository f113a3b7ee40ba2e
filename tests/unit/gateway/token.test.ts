import { createRequire } from 'node:module'
import { deflateRawSync, deflateSync, gzipSync, inflateSync } from 'node:zlib'
import { RtmTokenBuilder as Builder006 } from 'agora-access-token'
import { RtmTokenBuilder as Builder007 } from 'agora-token'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { issueToken, verifyToken, type TokenKind } from '../../../gateway/token'

const require = createRequire(import.meta.url)
const { AccessToken2, ServiceRtc, ServiceRtm, ServiceChat } = require('agora-token/src/AccessToken2')
const { AccessToken } = require('agora-access-token/src/AccessToken')

const appId = '0123456789abcdef0123456789abcdef'
const certificate = 'fedcba9876543210fedcba9876543210'
const now = Date.now()
const seconds = Math.floor(now / 1000)
const verify = (token: string, change: Partial<{ appId: string; certificate: string; uid: string; now: number }> = {}) =>
  verifyToken(token, { appId, certificate, uid: 'alice', now, ...change })

const agora006 = (uid = 'alice', expiresAt = 0) => Builder006.buildToken(appId, certificate, uid, 1, expiresAt)
const agora007 = (uid = 'alice', lifetime = 3_600) => Builder007.buildToken(appId, certificate, uid, lifetime)

const uids = ['alice', '__proto__', 'a:b', '100%', ' ', 'x'.repeat(64), "!#$%&()+-:;<=.>?@[]^_{}|~,"]

describe('a token of 006', () => {
  it.each(uids)("of Agora's builder is accepted, for %j", (uid) => {
    expect(verify(agora006(uid), { uid })).toMatchObject({ ok: true, token: { kind: '006' } })
  })

  it('is bound to its user, App ID and certificate', () => {
    expect(verify(agora006(), { uid: 'Alice' })).toEqual({ ok: false, reason: 'wrong signature or user' })
    expect(verify(agora006(), { certificate: '0'.repeat(32) })).toEqual({ ok: false, reason: 'wrong signature or user' })
    expect(verify(agora006(), { appId: '0'.repeat(32) })).toEqual({ ok: false, reason: 'another App ID' })
  })

  it('ends with its privilege, or 24 h after it was made', () => {
    const expiresAt = (seconds + 60) * 1000
    expect(verify(agora006('alice', seconds + 60), { now: expiresAt - 1 })).toMatchObject({ ok: true, token: { expiresAt } })
    expect(verify(agora006('alice', seconds + 60), { now: expiresAt })).toEqual({ ok: false, reason: 'expired' })
    expect(verify(agora006(), { now: now + 25 * 3_600_000 })).toEqual({ ok: false, reason: 'expired' })
  })

  it('needs the privilege to log in', () => {
    const token = new AccessToken(appId, certificate, 'alice', '')
    token.addPriviledge(1, 0)
    expect(verify(token.build())).toEqual({ ok: false, reason: 'no right to log in' })
  })
})

describe('a token of 007', () => {
  it.each(uids)("of Agora's builder is accepted, for %j", (uid) => {
    expect(verify(agora007(uid), { uid })).toMatchObject({ ok: true, token: { kind: '007' } })
  })

  it('is bound to its user, App ID and certificate', () => {
    expect(verify(agora007(), { uid: 'Alice' })).toEqual({ ok: false, reason: 'wrong signature or user' })
    expect(verify(agora007(), { certificate: '0'.repeat(32) })).toEqual({ ok: false, reason: 'wrong signature or user' })
    expect(verify(agora007(), { appId: '0'.repeat(32) })).toEqual({ ok: false, reason: 'another App ID' })
  })

  it('lives as long as it says, but never longer than 24 h', () => {
    expect(verify(agora007('alice', 60), { now: now + 50_000 })).toMatchObject({ ok: true })
    expect(verify(agora007('alice', 60), { now: now + 61_000 })).toEqual({ ok: false, reason: 'expired' })
    expect(verify(agora007('alice', 4_000_000_000), { now: now + 25 * 3_600_000 })).toEqual({ ok: false, reason: 'expired' })
  })

  it('may have other services', () => {
    const token = new AccessToken2(appId, certificate, 0, 3_600)
    for (const service of [new ServiceChat('alice'), new ServiceRtm('alice'), new ServiceRtc('room', 'alice')]) {
      service.add_privilege(1, 3_600)
      token.add_service(service)
    }
    expect(verify(token.build())).toMatchObject({ ok: true })
  })

  it('needs the service RTM and its privilege', () => {
    const withService = (service: { add_privilege?: unknown }) => {
      const token = new AccessToken2(appId, certificate, 0, 3_600)
      token.add_service(service)
      return token.build() as string
    }
    expect(verify(withService(new ServiceRtc('room', 'alice')))).toEqual({ ok: false, reason: 'no right to log in' })
    expect(verify(withService(new ServiceRtm('alice')))).toEqual({ ok: false, reason: 'no right to log in' })
  })

  it('is not decompressed without limit', () => {
    const bomb = `007${deflateSync(Buffer.alloc(3_000_000)).toString('base64')}`
    expect(bomb.length).toBeLessThan(4_096)
    expect(verify(bomb)).toEqual({ ok: false, reason: 'malformed' })
  })
})

describe('a token from the future', () => {
  const DAY = 24 * 3_600
  const ended006 = (end: number) => {
    const token = new AccessToken(appId, certificate, 'alice', '')
    token.addPriviledge(1000, 0)
    return Object.assign(token, { ts: end }).build() as string
  }
  const issued007 = (issuedAt: number, lifetime = 60) => {
    const token = new AccessToken2(appId, certificate, issuedAt, lifetime)
    const service = new ServiceRtm('alice')
    service.add_privilege(1, lifetime)
    token.add_service(service)
    return token.build() as string
  }

  it.each([
    ['006', () => ended006(seconds + DAY + 50), true],
    ['006', () => ended006(seconds + DAY + 70), false],
    ['006', () => ended006(seconds + 30 * DAY), false],
    ['006', () => ended006(seconds + 3_650 * DAY), false],
    ['006', () => ended006(2 ** 32 - 1), false],
    ['007', () => issued007(seconds + 50), true],
    ['007', () => issued007(seconds + 50, 2 ** 32 - 1), true],
    ['007', () => issued007(seconds + 70), false],
    ['007', () => issued007(seconds + 3_650 * DAY), false],
    ['007', () => issued007(2 ** 32 - 1, 2 ** 32 - 1), false],
  ])('%s is rejected beyond a minute of difference between the clocks', (_kind, token, ok) => {
    expect(verify(token())).toMatchObject(ok ? { ok } : { ok, reason: 'from the future' })
  })

  it('with any times never lives longer than a day and a minute', () => {
    const time = fc.oneof(fc.nat(2 ** 32 - 1), fc.integer({ min: -2 * DAY, max: 2 * DAY }).map((difference) => seconds + difference))
    fc.assert(
      fc.property(fc.oneof(time.map(ended006), fc.tuple(time, fc.nat(2 ** 32 - 1)).map(([issuedAt, lifetime]) => issued007(issuedAt, lifetime))), (token) => {
        const verdict = verify(token)
        if (!verdict.ok) return
        expect(verdict.token.expiresAt).toBeGreaterThan(now)
        expect(verdict.token.expiresAt).toBeLessThanOrEqual(now + (DAY + 60) * 1000)
      }),
    )
  })
})

/** The content of a 007 token. Undefined if it cannot be read. */
function unpacked(token: string): Buffer | undefined {
  try {
    return inflateSync(Buffer.from(token.slice(3), 'base64'))
  } catch {
    return undefined
  }
}

describe('a tampered token', () => {
  it.each(['006', '007'] as const)('of %s is rejected, whichever byte was changed', (kind) => {
    const token = kind === '006' ? agora006() : agora007()
    const head = kind === '006' ? 35 : 3
    const packed = Buffer.from(token.slice(head), 'base64')
    const content = kind === '006' ? packed : inflateSync(packed)
    for (let at = 0; at < content.length; at++) {
      const changed = Buffer.from(content)
      changed[at]! ^= 1
      const text = (kind === '006' ? changed : deflateSync(changed)).toString('base64')
      expect(verify(token.slice(0, head) + text), `byte ${at}`).toMatchObject({ ok: false })
    }
  })

  it.each(['006', '007'] as const)('of %s is rejected, whichever character was changed', (kind) => {
    const token = kind === '006' ? agora006() : agora007()
    for (let at = 0; at < token.length; at++) {
      const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
      // Bytes can be encoded in more than one way: that is the same token.
      if (kind === '007' && at >= 3 && unpacked(changed)?.equals(unpacked(token)!)) continue
      expect(verify(changed), `character ${at}`).toMatchObject({ ok: false })
    }
  })

  it.each(['006', '007'] as const)('of %s is rejected, whichever bit was changed, wherever it was cut', (kind) => {
    const token = kind === '006' ? agora006() : agora007()
    const head = kind === '006' ? 35 : 3
    const packed = Buffer.from(token.slice(head), 'base64')
    const content = kind === '006' ? packed : inflateSync(packed)
    const pack = (bytes: Buffer) => token.slice(0, head) + (kind === '006' ? bytes : deflateSync(bytes)).toString('base64')
    for (let bit = 0; bit < content.length * 8; bit++) {
      const changed = Buffer.from(content)
      changed[bit >> 3]! ^= 1 << (bit & 7)
      expect(verify(pack(changed)), `bit ${bit}`).toMatchObject({ ok: false })
    }
    for (let length = 0; length < content.length; length++) expect(verify(pack(content.subarray(0, length))).ok, `${length} bytes`).toBe(false)
    for (let length = 0; length < token.length; length++) expect(verify(token.slice(0, length)).ok, `${length} characters`).toBe(false)
  })

  it('is rejected under the name of the other kind, and in another encoding', () => {
    const [old, young] = [agora006(), agora007()]
    const content = inflateSync(Buffer.from(young.slice(3), 'base64'))
    const dictionary = deflateSync(content, { dictionary: content.subarray(0, 40) })
    const others = [`007${old.slice(3)}`, `007${old.slice(35)}`, `006${young.slice(3)}`, `006${appId}${young.slice(3)}`, `008${young.slice(3)}`]
    const packed = [gzipSync(content), deflateRawSync(content), content, dictionary, Buffer.concat([deflateSync(content), Buffer.of(0)])]
    for (const token of [...others, ...packed.map((bytes) => `007${bytes.toString('base64')}`)]) expect(verify(token), token).toMatchObject({ ok: false })
  })

  it.each(['006', '007'] as const)('of %s is rejected when something is appended or missing', (kind) => {
    const token = kind === '006' ? agora006() : agora007()
    for (const changed of [`${token}AAAA`, `${token} `, ` ${token}`, token.slice(0, -1), token.slice(0, -4), token.replace('=', '')]) {
      if (changed !== token) expect(verify(changed), changed).toMatchObject({ ok: false })
    }
  })

  it('never makes the gateway throw', () => {
    const head = fc.constantFrom('006', '007', `006${appId}`, '', '008')
    const rest = fc.oneof(fc.string(), fc.base64String(), fc.string({ unit: 'binary' }))
    fc.assert(fc.property(head, rest, (start, end) => !verify(start + end).ok))
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(verify(`006${appId}${Buffer.from(bytes).toString('base64')}`).ok).toBe(false)
        expect(verify(`007${deflateSync(bytes).toString('base64')}`).ok).toBe(false)
      }),
    )
  })
})

describe("the gateway's own tokens", () => {
  it.each(['006', '007'] as TokenKind[])('of %s are accepted by the gateway, until they expire', (kind) => {
    for (const uid of uids) {
      const token = issueToken(kind, { appId, certificate, uid, now }, 60)
      expect(verify(token, { uid })).toMatchObject({ ok: true, token: { kind } })
      expect(verify(token, { uid, now: now + 61_000 })).toEqual({ ok: false, reason: 'expired' })
    }
  })

  it("can be read by Agora's own parsers", () => {
    const parsed = new AccessToken2()
    expect(parsed.from_string(issueToken('007', { appId, certificate, uid: 'alice', now }, 60))).toBe(true)
    expect(parsed.verifySignature(certificate)).toBe(true)
    expect(parsed.services[0].__user_id.toString()).toBe('alice')

    const old = new AccessToken()
    expect(old.fromString(issueToken('006', { appId, certificate, uid: 'alice', now }, 60))).toBe(true)
    const again = new AccessToken(appId, certificate, 'alice', '')
    Object.assign(again, { salt: old.salt, ts: old.ts, messages: old.messages })
    expect(again.build()).toBe(issue006With(old))
  })
})

/** Agora's builder makes the same token of the fields read from ours. */
function issue006With(parsed: { salt: number; ts: number; messages: Record<number, number> }): string {
  const rebuilt = new AccessToken(appId, certificate, 'alice', '')
  return Object.assign(rebuilt, { salt: parsed.salt, ts: parsed.ts, messages: parsed.messages }).build()
}
