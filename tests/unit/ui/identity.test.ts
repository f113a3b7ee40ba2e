import { afterEach, describe, expect, it } from 'vitest'
import { People } from '@/src/stores/chat/people'
import { people } from '@/src/stores/people'
import { avatarOf, conversationName, nameOf } from '@/src/ui/shared/identity'

afterEach(() => (people.value = undefined))

describe('nameOf', () => {
  it('is the user id, with the spaces that a reader misses', () => {
    expect(nameOf('alice ')).toBe('alice␣')
  })
})

describe('conversationName', () => {
  it('is the name of the peer, or the channel id', () => {
    expect([conversationName('peer:alice'), conversationName('channel:a:b')]).toEqual(['alice', 'a:b'])
  })
})

describe('avatarOf', () => {
  it('has the first letter of a peer, and # for a channel', () => {
    expect([avatarOf('peer:alice').letter, avatarOf('channel:general').letter]).toEqual(['A', '#'])
  })

  it('has the first letter of a name, also beside an id, and a chosen emoji instead', () => {
    const known = new People('me')
    people.value = known
    const by = (name: string, avatar?: string) => ({ at: 1, by: { name, ...(avatar && { avatar }) } })
    const said = [{ from: 'u-1', ...by('zoe') }, { from: 'u-2', ...by('דוד') }, { from: 'u-3', ...by('דוד') }, { from: 'u-4', ...by('Max', 'emoji:🦊') }, { from: 'u-5', at: 1 }]
    known.hear(said.map((message, seq) => ({ ...message, seq, id: `id-${seq}`, status: 'received', body: { kind: 'text', text: 'hi' } })))
    expect(said.map(({ from }) => avatarOf(`peer:${from}`).letter)).toEqual(['Z', 'ד', 'ד', '🦊', 'U'])
  })

  it('has one of the colours of styles/avatar.scss, the same for one id', () => {
    expect(avatarOf('peer:alice').tone).toMatch(/^tone-[0-7]$/)
    expect(avatarOf('peer:alice')).toEqual(avatarOf('peer:alice'))
  })
})
