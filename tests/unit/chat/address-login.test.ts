import { expect, it } from 'vitest'
import { addressLogin, type AddressLoginFacts } from '@/src/chat/address-login'

const FIRST_VISIT: AddressLoginFacts = { named: 'alice', session: undefined, isFramed: false, isElsewhere: false, isKnownBrowser: false }

it.each<[string, Partial<AddressLoginFacts>, ReturnType<typeof addressLogin>]>([
  ['a first visit', {}, 'log-in'],
  ['a browser that has been here, where nobody is logged in', { isKnownBrowser: true }, 'log-in'],
  ['a user who is logged in in another tab', { isElsewhere: true }, 'ask'],
  ['a first visit where the browser cannot tell of other tabs', { isElsewhere: undefined }, 'log-in'],
  ['a later visit where the browser cannot tell of other tabs', { isElsewhere: undefined, isKnownBrowser: true }, 'ask'],
  ['a reload', { session: { uid: 'alice', address: 'alice' }, isElsewhere: true }, 'session'],
  ['the user of this tab, logged in without the address', { session: { uid: 'alice' } }, 'session'],
  ['another user of this tab', { session: { uid: 'bob' } }, 'ask'],
  ['another user of this tab, who came by another address', { session: { uid: 'bob', address: 'bob' } }, 'ask'],
  ['another user, who has logged in in this tab since', { session: { uid: 'bob', address: 'alice' } }, 'session'],
  ['a page inside another page', { isFramed: true }, 'refuse'],
  ['a page inside another page, with a session', { isFramed: true, session: { uid: 'alice', address: 'alice' } }, 'refuse'],
])('%s', (_, facts, decision) => {
  expect(addressLogin({ ...FIRST_VISIT, ...facts })).toBe(decision)
})
