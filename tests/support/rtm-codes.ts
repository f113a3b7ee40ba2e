/** The codes of RTM 1.x as numbers, those of the operations included that only the gateway knows. Source: see src/rtm/codes.ts. */
import { CODES as MEANINGS } from '@/src/rtm/codes'

type Numbers<T> = { readonly [O in keyof T]: { readonly [N in keyof T[O]]: number } }

const SHIPPED = Object.fromEntries(
  Object.entries(MEANINGS).map(([operation, meanings]) => [operation, Object.fromEntries(Object.entries(meanings).map(([name, [code]]) => [name, code]))]),
) as Numbers<typeof MEANINGS>

export const CODES = {
  ...SHIPPED,
  attributes: { FAILURE: 2, INVALID_ARGUMENT: 3, SIZE_OVERFLOW: 4, TOO_OFTEN: 5, USER_NOT_FOUND: 6, TIMEOUT: 7, USER_NOT_LOGGED_IN: 102 },
  queryPeersOnlineStatus: { FAILURE: 1, INVALID_ARGUMENT: 2, REJECTED: 3, TIMEOUT: 4, TOO_OFTEN: 5, USER_NOT_LOGGED_IN: 102 },
  queryPeersBySubscriptionOption: { FAILURE: 1, TIMEOUT: 2, TOO_OFTEN: 3, USER_NOT_LOGGED_IN: 102 },
  getChannelMemberCount: { FAILURE: 1, INVALID_ARGUMENT: 2, TOO_OFTEN: 3, TIMEOUT: 4, EXCEED_LIMIT: 5, NOT_INITIALIZED: 101, USER_NOT_LOGGED_IN: 102 },
} as const
