import { expect, it } from 'vitest'
import { startLogin, type StartLoginFacts } from '@/src/chat/session/start-login'

const FIRST_VISIT: StartLoginFacts = { named: 'alice', current: undefined, isFramed: false, isElsewhere: false }

it.each<[string, Partial<StartLoginFacts>, ReturnType<typeof startLogin>]>([
  ['a user in the address who is logged in in no tab', {}, 'log-in'],
  ['a user in the address who is logged in in another tab', { isElsewhere: true }, 'ask'],
  ['a user in the address where the browser cannot tell of other tabs', { isElsewhere: undefined }, 'ask'],
  ['a reload', { current: 'alice' }, 'log-in'],
  ['a reload after a login in another tab, or a duplicated tab', { current: 'alice', isElsewhere: true }, 'ask'],
  ['a reload where the browser cannot tell of other tabs', { current: 'alice', isElsewhere: undefined }, 'log-in'],
  ['another user of this tab', { current: 'bob' }, 'ask'],
  ['another user of this tab, where the browser cannot tell of other tabs', { current: 'bob', isElsewhere: undefined }, 'ask'],
  ['another user of this tab, and the named one in another tab', { current: 'bob', isElsewhere: true }, 'ask'],
  ['no user', { named: undefined }, 'none'],
  ['a session without a user in the address', { named: undefined, current: 'alice' }, 'log-in'],
  ['a session of a user who is logged in in another tab', { named: undefined, current: 'alice', isElsewhere: true }, 'ask'],
  ['a session where the browser cannot tell of other tabs', { named: undefined, current: 'alice', isElsewhere: undefined }, 'log-in'],
  ['a page inside another page', { isFramed: true }, 'refuse'],
  ['a page inside another page, with a session', { isFramed: true, current: 'alice' }, 'refuse'],
  ['a page inside another page, with a session and without a user in the address', { isFramed: true, named: undefined, current: 'alice' }, 'log-in'],
])('%s', (_, facts, decision) => {
  expect(startLogin({ ...FIRST_VISIT, ...facts })).toBe(decision)
})
