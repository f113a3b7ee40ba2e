// What the compiled mini program tells a screen reader: WeChat reads `aria-role` and the `aria-…` that it lists, and no `role`.
import AxeBuilder from '@axe-core/playwright'
import { describe, expect, test } from 'vitest'
import { encode } from '../../src/chat/envelope'
import { DEFAULT_DIST } from '../../simulator/compile/runtime-script'
import { unreadAttributes } from '../../simulator/compile/static-gate'
import { startInChromium, startInNode, type MiniProgram } from '../../simulator/drive/driver'
import type { GatewayClient } from '../support/gateway-client'
import { useNetwork } from './network'
import { backToList, CHANNEL, hears, idle, logIn, ME, open } from './people'

let written = 0
const wired = (text: string) => encode({ kind: 'text', id: `accessible-${written++}`, text }, 'rich')
const NEWS = 'thread-news'

test('its markup has no attribute that WeChat does not read', () => {
  expect(unreadAttributes(DEFAULT_DIST)).toEqual([])
})

describe('what is new in a thread', () => {
  const network = useNetwork(startInNode)

  async function inThread(screenReader: boolean): Promise<{ phone: MiniProgram; writes: (text: string) => Promise<unknown> }> {
    const phone = await network.phone({ screenReader })
    await logIn(phone, 'alice')
    const bob = await network.client('bob')
    const writes = (text: string) => network.until(bob.ask({ t: 'peer', to: 'alice', text: wired(text) }))
    await writes('from before')
    await open(phone, 'peer:bob')
    await hears(phone, 'from before')
    return { phone, writes }
  }

  test('is said beside the list with its sender, gathered and every two seconds at most; what was there before is not', async () => {
    const { phone, writes } = await inThread(true)
    expect(await phone.text(NEWS)).toBe('')
    await writes('one')
    await phone.waitForText(NEWS, 'bob：one')
    for (let more = 2; more <= 8; more++) await writes(`no. ${more}`)
    await hears(phone, 'no. 8')
    expect(await phone.text(NEWS)).toBe('bob：one')
    await phone.elapse(2_000)
    expect(await phone.text(NEWS)).toBe(`${[4, 5, 6, 7, 8].map((number) => `bob：no. ${number}`).join('')}还有 2 条新消息`)
    await idle(phone)
    await phone.resetStats()
    await writes('no. 8')
    await idle(phone)
    expect(await phone.text(NEWS)).toBe('bob：no. 8')
    const calls = (await phone.stats()).log.filter(({ component }) => component === 'src/components/ThreadNews')
    expect(calls).toHaveLength(1)
  })

  test('is one line that can be read aloud, whatever was written', async () => {
    const { phone, writes } = await inThread(true)
    await writes(`two\nlines ${'x'.repeat(500)}`)
    await phone.waitForText(NEWS, /^bob：two lines x+…$/)
    expect((await phone.text(NEWS)).length).toBeLessThanOrEqual('bob：'.length + 200)
    await idle(phone)
    await writes('\u200b')
    await phone.waitForText(NEWS, 'bob：[空消息]')
  })

  test('costs the screen nothing where no screen reader runs', async () => {
    const { phone, writes } = await inThread(false)
    await writes('one')
    await hears(phone, 'one')
    await idle(phone)
    expect(await phone.count(NEWS)).toBe(0)
  })

  test('is not said of a thread that is not in front', async () => {
    const { phone, writes } = await inThread(true)
    await phone.raise('AppHide')
    await writes('unseen')
    await idle(phone)
    await phone.raise('AppShow')
    await hears(phone, 'unseen')
    await idle(phone)
    expect(await phone.text(NEWS)).toBe('')
  })
})

describe('in a browser', () => {
  const network = useNetwork(startInChromium)
  const looks = (['light', 'dark'] as const).flatMap((theme) => ['zh_CN', 'en'].map((language) => ({ theme, language })))

  test.each(looks)('axe finds nothing on any page: $theme, $language', { timeout: 180_000 }, async ({ theme, language }) => {
    const phone = await network.phone({ theme, language, screenReader: true })
    const found: string[] = []
    const look = async (what: string) => {
      await phone.settled()
      await phone.screenshot(`a11y ${theme} ${language} ${what}`)
      if (!phone.page) throw new Error('there is no page')
      const { violations } = await new AxeBuilder({ page: phone.page }).analyze()
      for (const { id, nodes } of violations) for (const { target, failureSummary } of nodes) found.push(`${what}: ${id}: ${target.join(' ')}: ${failureSummary?.replace(/\s+/g, ' ')}`)
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
    await phone.longPress('message-row', { index: -1 })
    await phone.waitFor('the sheet', async () => (await phone.dialogs()).some(({ kind, waiting }) => kind === 'actionSheet' && waiting))
    await look('sheet')
    await phone.answer('cancel')
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
})
