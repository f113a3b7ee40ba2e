import { describe, expect, it } from 'vitest'
import type { Profile } from '@/src/chat/message/common-fields'
import type { Message } from '@/src/chat/message/message'
import { People } from '@/src/stores/chat/people'

function message(from: string, at: number, by?: Profile): Message {
  return { seq: at, id: `m${at}`, from, at, body: { kind: 'text', text: 'hi' }, status: 'received', ...(by && { by }) }
}

const named = (people: People, ...uids: string[]) => uids.map((uid) => people.shown(uid).value.name)

describe('a shown name', () => {
  it('is the id until the user has a name, then that of the newest message', () => {
    const people = new People('me')
    const shown = people.shown('bob')
    expect(shown.value).toEqual({ name: 'bob' })
    people.hear([message('bob', 2, { name: 'Bob B', avatar: 'emoji:😀' }), message('bob', 1, { name: 'Old' }), message('bob', 3)])
    expect(shown.value).toEqual({ name: 'Bob B', avatar: 'emoji:😀' })
  })

  it('has the id beside it while another user has the same name, whatever its capitals, spaces and width', () => {
    const people = new People('me')
    people.hear([message('a1', 1, { name: 'Ann Lee' })])
    expect(named(people, 'a1')).toEqual(['Ann Lee'])
    people.hear([message('a2', 2, { name: 'ａnnlee' }), message('a3', 3, { name: 'ANN LEE' })])
    expect(named(people, 'a1', 'a2', 'a3')).toEqual(['Ann Lee (a1)', 'ａnnlee (a2)', 'ANN LEE (a3)'])
    people.hear([message('a2', 4, { name: 'Other' }), message('a3', 5, { name: 'Third' })])
    expect(named(people, 'a1', 'a2', 'a3')).toEqual(['Ann Lee', 'Other', 'Third'])
  })

  it('has the id beside it if it is the id of another user, known before or after, or of the reader', () => {
    const people = new People('me')
    people.hear([message('x', 1, { name: 'bob' }), message('y', 1, { name: 'me' }), message('z', 1, { name: 'z' })])
    expect(named(people, 'x', 'y', 'z')).toEqual(['bob', 'me (y)', 'z'])
    people.hear([message('bob', 2)])
    expect(named(people, 'x', 'bob')).toEqual(['bob (x)', 'bob'])
  })

  it.each(['Alice\u200b', 'Al\u00adice', '\u2060Alice', 'Alice\ufe0f', 'Alice\u034f', 'A\u3164lice'])('has the id beside it if only invisible characters make it another one: %j', (name) => {
    const people = new People('me')
    people.hear([message('a1', 1, { name: 'Alice' }), message('mallory', 2, { name })])
    expect(named(people, 'a1', 'mallory')).toEqual(['Alice (a1)', `${name} (mallory)`])
  })

  it.each(['Alice (alice)', 'Alice （alice）', 'Alice ⁽alice⁾'])('has the real id beside it if it seems to have one: %s', (name) => {
    const people = new People('me')
    people.hear([message('mallory', 1, { name })])
    expect(named(people, 'mallory')).toEqual([`${name} (mallory)`])
  })

  it('is cut where there is little room, with the id beside it while another one is the same there', () => {
    const people = new People('me')
    const [first, second] = ['Alexander of Macedon, a king', 'Alexander of Macedon, an impostor']
    people.hear([message('a1', 1, { name: first })])
    expect(people.shown('a1').value).toEqual({ name: first, short: 'Alexander of Macedo…' })
    people.hear([message('a2', 2, { name: second })])
    expect(people.shown('a1').value).toEqual({ name: `${first} (a1)` })
    expect(people.shown('a2').value).toEqual({ name: `${second} (a2)` })
    people.hear([message('a2', 3, { name: 'Other' })])
    expect(people.shown('a1').value).toEqual({ name: first, short: 'Alexander of Macedo…' })
  })

  it('comes from the row of a conversation: of the peer, or of the author of a channel’s last message', () => {
    const people = new People('me')
    const row = { length: 1, start: 0, at: 5, unread: 0, readTo: 1, pending: [], left: false, pinned: false, muted: false }
    const preview = { kind: 'text', text: 'hi', status: 'ok' } as const
    people.hearRow({ ...row, id: 'peer:bob', preview: { ...preview, from: 'me' }, by: { name: 'Bob' } })
    people.hearRow({ ...row, id: 'channel:c', preview: { ...preview, from: 'carol' }, by: { name: 'Carol' } })
    expect(named(people, 'bob', 'carol', 'me')).toEqual(['Bob', 'Carol', 'me'])
    expect(people.heard()).toEqual(['bob', 'carol'])
  })
})

it('forgets those who were not heard for longest, and keeps the rest and the reader', () => {
  const people = new People('me')
  people.setOwn({ avatar: 'emoji:🐻' })
  for (let at = 0; at < 5_000; at++) people.hear([message(`u${at}`, at, { name: 'Same' })])
  expect(people.heard().length).toBeLessThanOrEqual(2_000)
  expect(named(people, 'u4999', 'u0')).toEqual(['Same (u4999)', 'u0'])
  expect(people.shown('me').value.avatar).toBe('emoji:🐻')
})
