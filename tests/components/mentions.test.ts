/** Mentions, and what a draft keeps besides its text, as users meet them. */
import { flushPromises } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { encode } from '@/src/chat/message/envelope'
import type { CommonFields } from '@/src/chat/message/common-fields'
import ConversationsPage from '@/src/pages/conversations/conversations.vue'
import { openPage, type Page } from '../support/page'
import { openThread } from '../support/thread'
import { conversation, eventually, texts, useWorld, type Friend } from '../support/world'

const world = useWorld()
let said = 0

const spoken = (text: string, common: CommonFields = {}) => encode({ kind: 'message', id: `said-${said++}`, body: { kind: 'text', text }, ...common }, 'rich')
const last = (friend: Friend) => JSON.parse(friend.received.at(-1)!.text!) as { text: string; mentions?: string[] }
const items = (page: Page) => page.all('mention-item').map((item) => item.attributes('data-id'))

async function channel() {
  const chat = await world.signedIn('alice')
  await chat.startConversation('channel', 'general')
  const bob = await world.friend('bob')
  await bob.joins('general')
  return { chat, bob }
}

describe('a mention', () => {
  it('is chosen behind an @, and sent while its name is in the text; the draft keeps it over a restart', async () => {
    const { chat, bob } = await channel()
    await bob.saysIn('general', spoken('hello', { by: { name: '小明' } }))
    await eventually(() => expect(chat.account!.conversations.get('channel:general')?.unread).toBe(1))
    let page = await openThread(world, 'channel:general')
    await page.type('composer-input', 'to @')
    await eventually(() => expect(items(page)).toEqual(['*', 'bob']))
    expect(page.all('mention-item').every((item) => item.element.parentElement?.getAttribute('role') === 'listitem')).toBe(true)
    await eventually(() => expect(page.text('mention-news')).toBe('可以提到的：2'))
    await page.type('composer-input', 'to @car')
    expect(items(page)).toEqual(['car'])
    await page.type('composer-input', 'to @小')
    await page.tap('mention-item', 'bob')
    await eventually(() => expect(page.field('composer-input').text).toBe('to @小明 '))
    expect(page.has('mention-item')).toBe(false)
    page.close()
    await flushPromises()
    await world.restart()
    await world.signedIn('alice')
    page = await openThread(world, 'channel:general')
    await eventually(() => expect(page.field('composer-input').text).toBe('to @小明 '))
    await eventually(async () => {
      await page.tap('composer-send')
      expect(bob.received).not.toHaveLength(0)
    })
    await eventually(() => expect(last(bob)).toMatchObject({ text: 'to @小明 ', mentions: ['bob'] }))
    await page.type('composer-input', '@')
    await page.tap('mention-item', '*')
    await eventually(() => expect(page.field('composer-input').text).toBe('@所有人 '))
    await page.tap('composer-send')
    await eventually(() => expect(last(bob).mentions).toEqual(['*']))
    await page.type('composer-input', '@')
    await page.tap('mention-item', '*')
    await page.type('composer-input', 'nobody')
    await page.tap('composer-send')
    await eventually(() => expect(last(bob)).toMatchObject({ text: 'nobody' }))
    expect(last(bob).mentions).toBeUndefined()
  })

  it('is not offered to a peer', async () => {
    await world.remembers('alice', conversation('peer:bob', texts(1)))
    await world.signedIn('alice')
    const page = await openThread(world, 'peer:bob')
    await page.type('composer-input', '@')
    expect(page.has('mention-item')).toBe(false)
  })

  it('of the user is before the preview until it is read, in a muted channel too, and the thread opens at the first one', async () => {
    const { chat, bob } = await channel()
    await chat.account!.setMuted('channel:general', true)
    for (let n = 0; n < 60; n++) await bob.saysIn('general', spoken(`line ${n}`, n === 5 ? { mentions: ['alice'] } : n === 7 ? { mentions: ['*'] } : {}))
    await eventually(() => expect(chat.account!.conversations.get('channel:general')).toMatchObject({ unread: 60, mentioned: [6, 8] }))
    const list = await openPage(world, ConversationsPage)
    await eventually(() => expect(list.text('conversation-preview')).toBe('[有人@我] bob: line 59'))
    list.close()
    await world.restart()
    const again = await world.signedIn('alice')
    await again.account!.load()
    expect(again.account!.conversations.get('channel:general')?.mentioned).toEqual([6, 8])
    const page = await openThread(world, 'channel:general')
    await eventually(() => expect(page.all('message-row').find((row) => row.text().includes('line 5'))!.classes()).toContain('is-target'))
    await again.account!.readMarks.markRead('channel:general')
    expect(again.account!.conversations.get('channel:general')?.mentioned).toBeUndefined()
  })
})

describe('a draft', () => {
  it('keeps its quote over a restart', async () => {
    await world.remembers('alice', conversation('peer:bob', texts(1)))
    let chat = await world.signedIn('alice')
    let page = await openThread(world, 'peer:bob')
    chat.account!.composers.quote('peer:bob', { id: 'id-0', from: 'bob', text: 'text 0' })
    await page.type('composer-input', 'well')
    page.close()
    await flushPromises()
    chat = await world.restart()
    await world.signedIn('alice')
    page = await openThread(world, 'peer:bob')
    await eventually(() => expect(page.text('composer-quote')).toContain('text 0'))
    await eventually(() => expect(page.field('composer-input').text).toBe('well'))
  })

  it('keeps what it edits over a restart', async () => {
    const bob = await world.friend('bob')
    let chat = await world.signedIn('alice')
    const id = await chat.startConversation('peer', 'bob')
    await chat.account!.own.send(id, { kind: 'text', text: 'helo' })
    await eventually(() => expect(bob.received).toHaveLength(1))
    let page = await openThread(world, id)
    await eventually(() => expect(page.has('message-row')).toBe(true))
    chat.account!.composers.edit(id, (await chat.account!.newest(id, 1))[0]!, 'helo')
    await eventually(() => expect(page.field('composer-input').text).toBe('helo'))
    await flushPromises()
    await page.type('composer-input', 'hello')
    page.close()
    await flushPromises()
    chat = await world.restart()
    await world.signedIn('alice')
    page = await openThread(world, id)
    await eventually(() => expect(page.has('composer-editing')).toBe(true))
    await eventually(() => expect(page.field('composer-input').text).toBe('hello'))
    await page.tap('composer-send')
    await eventually(() => expect(bob.received.map(({ text }) => JSON.parse(text!) as object).at(-1)).toMatchObject({ kind: 'edit', text: 'hello' }))
  })
})
