import { describe, expect, it } from 'vitest'
import { avatarOf, conversationName, nameOf } from '@/src/ui/shared/identity'

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

  it('has one of the colours of styles/avatar.scss, the same for one id', () => {
    expect(avatarOf('peer:alice').tone).toMatch(/^tone-[0-7]$/)
    expect(avatarOf('peer:alice')).toEqual(avatarOf('peer:alice'))
  })
})
