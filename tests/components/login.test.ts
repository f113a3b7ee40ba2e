/** Logging in: the input, its errors, and the page after it. */
import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { conversationId } from '@/src/chat/conversation/conversation'
import LoginPage from '@/src/pages/login/login.vue'
import { LocalClient } from '@/src/rtm/local/client'
import { errorOfCode } from '@/src/rtm/error-name'
import { openPage } from '../support/page'
import { eventually, useWorld, conversation } from '../support/world'

const world = useWorld()
afterEach(() => vi.restoreAllMocks())

async function login() {
  const chat = world.start()
  await chat.restore()
  const page = await openPage(world, LoginPage)
  return { chat, page }
}

const isOff = (page: Awaited<ReturnType<typeof login>>['page']) => page.get('login-submit').classes('is-off')

describe('the user id', () => {
  it('shows no error before anything is typed, and does not allow a login', async () => {
    const { page } = await login()
    expect(page.has('login-uid-problem')).toBe(false)
    expect(page.has('login-error')).toBe(false)
    expect(isOff(page)).toBe(true)
    expect(world.phone.title).toBe('登录')
  })

  it.each([
    ['张三', '含有不允许的字符'],
    ['a/b', '含有不允许的字符'],
    ['x'.repeat(65), '太长了，最多 64 个字符'],
    ['null', '“null” 是保留字'],
  ])('%s breaks the rule, which is shown while typing', async (uid, sentence) => {
    const { page, chat } = await login()
    await page.type('login-uid', uid)
    expect(page.text('login-uid-problem')).toContain(sentence)
    expect(isOff(page)).toBe(true)
    await page.tap('login-submit')
    expect(chat.phase).toBe('signed-out')
    await page.type('login-uid', 'alice')
    expect(page.has('login-uid-problem')).toBe(false)
    expect(isOff(page)).toBe(false)
  })

  it.each(['..', '__proto__', 'a:b', '100%', 'alice ', '-_-'])('%s logs in', async (uid) => {
    const { page, chat } = await login()
    await page.type('login-uid', uid)
    await page.tap('login-submit')
    await eventually(() => expect(world.phone.visit).toBe('switchTab /src/pages/conversations/conversations'))
    expect(chat.me).toBe(uid)
    expect(chat.phase).toBe('signed-in')
    expect(page.has('login-error')).toBe(false)
  })

  it('is remembered for the next time, also after a logout', async () => {
    const chat = await world.signedIn('alice')
    await chat.signOut()
    await world.restart()
    const page = await openPage(world, LoginPage)
    expect(page.field('login-uid').text).toBe('alice')
    expect(isOff(page)).toBe(false)
  })

  it('is submitted by the keyboard too', async () => {
    const { page, chat } = await login()
    await page.type('login-uid', 'alice')
    await page.field('login-uid').confirm()
    await eventually(() => expect(chat.phase).toBe('signed-in'))
  })
})

describe('a failed login', () => {
  const sentences: [code: number, zh: string, en: string][] = [
    [1, '登录失败，原因不明', 'unknown reason'],
    [2, '服务器拒绝了登录', 'The server refused the login'],
    [3, '用户 ID 或 Token 的格式不对', 'malformed'],
    [4, 'App ID 无效或项目已停用', 'The App ID is invalid'],
    [5, '这个项目启用了证书，登录需要 Token', 'login needs a token'],
    [6, 'Token 已过期', 'The token has expired'],
    [7, '没有登录权限', 'Not authorised'],
    [8, '已经登录，或正在登录中', 'Already logged in'],
    [9, '登录超时', 'Login timed out'],
    [10, '登录太频繁', 'Too many logins'],
    [201, '登录已取消', 'cancelled'],
    [999, '登录失败（错误码 999）', 'Login failed (code 999)'],
  ]

  it.each(sentences)('with code %i has a sentence of its own in both languages', async (code, zh, en) => {
    vi.spyOn(LocalClient.prototype, 'login').mockRejectedValue(errorOfCode('login', code, 'refused'))
    for (const [language, sentence] of [['zh_CN', zh], ['en', en]] as const) {
      world.phone.language = language
      const { page, chat } = await login()
      await page.type('login-uid', 'alice')
      await page.tap('login-submit')
      await eventually(() => expect(page.text('login-error')).toContain(sentence))
      expect(page.text('login-error')).not.toMatch(/[{}]/)
      expect(chat.phase).toBe('signed-out')
      expect(isOff(page)).toBe(false)
      page.close()
    }
    expect(world.phone.visits).toEqual([])
  })

  it('has twelve different sentences', () => {
    expect(new Set(sentences.map(([, zh]) => zh)).size).toBe(12)
  })

  it('with a given token says that the token is wrong, until the input changes', async () => {
    vi.spyOn(LocalClient.prototype, 'login').mockRejectedValue(errorOfCode('login', 5, 'token'))
    const { page } = await login()
    await page.type('login-uid', 'alice')
    await page.type('login-token', '006abc')
    await page.tap('login-submit')
    await eventually(() => expect(page.text('login-error')).toContain('Token 无效'))
    await page.type('login-token', '006abcd')
    expect(page.has('login-error')).toBe(false)
  })

  it('after a timeout names the gateway that did not answer', async () => {
    vi.spyOn(LocalClient.prototype, 'login').mockRejectedValue(errorOfCode('login', 9, 'time-out'))
    const { page } = await login()
    await page.type('login-uid', 'alice')
    await page.tap('login-submit')
    await eventually(() => expect(page.text('login-error')).toBe(`登录超时：12 秒内没有收到服务器的响应。请检查网络，并确认本地网关（${world.gateway.url}）正在运行。`))
  })

  it('can be tried again', async () => {
    vi.spyOn(LocalClient.prototype, 'login').mockRejectedValueOnce(errorOfCode('login', 2, 'refused'))
    const { page, chat } = await login()
    await page.type('login-uid', 'alice')
    await page.tap('login-submit')
    await eventually(() => expect(page.has('login-error')).toBe(true))
    await page.tap('login-submit')
    await eventually(() => expect(chat.phase).toBe('signed-in'))
    expect(page.has('login-error')).toBe(false)
  })

  it('says so when the disk cannot be read', async () => {
    world.phone.disk.storage.getStorageInfoSync = () => {
      throw new Error('getStorageInfoSync:fail system error')
    }
    const { page } = await login()
    await page.type('login-uid', 'alice')
    await page.tap('login-submit')
    await eventually(() => expect(page.text('login-error')).toContain('打不开本机的聊天记录'))
  })
})

describe('the token', () => {
  it.each([
    ['that holds what no token holds', '含有 汉字', 'Token 里有不允许的字符'],
    ['that is far too long', 'x'.repeat(3_000), 'Token 太长了'],
  ])('%s is rejected before it is sent', async (_what, token, sentence) => {
    const client = vi.spyOn(LocalClient.prototype, 'login')
    const { page } = await login()
    await page.type('login-uid', 'alice')
    await page.type('login-token', token)
    await page.tap('login-submit')
    expect(page.text('login-error')).toContain(sentence)
    expect(client).not.toHaveBeenCalled()
  })

  it('is sent as it is, without white space around it', async () => {
    const client = vi.spyOn(LocalClient.prototype, 'login')
    const token = '007' + 'x'.repeat(250)
    const { page, chat } = await login()
    await page.type('login-uid', 'alice')
    await page.type('login-token', ` ${token}\n`)
    await page.tap('login-submit')
    await eventually(() => expect(chat.phase).toBe('signed-in'))
    expect(client).toHaveBeenCalledWith({ uid: 'alice', token })
    expect(page.get('login-token').attributes('maxlength')).toBe('-1')
  })
})

describe('while it takes long', () => {
  it('the button says so and ignores a second tap; after some seconds the login can be cancelled', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      let refuse: (error: Error) => void = () => undefined
      const client = vi.spyOn(LocalClient.prototype, 'login').mockImplementation(() => new Promise((_, reject) => (refuse = reject)))
      const { page } = await login()
      await page.type('login-uid', 'alice')
      await page.tap('login-submit')
      await vi.waitFor(() => expect(client).toHaveBeenCalledTimes(1))
      expect(page.text('login-submit')).toBe('正在登录…')
      expect(isOff(page)).toBe(true)
      await page.tap('login-submit')
      expect(client).toHaveBeenCalledTimes(1)
      expect(page.has('login-cancel')).toBe(false)
      await vi.advanceTimersByTimeAsync(3_000)
      expect(page.has('login-cancel')).toBe(true)
      await page.tap('login-cancel')
      expect(page.text('login-submit')).toBe('登录')
      expect(page.has('login-cancel')).toBe(false)
      refuse(errorOfCode('login', 9, 'late'))
      await flushPromises()
      expect(page.has('login-error')).toBe(false)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('beside the form', () => {
  it('names the backend and says that it needs no account, in either language', async () => {
    const { page } = await login()
    expect(page.text('login-backend')).toBe(`后端：本地网关 ${world.gateway.url}。无需账号，任意用户 ID（英文字母、数字和常见符号）都能登录。`)
    page.close()
    world.phone.language = 'en'
    const english = await login()
    expect(english.page.text('login-backend')).toContain('No account needed')
    expect(english.page.text('login-submit')).toBe('Log in')
    expect(world.phone.title).toBe('Log in')
  })

  it('has no banner, whatever the connection does', async () => {
    const { page, chat } = await login()
    chat.session = { phase: 'pausing', attempt: 1, who: { uid: 'alice', token: undefined }, tries: 1, accepted: true, due: Infinity }
    await flushPromises()
    expect(page.has('connection-banner')).toBe(false)
  })
})

it('shows nothing of the last user to the next one', async () => {
  await world.remembers('alice', conversation(conversationId('peer', 'secret'), []))
  const { page, chat } = await login()
  await page.type('login-uid', 'alice')
  await page.tap('login-submit')
  await eventually(() => expect(chat.account?.conversations.order.value).toEqual(['peer:secret']))
  await chat.signOut()
  await page.type('login-uid', 'bob')
  // RTM requires half a second between two logins, and says so until then.
  await eventually(async () => {
    if (page.text('login-submit') === '登录') await page.tap('login-submit')
    expect(chat.phase).toBe('signed-in')
  })
  expect(chat.me).toBe('bob')
  expect(chat.account?.conversations.order.value).toEqual([])
})
