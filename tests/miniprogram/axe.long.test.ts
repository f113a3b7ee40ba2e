// axe on every page of the compiled mini program in Chromium, in both themes and both languages.
import { expect, test } from 'vitest'
import { encode } from '../../src/chat/message/envelope'
import { startInChromium } from '../../simulator/drive/driver'
import { violations } from '../support/axe'
import type { GatewayClient } from '../support/gateway-client'
import { useNetwork } from './network'
import { backToList, CHANNEL, hears, logIn, ME, open, openMenu } from './people'

let written = 0
const wired = (text: string) => encode({ kind: 'message', id: `accessible-${written++}`, body: { kind: 'text', text } }, 'rich')

const network = useNetwork(startInChromium)
const looks = (['light', 'dark'] as const).flatMap((theme) => ['zh_CN', 'en'].map((language) => ({ theme, language })))

test.each(looks)('axe finds nothing on any page: $theme, $language', { timeout: 180_000 }, async ({ theme, language }) => {
  const phone = await network.phone({ theme, language, screenReader: true })
  const found: string[] = []
  const look = async (what: string) => {
    await phone.settled()
    await phone.screenshot(`a11y ${theme} ${language} ${what}`)
    if (!phone.page) throw new Error('there is no page')
    found.push(...(await violations(phone.page)).map((problem) => `${what}: ${problem}`))
  }
  const writes = (from: GatewayClient, text: string) => from.ask({ t: 'peer', to: 'alice', text: wired(text) })

  await phone.waitForCount('login-uid', 1)
  await phone.type('login-uid', '不')
  await phone.waitForCount('login-uid-problem', 1)
  await look('login')
  await logIn(phone, 'alice')
  await phone.waitForCount('conversation-empty', 1)
  await look('no conversations')
  const [bob, carol] = [await network.client('bob'), await network.client('carol')]
  await carol.ask({ t: 'join', ch: 'general' })
  for (const text of ['Good morning!', Array.from({ length: 60 }, (_, line) => `line ${line}`).join('\n'), '\u200b', 'Lunch?']) await writes(bob, text)
  await writes(carol, 'Hello')
  await open(phone, 'peer:bob')
  await hears(phone, 'Lunch?')
  await phone.type('composer-input', 'At noon')
  await phone.tap('composer-send')
  await hears(phone, 'At noon')
  await phone.type('composer-input', 'a draft')
  await look('thread')
  await openMenu(phone)
  await look('menu of a message')
  await phone.tap('menu-action', { action: 'select-text' })
  await phone.waitForCount('text-selection', 1)
  await look('text to select')
  await phone.tap('text-selection-done')
  await phone.waitForCount('text-selection', 0)
  await backToList(phone)
  await phone.tap('new-chat')
  await phone.waitForCount('new-chat-id', 1)
  await phone.tap('new-chat-kind', { kind: 'channel' })
  await phone.type('new-chat-id', 'general')
  await phone.tap('new-chat-submit')
  await phone.waitForCount('thread-detail', 1)
  await carol.ask({ t: 'send', ch: 'general', text: wired('Welcome') })
  await hears(phone, 'Welcome')
  await look('channel thread')
  await phone.tap('channel-info')
  await phone.waitForRoute(CHANNEL)
  await phone.waitForCount('channel-member', 2)
  await look('channel')
  await phone.tap('channel-leave')
  await phone.waitFor('the question', async () => (await phone.dialogs()).some(({ kind, waiting }) => kind === 'modal' && waiting))
  await look('question')
  await phone.answer('cancel')
  await phone.back()
  await backToList(phone)
  await look('conversations')
  await phone.tap('new-chat')
  await phone.waitForCount('new-chat-id', 1)
  await phone.type('new-chat-id', 'alice')
  await phone.waitForCount('new-chat-error', 1)
  await look('new chat')
  await backToList(phone)
  await phone.switchTab(ME)
  await look('me')
  await phone.tap('me-storage')
  await phone.waitForCount('storage-row', 3)
  await look('storage')
  expect(found).toEqual([])
})
