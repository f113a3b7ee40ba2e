// #ifdef H5
import { nanoid as secureId } from 'nanoid'
// #endif
// #ifdef MP-WEIXIN
// WeChat on iOS has no crypto.getRandomValues. An id must be unique among its sender's ids. It need not be secret.
import { nanoid as plainId } from 'nanoid/non-secure'
// #endif

/** A new id: 21 characters of `A-Za-z0-9_-`. */
export function newId(): string {
  // #ifdef H5
  return secureId()
  // #endif
  // #ifdef MP-WEIXIN
  return plainId()
  // #endif
}
