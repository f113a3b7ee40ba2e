/** Quoting, editing, recalling, reacting and deleting, as a person does it; and the same by the other side. */
import { flushPromises } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { encodedBytes } from '@/src/chat/message/envelope'
import { MESSAGE_MAX_BYTES } from '@/src/chat/rtm-limits'
import { useChatStore } from '@/src/stores/chat'
import { previewText } from '@/src/ui/conversations/preview-text'
import type { Page } from '../support/page'
import { choose, openThread, send } from '../support/thread'
import { conversation, eventually, texts, useWorld } from '../support/world'

const world = useWorld()

async function thread(count = 1): Promise<Page> {
  await world.remembers('alice', conversation('peer:bob', texts(count)))
  await world.signedIn('alice')
  return openThread(world, 'peer:bob')
}

const shown = (page: Page) => page.texts('message-text')
const envelope = (kind: string, more: object) => JSON.stringify({ v: 1, id: `${kind}-1`, kind, quiet: true, rev: 1, at: 5, ...more })

describe('the user', () => {
  it('answers a message: the quote is above the field, then with the text', async () => {
    const page = await thread()
    const bob = await world.friend('bob')
    await choose(page, 'quote')
    expect(page.text('composer-quote')).toContain('bob：')
    await page.tap('composer-quote-cancel')
    expect(page.has('composer-quote')).toBe(false)
    await choose(page, 'quote')
    await send(page, 'an answer')
    await eventually(() => expect(page.text('message-quote')).toContain('text 0'))
    expect(page.has('composer-quote')).toBe(false)
    await eventually(() => expect(JSON.parse(bob.received.at(-1)!.text!)).toMatchObject({ text: 'an answer', quote: { id: 'id-0', from: 'bob', kind: 'text', text: 'text 0' } }))
    await page.tap('message-quote')
    await eventually(() => expect(page.all('message-row')[0]!.classes()).toContain('is-target'))
  })

  it('edits an own text', async () => {
    const page = await thread(0)
    const bob = await world.friend('bob')
    await send(page, 'helo')
    await eventually(() => expect(bob.received).toHaveLength(1))
    await choose(page, 'edit')
    expect(page.has('composer-editing')).toBe(true)
    await eventually(() => expect(page.field('composer-input').text).toBe('helo'))
    await send(page, 'hello')
    await eventually(() => expect(shown(page)).toEqual(['hello']))
    expect(page.text('message-edited')).toBe('已编辑')
    expect(page.has('composer-editing')).toBe(false)
    await eventually(() => expect(JSON.parse(bob.received.at(-1)!.text!)).toMatchObject({ kind: 'edit', text: 'hello' }))
  })

  it('is led to the field by answering, editing and writing again, and not by opening the thread', async () => {
    const page = await thread(0)
    // Vue sets what an element has as its property, here in the place of the function.
    const hasFocus = (of = page) => ((of.get('composer-input').element as HTMLElement).focus as unknown) === true
    const leave = () => page.get('composer-input').trigger('blur')
    await send(page, 'helo')
    await eventually(() => expect(shown(page)).toEqual(['helo']))
    expect(hasFocus()).toBe(false)
    for (const action of ['quote', 'edit']) {
      await choose(page, action)
      await eventually(() => expect(hasFocus()).toBe(true))
      await leave()
      expect(hasFocus()).toBe(false)
    }
    page.close()
    const again = await openThread(world, 'peer:bob')
    await eventually(() => expect(again.has('composer-editing')).toBe(true))
    expect(hasFocus(again)).toBe(false)
    await choose(again, 'recall')
    await eventually(() => expect(again.has('message-write-again')).toBe(true))
    await again.tap('message-write-again')
    await eventually(() => expect(hasFocus(again)).toBe(true))
  })

  it('begins an edit with a text half written: it is back after the edit, and after a cancelled one', async () => {
    const page = await thread(0)
    await send(page, 'helo')
    await eventually(() => expect(shown(page)).toEqual(['helo']))
    await page.type('composer-input', 'half a text')
    await choose(page, 'edit')
    await eventually(() => expect(page.field('composer-input').text).toBe('helo'))
    await page.tap('composer-quote-cancel')
    await eventually(() => expect(page.field('composer-input').text).toBe('half a text'))
    await choose(page, 'edit')
    await eventually(() => expect(page.field('composer-input').text).toBe('helo'))
    await send(page, 'hello')
    await eventually(() => expect(shown(page)).toEqual(['hello']))
    await eventually(() => expect(page.field('composer-input').text).toBe('half a text'))
  })

  it.each(['recall', 'delete', 'clear'] as const)('keeps the words of an edit as a new message after a %s of its message', async (end) => {
    const page = await thread(0)
    const bob = await world.friend('bob')
    await send(page, 'helo')
    await eventually(() => expect(bob.received).toHaveLength(1))
    await choose(page, 'edit')
    await eventually(() => expect(page.field('composer-input').text).toBe('helo'))
    const account = useChatStore().account!
    const message = (await account.message('peer:bob', 0))!
    if (end === 'recall') await account.own.actions.recall('peer:bob', message)
    else if (end === 'delete') await account.own.actions.deleteHere('peer:bob', [message])
    else await account.clear(['peer:bob'])
    await send(page, 'hello')
    await eventually(() => expect(page.field('composer-input').text).toBe('hello'))
    expect(page.has('composer-editing')).toBe(false)
    expect(world.phone.toasts.at(-1)).toBe('这条消息已经不在了，内容可作为新消息发送')
    await send(page, 'hello')
    await eventually(() => expect(shown(page)).toEqual(['hello']))
    await eventually(() => expect(JSON.parse(bob.received.at(-1)!.text!)).toMatchObject({ kind: 'text', text: 'hello' }))
  })

  it('sees that an edit is too long where a new text of that length would not be', async () => {
    const page = await thread(0)
    const bob = await world.friend('bob')
    await send(page, 'helo')
    await eventually(() => expect(bob.received).toHaveLength(1))
    const longest = 'x'.repeat(MESSAGE_MAX_BYTES - encodedBytes('', 'rich'))
    await page.type('composer-input', longest)
    expect(page.has('composer-error')).toBe(false)
    await page.type('composer-input', '')
    await choose(page, 'edit')
    await eventually(() => expect(page.field('composer-input').text).toBe('helo'))
    await page.type('composer-input', longest)
    expect(page.has('composer-error')).toBe(true)
  })

  it('recalls an own message after a question, and writes it again', async () => {
    const page = await thread(0)
    const bob = await world.friend('bob')
    await send(page, 'a slip')
    await eventually(() => expect(bob.received).toHaveLength(1))
    await choose(page, 'recall')
    expect(world.phone.questions.at(-1)?.content).toBe('撤回这条消息？')
    await eventually(() => expect(page.text('message-recalled')).toBe('你撤回了一条消息'))
    expect(shown(page)).toEqual([])
    await eventually(() => expect(JSON.parse(bob.received.at(-1)!.text!)).toMatchObject({ kind: 'recall' }))
    await page.tap('message-write-again')
    await eventually(() => expect(page.field('composer-input').text).toBe('a slip'))
  })

  it('reacts with a tap, and takes it back with a tap on the chip', async () => {
    const page = await thread()
    await page.all('message-row')[0]!.trigger('longpress')
    await flushPromises()
    await eventually(() => expect(page.has('reaction-pick')).toBe(true))
    await page.tap('reaction-pick', '👍')
    await eventually(() => expect(page.texts('message-reaction')).toEqual(['👍']))
    expect(page.get('message-reaction').classes()).toContain('is-own')
    expect(page.get('message-reaction').attributes('aria-label')).toBe('👍，1 人，含你')
    await page.tap('message-reaction')
    await eventually(() => expect(page.has('message-reaction')).toBe(false))
  })

  it('reacts with any emoji of the panel', async () => {
    const page = await thread()
    await choose(page, 'react')
    await eventually(() => expect(page.all('emoji').length).toBeGreaterThan(0))
    const [first] = page.all('emoji')
    const emoji = first!.attributes('data-emoji')!
    await page.tap('emoji', emoji)
    await eventually(() => expect(page.texts('message-reaction')).toEqual([emoji]))
    expect(page.has('reaction-sheet')).toBe(false)
  })

  it('deletes a message here, after a question', async () => {
    const page = await thread(2)
    world.phone.saysYes = false
    await choose(page, 'delete')
    expect(shown(page)).toHaveLength(2)
    world.phone.saysYes = true
    await choose(page, 'delete')
    await eventually(() => expect(shown(page)).toEqual(['text 0']))
  })

  it('deletes the last message: the list shows the one before, and keeps the order', async () => {
    const page = await thread(3)
    const row = () => useChatStore().account?.conversations.ref('peer:bob')?.value
    const { at } = row()!
    await choose(page, 'delete', 2)
    await eventually(() => expect(row()?.preview).toMatchObject({ text: 'text 1', seq: 1 }))
    expect(row()?.at).toBe(at)
    await choose(page, 'delete', 0)
    await eventually(() => expect(shown(page)).toEqual(['text 1']))
    expect(row()?.preview).toMatchObject({ text: 'text 1', seq: 1 })
    await choose(page, 'delete', 0)
    await eventually(() => expect(row()?.preview).toBeNull())
    expect(row()?.at).toBe(at)
  })
})

describe('the other side', () => {
  it('edits, reacts and recalls: the row follows, and the list says so', async () => {
    const page = await thread(2)
    const bob = await world.friend('bob')
    await bob.says(envelope('edit', { target: { id: 'id-1' }, text: 'other words' }), 'alice')
    await eventually(() => expect(shown(page)).toEqual(['text 0', 'other words']))
    await bob.says(envelope('reaction', { target: { id: 'id-0' }, emoji: '🎉', on: true }), 'alice')
    await eventually(() => expect(page.texts('message-reaction')).toEqual(['🎉']))
    expect(page.get('message-reaction').classes()).not.toContain('is-own')
    await bob.says(envelope('recall', { target: { id: 'id-1' } }), 'alice')
    await eventually(() => expect(page.texts('message-recalled')).toEqual(['bob 撤回了一条消息']))
    expect(shown(page)).toEqual(['text 0'])
    const row = () => useChatStore().account!.conversations.ref('peer:bob')!.value!
    await eventually(() => expect(previewText(row(), 'alice', false)).toBe('bob 撤回了一条消息'))
  })

  it('recalls a message that a kept draft answers: the draft keeps its text alone', async () => {
    const page = await thread(1)
    const bob = await world.friend('bob')
    await choose(page, 'quote')
    await page.type('composer-input', 'half an answer')
    page.close()
    await bob.says(envelope('recall', { target: { id: 'id-0' } }), 'alice')
    await eventually(() => expect(useChatStore().account?.conversations.get('peer:bob')?.preview?.kind).toBe('recalled'))
    await world.restart()
    await world.signedIn('alice')
    const again = await openThread(world, 'peer:bob')
    await eventually(() => expect(again.field('composer-input').text).toBe('half an answer'))
    expect(again.has('composer-quote')).toBe(false)
  })

  it('recalls a message that others quote: the quotes no longer show its words, at once and when the thread is opened again', async () => {
    const page = await thread(1)
    const bob = await world.friend('bob')
    for (const [id, quoted] of [['a', 'id-0'], ['b', 'unknown']] as const) {
      await bob.says(JSON.stringify({ v: 1, id, kind: 'text', text: id, quote: { id: quoted, from: 'bob', text: `words of ${quoted}` } }), 'alice')
    }
    await eventually(() => expect(page.texts('message-quote')).toEqual(['bob：words of id-0', 'bob：words of unknown']))
    await bob.says(envelope('recall', { target: { id: 'id-0' } }), 'alice')
    await eventually(() => expect(page.texts('message-quote')).toEqual(['原消息已撤回', 'bob：words of unknown']))
    page.close()
    const again = await openThread(world, 'peer:bob')
    await eventually(() => expect(again.texts('message-quote')).toEqual(['原消息已撤回', 'bob：words of unknown']))
  })

  it('cannot change the words of this user', async () => {
    const page = await thread(0)
    const bob = await world.friend('bob')
    await send(page, 'mine')
    await eventually(() => expect(bob.received).toHaveLength(1))
    const { id } = JSON.parse(bob.received[0]!.text!) as { id: string }
    await bob.says(envelope('edit', { target: { from: 'alice', id }, text: 'forged' }), 'alice')
    await bob.says(envelope('recall', { target: { from: 'alice', id } }), 'alice')
    await bob.says('{"v":1,"id":"m9","kind":"text","text":"after"}', 'alice')
    await eventually(() => expect(shown(page)).toEqual(['mine', 'after']))
    expect(page.has('message-edited')).toBe(false)
  })
})
