// The panel of emojis in the compiled mini program: in the place of the keyboard, from the subpackage, into the field at the caret.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { emojisOf } from '../../src/chat/emoji/emojis'
import { startInChromium, startInNode, type MiniProgram } from '../../simulator/drive/driver'
import { useNetwork } from './network'
import { connected, hears, logIn, open, startChat } from './people'

const KEYBOARD_PX = 300
const field = async (mp: MiniProgram) => (await mp.element('composer-input')).value
const isThere = (mp: MiniProgram) => mp.waitFor('the panel', async () => (await mp.count('emoji')) > 0)

describe.each([
  ['in Node', startInNode],
  ['in Chromium', startInChromium],
] as const)('%s', (host, start) => {
  const { phone } = useNetwork(start)

  async function thread(): Promise<MiniProgram> {
    const mp = await phone()
    await logIn(mp, 'henry')
    await startChat(mp, 'peer', 'irene')
    return mp
  }

  test('it takes the place of the keyboard, and a tap on the field or into the list closes it', async () => {
    const mp = await thread()
    await mp.tap('composer-input')
    await mp.raise('KeyboardHeightChange', { height: KEYBOARD_PX })
    const bottom = async () => (await mp.element('composer-input')).rect.top
    const before = await bottom()
    await mp.tap('composer-emoji')
    await isThere(mp)
    expect(await mp.wxCalls('hideKeyboard')).toHaveLength(1)
    await mp.waitFor('the field to lose the focus', async () => !(await mp.element('composer-input')).hasFocus)
    await mp.raise('KeyboardHeightChange', { height: 0 })
    expect(await bottom()).toBe(before)
    expect(await mp.text('emoji', { index: 0 })).toBe('😀')

    await mp.tap('composer-input')
    await mp.waitForCount('emoji', 0)
    await mp.tap('composer-emoji')
    await isThere(mp)
    await mp.tap('message-list')
    await mp.waitForCount('emoji', 0)
    await mp.tap('composer-emoji')
    await isThere(mp)
    await mp.tap('composer-emoji')
    await mp.waitForCount('emoji', 0)
    // The thread is left with the panel open.
    await mp.tap('composer-emoji')
    await isThere(mp)
    await mp.back()
  })

  test('a tap puts an emoji in at the caret, which is sent as typed; the delete key deletes it whole', async () => {
    const mp = await thread()
    await mp.type('composer-input', 'ab')
    if (mp.page) {
      await mp.page.evaluate(() => document.querySelector('textarea')?.setSelectionRange(1, 1))
    }
    await mp.tap('composer-emoji')
    await isThere(mp)
    await mp.tap('emoji', { emoji: '😂' })
    await mp.tap('emoji', { emoji: '☺️' })
    await mp.waitFor('both emojis', async () => (await field(mp)) === (host === 'in Node' ? 'ab😂☺️' : 'a😂☺️b'))
    await mp.tap('emoji-erase')
    await mp.waitFor('one emoji', async () => (await field(mp)) === (host === 'in Node' ? 'ab😂' : 'a😂b'))
    for (const rest of host === 'in Node' ? ['ab', 'a', '', ''] : ['ab', 'b', 'b']) {
      await mp.tap('emoji-erase')
      await mp.waitFor(`"${rest}"`, async () => (await field(mp)) === rest)
    }
    await mp.type('composer-input', '')
    await mp.tap('composer-emoji')
    await isThere(mp)
    await mp.tap('emoji', { emoji: '🥳' })
    await mp.waitFor('the emoji', async () => (await field(mp)) === '🥳')
    await mp.tap('composer-send')
    await hears(mp, '🥳')
    await mp.waitFor('an empty field', async () => (await field(mp)) === '')
    // The panel stays open.
    expect(await mp.count('emoji')).toBeGreaterThan(0)
  })

  test('the groups are drawn one at a time, and as far as the reader scrolls', async () => {
    const mp = await thread()
    await mp.tap('composer-emoji')
    await isThere(mp)
    const first = await mp.count('emoji')
    expect(first).toBeLessThan(emojisOf('people').length)
    await mp.tap('emoji-group', { kind: 'flags' })
    await mp.waitForText('emoji', '🏁')
    expect(await mp.count('emoji', { emoji: '😀' })).toBe(0)
    expect(await mp.count('emoji')).toBe(first)
    await mp.waitFor('the last one', async () => {
      await mp.scroll('emoji-list', 'top')
      await mp.scroll('emoji-list', 'bottom')
      return (await mp.text('emoji', { index: -1 })) === '🏴󠁧󠁢󠁷󠁬󠁳󠁿'
    })
    expect(await mp.count('emoji')).toBe(emojisOf('flags').length)
  })

  test('a long press offers the skin tones of an emoji that has some', async () => {
    const mp = await thread()
    await mp.tap('composer-emoji')
    await isThere(mp)
    await mp.longPress('emoji', { emoji: '😀' })
    expect(await mp.count('emoji-tones-close')).toBe(0)
    await mp.scroll('emoji-list', 'bottom')
    await mp.waitForCount('emoji', 1, { emoji: '👋' })
    if (host === 'in Chromium') {
      const list = (await mp.element('emoji-list')).rect.top
      await mp.scroll('emoji-list', (await mp.element('emoji-list')).scroll.top + (await mp.element('emoji', { emoji: '👋' })).rect.top - list - 44)
    }
    await mp.longPress('emoji', { emoji: '👋' })
    await mp.waitForCount('emoji', 1, { emoji: '👋🏿' })
    await mp.tap('emoji-tones-close')
    await mp.waitForCount('emoji', 0, { emoji: '👋🏿' })
    await mp.longPress('emoji', { emoji: '👋' })
    await mp.waitForCount('emoji', 1, { emoji: '👋🏽' })
    await mp.tap('emoji', { emoji: '👋🏽' })
    await mp.waitFor('the emoji', async () => (await field(mp)) === '👋🏽')
    expect(await mp.count('emoji-group')).toBe(8)
  })

  test('the last used ones come first the next time, also after a restart', async () => {
    const mp = await thread()
    await mp.tap('composer-emoji')
    await isThere(mp)
    await mp.tap('emoji', { emoji: '🤣' })
    await mp.tap('emoji', { emoji: '😇' })
    expect(await mp.text('emoji', { index: 0 })).toBe('😀')
    await mp.tap('composer-emoji')
    await mp.waitForCount('emoji', 0)
    await mp.tap('composer-emoji')
    await isThere(mp)
    expect([await mp.text('emoji', { index: 0 }), await mp.text('emoji', { index: 1 }), await mp.text('emoji', { index: 2 })]).toEqual(['😇', '🤣', '😀'])
    await mp.restart()
    await connected(mp)
    await mp.settled()
    await open(mp, 'peer:irene')
    await mp.tap('composer-emoji')
    await isThere(mp)
    expect([await mp.text('emoji', { index: 0 }), await mp.text('emoji', { index: 1 })]).toEqual(['😇', '🤣'])
  })
})

describe('in Node', () => {
  const { phone } = useNetwork(startInNode)

  test('without its subpackage it is absent and says so; it comes with the network', async () => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'emoji-'))
    onTestFinished(() => fs.rmSync(dir, { recursive: true, force: true }))
    const first = await phone({ dir })
    await logIn(first, 'henry')
    await startChat(first, 'peer', 'irene')
    await first.close()
    const mp = await phone({ dir, online: false })
    await mp.waitForCount('conversation-row', 1)
    await mp.tap('conversation-row')
    await mp.waitForCount('composer-emoji', 1)
    await mp.tap('composer-emoji')
    await mp.waitForText('panel-loading', /网络/)
    expect(await mp.count('emoji')).toBe(0)
    await mp.setNetwork(true)
    await mp.tap('composer-emoji')
    await mp.waitForCount('panel-loading', 0)
    await mp.tap('composer-emoji')
    await mp.waitForText('panel-loading', /加载/)
    await isThere(mp)
  })
})
