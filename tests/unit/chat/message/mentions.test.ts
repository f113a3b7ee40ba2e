import { describe, expect, it } from 'vitest'
import { mentionQuery, mentionsIn, mentionsUser, shownMentions } from '@/src/chat/message/mentions'
import type { Message } from '@/src/chat/message/message'

const message = (more: Partial<Message>): Message => ({ seq: 0, id: 'm', from: 'bob', at: 1, body: { kind: 'text', text: 'hi' }, status: 'received', ...more })

describe('mentionQuery', () => {
  it.each([
    ['@', ''],
    ['hi @bo', 'bo'],
    ['你好@小', '小'],
    ['@a @b', 'b'],
    ['hi @bob ', undefined],
    ['me@example', undefined],
    ['a.@x', undefined],
    ['no', undefined],
    ['@' + 'x'.repeat(65), undefined],
  ])('of %j is %j', (before, query) => {
    expect(mentionQuery(before)).toBe(query)
  })
})

describe('mentionsIn', () => {
  it('has the chosen users whose name is still in the text', () => {
    const chosen = [{ id: 'b', name: 'Bob' }, { id: 'c', name: '小明' }, { id: 'b', name: 'Bob' }, { id: 'd', name: 'Dan' }]
    expect(mentionsIn('@Bob @小明你好', chosen)).toEqual(['b', 'c'])
    expect(mentionsIn('@Bobby, @Bob!', chosen)).toEqual(['b'])
    expect(mentionsIn('@Bobby', chosen)).toBeUndefined()
  })

  it('has nothing but everybody if everybody is chosen, and at most 50', () => {
    expect(mentionsIn('@all @Bob', [{ id: 'b', name: 'Bob' }, { id: '*', name: 'all' }])).toEqual(['*'])
    expect(mentionsIn('@x', Array.from({ length: 60 }, (_, n) => ({ id: `u${n}`, name: 'x' })))).toHaveLength(50)
  })
})

describe('mentionsUser', () => {
  it('is true for the id and for everybody, as after the last edit', () => {
    expect(mentionsUser(message({ mentions: ['me'] }), 'me')).toBe(true)
    expect(mentionsUser(message({ mentions: ['*'] }), 'me')).toBe(true)
    expect(mentionsUser(message({ mentions: ['you'] }), 'me')).toBe(false)
    const edited = message({ mentions: ['me'], amended: { edit: { rev: 1, at: 1, id: 'e', text: 'x' } } })
    expect([mentionsUser(edited, 'me'), shownMentions(edited)]).toEqual([false, []])
  })

  it('is false for an own message, and once it is recalled', () => {
    expect(mentionsUser(message({ mentions: ['me'], status: 'sent' }), 'me')).toBe(false)
    expect(mentionsUser(message({ mentions: ['me'], amended: { recall: { rev: 1, at: 1, id: 'r' } } }), 'me')).toBe(false)
  })
})
