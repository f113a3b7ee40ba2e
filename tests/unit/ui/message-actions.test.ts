/** Which actions the menu of a message offers. */
import { describe, expect, it } from 'vitest'
import type { Message } from '@/src/chat/message/message'
import { offeredActions } from '@/src/ui/thread/message-actions'

const state = { isWaiting: true, hasOthersFailed: false, canCancel: true, canReact: true, selectsInPlace: true, uid: 'alice', isRich: true }
const own: Message = { seq: 0, id: 'id-0', from: 'alice', at: Date.now(), status: 'queued', body: { kind: 'text', text: 'hello' } }
const TAKES_AWAY = ['recall', 'cancel', 'delete']

function takesAway(message: Partial<Message>, changed: Partial<typeof state> = {}): readonly string[] {
  return offeredActions({ ...own, ...message }, { ...state, ...changed }).map(({ name }) => name).filter((name) => TAKES_AWAY.includes(name))
}

describe('what takes an own message away', () => {
  it.each(['queued', 'sending'] as const)('is cancelling alone while it is %s', (status) => {
    expect(takesAway({ status })).toEqual(['cancel'])
  })

  it('is recalling or deleting once it has gone, also while its peer has not received it', () => {
    expect(takesAway({ status: 'sent' })).toEqual(['recall', 'delete'])
    expect(takesAway({ status: 'delivered' }, { isWaiting: false, canCancel: false })).toEqual(['recall', 'delete'])
  })

  it('is cancelling for one that its peer has not received, where it cannot be recalled', () => {
    expect(takesAway({ status: 'sent', at: Date.now() - 3 * 60_000 })).toEqual(['cancel'])
    expect(takesAway({ status: 'sent' }, { isRich: false })).toEqual(['cancel'])
  })

  it('is deleting for one that waits and can no longer be cancelled, was recalled or has failed', () => {
    expect(takesAway({ status: 'sent' }, { canCancel: false, isRich: false })).toEqual(['delete'])
    expect(takesAway({ amended: { recall: { id: 'r1', rev: 1, at: 1 } } })).toEqual(['delete'])
    expect(takesAway({ status: 'failed', failure: { reason: 'timeout', operation: 'peerMessage', code: 2 } }, { isWaiting: false, canCancel: false })).toEqual(['delete'])
  })
})
