// The menu of a message in the compiled mini program: on the screen at every edge, and closed by what a finger does.
import { describe, expect, test } from 'vitest'
import { encode } from '../../src/chat/message/envelope'
import { startInChromium, startInNode, type MiniProgram, type Rect, type StartOptions } from '../../simulator/drive/driver'
import { useNetwork } from './network'
import { closeMenu, hears, idle, logIn, open, openMenu, say, texts } from './people'

let written = 0
const wired = (text: string) => encode({ kind: 'message', id: `menu-${written++}-abcdefgh`, body: { kind: 'text', text } }, 'rich')

const bottom = ({ top, height }: Rect) => top + height
const right = ({ left, width }: Rect) => left + width

describe.each([
  ['in Node', startInNode],
  ['in Chromium', startInChromium],
] as const)('the menu of a message, %s', (_host, start) => {
  const network = useNetwork(start)

  async function inThread(options: StartOptions = {}): Promise<{ mp: MiniProgram; writes: (text: string) => Promise<void> }> {
    const mp = await network.phone(options)
    await logIn(mp, 'alice')
    const bob = await network.client('bob')
    const writes = async (text: string) => {
      await network.until(bob.ask({ t: 'peer', to: 'alice', text: wired(text) }))
    }
    await writes('first')
    await open(mp, 'peer:bob')
    await hears(mp, 'first')
    return { mp, writes }
  }

  test('copies, and closes', async () => {
    const { mp } = await inThread()
    expect(await openMenu(mp)).toEqual(expect.arrayContaining(['复制', '选择文字', '删除']))
    await mp.tap('menu-action', { action: 'copy' })
    await mp.waitForCount('message-menu', 0)
    await idle(mp)
    expect((await mp.wxCalls('setClipboardData')).map(({ data }) => data)).toEqual(['first'])
  })

  test('closes with a tap beside it, when the list scrolls, and when the user leaves', async () => {
    const { mp, writes } = await inThread()
    for (let line = 0; line < 15; line++) await writes(`line ${line}`)
    await hears(mp, 'line 14')
    await idle(mp)
    await openMenu(mp)
    await closeMenu(mp)
    await openMenu(mp)
    await mp.scroll('message-list', 100)
    await mp.waitForCount('message-menu', 0)
    await idle(mp)
    await openMenu(mp, 3)
    await mp.raise('AppHide')
    await mp.raise('AppShow')
    await mp.waitForCount('message-menu', 0)
    await openMenu(mp, 3)
    await mp.back()
    await open(mp, 'peer:bob')
    await hears(mp, 'line 14')
    expect(await mp.count('message-menu')).toBe(0)
  })

  test('stays where it is while messages arrive, and shows them once it closes', async () => {
    const { mp, writes } = await inThread()
    for (let line = 0; line < 15; line++) await writes(`line ${line}`)
    await hears(mp, 'line 14')
    await idle(mp)
    await openMenu(mp)
    const places = async () => [(await mp.element('message-menu')).rect, (await mp.element('message-row', { index: 15 })).rect]
    const before = await places()
    await writes('while it is open')
    await hears(mp, 'while it is open')
    await idle(mp)
    expect(await places()).toEqual(before)
    await closeMenu(mp)
    if (mp.host !== 'chromium') return
    // The tap rested on the list, which scrolls to its end only when no finger is on it.
    const newest = async () => bottom((await mp.element('message-row', { index: -1 })).rect)
    await mp.waitFor('the newest message', async () => (await newest()) <= bottom((await mp.element('message-list')).rect))
  })

  test('shows the whole text of a folded message, to select a part of it', async () => {
    const { mp, writes } = await inThread()
    const long = Array.from({ length: 60 }, (_, line) => `line ${line}`).join('\n')
    await writes(long)
    await hears(mp, long)
    await openMenu(mp)
    await mp.tap('menu-action', { action: 'select-text' })
    await mp.waitForText('text-selection-text', long)
    await mp.screenshot('menu-select-text')
    await mp.tap('text-selection-done')
    await mp.waitForCount('text-selection', 0)
    expect(await texts(mp)).toHaveLength(2)
  })
})

describe('on the screen, in Chromium', () => {
  const network = useNetwork(startInChromium)

  test.each([
    ['light', 'zh_CN'],
    ['dark', 'en'],
  ] as const)('it is at its bubble and inside the list at all edges: %s, %s', async (theme, language) => {
    const mp = await network.phone({ theme, language })
    await logIn(mp, 'alice')
    const bob = await network.client('bob')
    const writes = (text: string) => network.until(bob.ask({ t: 'peer', to: 'alice', text: wired(text) }))
    for (const text of ['first', 'second', 'third', 'fourth', 'A long message that takes up all of the width of a bubble, and more lines than one']) await writes(text)
    await open(mp, 'peer:bob')
    await hears(mp, 'first')
    await say(mp, 'mine')
    await say(mp, 'A long message of my own that takes up all of the width of a bubble')
    await idle(mp)
    const list = (await mp.element('message-list')).rect
    const look = async (name: string, index: number) => {
      await openMenu(mp, index)
      await mp.screenshot(`menu ${theme} ${name}`)
      const { rect: menu, className } = await mp.element('message-menu')
      const row = (await mp.element('message-row', { index })).rect
      expect([menu.left >= 0, right(menu) <= list.width, menu.top >= list.top, bottom(menu) <= bottom(list)]).toEqual([true, true, true, true])
      await closeMenu(mp)
      return { menu, row, side: /is-(above|below|inside)/.exec(className)?.[1] }
    }
    const top = await look('top', 0)
    expect(top.side).toBe('below')
    expect(top.menu.top).toBeGreaterThanOrEqual(bottom(top.row) - 12)
    for (const [name, index] of [['other', 4], ['own', 5], ['bottom', 6]] as const) {
      const { menu, row, side } = await look(name, index)
      expect(side).toBe('above')
      expect(bottom(menu)).toBeLessThanOrEqual(row.top + 8)
    }
    await writes(Array.from({ length: 39 }, (_, line) => `line ${line}`).join('\n'))
    await mp.waitFor('the tall message', async () => (await texts(mp)).length === 8)
    await idle(mp)
    expect((await look('tall', 7)).side).toBe('inside')
  })
})
