/** A build for Agora's cloud without Agora's SDK file: the login page says what to do. */
import { beforeEach, expect, it, vi } from 'vitest'
import LoginPage from '@/src/pages/login/login.vue'
import { openPage } from '../support/page'
import { eventually, useWorld } from '../support/world'

const { useAgora } = vi.hoisted(() => {
  const useAgora = () => {
    vi.stubEnv('VITE_RTM_BACKEND', 'agora')
    vi.stubEnv('VITE_RTM_APP_ID', '0123456789abcdef0123456789abcdef')
  }
  useAgora()
  return { useAgora }
})

const world = useWorld()
beforeEach(useAgora)

it('names the file, its folder and where to read on', async () => {
  const chat = world.start()
  const page = await openPage(world, LoginPage)
  expect(page.text('login-backend')).toBe('后端：声网 RTM，App ID 0123456789abcdef0123456789abcdef')
  await page.type('login-uid', 'alice')
  await page.tap('login-submit')
  await eventually(() => expect(page.has('login-sdk-missing')).toBe(true))
  expect(page.text('login-sdk-missing')).toContain('rtm.miniapp.js')
  expect(page.text('login-sdk-missing')).toContain('src/lib/')
  expect(page.text('login-sdk-missing')).toContain('docs/AGORA.md')
  expect(chat.phase).not.toBe('signed-in')
  expect(page.get('login-submit').classes('is-off')).toBe(false)
})
