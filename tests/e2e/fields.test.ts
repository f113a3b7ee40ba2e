// Text fields of the built H5 with a fast typist, an input method, a clipboard and a finger.
import type { Page } from 'playwright-core'
import { expect, test, vi } from 'vitest'
import { MESSAGE_MAX_BYTES } from '../../src/chat/rtm-limits'
import { FIELD_MAX_LENGTH, FIELD_MAX_LINES } from '../../src/chat/text/typed-text'
import { DESK, field, id, logIn, PHONE, useBuiltH5 } from '../support/built-h5'

const h5 = useBuiltH5({ rateLimits: false })

async function loginPage(device: 'phone' | 'desk' = 'desk'): Promise<Page> {
  const page = await h5.tab(device === 'phone' ? PHONE : DESK)
  await page.goto(h5.address())
  await page.waitForSelector(field('login-uid'))
  return page
}

async function signedIn(device: 'phone' | 'desk' = 'desk'): Promise<Page> {
  const page = await loginPage(device)
  await logIn(page, 'walter')
  return page
}

async function newChat(page: Page): Promise<void> {
  await page.click(`${id('new-chat')}:visible`)
  await page.waitForSelector(field('new-chat-id'))
}

async function thread(page: Page, target: string): Promise<void> {
  await newChat(page)
  await page.fill(field('new-chat-id'), target)
  await page.click(id('new-chat-submit'))
  await page.waitForSelector(field('composer-input'))
}

const signedInAs = (page: Page) => page.evaluate(() => (JSON.parse(sessionStorage.getItem('session') ?? '{}') as { uid?: string }).uid)
const messages = (page: Page) => page.locator(id('message-text')).allInnerTexts()
const held = (page: Page, name: string) => page.locator(field(name)).inputValue()
const heard = (page: Page, texts: string[]) => vi.waitFor(async () => expect(await messages(page)).toEqual(texts), { timeout: 20_000 })
/** The focused field: its test hook. */
const focused = (page: Page) => page.evaluate(() => document.activeElement?.closest('[data-testid]')?.getAttribute('data-testid'))

/** Keys, Enter or a click, all within one task of the page: without a throttle or a repaint in between. */
function atOnce(page: Page, name: string, text: string, then: { readonly click: string } | 'Enter'): Promise<void> {
  return page.evaluate(
    ([selector, typed, button]) => {
      const field = document.querySelector<HTMLInputElement>(selector!)!
      field.focus()
      for (const key of typed!) {
        field.setRangeText(key, field.value.length, field.value.length, 'end')
        field.dispatchEvent(new InputEvent('input', { bubbles: true, data: key, inputType: 'insertText' }))
      }
      if (button !== '') return document.querySelector<HTMLElement>(button!)!.click()
      const enter = { key: 'Enter', code: 'Enter', keyCode: 13, bubbles: true, cancelable: true }
      for (const type of ['keydown', 'keyup']) field.dispatchEvent(new KeyboardEvent(type, enter))
    },
    [field(name), text, then === 'Enter' ? '' : then.click] as const,
  )
}

/** The keys of an input method with an open list, then Enter, which takes the letters unchanged. In both orders that browsers have. */
async function composes(page: Page, name: string, letters: string): Promise<void> {
  await page.focus(field(name))
  const session = await h5.context().newCDPSession(page)
  await session.send('Input.imeSetComposition', { text: letters, selectionStart: letters.length, selectionEnd: letters.length })
  await session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13 })
  await session.send('Input.insertText', { text: letters })
  await session.send('Input.dispatchKeyEvent', { type: 'keyUp', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13 })
  await session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 })
  await session.send('Input.dispatchKeyEvent', { type: 'keyUp', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13 })
  await session.detach()
}

/** Pastes as the clipboard does. */
async function paste(page: Page, name: string, text: string): Promise<void> {
  await h5.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(h5.address()).origin })
  await page.evaluate((copied) => navigator.clipboard.writeText(copied), text)
  await page.focus(field(name))
  await page.keyboard.press('Control+V')
}

test.each(['Enter', { click: id('login-submit') }] as const)('logs in with the whole input before %o', async (then) => {
  const page = await loginPage()
  await atOnce(page, 'login-uid', 'marguerite', then)
  await page.waitForSelector(id('conversation-list'))
  expect(await signedInAs(page)).toBe('marguerite')
})

test('logs in with the whole input although the clock is set back', async () => {
  const page = await loginPage()
  await page.evaluate(() => {
    const { now } = Date
    let back = 0
    Date.now = () => now() - back
    document.addEventListener('input', () => (back += 3_600_000), { capture: true })
  })
  await page.focus(field('login-uid'))
  await page.keyboard.type('bernadette')
  await page.keyboard.press('Enter')
  await page.waitForSelector(id('conversation-list'))
  expect(await signedInAs(page)).toBe('bernadette')
})

test.each(['Enter', { click: id('new-chat-submit') }] as const)('begins a chat with the whole input before %o', async (then) => {
  const page = await signedIn()
  await newChat(page)
  await atOnce(page, 'new-chat-id', 'theodora', then)
  await page.waitForSelector(field('composer-input'))
  expect(await page.textContent(id('thread-title'))).toBe('theodora')
  await atOnce(page, 'composer-input', 'said in one breath', then === 'Enter' ? then : { click: id('composer-send') })
  await heard(page, ['said in one breath'])
  expect(await held(page, 'composer-input')).toBe('')
})

test('searches for the whole input before Enter, and not for text that an input method is composing', async () => {
  const page = await signedIn()
  await thread(page, 'dominic')
  await page.click(id('nav-back'))
  await page.waitForSelector(`${id('conversation-row')}:visible`)
  await atOnce(page, 'conversation-search', 'zzz', 'Enter')
  await page.waitForSelector(id('conversation-empty'))
  expect(await page.textContent(id('conversation-empty'))).toContain('zzz')

  await page.click(id('conversation-search-clear'))
  await page.waitForSelector(`${id('conversation-row')}:visible`)
  expect([await held(page, 'conversation-search'), await focused(page)]).toEqual(['', 'conversation-search'])
  await page.clock.install()
  const session = await h5.context().newCDPSession(page)
  await session.send('Input.imeSetComposition', { text: 'q', selectionStart: 1, selectionEnd: 1 })
  // Longer than the pause after which it searches.
  await page.clock.runFor(1_000)
  expect(await page.locator(`${id('conversation-row')}:visible`).count()).toBe(1)
  await session.send('Input.insertText', { text: 'q' })
  await page.clock.runFor(1_000)
  await page.waitForSelector(id('conversation-empty'))
})

test('does not submit by an Enter of an input method', async () => {
  const page = await loginPage()
  for (const name of ['login-token', 'login-uid']) {
    await composes(page, name, 'walter')
    expect(await held(page, name)).toBe('walter')
  }
  expect(await signedInAs(page)).toBeUndefined()
  await page.fill(field('login-token'), '')
  await page.press(field('login-uid'), 'Enter')
  await page.waitForSelector(id('conversation-list'))
  await newChat(page)
  await composes(page, 'new-chat-id', 'nihao')
  expect([await held(page, 'new-chat-id'), await page.locator(field('composer-input')).count()]).toEqual(['nihao', 0])
  await page.keyboard.press('Enter')
  await page.waitForSelector(field('composer-input'))
  await composes(page, 'composer-input', 'zaijian')
  expect([await held(page, 'composer-input'), await messages(page)]).toEqual(['zaijian', []])
  await page.keyboard.press('Enter')
  await heard(page, ['zaijian'])
})

test('lets no keyboard change an id, but the text of the composer', async () => {
  const page = await loginPage()
  const literal = (name: string) =>
    page.locator(field(name)).evaluate((field) => ['autocapitalize', 'autocorrect', 'spellcheck', 'autocomplete'].map((attribute) => field.getAttribute(attribute)))
  const off = ['off', 'off', 'false', 'off']
  for (const name of ['login-uid', 'login-token']) expect(await literal(name)).toEqual(off)
  await page.fill(field('login-uid'), 'walter')
  await page.click(id('login-submit'))
  await page.waitForSelector(field('conversation-search'))
  expect(await literal('conversation-search')).toEqual(off)
  await newChat(page)
  expect(await literal('new-chat-id')).toEqual(off)
  await page.fill(field('new-chat-id'), 'xavier')
  await page.press(field('new-chat-id'), 'Enter')
  await page.waitForSelector(field('composer-input'))
  expect((await literal('composer-input')).slice(0, 3)).toEqual([null, null, null])
})

test('points out a space at the end of an id before it is sent, and asks', async () => {
  const page = await loginPage()
  await page.fill(field('login-uid'), 'walter ')
  expect(await page.textContent(id('login-uid-word'))).toContain('walter␣')
  // The key is released once the question has the focus, and must not answer it.
  await page.focus(field('login-uid'))
  await page.keyboard.down('Enter')
  await page.waitForFunction(() => document.activeElement?.matches('div.uni-modal'))
  await page.keyboard.up('Enter')
  await page.click('.uni-modal__btn_default')
  expect(await signedInAs(page)).toBeUndefined()
  await page.fill(field('login-uid'), 'walter\u200b')
  expect(await page.textContent(id('login-uid-problem'))).toContain('U+200B')
  await page.fill(field('login-uid'), 'walter')
  await page.press(field('login-uid'), 'Enter')
  await page.waitForSelector(id('conversation-list'))
  await newChat(page)
  await atOnce(page, 'new-chat-id', ' xavier', 'Enter')
  expect(await page.textContent(id('new-chat-word'))).toContain('␣xavier')
  await page.click('.uni-modal__btn_primary')
  await page.waitForSelector(field('composer-input'))
  expect(await page.textContent(id('thread-title'))).toBe('␣xavier')
})

test('rejects a paste longer than any message, says so, and keeps the text', async () => {
  const page = await signedIn()
  await thread(page, 'pasted')
  await page.fill(field('composer-input'), 'kept')
  for (const text of ['x'.repeat(FIELD_MAX_LENGTH), 'line\n'.repeat(600_000), '\n'.repeat(FIELD_MAX_LINES)]) {
    await paste(page, 'composer-input', text)
    await page.waitForSelector(id('composer-error'))
    expect([await page.textContent(id('composer-error')), await held(page, 'composer-input')]).toEqual(['内容太长，输入框放不下，保持原样。单条消息上限 32 KB', 'kept'])
    await page.keyboard.type('!')
    await page.waitForSelector(id('composer-error'), { state: 'detached' })
    await page.keyboard.press('Backspace')
  }
  // A browser that does not ask before it pastes.
  await page.locator(field('composer-input')).evaluate((field: HTMLTextAreaElement, size) => {
    field.value = '字'.repeat(size)
    field.dispatchEvent(new InputEvent('input', { bubbles: true }))
  }, FIELD_MAX_LENGTH + 1)
  expect(await held(page, 'composer-input')).toBe('kept')
  await page.press(field('composer-input'), 'Enter')
  await heard(page, ['kept'])

  // A text too long for a message but not for the field is counted, and not cut.
  await paste(page, 'composer-input', 'x'.repeat(MESSAGE_MAX_BYTES * 2))
  expect(await page.textContent(id('composer-error'))).toContain('消息太长')
  expect(await held(page, 'composer-input')).toHaveLength(MESSAGE_MAX_BYTES * 2)
  await page.click(id('nav-back'))
  await newChat(page)
  await paste(page, 'new-chat-id', 'x'.repeat(FIELD_MAX_LENGTH + 1))
  expect([await page.textContent(id('new-chat-error')), await held(page, 'new-chat-id')]).toEqual(['太长了，最多 64 个字符', ''])
})

/** The layout cost of a key in the composer, and its look. */
const layoutOf = (page: Page) =>
  page.locator(id('composer-input')).evaluate((composer) => {
    const [own, copy] = [composer.querySelector('textarea')!, composer.querySelector('.uni-textarea-compute')!]
    const { unicodeBidi: directions, fontFamily: font } = getComputedStyle(own)
    return { px: own.clientHeight, directions, font, copied: copy.textContent!.length, lines: copy.children.length }
  })

test.each([
  ['one line', 'x'.repeat(FIELD_MAX_LENGTH - 100)],
  ['lines', Array.from({ length: FIELD_MAX_LINES - 50 }, () => 'abcdefghij klmnopqrs').join('\n')],
])('a key in a long text of %s lays out no copy of it and detects no directions', async (_what, text) => {
  const page = await signedIn()
  await thread(page, 'typed')
  await paste(page, 'composer-input', text)
  await page.keyboard.type('end')
  expect(await held(page, 'composer-input')).toBe(`${text}end`)
  await vi.waitFor(async () => expect((await layoutOf(page)).px).toBe(120), { timeout: 20_000 })
  const { directions, copied, lines } = await layoutOf(page)
  expect(directions).toBe('normal')
  expect(copied).toBeLessThanOrEqual(8_000)
  // Its size sensor is a child too.
  expect(lines).toBeLessThanOrEqual(64 + 1)
})

test('the field grows and shrinks with its lines, and right-to-left letters give each paragraph its direction', async () => {
  const page = await signedIn()
  await thread(page, 'lines')
  const has = (px: number, directions: string) => vi.waitFor(async () => expect(await layoutOf(page)).toMatchObject({ px, directions }), { timeout: 20_000 })
  for (const [text, px] of [['one', 24], ['one\ntwo\n3', 72], ['x'.repeat(8_001), 120], ['\n'.repeat(65), 120], ['one\ntwo', 48]] as const) {
    await page.fill(field('composer-input'), text)
    await has(px, 'normal')
  }
  await page.keyboard.type('ש')
  await has(48, 'plaintext')
  await page.keyboard.press('Backspace')
  await has(48, 'normal')
  // The program inserts a draft.
  await page.fill(field('composer-input'), 'שלום')
  await page.click(id('nav-back'))
  await page.click(`${id('conversation-row')}:visible`)
  await vi.waitFor(async () => expect(await held(page, 'composer-input')).toBe('שלום'), { timeout: 20_000 })
  await has(24, 'plaintext')
  const { font } = await layoutOf(page)
  await page.fill(field('composer-input'), 'שלום עולם '.repeat(401))
  await has(120, 'plaintext')
  expect([font, (await layoutOf(page)).font]).toEqual([expect.stringContaining('PingFang SC'), expect.stringMatching(/^Arial/)])
})

test.each(['desk', 'phone'] as const)('keeps the focus in the field when Send is tapped, at a %s', async (device) => {
  const page = await signedIn(device)
  await thread(page, 'focus')
  const press = (selector: string) => (device === 'phone' ? page.tap(selector) : page.click(selector))
  await press(field('composer-input'))
  for (const text of ['one', 'two']) {
    await page.keyboard.type(text)
    await press(id('composer-send'))
    expect([await focused(page), await held(page, 'composer-input')]).toEqual(['composer-input', ''])
  }
  const session = await h5.context().newCDPSession(page)
  await session.send('Input.imeSetComposition', { text: 'san', selectionStart: 3, selectionEnd: 3 })
  await press(id('composer-send'))
  await heard(page, ['one', 'two', 'san'])
  expect([await focused(page), await held(page, 'composer-input')]).toEqual(['composer-input', ''])
  // A tap on Send without the focus does not take it, and a tap into the list removes it.
  await press(`${id('message-list')}`)
  expect(await focused(page)).not.toBe('composer-input')
})

test.each(['login-uid', 'login-token', 'conversation-search', 'new-chat-id'])('has a gap between the text of %s and the focus line', async (name) => {
  const page = name.startsWith('login') ? await loginPage() : await signedIn()
  if (name === 'new-chat-id') await newChat(page)
  await page.locator(field(name)).focus()
  const [left, right] = await page.evaluate((selector) => {
    const [ring, words] = [document.querySelector(selector)!.getBoundingClientRect(), document.querySelector(`${selector} input`)!.getBoundingClientRect()]
    return [words.left - ring.left, ring.right - words.right] as const
  }, id(name))
  expect(left).toBeGreaterThanOrEqual(6)
  expect(right).toBeGreaterThanOrEqual(6)
})

test.each([
  ['in a wide window at a desk', { ...DESK, viewport: { width: 1024, height: 700 } }, true],
  ['in a narrow window', { ...DESK, viewport: { width: 1000, height: 700 } }, false],
  ['on a wide tablet', { ...PHONE, viewport: { width: 1024, height: 700 } }, false],
] as const)('has the focus in a thread that is opened %s: %#', async (_, options, hasFocus) => {
  const page = await h5.tab(options)
  await page.goto(`${h5.address()}?uid=walter`)
  await page.waitForSelector(id('conversation-list'))
  await thread(page, 'bob')
  // The draft is read after that, and the title is written last.
  await page.waitForSelector(`${id('thread-title')} >> text=bob`)
  expect((await focused(page)) === 'composer-input').toBe(hasFocus)
})

test('breaks the line with Enter after that choice, and sends with Control+Enter', async () => {
  const page = await signedIn()
  await page.click('.uni-tabbar__item >> nth=1')
  await page.click(id('me-return-key'))
  await page.click('.uni-actionsheet__cell >> text=换行')
  await vi.waitFor(async () => expect(await page.textContent(id('me-return-key'))).toContain('换行'))
  await page.reload()
  await page.click('.uni-tabbar__item >> nth=0')
  await thread(page, 'lines')
  await page.focus(field('composer-input'))
  await page.keyboard.type('first')
  await page.keyboard.press('Enter')
  await page.keyboard.type('second')
  expect([await held(page, 'composer-input'), await messages(page)]).toEqual(['first\nsecond', []])
  await page.keyboard.press('Control+Enter')
  await heard(page, ['first\nsecond'])
})
