import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { conversationTarget } from '@/src/chat/conversation/conversation'
import { isValidId } from '@/src/chat/rtm-limits'
import { pageConversation } from '@/src/ui/page/page-conversation'
import { encodeId } from '@/src/platform/pages'

describe('pageConversation', () => {
  it.each(['peer:bob', 'channel:100%', 'peer:a:b', 'peer:__proto__', 'channel:constructor'])('accepts %s', (id) => {
    expect(pageConversation({ id: encodeId(id) })).toBe(id)
  })

  it.each(['', 'bob', 'group:bob', 'peer:', 'peer:\u202ebob', 'peer:bob\n', 'peer:b\u0000b', 'peer:null', 'peer:a/b', 'peer:小明', `peer:${'x'.repeat(65)}`])('rejects %j', (id) => {
    expect(pageConversation({ id: encodeId(id) })).toBeUndefined()
  })

  it.each([undefined, '', 'zz', 42, ['peer'], 'peer:bob'])('rejects the address %j, which has none', (id) => {
    expect(pageConversation({ id })).toBeUndefined()
    expect(pageConversation(undefined)).toBeUndefined()
  })

  it('rejects an address that could not be a user or channel id', () => {
    const id = fc.oneof(fc.anything(), fc.string({ unit: 'binary' }).map((text) => encodeId(`peer:${text}`)), fc.string({ unit: fc.constantFrom(...'0123456789abcdef') }))
    const query = fc.oneof(fc.constant(undefined), fc.record({ id }), fc.dictionary(fc.constantFrom('id', '__proto__', 'kind'), id))
    fc.assert(
      fc.property(query, (asked) => {
        const found = pageConversation(asked)
        if (found !== undefined) expect(isValidId(conversationTarget(found))).toBe(true)
      }),
    )
  })
})
