// A mention in the compiled mini program: the picker comes with the subpackage, the chosen name goes into the field.
import { expect, test } from 'vitest'
import { startInNode } from '../../simulator/drive/driver'
import { useNetwork } from './network'
import { logIn } from './people'

const network = useNetwork(startInNode, { rateLimits: false })

test('the name of a user who is chosen behind an @ is put into the field', async () => {
  const a = await network.phone()
  await logIn(a, 'alice')
  await a.tap('new-chat')
  await a.waitForCount('new-chat-kind', 2)
  await a.tap('new-chat-kind', { index: 1 })
  await a.type('new-chat-id', 'general')
  await a.tap('new-chat-submit')
  await a.waitForCount('composer-input', 1)
  await a.type('composer-input', 'hi @bo')
  await a.waitForCount('mention-item', 1)
  await a.tap('mention-item', { id: 'bo' })
  await a.waitFor('the name', async () => (await a.element('composer-input')).value === 'hi @bo ')
  expect(await a.count('mention-item')).toBe(0)
  expect(await a.problems()).toEqual([])
})
