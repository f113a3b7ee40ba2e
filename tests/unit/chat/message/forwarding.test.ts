import { expect, it } from 'vitest'
import type { Message } from '@/src/chat/message/message'
import { encode } from '@/src/chat/message/envelope'
import { MESSAGE_MAX_BYTES, utf8Length } from '@/src/chat/rtm-limits'
import { oneByOne } from '@/src/more/ui/forward/send-forwarded'

const BY = { name: '小明', avatar: 'emoji:🐻' }
const words = (length: number): Message => ({ seq: 0, id: 'm1', from: 'bob', at: 1_700_000_000_000, status: 'received', body: { kind: 'text', text: 'x'.repeat(length) } })

it('forwards a message only if it has room for the profile of the forwarder', () => {
  const bytesOf = (length: number) => {
    const [each] = oneByOne([words(length)], true, BY)
    return each && utf8Length(encode({ kind: 'message', id: '-'.repeat(21), body: each.body, ...each.common, by: BY, again: true }, 'rich'))
  }
  const longest = MESSAGE_MAX_BYTES - (bytesOf(0) ?? 0)
  expect(bytesOf(longest)).toBe(MESSAGE_MAX_BYTES)
  expect(bytesOf(longest + 1)).toBeUndefined()
})
