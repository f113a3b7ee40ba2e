/** Forwarding messages one by one and as a record, selecting several, and the pages about one message. */
import { flushPromises } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { decode, encode } from '@/src/chat/message/envelope'
import type { Message } from '@/src/chat/message/message'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import DetailsPage from '@/src/more/pages/details/details.vue'
import ForwardPage from '@/src/more/pages/forward/forward.vue'
import RecordPage from '@/src/more/pages/record/record.vue'
import { encodeId } from '@/src/platform/pages'
import { useChatStore } from '@/src/stores/chat'
import { openPage, type Page } from '../support/page'
import { choose, openThread } from '../support/thread'
import { conversation, eventually, texts, useWorld } from '../support/world'

const world = useWorld()
const account = () => useChatStore().account!

/** Alice's thread with bob, who has written `messages`, and a conversation with carol. */
async function thread(messages: readonly Message[] = texts(3)): Promise<Page> {
  await world.remembers('alice', conversation('peer:bob', messages), conversation('peer:carol', texts(1, 'carol')), conversation('channel:left', texts(1), { left: true }))
  await world.signedIn('alice')
  return openThread(world, 'peer:bob')
}

/** The query of the page that was opened last. */
function query(path: string): Record<string, string> {
  const [, url = ''] = (world.phone.visits.at(-1) ?? '').split(' ')
  expect(url.split('?')[0]).toBe(`/src/more/pages/${path}`)
  return Object.fromEntries(new URLSearchParams(url.split('?')[1]))
}

async function forwardPage(): Promise<Page> {
  const page = await openPage(world, ForwardPage, { query: query('forward/forward') })
  await eventually(() => expect(page.text('forward-note')).not.toBe(''))
  return page
}

const messagesOf = (id: ConversationId) => account().conversations.messages(id, 0, 100)
const checks = (page: Page) => page.all('message-check').map((check) => check.classes().includes('is-on'))

describe('forwarding', () => {
  it('offers the conversations that the user is in, and finds them by name', async () => {
    await choose(await thread(), 'forward')
    const page = await forwardPage()
    expect(page.all('forward-target').map((target) => target.attributes('data-id')).sort()).toEqual(['peer:bob', 'peer:carol'])
    expect(page.has('forward-mode')).toBe(false)
    await page.type('forward-search', 'car')
    await page.field('forward-search').confirm()
    expect(page.all('forward-target').map((target) => target.attributes('data-id'))).toEqual(['peer:carol'])
  })

  it('sends a message to each chosen conversation, with whose words it has, and without what it quotes and mentions', async () => {
    const quoting: Message = { ...texts(1)[0]!, quote: { id: 'q', from: 'dave', text: 'secret' }, mentions: ['alice'] }
    await choose(await thread([quoting]), 'forward')
    const carol = await world.friend('carol')
    const page = await forwardPage()
    await page.tap('forward-send')
    expect(await messagesOf('peer:carol')).toHaveLength(1)
    await page.tap('forward-target', 'peer:carol')
    await page.tap('forward-target', 'peer:bob')
    expect(page.one('forward-target', 'peer:bob').attributes('aria-selected')).toBe('true')
    await page.tap('forward-target', 'peer:bob')
    expect(page.one('forward-target', 'peer:bob').attributes('aria-selected')).toBe('false')
    await page.tap('forward-send')
    await eventually(() => expect(carol.received).toHaveLength(1))
    const envelope = decode(carol.received[0]!.text!)
    expect(envelope).toMatchObject({ body: { kind: 'text', text: 'text 0' }, fwd: { from: 'bob', at: quoting.at } })
    expect(Object.keys(envelope)).not.toEqual(expect.arrayContaining(['quote']))
    expect(Object.keys(envelope)).not.toEqual(expect.arrayContaining(['mentions']))
    expect(await messagesOf('peer:bob')).toHaveLength(1)
    const [toCarol] = [await openThread(world, 'peer:carol')]
    expect(toCarol.all('message-row').at(-1)!.text()).toContain('转发自 bob')
  })

  it('keeps the first author of a message that was forwarded before, and its last words', async () => {
    const edit = { rev: 1, at: 9, id: 'e', text: 'edited' }
    await choose(await thread([{ ...texts(1)[0]!, fwd: { from: 'dave', at: 7 }, amended: { edit } }]), 'forward')
    const carol = await world.friend('carol')
    const page = await forwardPage()
    await page.tap('forward-target', 'peer:carol')
    await page.tap('forward-send')
    await eventually(() => expect(carol.received.map(({ text }) => decode(text!))).toMatchObject([{ body: { text: 'edited' }, fwd: { from: 'dave', at: 7 } }]))
  })

  it('goes to nine conversations at most', async () => {
    const many = Array.from({ length: 11 }, (_, n) => conversation(`peer:p${n}`, texts(1)))
    await world.remembers('alice', ...many)
    await world.signedIn('alice')
    await choose(await openThread(world, 'peer:p0'), 'forward')
    const page = await forwardPage()
    for (const target of page.all('forward-target')) await target.trigger('tap')
    expect(page.all('forward-target').filter((target) => target.attributes('aria-selected') === 'true')).toHaveLength(9)
    expect(page.text('forward-send')).toBe('转发（9）')
  })

  it('sends nothing of a message that was recalled after the page had opened', async () => {
    await choose(await thread(texts(1)), 'forward')
    const bob = await world.friend('bob')
    const page = await forwardPage()
    await page.tap('forward-target', 'peer:carol')
    await bob.says(JSON.stringify({ v: 1, id: 'r1', kind: 'recall', quiet: true, target: { id: 'id-0' }, rev: 1, at: 5 }), 'alice')
    await eventually(async () => expect((await messagesOf('peer:bob'))[0]?.amended?.recall).toBeDefined())
    await page.tap('forward-send')
    expect(page.text('forward-note')).toBe('没有可以转发的消息')
    expect(await messagesOf('peer:carol')).toHaveLength(1)
  })

  it('leads back if its address names nothing', async () => {
    await thread()
    await openPage(world, ForwardPage, { query: { id: encodeId('peer:bob'), at: '1.x' } })
    expect(world.phone.visits.at(-1)).toBe('switchTab /src/pages/conversations/conversations')
  })
})

describe('selected messages', () => {
  async function selecting(messages: readonly Message[] = texts(3)): Promise<Page> {
    const page = await thread(messages)
    await choose(page, 'select', 0)
    await eventually(() => expect(page.has('selection-bar')).toBe(true))
    return page
  }

  it('are checked with a tap on their rows, with a bar in the place of the field', async () => {
    const page = await selecting()
    expect(checks(page)).toEqual([true, false, false])
    expect(page.wrapper.get('.composer').classes()).toContain('is-selecting')
    await page.all('message-check')[2]!.trigger('tap')
    await page.all('message-check')[0]!.trigger('tap')
    expect(checks(page)).toEqual([false, false, true])
    expect(page.get('selection-bar').text()).toContain('已选 1 条')
    await page.all('message-row')[1]!.trigger('longpress')
    await flushPromises()
    expect(page.has('message-menu')).toBe(false)
    await page.tap('selection-cancel')
    expect([page.has('message-check'), page.has('selection-bar')]).toEqual([false, false])
    await choose(page, 'copy', 1)
    expect(world.phone.clipboard).toBe('text 1')
  })

  it('are left by the way back, and with the thread', async () => {
    const page = await selecting()
    await page.tap('nav-back')
    expect(page.has('selection-bar')).toBe(false)
    expect(world.phone.visits).toEqual([])
    await choose(page, 'select')
    page.close()
    expect(account().selections.of('peer:bob').value).toBeUndefined()
  })

  it('are a hundred at most', async () => {
    await selecting()
    for (let seq = 1; seq < 100; seq++) expect(account().selections.toggle('peer:bob', seq)).toBe(true)
    expect(account().selections.toggle('peer:bob', 100)).toBe(false)
    expect(account().selections.toggle('peer:bob', 0)).toBe(true)
  })

  it('are deleted here, after a question', async () => {
    const page = await selecting()
    await page.all('message-check')[1]!.trigger('tap')
    world.phone.saysYes = false
    await page.tap('selection-delete')
    expect(page.all('message-row')).toHaveLength(3)
    expect(page.has('selection-bar')).toBe(true)
    world.phone.saysYes = true
    await page.tap('selection-delete')
    await eventually(() => expect(page.texts('message-text')).toEqual(['text 2']))
    expect(page.has('selection-bar')).toBe(false)
  })

  it('are forwarded one by one, in their order', async () => {
    const page = await selecting()
    await page.all('message-check')[2]!.trigger('tap')
    const carol = await world.friend('carol')
    await page.tap('selection-forward')
    expect(page.has('selection-bar')).toBe(false)
    const forward = await forwardPage()
    expect(forward.text('forward-note')).toBe('2 条消息')
    await forward.tap('forward-target', 'peer:carol')
    await forward.tap('forward-send')
    await eventually(() => expect(carol.received.map(({ text }) => decode(text!))).toMatchObject([{ body: { text: 'text 0' } }, { body: { text: 'text 2' } }]))
  })

  it('are forwarded as one, which both sides can open', async () => {
    const place: Message = { ...texts(1)[0]!, seq: 1, id: 'place', body: { kind: 'location', name: '外滩', address: '', lat: 1, lng: 2 } }
    const gone: Message = { ...texts(1)[0]!, seq: 2, id: 'x', body: { kind: 'unsupported', raw: '{}' } }
    const first = texts(1, 'bob', () => 'two\nlines')[0]!
    const page = await selecting([first, place, gone])
    for (const check of page.all('message-check').slice(1)) await check.trigger('tap')
    const carol = await world.friend('carol')
    await page.tap('selection-forward')
    const forward = await forwardPage()
    expect(forward.text('forward-note')).toBe('2 条消息、另有 1 条不能转发')
    await forward.tap('forward-mode', 'record')
    await forward.tap('forward-target', 'peer:carol')
    await forward.tap('forward-send')
    await eventually(() => expect(carol.received).toHaveLength(1))
    const body = { kind: 'record', title: 'alice 和 bob 的聊天记录', entries: [{ name: 'bob', at: first.at, kind: 'text', text: 'two\nlines' }, { name: 'bob', at: place.at, kind: 'location', text: '外滩' }] }
    expect(decode(carol.received[0]!.text!)).toMatchObject({ body })
    const other = await openThread(world, 'peer:carol')
    expect(other.text('message-record')).toContain('bob: two lines')
    await other.tap('message-record')
    const record = await openPage(world, RecordPage, { query: query('record/record') })
    await eventually(() => expect(record.all('record-entry')).toHaveLength(2))
    expect(record.text('record-title')).toBe(body.title)
    expect(record.all('record-entry')[1]!.text()).toContain('[位置] 外滩')
    expect(account().conversations.get('peer:carol')?.preview?.kind).toBe('record')
  })

  it('that do not fit into a record are left out, and that is said', async () => {
    const page = await selecting(texts(60, 'bob', () => '字'.repeat(900)))
    account().selections.end('peer:bob')
    for (let seq = 0; seq < 60; seq++) account().selections.toggle('peer:bob', seq)
    await flushPromises()
    await page.tap('selection-forward')
    const forward = await forwardPage()
    await forward.tap('forward-mode', 'record')
    await forward.tap('forward-target', 'peer:carol')
    const left = Number(/后面的 (\d+) 条/.exec(forward.text('forward-note'))?.[1])
    expect(left).toBeGreaterThan(10)
    await forward.tap('forward-send')
    const sent = await eventually(async () => {
      const [, own] = await messagesOf('peer:carol')
      expect(own).toBeDefined()
      return own
    })
    expect(sent?.body).toMatchObject({ kind: 'record', more: left })
    expect(sent?.body.kind === 'record' && sent.body.entries.length).toBe(60 - left)
    const record = await openPage(world, RecordPage, { query: { id: encodeId('peer:carol'), from: encodeId('alice'), message: encodeId(sent!.id) } })
    await eventually(() => expect(record.text('record-more')).toContain(String(left)))
  })
})

describe('details', () => {
  const reaction = (by: string, emoji: string) => ({ rev: 1, at: 1, id: `r${by}`, by, emoji, on: true })
  const full = (): Message => ({ ...texts(1)[0]!, fwd: { from: 'dave', at: 7 }, amended: { edit: { rev: 1, at: 9, id: 'e', text: 'new' }, reactions: [reaction('bob', '👍'), reaction('carol', '👍'), reaction('alice', '🎉')] } })

  async function details(): Promise<Page> {
    const page = await openPage(world, DetailsPage, { query: query('details/details') })
    await eventually(() => expect(page.has('details-item')).toBe(true))
    return page
  }

  it('of a message: time, sender, state, id, and who reacted', async () => {
    await choose(await thread([full()]), 'details')
    const page = await details()
    expect(page.all('details-item').map((item) => item.attributes('data-kind'))).toEqual(['time', 'from', 'kind', 'status', 'edited', 'forwarded', 'id'])
    expect(page.one('details-item', 'from').text()).toContain('bob')
    expect(page.one('details-item', 'id').text()).toContain('id-0')
    expect(page.all('details-reaction').map((line) => line.text())).toEqual(['🎉 1alice', '👍 2bob、carol'])
  })

  it('name a sender once, whose name is shown with the id already', async () => {
    const page = await thread([full()])
    const bob = await world.friend('bob')
    await bob.says(encode({ kind: 'message', id: 'named-0', body: { kind: 'text', text: 'hello' }, by: { name: 'carol' } }, 'rich'), 'alice')
    await eventually(() => expect(page.texts('message-text')).toContain('hello'))
    await choose(page, 'details')
    expect((await details()).one('details-item', 'from').text()).toBe('发送者carol (bob)')
  })

  it('open by a long press on a reaction', async () => {
    const page = await thread([full()])
    await page.all('message-reaction')[0]!.trigger('longpress')
    await flushPromises()
    expect(page.has('message-menu')).toBe(false)
    expect((await details()).all('details-reaction')).toHaveLength(2)
  })

  it('say so if the message is not there', async () => {
    await thread()
    const page = await openPage(world, DetailsPage, { query: { id: encodeId('peer:bob'), from: encodeId('bob'), message: encodeId('none') } })
    await eventually(() => expect(page.text('message-details')).toBe('原消息不在这里了'))
  })
})
