import { describe, expect, it } from 'vitest'
import type { SendFailure } from '@/src/chat/message/message'
import { RTM_REASONS } from '@/src/chat/rtm-reason'
import { parseFailure } from '@/src/storage/failure-record'
import { errorOfCode } from '@/src/rtm/error-name'
import { CODES } from '../../support/rtm-codes'

const OPERATIONS = ['peerMessage', 'channelMessage', 'join'] as const

describe('a stored failure', () => {
  const reasons: SendFailure['reason'][] = [...RTM_REASONS, 'not-sendable', 'expired', 'cancelled', 'cancelled-late']
  it.each(reasons)('%s is read as what it was, with the names of the service', (reason) => {
    for (const failure of [{ reason }, { reason, operation: 'channelMessage', code: 42 }]) expect(parseFailure(JSON.parse(JSON.stringify(failure)))).toEqual(failure)
  })

  it('of a version that stored codes has the reason that its code has now', () => {
    for (const operation of OPERATIONS) {
      for (const code of Object.values(CODES[operation])) {
        const failure = parseFailure({ reason: 'rtm', operation, code })
        // A join that fails for another reason is tried again: no message fails with it.
        const { reason } = errorOfCode(operation, code, '')
        expect(failure).toEqual({ reason: operation === 'join' && ![2, 3, 102].includes(code) ? 'unknown' : reason, operation, code })
      }
      expect(parseFailure({ reason: 'rtm', operation, code: 99 })).toEqual({ reason: 'unknown', operation, code: 99 })
    }
  })

  it('is read under its own name', () => {
    for (const reason of reasons) expect(parseFailure({ reason })).toEqual({ reason })
  })

  it('of a later version is kept where the names of the service are beside it', () => {
    expect(parseFailure({ reason: 'later', operation: 'join', code: 5 })).toEqual({ reason: 'unknown', operation: 'join', code: 5 })
    expect(parseFailure({ reason: 'timeout', operation: 'join', code: 4 })).toEqual({ reason: 'timeout', operation: 'join', code: 4 })
  })

  it.each([undefined, null, 'timeout', {}, { reason: 'rtm' }, { reason: 'rtm', operation: 'login', code: 1 }, { reason: 'rtm', operation: '__proto__', code: 1 }, { reason: 'later' }])('is not made of %j', (value) => {
    expect(parseFailure(value)).toBeUndefined()
  })
})
