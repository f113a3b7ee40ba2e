// Text fields of the compiled mini program: the keyboard that stays open, long pastes, and ids changed by a keyboard.
import { describe, expect, test } from 'vitest'
import { FIELD_MAX_LENGTH, FIELD_MAX_LINES } from '../../src/chat/text/typed-text'
import { startInChromium, startInNode } from '../../simulator/drive/driver'
import { useNetwork } from './network'
import { CONVERSATIONS, hears, logIn, LOGIN, ME, startChat, texts, THREAD } from './people'

describe.each([
  ['in Node', startInNode],
  ['in Chromium', startInChromium],
] as const)('%s', (_host, start) => {
  const { phone } = useNetwork(start)

  test('the keyboard stays open when Send is tapped, and closes with a tap into the list', async () => {
    const mp = await phone()
    await logIn(mp, 'henry')
    await startChat(mp, 'peer', 'irene')
    const field = () => mp.element('composer-input')
    await mp.tap('composer-input')
    await mp.raise('KeyboardHeightChange', { height: 280 })
    for (const text of ['one', 'two']) {
      await mp.type('composer-input', text)
      await mp.tap('composer-send')
      await hears(mp, text)
      expect(await field()).toMatchObject({ hasFocus: true, value: '' })
    }
    await mp.tap('message-list')
    await mp.waitFor('the keyboard to go', async () => !(await field()).hasFocus)
    await mp.raise('KeyboardHeightChange', { height: 0 })
    // There is none to close any more.
    await mp.tap('message-list')
    expect(await mp.wxCalls('hideKeyboard')).toHaveLength(1)
  })

  test('text typed while Send emptied the field stays, and the sent text does not come back', async () => {
    const mp = await phone()
    await logIn(mp, 'henry')
    await startChat(mp, 'peer', 'irene')
    const field = async () => (await mp.element('composer-input')).value
    await mp.type('composer-input', 'one')
    await mp.whileUnderWay(async () => {
      await mp.type('composer-input', 'one, two')
      await mp.tap('composer-send')
      await mp.settled()
    })
    await mp.settled()
    expect(await field()).toBe(', two')
    await mp.whileUnderWay(async () => {
      await mp.type('composer-input', ', tw')
      await mp.confirm('composer-input')
      await mp.settled()
    })
    await mp.settled()
    expect(await field()).toBe('')
    await mp.type('composer-input', 'one')
    await mp.tap('composer-send')
    await mp.waitFor('three messages', async () => (await texts(mp)).length === 3)
    expect([await texts(mp), await field()]).toEqual([['one', ', tw', 'one'], ''])
  })

  test('a paste longer than any message is rejected with a sentence, and the text before it is sent', async () => {
    const mp = await phone()
    await logIn(mp, 'henry')
    await startChat(mp, 'peer', 'irene')
    await mp.type('composer-input', 'kept')
    await mp.type('composer-input', '字'.repeat(FIELD_MAX_LENGTH + 1))
    await mp.waitForText('composer-error', '内容太长，输入框放不下，保持原样。单条消息上限 32 KB')
    expect((await mp.element('composer-input')).value).toBe('kept')
    await mp.confirm('composer-input')
    await hears(mp, 'kept')
    expect(await texts(mp)).toEqual(['kept'])
  })

  test('a space at the end of an id is pointed out before it is sent, and asked about', async () => {
    const mp = await phone()
    await mp.waitForRoute(LOGIN)
    await mp.type('login-uid', 'henry ')
    await mp.waitForText('login-uid-word', /henry␣/)
    await mp.answer('cancel')
    await mp.confirm('login-uid')
    await mp.waitFor('the question', async () => (await mp.dialogs()).some(({ kind, options }) => kind === 'modal' && options.title === '保留空格？'))
    await logIn(mp, 'henry')
    await mp.switchTab(ME)
    expect(await mp.text('me-uid')).toBe('henry')
  })

  test('the return key breaks the line after that choice', async () => {
    const mp = await phone()
    await logIn(mp, 'henry')
    await mp.switchTab(ME)
    await mp.answer(1)
    await mp.tap('me-return-key')
    await mp.waitForText('me-return-key', /换行/)
    await mp.switchTab(CONVERSATIONS)
    await startChat(mp, 'peer', 'irene')
    await mp.waitForRoute(THREAD)
    await mp.type('composer-input', 'one\ntwo')
    await mp.confirm('composer-input')
    expect([(await mp.element('composer-input')).value?.trim(), await texts(mp)]).toEqual(['one\ntwo', []])
    await mp.type('composer-input', 'three\nfour')
    await mp.tap('composer-send')
    await hears(mp, 'three\nfour')
    // A message submitted by the key would be above it.
    expect(await texts(mp)).toEqual(['three\nfour'])
  })
})

describe('in Node', () => {
  const { phone } = useNetwork(startInNode)

  test.each([
    ['of 1,000 characters', 'x'.repeat(1_000), { calls: 0, bytes: 0 }],
    ['of which a message holds little more', 'x'.repeat(32_000), { calls: 1, bytes: 60 }],
    ['of as many characters as the field takes', 'x'.repeat(FIELD_MAX_LENGTH - 3), { calls: 1, bytes: 90 }],
    ['of as many lines as the field takes', `x${'\n'.repeat(FIELD_MAX_LINES - 1)}`, { calls: 0, bytes: 0 }],
    ['of long lines', 'abcdefghij klmnopqrs\n'.repeat(FIELD_MAX_LINES - 1), { calls: 1, bytes: 90 }],
  ])('a key in a text %s sends at most the count to the screen', async (_what, text, most) => {
    const mp = await phone()
    await logIn(mp, 'henry')
    await startChat(mp, 'peer', 'irene')
    await mp.type('composer-input', text)
    await mp.settled()
    for (const key of ['a', 'ab', 'abc']) {
      await mp.resetStats()
      await mp.type('composer-input', text + key)
      await mp.settled()
      const { calls, bytes } = await mp.stats()
      expect(calls).toBeLessThanOrEqual(most.calls)
      expect(bytes).toBeLessThanOrEqual(most.bytes)
    }
    expect((await mp.element('composer-input')).value).toBe(`${text}abc`)
  })
})
