/** The menu of a message: where it opens, what it offers, and how it closes. */
import { flushPromises } from '@vue/test-utils'
import { defineComponent, h, shallowRef } from 'vue'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Message } from '@/src/chat/message/message'
import { LocalClient } from '@/src/rtm/local/client'
import { useChatStore } from '@/src/stores/chat'
import MessageMenu from '@/src/more/ui/menu/MessageMenu.vue'
import { provideMessageMenu } from '@/src/ui/menu/useMessageMenu'
import { providePageVisible } from '@/src/ui/page/usePageVisible'
import MessageList from '@/src/ui/thread/MessageList.vue'
import { openPage, type Page } from '../support/page'
import { lines, openThread, send } from '../support/thread'
import { conversation, eventually, texts, useWorld } from '../support/world'

const world = useWorld()
afterEach(() => vi.restoreAllMocks())

const account = () => useChatStore().account!
const COPY = ['复制', '选择文字']
/** The actions on a text of another user. */
const FOREIGN = [...COPY, '引用', '转发', '多选', '详情', '删除']
/** The entry that opens all emojis has an icon only. */
const offeredIn = (page: Page) => page.texts('menu-action').filter((label) => label !== '')

/** Alice's thread with bob, who has written `count` texts. */
async function thread(count = 3, uid = 'bob'): Promise<Page> {
  await world.remembers('alice', conversation(`peer:${uid}`, texts(count)))
  await world.signedIn('alice')
  return openThread(world, `peer:${uid}`)
}

async function press(page: Page, index = -1): Promise<void> {
  await page.all('message-row').at(index)!.trigger('longpress')
  await flushPromises()
  await eventually(() => expect(page.has('message-menu')).toBe(true))
}

describe('the menu of a message', () => {
  it('opens at the bubble, over the list, with the actions that apply', async () => {
    world.phone.places.set('.scroll', [{ left: 0, top: 64, width: 375, height: 547 }])
    world.phone.layout = (selector) => (selector === '.bubble' ? [80, 130, 560].map((top) => ({ left: 62, top, width: 98, height: 40 })) : undefined)
    const page = await thread()
    await press(page, 2)
    const menu = page.get('message-menu')
    expect(offeredIn(page)).toEqual(FOREIGN)
    expect(menu.classes()).toContain('is-above')
    expect(menu.attributes('style')).toBe('left: 6px; bottom: 59px; width: 308px; --arrow: 105px; --most: 181px; --action: 75px;')
    expect([menu.attributes('role'), menu.attributes('aria-label'), page.get('menu-action').attributes('role')]).toEqual(['menu', '消息菜单', 'menuitem'])
    await page.all('message-row')[0]!.trigger('longpress')
    await flushPromises()
    await eventually(() => expect(menu.classes()).toContain('is-below'))
    expect(menu.attributes('style')).toBe('left: 6px; top: 64px; width: 308px; --arrow: 105px; --most: 181px; --action: 75px;')
  })

  it('renders nothing of the list', async () => {
    const page = await thread()
    const renders = () => ['MessageList', 'MessageChunk', 'MessageMenu'].map((name) => page.rendersOf(name))
    const before = renders()
    await press(page)
    expect(renders()).toEqual([before[0], before[1], before[2]! + 1])
  })

  it.each<[string, (page: Page) => Promise<unknown> | unknown]>([
    ['a tap beside it', (page) => page.tap('message-menu-close')],
    ['a tap on the list', (page) => page.wrapper.get('.list').trigger('tap')],
    ['a finger that scrolls beside it', (page) => page.get('message-menu-close').trigger('touchmove')],
    ['the list scrolls', (page) => page.get('message-list').trigger('scroll', { detail: { scrollTop: 5, scrollHeight: 900 } })],
    ['the keyboard opens', () => world.phone.raisesKeyboard(300)],
    ['the phone is turned', () => world.phone.turns(667)],
    ['an action is chosen', (page) => page.tap('menu-action', 'copy')],
  ])('closes when %s', async (_, act) => {
    const page = await thread()
    await press(page)
    await act(page)
    await eventually(() => expect(page.has('message-menu')).toBe(false))
    expect(lines(page)).toHaveLength(3)
    await press(page)
  })

  it('is closed when the page is shown again', async () => {
    const page = await thread()
    await press(page)
    await page.hide()
    await page.show()
    expect(page.has('message-menu')).toBe(false)
  })

  it('stays open under a finger that moves on it, and after a scroll event that leaves its bubble where it was', async () => {
    let top = 100
    world.phone.layout = (selector) => (selector === '.bubble' ? [{ top, height: 40 }] : undefined)
    const page = await thread(1)
    await press(page)
    const scroll = async () => {
      await page.get('message-list').trigger('scroll', { detail: { scrollTop: 40, scrollHeight: 900 } })
      await flushPromises()
    }
    await page.get('menu-action').trigger('touchmove')
    await scroll()
    expect(page.has('message-menu')).toBe(true)
    top = 90
    await scroll()
    expect(page.has('message-menu')).toBe(false)
  })

  it('opens for the last of two presses, however long the first takes', async () => {
    let answer = () => {}
    const page = await thread()
    const { hasFailed } = account().own
    vi.spyOn(account().own, 'isWaiting').mockReturnValueOnce(true)
    vi.spyOn(account().own, 'hasFailed').mockImplementationOnce(async (id) => {
      await new Promise<void>((resolve) => (answer = resolve))
      return hasFailed.call(account().own, id)
    })
    await page.all('message-row')[0]!.trigger('longpress')
    await press(page, 1)
    answer()
    await flushPromises()
    await page.tap('menu-action', 'copy')
    expect(world.phone.clipboard).toBe('text 1')
  })

  it('offers only what applies to each message, also after another was open', async () => {
    vi.spyOn(LocalClient.prototype, 'sendMessageToPeer').mockImplementation(() => new Promise(() => undefined))
    const page = await thread(1)
    for (const text of ['on its way', 'waits']) await send(page, text)
    await eventually(() => expect(lines(page)).toHaveLength(3))
    const waiting = [...COPY, '引用', '转发', '编辑', '撤回', '取消发送', '多选', '详情', '删除']
    for (const [index, offered] of [[-1, waiting], [0, FOREIGN], [-1, waiting]] as const) {
      await press(page, index)
      expect(offeredIn(page)).toEqual(offered)
      await page.tap('message-menu-close')
    }
  })

  it('offers the deletion of a message that this version cannot show', async () => {
    const page = await thread(1)
    await (await world.friend('bob')).says('{"v":1,"id":"x1","kind":"of-a-later-version"}', 'alice')
    await eventually(() => expect(page.all('message-row')).toHaveLength(2))
    await press(page, 1)
    expect(offeredIn(page)).toEqual(['多选', '详情', '删除'])
  })

  it('holds the list: a message that arrives moves nothing, and is scrolled to once the menu closes', async () => {
    const page = await thread()
    const bob = await world.friend('bob')
    const clock = world.stopTime()
    await press(page)
    const anchor = () => page.get('message-list').attributes('scroll-into-view')
    const before = anchor()
    await bob.says('while it is open', 'alice')
    await eventually(() => expect(lines(page)).toHaveLength(4))
    await clock.advance(2_000)
    expect(anchor()).toBe(before)
    expect(page.has('message-menu')).toBe(true)
    await page.tap('message-menu-close')
    await clock.advance(2_000)
    await eventually(() => expect(anchor()).not.toBe(before))
  })

  it('shows a text to select a part of it', async () => {
    const page = await thread()
    await press(page, 1)
    await page.tap('menu-action', 'select-text')
    expect(page.text('text-selection-text')).toBe('text 1')
    expect(page.get('text-selection-text').attributes()).toHaveProperty('user-select')
    expect(page.has('message-menu')).toBe(false)
    await page.tap('text-selection-done')
    expect(page.has('text-selection')).toBe(false)
  })
})

describe('a panel that comes after the list', () => {
  /** A thread that has been pressed at these rows before the panel is there. */
  async function pressed(rows: readonly number[]): Promise<{ page: Page; comes: () => Promise<void> }> {
    const isThere = shallowRef(false)
    await world.remembers('alice', conversation('peer:bob', texts(3)))
    await world.signedIn('alice')
    const component = defineComponent({
      setup() {
        providePageVisible()
        provideMessageMenu()
        return () => h('div', [h(MessageList, { conversation: 'peer:bob' }), isThere.value ? h(MessageMenu) : undefined])
      },
    })
    const page = await openPage(world, component)
    await eventually(() => expect(page.all('message-row')).toHaveLength(3))
    for (const row of rows) await page.all('message-row')[row]!.trigger('longpress')
    await flushPromises()
    const comes = async () => {
      isThere.value = true
      await flushPromises()
    }
    return { page, comes }
  }

  it('opens at once, for the last press', async () => {
    const { page, comes } = await pressed([2, 1])
    await comes()
    await eventually(() => expect(page.has('message-menu')).toBe(true))
    expect(offeredIn(page)).toEqual(FOREIGN)
    await page.tap('menu-action', 'copy')
    expect(world.phone.clipboard).toBe('text 1')
  })

  it('offers what applies by then: no copy of a message that was recalled', async () => {
    const { page, comes } = await pressed([1])
    await (await world.friend('bob')).says('{"v":1,"id":"r1","kind":"recall","quiet":true,"rev":1,"at":5,"target":{"id":"id-1"}}', 'alice')
    await eventually(() => expect(page.has('message-recalled')).toBe(true))
    await comes()
    await eventually(() => expect(page.has('message-menu')).toBe(true))
    expect([page.has('reaction-pick'), offeredIn(page)]).toEqual([false, ['多选', '详情', '删除']])
  })

  it('stays closed if the menu was closed before', async () => {
    const { page, comes } = await pressed([1])
    await page.get('message-list').trigger('scroll', { detail: { scrollTop: 5, scrollHeight: 900 } })
    await flushPromises()
    await comes()
    expect(page.has('message-menu')).toBe(false)
    await press(page, 1)
  })
})

describe('reactions', () => {
  const own = (status: Message['status']): Message => ({ ...texts(1, 'alice')[0]!, seq: 1, id: 'own', status })

  async function threadWith(message: Message): Promise<Page> {
    await world.remembers('alice', conversation('peer:bob', [...texts(1), message]))
    await world.signedIn('alice')
    const page = await openThread(world, 'peer:bob')
    await eventually(() => expect(page.all('message-row')).toHaveLength(2))
    return page
  }

  it('are above the actions where the message can be reacted to', async () => {
    const page = await threadWith(own('delivered'))
    for (const index of [0, 1]) {
      await press(page, index)
      expect(page.all('reaction-pick').map((pick) => pick.attributes('data-emoji'))).toEqual(['👍', '❤️', '😂', '😮', '🙏'])
      expect(page.texts('reaction-pick')).toEqual(['👍', '❤️', '😂', '😮', '🙏'])
    }
    await page.tap('reaction-pick', '😂')
    expect(page.has('message-menu')).toBe(false)
    await eventually(() => expect(page.texts('message-reaction')).toEqual(['😂']))
    await press(page, 0)
    await page.tap('menu-action', 'react')
    expect([page.has('message-menu'), page.has('reaction-sheet')]).toEqual([false, true])
    await page.tap('reaction-sheet-close')
    expect(page.has('reaction-sheet')).toBe(false)
    expect(page.texts('message-reaction')).toEqual(['😂'])
  })

  it('are absent elsewhere', async () => {
    const page = await threadWith(own('failed'))
    await press(page, 1)
    expect(page.has('reaction-pick')).toBe(false)
    await page.tap('message-menu-close')
    await press(page, 0)
    expect([page.has('reaction-pick'), offeredIn(page)]).toEqual([true, FOREIGN])
  })
})
