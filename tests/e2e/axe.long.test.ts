// axe on every page of the built H5, in both themes and both languages.
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { violations } from '../support/axe'
import { field, id, logIn, MENU, SHEET } from '../support/built-h5'
import { useAccessibleH5 } from './accessible-h5'

const { h5, shots, someone, open, wired, at, thread } = useAccessibleH5()

const looks = (['light', 'dark'] as const).flatMap((colorScheme) => ['zh-CN', 'en-US'].map((locale) => ({ colorScheme, locale, name: `${colorScheme}, ${locale}` })))

describe.each(looks)('$name', ({ colorScheme, locale, name }) => {
  test('axe finds nothing on any page, nor in a sheet or dialog over one', { timeout: 180_000 }, async () => {
    const page = await open({ colorScheme, locale })
    const [alice, bob, carol, room] = [someone('alice'), someone('bob'), someone('carol'), someone('room')]
    const found: string[] = []
    // Animations have to end first.
    await page.emulateMedia({ reducedMotion: 'reduce' })
    const look = async (what: string) => {
      await page.screenshot({ path: path.join(shots, `a11y ${name} ${what}.png`) })
      found.push(...(await violations(page)).map((problem) => `${what}: ${problem}`))
    }

    await page.fill(field('login-uid'), '不')
    await page.waitForSelector(id('login-uid-problem'))
    await look('login')
    await logIn(page, alice)
    await page.waitForSelector(id('conversation-empty'))
    await look('no conversations')

    const [b, c] = [await h5.client(bob), await h5.client(carol)]
    await c.ask({ t: 'join', ch: room })
    const long = Array.from({ length: 60 }, (_, line) => `line ${line}`).join('\n')
    for (const text of ['Good morning!', long, '\u200b', 'Lunch?']) await b.ask({ t: 'peer', to: alice, text: wired(text) })
    await c.ask({ t: 'peer', to: alice, text: wired('Hello') })
    await page.waitForSelector(`${id('conversation-row')}[data-id="peer:${carol}"]`)

    await page.goto(thread(`peer:${bob}`))
    await page.waitForSelector(id('message-row'))
    await page.fill(field('composer-input'), 'At noon')
    await page.click(id('composer-send'))
    await page.waitForSelector(id('message-status'))
    await page.fill(field('composer-input'), 'a draft')
    await look('thread')
    await page.click(`${id('message-row')} >> nth=-1`, { button: 'right' })
    await page.waitForSelector(MENU)
    await look('menu of a message')
    await page.keyboard.press('Escape')
    await page.waitForSelector(MENU, { state: 'detached' })

    await page.goto(at('new-chat'))
    await page.fill(field('new-chat-id'), alice)
    await page.waitForSelector(id('new-chat-error'))
    await look('new chat')
    await page.click(`${id('new-chat-kind')}[data-kind=channel]`)
    await page.fill(field('new-chat-id'), room)
    await page.click(id('new-chat-submit'))
    await page.waitForSelector(id('channel-info'))
    await c.ask({ t: 'send', ch: room, text: wired('Welcome') })
    await page.waitForSelector(id('message-row'))
    await look('channel thread')
    await page.click(id('channel-info'))
    await page.waitForSelector(id('channel-member'))
    await look('channel')
    await page.click(id('channel-leave'))
    await page.waitForSelector('div.uni-modal')
    await look('question')
    await page.keyboard.press('Escape')

    await page.goto(at('conversations'))
    const row = `${id('conversation-row')}[data-id="peer:${carol}"]`
    await page.click(row, { button: 'right' })
    await page.click(`${SHEET} .uni-actionsheet__cell >> nth=1`)
    await page.waitForSelector(`${row} ${id('conversation-muted')}`)
    await page.click(`${id('conversation-row')}[data-id="peer:${bob}"]`, { button: 'right' })
    await page.click(`${SHEET} .uni-actionsheet__cell >> nth=0`)
    await page.waitForSelector('.is-pinned')
    await look('conversations')

    await page.goto(at('me'))
    await page.waitForSelector(id('me-uid'))
    await look('me')
    await page.goto(at('storage'))
    await page.waitForSelector(id('storage-row'))
    await look('storage')

    await h5.client(alice)
    await page.waitForSelector(id('connection-banner'))
    await look('logged in elsewhere')
    expect(found).toEqual([])
  })
})
