/** Saving the picture or video of a message from its menu. */
import { afterEach, expect, it } from 'vitest'
import type { Message } from '@/src/chat/message/message'
import type { Account } from '@/src/stores/chat/account'
import { mediaStates } from '@/src/ui/thread/media-states'
import { ACTIONS, offeredActions } from '@/src/ui/thread/message-actions'
import { FILES } from '../../support/media-samples'

const state = { isWaiting: false, hasOthersFailed: false, canCancel: false, canReact: true, selectsInPlace: false, uid: 'alice', isRich: false }
const messageOf = (body: Message['body']): Message => ({ seq: 0, id: 'id-0', from: 'bob', at: 5, status: 'received', body })
const isOffered = (message: Message) => offeredActions(message, state).some(({ name }) => name === 'save')

const { value: empty } = mediaStates
afterEach(() => {
  mediaStates.value = empty
})

it('is offered for pictures and videos, in plain mode too', () => {
  const { image, voice, video, file } = FILES
  expect([image, video, voice, file, { kind: 'text', text: 'x' } as const].map((body) => isOffered(messageOf(body)))).toEqual([true, true, false, false, false])
})

it('is not offered for what was recalled, nor for a file of another host, which is never loaded', () => {
  expect(isOffered({ ...messageOf(FILES.image), amended: { recall: { id: 'r1', rev: 1, at: 1 } } })).toBe(false)
  expect(isOffered(messageOf({ ...FILES.image, url: 'https://evil.example/x.jpg' }))).toBe(false)
})

it('saves the file of its message', async () => {
  const saved: unknown[] = []
  mediaStates.value = { ...empty, save: async (message, body) => void saved.push([message, body]) }
  const context = { account: { uid: 'bob' } as Account, conversation: 'peer:alice', latest: (message: Message) => message, showText: () => {} } as const
  await ACTIONS.find(({ name }) => name === 'save')?.run(messageOf(FILES.video), context)
  expect(saved).toEqual([[{ id: 'id-0', seq: 0, from: 'bob', at: 5, conversation: 'peer:alice', isOwn: true }, FILES.video]])
})
