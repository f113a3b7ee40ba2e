import { describe, expect, it } from 'vitest'
import { TOKEN_MAX_LENGTH, idProblemKey, validateLogin } from '@/src/chat/session/login'

describe('validateLogin', () => {
  it.each(['alice', 'Alice', '..', '__proto__', 'a:b', '100%', 'a b', ' ', 'x'.repeat(64)])('takes the user id %j literally', (uid) => {
    expect(validateLogin(uid, '')).toEqual({ ok: true, uid, token: undefined })
  })

  it.each([
    ['', 'id.empty'],
    ['null', 'id.reserved'],
    ['x'.repeat(65), 'id.too-long'],
    ['小明', 'id.characters'],
    ['a/b', 'id.characters'],
    ['a\n', 'id.characters'],
    ["o'hara", 'id.characters'],
  ])('rejects the user id %j: %s', (uid, problem) => {
    expect(validateLogin(uid, '')).toEqual({ ok: false, field: 'uid', problem })
  })

  it('removes the white space around a token', () => {
    const token = `007${'eJxTYBBb/+='.repeat(20)}`
    expect(validateLogin('alice', ` ${token}\n`)).toEqual({ ok: true, uid: 'alice', token })
    expect(validateLogin('alice', ' \n')).toEqual({ ok: true, uid: 'alice', token: undefined })
  })

  it.each([
    ['two words', 'token.characters'],
    ['００６', 'token.characters'],
    ['x'.repeat(TOKEN_MAX_LENGTH + 1), 'token.too-long'],
  ])('rejects the token %j: %s', (token, problem) => {
    expect(validateLogin('alice', token)).toEqual({ ok: false, field: 'token', problem })
  })

  it('reports the user id first', () => {
    expect(validateLogin('', 'two words')).toMatchObject({ field: 'uid' })
  })
})

it('has a key for each problem of an id', () => {
  expect(idProblemKey('too-long')).toBe('id.too-long')
})
