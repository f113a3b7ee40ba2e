/** Starting a chat with a person or in a channel. */
import { describe, expect, it } from 'vitest'
import NewChatPage from '@/src/pages/new-chat/new-chat.vue'
import { encodeId } from '@/src/platform/pages'
import { openPage } from '../support/page'
import { eventually, useWorld } from '../support/world'

const world = useWorld()

async function form(query: Record<string, string> = {}) {
  const chat = await world.signedIn('alice')
  return { chat, page: await openPage(world, NewChatPage, { query }) }
}

it('asks for a user id unless it was opened for a channel, and can be switched', async () => {
  const { page } = await form()
  expect(page.one('new-chat-kind', 'peer').attributes('aria-selected')).toBe('true')
  expect(page.wrapper.text()).toContain('对方的用户 ID')
  await page.tap('new-chat-kind', 'channel')
  expect(page.one('new-chat-kind', 'channel').attributes('aria-selected')).toBe('true')
  expect(page.wrapper.text()).toContain('频道不存在时会自动创建')
  expect(page.text('new-chat-submit')).toBe('加入')
})

it('opens with the kind in its address', async () => {
  const { page } = await form({ kind: 'channel' })
  expect(page.one('new-chat-kind', 'channel').attributes('aria-selected')).toBe('true')
})

it('with a peer ends in their thread, which replaces this page', async () => {
  const { chat, page } = await form()
  await page.type('new-chat-id', 'bob')
  await page.tap('new-chat-submit')
  await eventually(() => expect(world.phone.visit).toBe(`redirectTo /src/pages/thread/thread?id=${encodeId('peer:bob')}`))
  expect(chat.account!.conversations.order.value).toEqual(['peer:bob'])
})

it('with a channel ends in its thread, and joins it', async () => {
  const { chat, page } = await form({ kind: 'channel' })
  await page.type('new-chat-id', 'general')
  await page.field('new-chat-id').confirm()
  await eventually(() => expect(world.phone.visit).toBe(`redirectTo /src/pages/thread/thread?id=${encodeId('channel:general')}`))
  await eventually(() => expect(chat.channelView('general').value.state).toBe('joined'))
  expect(world.gateway.stats().channels).toBe(1)
})

it('leads to an existing conversation', async () => {
  const { chat, page } = await form()
  await chat.account!.own.send('peer:bob', { kind: 'text', text: 'hello' })
  await page.type('new-chat-id', 'bob')
  await page.tap('new-chat-submit')
  await eventually(() => expect(world.phone.visit).toContain(encodeId('peer:bob')))
  expect(chat.account!.conversations.get('peer:bob')).toMatchObject({ length: 1 })
})

describe('an id', () => {
  it.each([
    ['张三', '含有不允许的字符'],
    ['a*b', '含有不允许的字符'],
    ['x'.repeat(65), '太长了'],
    ['null', '保留字'],
    ['alice', '这是你自己的 ID，换一个人吧'],
  ])('%s is rejected in words while typing', async (id, sentence) => {
    const { chat, page } = await form()
    await page.type('new-chat-id', id)
    expect(page.text('new-chat-error')).toContain(sentence)
    expect(page.get('new-chat-submit').classes('is-off')).toBe(true)
    await page.tap('new-chat-submit')
    expect(world.phone.visits).toEqual([])
    expect(chat.account!.conversations.order.value).toEqual([])
  })

  it('that is missing is an error only after a submit', async () => {
    const { page } = await form()
    expect(page.has('new-chat-error')).toBe(false)
    await page.tap('new-chat-submit')
    expect(page.text('new-chat-error')).toBe('请填写 ID')
    await page.type('new-chat-id', 'b')
    expect(page.has('new-chat-error')).toBe(false)
  })

  it('like the user’s own is another user, or a channel', async () => {
    const { page } = await form()
    await page.type('new-chat-id', 'Alice')
    expect(page.has('new-chat-error')).toBe(false)
    await page.type('new-chat-id', 'alice')
    expect(page.has('new-chat-error')).toBe(true)
    await page.tap('new-chat-kind', 'channel')
    expect(page.has('new-chat-error')).toBe(false)
    await page.tap('new-chat-submit')
    await eventually(() => expect(world.phone.visit).toContain(encodeId('channel:alice')))
  })

  it.each(['..', '__proto__', '100%', 'a:b', ' '])('%s is accepted', async (id) => {
    const { page } = await form()
    await page.type('new-chat-id', id)
    await page.tap('new-chat-submit')
    await eventually(() => expect(world.phone.visit).toBe(`redirectTo /src/pages/thread/thread?id=${encodeId(`peer:${id}`)}`))
  })
})

it('opens one thread for two quick taps', async () => {
  const { page } = await form()
  await page.type('new-chat-id', 'bob')
  await Promise.all([page.tap('new-chat-submit'), page.tap('new-chat-submit')])
  await eventually(() => expect(world.phone.visits).toHaveLength(1))
})
