/**
 * The secrets by which a client goes on with its session. Only the gateway can make one, and it knows its own again even when
 * the session is long gone, so that what a client says it has seen counts only from one who was there.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

export interface SecretSigner {
  issue(uid: string): string
  isGenuine(uid: string, secret: string): boolean
}

export function secretSigner(key: Buffer): SecretSigner {
  const sign = (uid: string, nonce: string) => createHmac('sha256', key).update(`${nonce}.${uid}`).digest('base64url')
  return {
    issue(uid) {
      const nonce = randomBytes(16).toString('base64url')
      return `${nonce}.${sign(uid, nonce)}`
    },
    isGenuine(uid, secret) {
      const dot = secret.indexOf('.')
      return dot > 0 && sameSecret(secret, `${secret.slice(0, dot)}.${sign(uid, secret.slice(0, dot))}`)
    },
  }
}

/** Compares in a time that tells nothing about where they differ. */
export function sameSecret(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}
