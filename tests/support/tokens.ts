/** Tokens as Agora's own builders make them. */
import { RtmRole, RtmTokenBuilder as Builder006 } from 'agora-access-token'
import { RtmTokenBuilder as Builder007 } from 'agora-token'
import { vi } from 'vitest'
import { LOCAL_APP_ID } from '@/src/rtm/local/frames'

export interface TokenOptions {
  readonly certificate: string
  /** When it is made, in ms since 1970. */
  readonly now: number
  readonly lifeS: number
}

/** A token that is made at `now`, in ms: the builders read the system's time, which is behind the clock that a test steps. */
export function madeAt(now: number, build: () => string): string {
  vi.useFakeTimers({ now, toFake: ['Date'] })
  try {
    return build()
  } finally {
    vi.useRealTimers()
  }
}

export function tokenOf(kind: '006' | '007', uid: string, { certificate, now, lifeS }: TokenOptions): string {
  if (kind === '007') return madeAt(now, () => Builder007.buildToken(LOCAL_APP_ID, certificate, uid, lifeS))
  return madeAt(now, () => Builder006.buildToken(LOCAL_APP_ID, certificate, uid, RtmRole.Rtm_User, Math.floor(now / 1_000) + lifeS))
}
