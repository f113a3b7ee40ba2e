import { RtmRole, RtmTokenBuilder } from 'agora-access-token'
import { RtmTokenBuilder as Builder007 } from 'agora-token'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tokenExpiry } from '@/src/chat/session/token'

const APP_ID = '0123456789abcdef0123456789abcdef'
const CERTIFICATE = 'c0ffee00c0ffee00c0ffee00c0ffee00'
const build006 = (uid: string, end: number) => RtmTokenBuilder.buildToken(APP_ID, CERTIFICATE, uid, RtmRole.Rtm_User, end)

describe('the expiry of a token', () => {
  it('is in a 006 token: its right to log in, or its own expiry a day after it was made', () => {
    const soon = Math.floor(Date.now() / 1_000) + 600
    expect(tokenExpiry(build006('alice', soon))).toBe(soon * 1_000)
    const day = 24 * 3_600_000
    const unlimited = tokenExpiry(build006('alice', 0)) ?? 0
    expect(Math.abs(unlimited - Date.now() - day)).toBeLessThan(60_000)
    expect(tokenExpiry(build006('alice', soon + 10 * 24 * 3_600))).toBe(unlimited)
  })

  it('is read for any user id and any expiry', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 64 }), fc.integer({ min: 1, max: 3_600 }), (uid, seconds) => {
        const end = Math.floor(Date.now() / 1_000) + seconds
        expect(tokenExpiry(build006(uid, end))).toBe(end * 1_000)
      }),
    )
  })

  it('is not known of a 007 token', () => {
    expect(tokenExpiry(Builder007.buildToken(APP_ID, CERTIFICATE, 'alice', 600))).toBeUndefined()
  })

  it('is not known of an invalid token, which does no harm either', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String().map((text) => `006${APP_ID}${text}`)), (text) => {
        const expiry = tokenExpiry(text)
        expect(expiry === undefined || (Number.isSafeInteger(expiry) && expiry > 0)).toBe(true)
      }),
    )
    const whole = build006('alice', 0)
    for (let length = 0; length < whole.length; length++) expect(() => tokenExpiry(whole.slice(0, length))).not.toThrow()
  })
})
