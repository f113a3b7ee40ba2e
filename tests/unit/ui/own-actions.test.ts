/** The actions that a team adds to the menu of a message. */
import { expect, it, vi } from 'vitest'
import type { Message } from '@/src/chat/message/message'
import { offeredActions, type MessageAction } from '@/src/ui/thread/message-actions'

vi.mock('@/src/ui/thread/own-actions', () => ({
  OWN_ACTIONS: ['print', 'pay'].map((name): MessageAction => ({ name, label: { zh: '', en: '' }, icon: 'copy', isOffered: () => true, run: async () => {} })),
}))

const state = { isWaiting: false, hasOthersFailed: false, canCancel: false, canReact: true, selectsInPlace: false, uid: 'alice', isRich: true }
const message: Message = { seq: 0, id: 'id-0', from: 'bob', at: 0, status: 'received', body: { kind: 'text', text: 'hello' } }
const names = (of: Message) => offeredActions(of, state).map(({ name }) => name)

it('are before the deletion', () => {
  expect(names(message)).toEqual(['copy', 'select-text', 'quote', 'forward', 'select', 'details', 'print', 'pay', 'delete'])
})

it('are not offered on a recalled message, whatever they say themselves', () => {
  expect(names({ ...message, amended: { recall: { id: 'r1', rev: 1, at: 1 } } })).toEqual(['select', 'details', 'delete'])
})
