/** A project with a certificate and a token server: the login page needs no token, because the program fetches it. */
import { RtmTokenBuilder } from 'agora-token'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import LoginPage from '@/src/pages/login/login.vue'
import { openPage } from '../support/page'
import { eventually, useWorld } from '../support/world'

const APP_ID = '0123456789abcdef0123456789abcdef'
const CERTIFICATE = 'c0ffee00c0ffee00c0ffee00c0ffee00'

// Read when the store is loaded.
vi.hoisted(() => {
  vi.stubEnv('VITE_RTM_TOKEN_URL', 'https://tokens.example/rtm')
  vi.stubEnv('VITE_RTM_APP_ID', '0123456789abcdef0123456789abcdef')
})

const world = useWorld({ appId: APP_ID, certificate: CERTIFICATE })
const asked: string[] = []

beforeEach(() => {
  asked.length = 0
  world.phone.tokenServer = (url) => {
    asked.push(url)
    return { statusCode: 200, data: JSON.stringify({ token: tokenOf('alice') }) }
  }
})

function tokenOf(uid: string): string {
  return RtmTokenBuilder.buildToken(APP_ID, CERTIFICATE, uid, 600)
}

async function logIn() {
  const chat = world.start()
  const page = await openPage(world, LoginPage)
  await page.type('login-uid', 'alice')
  await page.tap('login-submit')
  return { chat, page }
}

it('fetches the token for the user who logs in, and says beforehand that it will', async () => {
  const { chat, page } = await logIn()
  expect(page.get('login-token').attributes('placeholder')).toBe('选填，会自动获取')
  await eventually(() => expect(chat.phase).toBe('signed-in'))
  expect(asked).toEqual(['https://tokens.example/rtm?uid=alice'])
})

it('does not use the token server when a token is typed', async () => {
  const chat = world.start()
  const page = await openPage(world, LoginPage)
  await page.type('login-uid', 'alice')
  await page.type('login-token', tokenOf('alice'))
  await page.tap('login-submit')
  await eventually(() => expect(chat.phase).toBe('signed-in'))
  expect(asked).toEqual([])
})

describe('a failure of the token server has a sentence', () => {
  it.each([
    ['that is not reached', undefined, '连不上 Token 服务器'],
    ['that answers an error', { statusCode: 503, data: 'oops' }, 'Token 服务器返回了错误 503'],
    ['that answers a page', { statusCode: 200, data: '<html>hello</html>' }, '返回的内容无法识别'],
  ])('%s', async (_what, answer, sentence) => {
    world.phone.tokenServer = answer && (() => answer)
    const { chat, page } = await logIn()
    await eventually(() => expect(page.text('login-error')).toContain(sentence))
    expect(chat.phase).not.toBe('signed-in')
  })

  it('a token for another user has a sentence', async () => {
    world.phone.tokenServer = () => ({ statusCode: 200, data: tokenOf('mallory') })
    const { page } = await logIn()
    await eventually(() => expect(page.has('login-error')).toBe(true))
  })
})

it('a login that was cancelled while the token was fetched does not happen afterwards', async () => {
  let answer: ((token: { statusCode: number; data: string }) => void) | undefined
  world.phone.tokenServer = () => new Promise((resolve) => (answer = resolve))
  const { chat, page } = await logIn()
  await eventually(() => expect(answer).toBeDefined())
  await chat.cancelSignIn()
  answer?.({ statusCode: 200, data: tokenOf('alice') })
  await eventually(() => expect(page.text('login-submit')).toBe('登录'))
  expect(chat.phase).not.toBe('signed-in')
  expect(world.gateway.stats().live).toBe(0)
  world.phone.tokenServer = () => ({ statusCode: 200, data: tokenOf('alice') })
  await page.tap('login-submit')
  await eventually(() => expect(chat.phase).toBe('signed-in'))
  expect(page.has('login-error')).toBe(false)
})
