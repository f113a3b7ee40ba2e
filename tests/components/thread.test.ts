/** A thread: its header, its messages, and the position of the reader. */
import { flushPromises } from '@vue/test-utils'
import { nextTick } from 'vue'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Message } from '@/src/chat/message/message'
import ThreadPage from '@/src/pages/thread/thread.vue'
import { LocalChannel } from '@/src/rtm/local/channel'
import { LocalClient } from '@/src/rtm/local/client'
import { errorOfCode } from '@/src/rtm/error-name'
import { encodeId } from '@/src/platform/pages'
import { MAX_CHUNKS } from '@/src/chat/timeline/timeline'
import { previewText } from '@/src/ui/conversations/preview-text'
import { IDLE_MS } from '@/src/ui/thread/useScrollIdle'
import { openPage, Page } from '../support/page'
import type { TestClock } from '../support/test-clock'
import { lines, openThread, send } from '../support/thread'
import { conversation, eventually, texts, useWorld } from '../support/world'
import { numberedLines, UNSEEN } from '../support/written'

const world = useWorld()
/** The entry that opens all emojis has an icon only. */
const offeredIn = (page: Page) => page.texts('menu-action').filter((label) => label !== '')
afterEach(() => vi.restoreAllMocks())

/** Opens the menu of the last message. */
async function openMenu(page: Page): Promise<void> {
  await page.all('message-row').at(-1)!.trigger('longpress')
  await eventually(() => expect(page.has('message-menu')).toBe(true))
}

const statusOf = (page: Page) => page.get('message-status').classes().find((name) => name.startsWith('is-'))

async function peerThread(uid = 'bob') {
  const chat = await world.signedIn('alice')
  await chat.startConversation('peer', uid)
  return { chat, page: await openThread(world, `peer:${uid}`) }
}

async function channelThread(name = 'general') {
  const chat = await world.signedIn('alice')
  await chat.startConversation('channel', name)
  await eventually(() => expect(chat.channelView(name).value.state).toBe('joined'))
  return { chat, page: await openThread(world, `channel:${name}`) }
}

describe('the bar above', () => {
  it('names the peer and says whether they are online', async () => {
    const { page } = await peerThread()
    expect(page.text('thread-title')).toBe('bob')
    await eventually(() => expect(page.text('thread-detail')).toBe('不在线'))
    const bob = await world.friend('bob')
    await eventually(() => expect(page.text('thread-detail')).toBe('在线'))
    await bob.client.logout()
    await eventually(() => expect(page.text('thread-detail')).toBe('不在线'))
    expect(page.has('channel-info')).toBe(false)
  })

  it('shows the number of a channel’s members, and leads to its page', async () => {
    const { page } = await channelThread()
    await eventually(() => expect(page.text('thread-detail')).toBe('1 位成员'))
    await (await world.friend('bob')).joins('general')
    await eventually(() => expect(page.text('thread-detail')).toBe('2 位成员'))
    await page.tap('channel-info')
    expect(world.phone.visit).toBe(`navigateTo /src/pages/channel/channel?id=${encodeId('channel:general')}`)
  })

  it('leaves room for the capsule whatever WeChat reports, and follows a turn of the phone', async () => {
    const { page } = await channelThread()
    const styles = () => [page.get('nav-back').element.parentElement!, page.get('thread-title').element.parentElement!].map((element) => element.getAttribute('style'))
    expect(styles()).toEqual(['padding-top: 20px; padding-right: 94px;', 'left: 138px; right: 138px;'])
    const turn = async (width: number, capsule: () => { left: number }) => {
      world.phone.capsule = capsule
      world.phone.turns(width)
      await nextTick()
      return styles()
    }
    expect(await turn(812, () => ({ left: 672 }))).toEqual(['padding-top: 20px; padding-right: 140px;', 'left: 184px; right: 184px;'])
    // WeChat does not know it yet, and then reports its old position.
    const usual = ['padding-top: 20px; padding-right: 97px;', 'left: 141px; right: 141px;']
    expect(await turn(375, () => ({ left: 0 }))).toEqual(usual)
    expect(await turn(390, () => ({ left: 672 }))).toEqual(usual)
    await page.hide()
    expect(await turn(812, () => ({ left: 672 }))).toEqual(usual)
    await page.show()
    expect(styles()[1]).toBe('left: 184px; right: 184px;')
  })

  it('leads back to the list', async () => {
    const { page } = await peerThread()
    await page.tap('nav-back')
    expect(world.phone.visit).toBe('switchTab /src/pages/conversations/conversations')
  })
})

it('that is cleared elsewhere while it is open is empty, and shows later messages', async () => {
  await world.remembers('alice', conversation('peer:bob', texts(45)))
  const chat = await world.signedIn('alice')
  const page = await openThread(world, 'peer:bob')
  expect(page.all('message-row').length).toBeGreaterThan(20)
  await page.hide()
  expect(await chat.clearConversation('peer:bob')).toBe(true)
  await page.show()
  await eventually(() => expect(page.has('message-row')).toBe(false))
  expect(page.wrapper.text()).toContain('还没有消息')
  const bob = await world.friend('bob')
  await bob.says('are you there?', 'alice')
  await eventually(() => expect(lines(page)).toEqual(['are you there?']))
  expect(page.wrapper.text()).not.toContain('还没有消息')
})

describe('messages', () => {
  it('go both ways with a peer', async () => {
    const bob = await world.friend('bob')
    const { chat, page } = await peerThread()
    expect(page.wrapper.text()).toContain('还没有消息')
    await send(page, 'hello bob')
    await eventually(() => expect(bob.texts).toEqual(['hello bob']))
    await eventually(() => expect(lines(page)).toEqual(['hello bob | 已送达']))
    expect(statusOf(page)).toBe('is-delivered')
    await bob.says('hello alice', 'alice')
    await eventually(() => expect(lines(page)).toEqual(['hello bob | 已送达', 'hello alice']))
    const [mine, theirs] = page.all('message-row')
    expect(mine!.classes()).toContain('own')
    expect(theirs!.classes()).not.toContain('own')
    // For screen readers. On the screen a colour and a side show it.
    expect([mine, theirs].map((row) => row!.get('.name').text())).toEqual(['我', 'bob'])
    for (const row of [mine, theirs]) expect(row!.classes()).not.toContain('is-named')
    // Messages on the screen are read.
    expect(chat.account!.conversations.unread.value).toBe(0)
  })

  it('go to a channel, with the author’s name above each run of others’ messages', async () => {
    const { page } = await channelThread()
    const bob = await world.friend('bob')
    const carol = await world.friend('carol')
    await bob.joins('general')
    await carol.joins('general')
    await send(page, 'hello all')
    await eventually(() => expect([bob.texts, carol.texts]).toEqual([['hello all'], ['hello all']]))
    await bob.saysIn('general', 'one')
    await bob.saysIn('general', 'two')
    await carol.saysIn('general', 'three')
    await eventually(() => expect(page.texts('message-text')).toEqual(['hello all', 'one', 'two', 'three']))
    expect(page.all('message-row').map((row) => (row.classes().includes('is-named') ? row.get('.name').text() : ''))).toEqual(['', 'bob', '', 'carol'])
    expect(page.all('message-row').map((row) => row.get('.name').text())).toEqual(['我', 'bob', 'bob', 'carol'])
    expect(statusOf(page)).toBe('is-sent')
    expect(page.text('message-status')).toBe('已发送')
  })

  it('of others are shown as text only', async () => {
    const hostile = ['<img src=x onerror=alert(1)>', '{{ 1 + 1 }}', '{"v":1}', '\u202eevil', '  two  spaces\nand lines  ', '__proto__']
    const bob = await world.friend('bob')
    const { page } = await peerThread()
    for (const text of hostile) await bob.says(text, 'alice')
    await eventually(() => expect(page.all('message-text')).toHaveLength(hostile.length))
    expect(page.all('message-text').map(({ element }) => element.textContent)).toEqual(hostile.map((text) => (text.startsWith('\u202e') ? `${text}\u202c` : text)))
    expect(page.wrapper.find('img').exists()).toBe(false)
  })

  it('without a visible character are a neutral line, here and in the list', async () => {
    const bob = await world.friend('bob')
    const { chat, page } = await peerThread()
    for (const text of UNSEEN) await bob.says(text, 'alice')
    await eventually(() => expect(page.texts('message-text')).toEqual(UNSEEN.map(() => '[空消息]')))
    expect(page.get('message-text').classes()).toContain('is-dim')
    expect(previewText(chat.account!.conversations.ref('peer:bob')!.value!, 'alice', false)).toBe('[空消息]')
  })

  it('that are long are folded; an opened one stays open as long as the thread', async () => {
    const long = numberedLines(2_500)
    const said = [...texts(70), ...texts(1)].map((message, seq): Message => ({ ...message, seq, id: `id-${seq}`, body: { kind: 'text', text: seq === 68 ? long : `m${seq}` } }))
    await world.remembers('alice', conversation('peer:bob', said))
    await world.signedIn('alice')
    const page = await openThread(world, 'peer:bob')
    const folded = () => page.one('message-row', 'id-68').get('[data-testid="message-text"]').element.textContent
    expect(folded()).toBe(numberedLines(20))
    expect(page.all('message-show-all')).toHaveLength(1)
    const before = page.rendersOf('MessageChunk')
    await page.tap('message-show-all')
    expect(folded()).toBe(long)
    // No other chunk is rendered again.
    expect(page.rendersOf('MessageChunk')).toBe(before + 1)
    expect(page.has('message-show-all')).toBe(false)
    // The clipboard has all of it, folded or not.
    await page.longPress('message-row', 'id-68')
    await page.tap('menu-action', 'copy')
    expect(world.phone.clipboard).toBe(long)
    await page.hide()
    await page.show()
    expect(folded()).toBe(long)
    page.close()
    const again = await openThread(world, 'peer:bob')
    expect(again.all('message-show-all')).toHaveLength(1)
  })

  it('that this version cannot show are a neutral line', async () => {
    const bob = await world.friend('bob')
    const { page } = await peerThread()
    await bob.says('{"v":1,"id":"x1","kind":"media","url":"https://x"}', 'alice')
    await bob.says('{"v":2,"id":"x2","kind":"text","body":["?"]}', 'alice')
    await bob.says('{"v":1,"id":"x3","kind":"typing"}', 'alice')
    await bob.says('after', 'alice')
    await eventually(() => expect(page.texts('message-text')).toEqual(['[暂不支持的消息，请升级后查看]', '[暂不支持的消息，请升级后查看]', 'after']))
    expect(page.get('message-text').classes()).toContain('unsupported')
  })

  it('are announced while the peer is typing', async () => {
    const bob = await world.friend('bob')
    const { page } = await peerThread()
    await bob.says('{"v":1,"id":"x1","kind":"typing","quiet":true}', 'alice')
    await eventually(() => expect(page.has('thread-typing')).toBe(true))
    expect(page.get('thread-typing').element.parentElement?.getAttribute('role')).toBe('status')
  })

  it('can be copied', async () => {
    await world.remembers('alice', conversation('peer:bob', texts(1)))
    await world.signedIn('alice')
    const page = await openThread(world, 'peer:bob')
    await page.longPress('message-row', 'id-0')
    expect(offeredIn(page)).toEqual(['复制', '选择文字', '引用', '转发', '多选', '详情', '删除'])
    await page.tap('menu-action', 'copy')
    expect(page.has('message-menu')).toBe(false)
    expect(world.phone.clipboard).toBe('text 0')
    expect(world.phone.sheets).toEqual([])
    // WeChat shows that itself.
    expect(world.phone.toasts).toEqual([])
  })

  it('have a time above them after some minutes', async () => {
    const at = (day: number, hour: number, minute: number) => new Date(2020, 2, day, hour, minute).getTime()
    const when = [at(4, 15, 4), at(4, 15, 6), at(4, 15, 30), at(5, 9, 0)]
    await world.remembers('alice', conversation('peer:bob', texts(4).map((message, i) => ({ ...message, at: when[i]! }))))
    await world.signedIn('alice')
    const page = await openThread(world, 'peer:bob')
    expect(page.wrapper.findAll('.note').map((note) => note.text())).toEqual(['2020年3月4日 15:04', '2020年3月4日 15:30', '2020年3月5日 09:00'])
  })

  it('show who joined and who left, in one line', async () => {
    const { page } = await channelThread()
    const bob = await world.friend('bob')
    await bob.joins('general')
    await (await world.friend('carol')).joins('general')
    // While the line with carol waits to be shown.
    await (await world.friend('dave')).joins('general')
    await eventually(() => expect(page.wrapper.text()).toContain('bob、carol、dave 加入了频道'))
    await bob.channels.get('general')!.leave()
    await eventually(() => expect(page.wrapper.text()).toContain('carol、dave 加入了频道，bob 离开了频道'))
    expect(page.all('message-row')).toHaveLength(0)
  })

  it('speak English', async () => {
    world.phone.language = 'en'
    const { page } = await channelThread()
    await eventually(() => expect(page.text('thread-detail')).toBe('Members: 1'))
    await (await world.friend('bob')).joins('general')
    await eventually(() => expect(page.wrapper.text()).toContain('bob joined'))
    await send(page, 'hi')
    await eventually(() => expect(lines(page)).toEqual(['hi | Sent']))
    expect(page.text('composer-send')).toBe('Send')
  })
})

describe('the status of an own message', () => {
  it('says that the peer is offline, until it is delivered', async () => {
    const { page } = await peerThread()
    await send(page, 'are you there?')
    await eventually(() => expect(lines(page)).toEqual(['are you there? | 对方尚未收到']))
    expect(statusOf(page)).toBe('is-sent')
    const bob = await world.friend('bob')
    await eventually(() => expect(bob.texts).toContain('are you there?'))
    await eventually(() => expect(statusOf(page)).toBe('is-delivered'))
  })

  it('says that it waits while there is no connection', async () => {
    let answer: (result: { hasPeerReceived: boolean }) => void = () => undefined
    vi.spyOn(LocalClient.prototype, 'sendMessageToPeer').mockImplementation(() => new Promise((resolve) => (answer = resolve)))
    const { page } = await peerThread()
    await send(page, 'first')
    await send(page, 'second')
    await eventually(() => expect(lines(page)).toEqual(['first | 发送中', 'second | 等待发送']))
    answer({ hasPeerReceived: true })
    await eventually(() => expect(lines(page)).toEqual(['first | 已送达', 'second | 发送中']))
    answer({ hasPeerReceived: true })
    // In a run with one status, only the last message shows it.
    await eventually(() => expect(lines(page)).toEqual(['first', 'second | 已送达']))
  })

  it('shows in red why it failed; a tap sends it again with the same id', async () => {
    const { page } = await channelThread()
    const bob = await world.friend('bob')
    await bob.joins('general')
    vi.spyOn(LocalChannel.prototype, 'sendMessage').mockRejectedValueOnce(errorOfCode('channelMessage', 4, 'invalid'))
    await send(page, 'try me')
    await eventually(() => expect(page.text('message-status')).toContain('点按重试'))
    expect(page.text('message-status')).toContain('消息内容不被接受')
    expect(statusOf(page)).toBe('is-failed')
    const id = page.get('message-row').attributes('data-id')
    await page.tap('message-retry')
    await eventually(() => expect(lines(page)).toEqual(['try me | 已发送']))
    expect(page.has('message-retry')).toBe(false)
    expect(page.get('message-row').attributes('data-id')).toBe(id)
    expect(bob.texts).toEqual(['try me'])
  })

  it('of a cancelled message is not a failure: grey, without the mark, with the menu items that apply', async () => {
    vi.spyOn(LocalClient.prototype, 'sendMessageToPeer').mockImplementation(() => new Promise(() => undefined))
    const failed: Message = { seq: 0, id: 'm0', from: 'alice', at: Date.now(), body: { kind: 'text', text: 'failed' }, status: 'failed', failure: { reason: 'timeout', operation: 'peerMessage', code: 2 } }
    await world.remembers('alice', conversation('peer:carol', [failed]))
    const { page } = await peerThread()
    for (const text of ['on its way', 'waits', 'waits too']) await send(page, text)
    await eventually(() => expect(lines(page)).toEqual(['on its way | 发送中', 'waits | 等待发送', 'waits too | 等待发送']))
    await openMenu(page)
    expect(offeredIn(page)).toEqual(['复制', '选择文字', '引用', '转发', '编辑', '撤回', '取消发送', '多选', '详情', '删除'])
    await page.tap('menu-action', 'cancel')
    await eventually(() => expect(lines(page)).toEqual(['on its way | 发送中', 'waits | 等待发送', 'waits too | 已取消发送，点按重新发送']))
    expect(page.all('message-status').at(-1)!.classes()).toEqual(expect.arrayContaining(['is-failed', 'is-cancelled']))
    expect(page.wrapper.find('.mark').exists()).toBe(false)
    await openMenu(page)
    expect(offeredIn(page)).toEqual(['复制', '选择文字', '转发', '重新发送', '多选', '详情', '删除'])
    page.close()

    const carol = await openThread(world, 'peer:carol')
    expect(carol.wrapper.find('.mark').exists()).toBe(true)
    await send(carol, 'waits')
    await eventually(() => expect(carol.all('message-row')).toHaveLength(2))
    await openMenu(carol)
    expect(offeredIn(carol)).toEqual(['复制', '选择文字', '引用', '转发', '编辑', '撤回', '取消发送', '全部重新发送', '多选', '详情', '删除'])
  })

  it('of a message that the server stores for the peer offers no cancelling', async () => {
    const { page } = await peerThread()
    await send(page, 'there already')
    await eventually(() => expect(lines(page)).toEqual(['there already | 对方尚未收到']))
    await openMenu(page)
    expect(offeredIn(page)).toEqual(['复制', '选择文字', '引用', '转发', '编辑', '撤回', '多选', '详情', '删除'])
  })

  it('in a full chunk goes when a later message of the run shows it', async () => {
    const own = texts(20, 'alice')
    await world.remembers('alice', conversation('channel:general', own.map((message) => ({ ...message, status: 'sent' as const }))))
    const chat = await world.signedIn('alice')
    await eventually(() => expect(chat.channelView('general').value.state).toBe('joined'))
    const page = await openThread(world, 'channel:general')
    expect(page.texts('message-status')).toEqual(['已发送'])
    await send(page, 'one more')
    await eventually(() => expect(lines(page).slice(-2)).toEqual(['text 19', 'one more | 已发送']))
  })
})

describe('a long thread', () => {
  async function longThread(count: number, unread = 0) {
    await world.remembers('alice', conversation('peer:bob', texts(count), { unread }))
    const chat = await world.signedIn('alice')
    return { chat, page: await openThread(world, 'peer:bob') }
  }

  it('opens at its end with a screen or two, and loads older messages on demand', async () => {
    const { page } = await longThread(100)
    expect(page.texts('message-text')).toEqual(texts(100).slice(60).map(({ seq }) => `text ${seq}`))
    expect(page.text('load-older')).toBe('查看更早的消息')
    for (const first of ['text 40', 'text 20', 'text 0']) {
      await page.tap('load-older')
      await eventually(() => expect(page.texts('message-text')[0]).toBe(first))
    }
    expect(page.texts('message-text')).toHaveLength(100)
    expect(page.has('load-older')).toBe(false)
    expect(page.wrapper.text()).toContain('没有更早的消息了')
  })

  it('keeps a window of it, whatever its length, and returns to the end by a tap', async () => {
    const { page } = await longThread(1_000)
    for (let i = 0; i < 8; i++) {
      const first = page.texts('message-text')[0]
      await page.get('message-list').trigger('scrolltoupper')
      await eventually(() => expect(page.texts('message-text')[0]).not.toBe(first))
    }
    expect(page.all('message-row').length).toBeLessThanOrEqual(160)
    expect(page.texts('message-text')).not.toContain('text 999')
    await world.phone.sees('#end-a', true)
    await eventually(() => expect(page.has('jump-to-latest')).toBe(true))
    await page.tap('jump-to-latest')
    await eventually(() => expect(page.texts('message-text').at(-1)).toBe('text 999'))
    await eventually(() => expect(page.has('jump-to-latest')).toBe(false))
  })

  it('opens at the first unread message, with a divider above it that counts them', async () => {
    const { page } = await longThread(100, 70)
    await eventually(() => expect(page.all('unread-divider')).toHaveLength(1))
    expect(page.text('unread-divider')).toBe('以下为 70 条未读消息')
    const row = page.get('unread-divider').element.parentElement
    expect(row?.querySelector('[data-testid="message-text"]')?.textContent).toBe('text 30')
    expect(page.texts('message-text')).not.toContain('text 99')
  })

  it('marks the messages on the screen as read, and not those below', async () => {
    layOut()
    const { chat, page } = await longThread(100, 70)
    // The divider is at the top of the list, and five messages fill it.
    await eventually(() => expect(page.get('message-list').attributes('scroll-top')).toBe('1000'))
    scroll(page, 1_000)
    await eventually(() => expect(chat.account!.conversations.unread.value).toBe(65))
    page.close()
    expect(chat.account!.conversations.ref('peer:bob')?.value).toMatchObject({ readTo: 35, unread: 65 })
  })

  it('marks the messages on the screen as read even if it is left at once', async () => {
    layOut()
    await world.remembers('alice', conversation('peer:bob', texts(100), { unread: 70 }))
    const chat = await world.signedIn('alice')
    const { layout } = world.phone
    const page = new Page(world, ThreadPage)
    let looks = 0
    // Left before the list, once shown, checks a second time.
    world.phone.layout = (selector) => {
      if (selector === '.scroll' && page.get('message-list').attributes('scroll-top') === '1000' && ++looks === 2) page.close()
      return layout(selector)
    }
    page.fire('onLoad', { id: encodeId('peer:bob') })
    await page.show()
    await eventually(() => expect(page.wrapper.exists()).toBe(false))
    await eventually(() => expect(chat.account!.conversations.ref('peer:bob')?.value).toMatchObject({ readTo: 35, unread: 65 }))
  })

  it('marks the messages on the screen as read when the list became idle during a read from storage', async () => {
    layOut()
    const { chat, page } = await longThread(100, 70)
    await eventually(() => expect(page.get('message-list').attributes('scroll-top')).toBe('1000'))
    const { conversations } = chat.account!
    const read = conversations.messages.bind(conversations)
    let goOn: () => void = () => undefined
    vi.spyOn(conversations, 'messages').mockImplementationOnce(async (...range) => {
      await new Promise<void>((resolve) => (goOn = resolve))
      return read(...range)
    })
    const clock = world.stopTime()
    // Near the end of the rendered rows. The messages up to 53 are on the screen.
    await scrollTo(page, 2_900, clock)
    goOn()
    await eventually(() => expect(page.texts('message-text')).toContain('text 79'))
    await clock.advance(IDLE_MS)
    page.close()
    await clock.advance(1_000)
    await eventually(() => expect(conversations.ref('peer:bob')?.value).toMatchObject({ readTo: 54, unread: 46 }))
  })

  it('opens at its divider, with no more read, when a message arrives during the measurement', async () => {
    layOut()
    const { layout } = world.phone
    let rowsMeasured = 0
    // The positions of the rows are reported after one more has been rendered.
    world.phone.layout = (selector) => {
      const places = layout(selector)
      return selector === '.item' && rowsMeasured++ === 0 ? places?.slice(1) : places
    }
    const { chat, page } = await longThread(100, 20)
    expect(page.get('message-list').attributes('scroll-top')).toBe('2000')
    page.close()
    await eventually(() => expect(chat.account!.conversations.ref('peer:bob')?.value).toMatchObject({ readTo: 85, unread: 15 }))
  })

  it('keeps a message unread that arrives while it opens at its divider', async () => {
    layOut()
    await world.remembers('alice', conversation('peer:bob', texts(30), { unread: 20 }))
    const chat = await world.signedIn('alice')
    const { account } = chat
    const bob = await world.friend('bob')
    const read = account!.conversations.messages.bind(account!.conversations)
    vi.spyOn(account!.conversations, 'messages').mockImplementationOnce(async (...range) => {
      await bob.says('while it opens', 'alice')
      await eventually(() => expect(account!.conversations.get('peer:bob')?.length).toBe(31))
      return read(...range)
    })
    const page = await openThread(world, 'peer:bob')
    expect(page.text('unread-divider')).toBe('以下为 20 条未读消息')
    await eventually(() => expect(page.texts('message-text')).toContain('while it opens'))
    expect(page.get('message-list').attributes('scroll-top')).toBe('1000')
    page.close()
    await eventually(() => expect(account!.conversations.ref('peer:bob')?.value).toMatchObject({ readTo: 15, unread: 16 }))
  })

  it('opens at the requested message, highlights it for a moment, and offers the way back to the unread ones', async () => {
    await world.remembers('alice', conversation('peer:bob', texts(1_000), { unread: 900 }))
    await world.signedIn('alice')
    layOut()
    const page = await openThread(world, 'peer:bob', 505)
    expect(page.wrapper.get('.is-target').text()).toContain('text 505')
    expect(page.text('jump-to-unread')).toBe('↑ 99+ 条新消息')
    await eventually(() => expect(page.wrapper.find('.is-target').exists()).toBe(false))
    await page.tap('jump-to-unread')
    await eventually(() => expect(page.texts('message-text')).toContain('text 100'))
    expect(page.texts('message-text')).not.toContain('text 300')
    expect(page.has('jump-to-unread')).toBe(false)
  })

  it('counts messages that arrive while the reader is away from the end, and shows them at a tap', async () => {
    const { page } = await longThread(100)
    const bob = await world.friend('bob')
    world.phone.sees('#end-a', false)
    await eventually(() => expect(page.text('jump-to-latest')).toBe('↓'))
    await bob.says('new 1', 'alice')
    await bob.says('new 2', 'alice')
    await eventually(() => expect(page.text('jump-to-latest')).toBe('↓ 2 条新消息'))
    expect(page.texts('message-text')).not.toContain('new 1')
    world.phone.sees('#end-a', true)
    await page.tap('jump-to-latest')
    await eventually(() => expect(page.texts('message-text').slice(-2)).toEqual(['new 1', 'new 2']))
    await eventually(() => expect(page.has('jump-to-latest')).toBe(false))
  })

  it('scrolls to the end when the reader writes', async () => {
    const { page } = await longThread(100)
    const bob = await world.friend('bob')
    world.phone.sees('#end-a', false)
    await eventually(() => expect(page.has('jump-to-latest')).toBe(true))
    await bob.says('held back', 'alice')
    await eventually(() => expect(page.text('jump-to-latest')).toBe('↓ 1 条新消息'))
    const before = page.get('message-list').attributes('scroll-into-view')
    await send(page, 'mine')
    await eventually(() => expect(page.texts('message-text').slice(-2)).toEqual(['held back', 'mine']))
    expect(page.get('message-list').attributes('scroll-into-view')).not.toBe(before)
    expect(page.text('message-list')).not.toContain('↓')
  })

  it('keeps the visible text in its place when older messages are added above it', async () => {
    layOut()
    const { page } = await longThread(100)
    await scrollTo(page, 900, world.stopTime())
    await page.tap('load-older')
    // As much further down as the new chunk is tall.
    await eventually(() => expect(page.get('message-list').attributes('scroll-top')).toBe('2900'))
    expect(page.all('message-row')).toHaveLength(60)
    expect(page.wrapper.find('.is-aside').exists()).toBe(false)
  })

  it('moves nothing while the list is being scrolled', async () => {
    layOut()
    const { page } = await longThread(100)
    const clock = world.stopTime()
    await scrollTo(page, 900, clock)
    await page.get('message-list').trigger('touchstart')
    await page.tap('load-older')
    await eventually(() => expect(page.all('message-row')).toHaveLength(60))
    await clock.advance(10 * IDLE_MS)
    await flushPromises()
    expect(page.wrapper.find('.is-aside').exists()).toBe(true)
    expect(page.get('message-list').attributes('scroll-top')).toBe('0')
    await page.get('message-list').trigger('touchend')
    await eventually(() => expect(page.get('message-list').attributes('scroll-top')).toBe('2900'))
  })

  it('replaces the chunks that leave the window by a spacer of the same height, and removes it when they return', async () => {
    layOut()
    const { page } = await longThread(400)
    const placed = (count: number) => eventually(() => expect([page.all('message-row').length, page.wrapper.find('.is-aside').exists()]).toEqual([count * 20, false]))
    for (const count of [...Array.from({ length: MAX_CHUNKS - 2 }, (_, i) => i + 3), MAX_CHUNKS]) {
      await page.tap('load-older')
      await placed(count)
    }
    await eventually(() => expect(spacers(page)).toEqual(['', 'height:2000px']))
    await page.get('message-list').trigger('scrolltolower')
    await eventually(() => expect(spacers(page)).toEqual(['height:2000px', '']))
    await placed(MAX_CHUNKS)
  })
})

const spacers = (page: Page) => page.wrapper.findAll('.spacer').map((spacer) => spacer.attributes('style')?.replace(/[ ;]/g, '') ?? '')

/** Lays the list out as a phone would: every message 100 px tall, the list 500. */
function layOut(): void {
  const element = (selector: string) => Array.from(document.querySelectorAll(selector))
  const heightOf = (spacer: Element | undefined) => Number(spacer?.getAttribute('style')?.replace(/\D/g, '') ?? 0)
  let told = '0'
  const rowsOf = (chunk: Element) => chunk.querySelectorAll('.item').length
  world.phone.layout = (selector) => {
    const wanted = element('.scroll')[0]?.getAttribute('scroll-top') ?? told
    if (wanted !== told) world.phone.scrollTop = Number((told = wanted))
    if (selector === '.scroll') return [{ top: 0, height: 500 }]
    if (selector === '.head') return [{ top: -world.phone.scrollTop, height: 0 }]
    if (selector === '.chunk') return [{ top: 0, height: 2_000 }]
    if (selector === '.item') return Array.from({ length: 20 }, (_, index) => ({ top: index * 100, height: 100 }))
    if (selector !== '.slot') return undefined
    let top = heightOf(element('.spacer')[0]) - world.phone.scrollTop
    const slots = element('.slot').map((slot) => {
      const height = slot.classList.contains('is-aside') ? 0 : rowsOf(slot) * 100
      top += height
      return { top: top - height, height }
    })
    world.phone.scrollHeight = top + world.phone.scrollTop + heightOf(element('.spacer')[1])
    return slots
  }
}

function scroll(page: Page, scrollTop: number): void {
  world.phone.scrollTop = scrollTop
  page.get('message-list').element.dispatchEvent(new CustomEvent('scroll', { detail: { scrollTop, scrollHeight: 4_000 } }))
}

/** Scrolls, and lets the list become idle. */
async function scrollTo(page: Page, scrollTop: number, clock: TestClock): Promise<void> {
  scroll(page, scrollTop)
  await clock.advance(IDLE_MS)
  await flushPromises()
}

describe('an address', () => {
  it.each([['no id', {}], ['no hex', { id: 'peer:bob' }], ['no conversation', { id: encodeId('group:x') }]])('with %s leads to the list', async (_what, query: Record<string, string>) => {
    await world.signedIn('alice')
    const page = await openPage(world, ThreadPage, { query })
    expect(world.phone.visit).toBe('switchTab /src/pages/conversations/conversations')
    expect(page.has('message-list')).toBe(false)
  })

  it.each(['100%', '__proto__', '..', 'a:b', 'alice ', 'Alice'])('with the id %s opens that thread and no other', async (uid) => {
    const { chat, page } = await peerThread(uid)
    const friend = await world.friend(uid)
    await friend.says('it is me', 'alice')
    await eventually(() => expect(page.texts('message-text')).toEqual(['it is me']))
    await send(page, 'and me')
    await eventually(() => expect(friend.texts).toEqual(['and me']))
    expect(chat.account!.conversations.order.value).toEqual([`peer:${uid}`])
  })
})

it('requires a logged-in user', async () => {
  const chat = world.start()
  await chat.restore()
  const page = await openPage(world, ThreadPage, { query: { id: encodeId('peer:bob') } })
  await flushPromises()
  expect(page.has('message-list')).toBe(false)
  expect(world.phone.visit).toBe('reLaunch /src/pages/login/login')
})

it('shows the readable part of a damaged history', async () => {
  const message: Message = texts(1)[0]!
  await world.remembers('alice', conversation('peer:bob', [message], { length: 3 }))
  await world.signedIn('alice')
  const page = await openThread(world, 'peer:bob')
  expect(page.texts('message-text')).toEqual(['text 0'])
})
