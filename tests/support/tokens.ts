/** Tokens as Agora's own builders make them, by any clock. */
import { createRequire } from 'node:module'
import { RtmRole, RtmTokenBuilder as Builder006 } from 'agora-access-token'
import { LOCAL_APP_ID } from '@/src/rtm/local/frames'

// the builder of 007 takes the time of the machine; what it is made of does not
const { AccessToken2, ServiceRtm } = createRequire(import.meta.url)('agora-token/src/AccessToken2')

export interface TokenOptions {
  readonly certificate: string
  /** When it is made, in ms since 1970. */
  readonly now: number
  readonly lifeS: number
  readonly appId?: string
}

export function tokenOf(kind: '006' | '007', uid: string, { certificate, now, lifeS, appId = LOCAL_APP_ID }: TokenOptions): string {
  const seconds = Math.floor(now / 1_000)
  if (kind === '006') return Builder006.buildToken(appId, certificate, uid, RtmRole.Rtm_User, seconds + lifeS)
  const made = new AccessToken2(appId, certificate, seconds, lifeS)
  const service = new ServiceRtm(uid)
  service.add_privilege(ServiceRtm.kPrivilegeLogin, lifeS)
  made.add_service(service)
  return made.build() as string
}
