/**
 * The secrets by which a client goes on with its session. Only the gateway can make one, and it knows its own again even when
 * the session is long gone, so that what a client says it has seen counts only from one who was there.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

export interface SecretSigner {
  /** A secret like no other. @param former a genuine secret of the same client: {@link sameClient} holds for both */
  issue(uid: string, former?: string): string
  isGenuine(uid: string, secret: string): boolean
}

export function secretSigner(key: Buffer): SecretSigner {
  const sign = (uid: string, nonce: string) => createHmac('sha256', key).update(`${nonce}.${uid}`).digest('base64url')
  return {
    issue(uid, former) {
      const random = () => randomBytes(16).toString('base64url')
      const nonce = `${former === undefined ? random() : clientOf(former)}${SESSION}${random()}`
      return `${nonce}.${sign(uid, nonce)}`
    },
    isGenuine(uid, secret) {
      const dot = secret.indexOf('.')
      return dot > 0 && sameSecret(secret, `${secret.slice(0, dot)}.${sign(uid, secret.slice(0, dot))}`)
    },
  }
}

/** Between the two parts of a secret's beginning: which client it is, and which of its sessions. */
const SESSION = '~'

/** Names the client that a secret was given to. */
export function clientOf(secret: string): string {
  return secret.slice(0, secret.indexOf(SESSION))
}

/** Whether two genuine secrets of one user were given to one and the same client, for one session or for one after the other. */
export function sameClient(a: string, b: string): boolean {
  return sameSecret(clientOf(a), clientOf(b))
}

/** Compares in a time that tells nothing about where they differ. */
export function sameSecret(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}
