/** Emojis into the composer's field in the mini program: where they are put, what the delete key deletes, and which are kept as the last used. */
import { nextTick } from 'vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { FIELD_MAX_LENGTH } from '@/src/chat/text/typed-text'
import MessageComposer from '@/src/ui/composer/MessageComposer.vue'
import EmojiPanel from '@/src/more/ui/emoji/EmojiPanel.vue'
import { writeSetting } from '@/src/platform/device'
import { Page, type Field } from '../support/page'
import { eventually, useWorld, type ChatStore } from '../support/world'

const world = useWorld()
let chat: ChatStore
let page: Page
let field: Field

beforeEach(async () => {
  chat = await world.signedIn('alice')
  Object.assign(wx, { hideKeyboard: () => undefined })
  await chat.startConversation('peer', 'bob')
  page = new Page(world, MessageComposer, { conversation: 'peer:bob' })
  await nextTick()
  field = page.field('composer-input')
})
afterEach(() => vi.restoreAllMocks())

const pick = async (emoji: string) => {
  await page.tap('emoji', emoji)
  await nextTick()
}
const erase = async () => {
  await page.tap('emoji-erase')
  await nextTick()
}

it('is put in at the end, if nothing tells where the caret is', async () => {
  await field.type('ab')
  await page.tap('composer-emoji')
  await pick('😂')
  await pick('🤣')
  expect(field.text).toBe('ab😂🤣')
})

it('is put in where the last key or the blur had the caret, and moves it', async () => {
  await field.type('ab')
  await field.event('blur', 1)
  await page.tap('composer-emoji')
  await pick('😂')
  await pick('🤣')
  expect(field.text).toBe('a😂🤣b')
  await erase()
  expect(field.text).toBe('a😂b')
  // Typed in the middle.
  field.text = 'axy😂b'
  await field.event('input', 3)
  await pick('☺️')
  expect(field.text).toBe('axy☺️😂b')
})

it('is put in at the end after a draft, a message that was sent, or a blur that tells of another text', async () => {
  await field.type('one')
  await field.event('blur', 1)
  await page.tap('composer-send')
  await page.tap('composer-emoji')
  await pick('😂')
  expect(field.text).toBe('😂')
  field.text = 'older'
  await field.event('blur', 2)
  field.text = '😂'
  await pick('🤣')
  expect(field.text).toBe('😂🤣')
})

it('is not put into the middle of another one, if the phone counts characters', async () => {
  await field.type('😂b')
  await field.event('blur', 1)
  await page.tap('composer-emoji')
  await pick('🤣')
  expect(field.text).toBe('😂🤣b')
})

it('enables Send, is sent as typed, and is in the draft', async () => {
  await page.tap('composer-emoji')
  expect(page.get('composer-send').attributes('aria-disabled')).toBe('true')
  await pick('🥳')
  expect(page.get('composer-send').attributes('aria-disabled')).toBe('false')
  await field.event('blur')
  await eventually(async () => expect(await chat.account!.conversations.drafts.read('peer:bob')).toBe('🥳'))
  await page.tap('composer-send')
  await eventually(async () => expect(chat.account!.conversations.get('peer:bob')).toMatchObject({ length: 1 }))
  expect([field.text, page.has('emoji')]).toEqual(['', true])
})

it('is refused by a field that is full, which stays as it is', async () => {
  const full = 'a'.repeat(FIELD_MAX_LENGTH)
  await field.type(full)
  await page.tap('composer-emoji')
  await pick('😂')
  expect([field.text === full, page.has('composer-error')]).toEqual([true, true])
})

it('the delete key deletes nothing at the beginning, and does not ask for more than is there', async () => {
  await field.type('a🇨🇳')
  await page.tap('composer-emoji')
  for (const rest of ['a', '', '']) {
    await erase()
    expect(field.text).toBe(rest)
  }
  expect(page.get('composer-send').attributes('aria-disabled')).toBe('true')
})

it('the last 32 used ones are kept, and what is stored is checked', async () => {
  writeSetting('recent-emojis', ['👍', 'no emoji', 7, '❤', '😀'.repeat(20)])
  const panel = new Page(world, EmojiPanel)
  expect(panel.texts('emoji').slice(0, 3)).toEqual(['👍', '❤️', '😀'])
  for (const emoji of panel.texts('emoji').slice(2, 42)) await panel.tap('emoji', emoji)
  panel.close()
  const next = new Page(world, EmojiPanel)
  expect(next.texts('emoji').indexOf('😀')).toBe(32)
  expect(next.has('emoji-erase')).toBe(false)
})

it('the panel gives its emoji to its parent and knows nothing else', async () => {
  const panel = new Page(world, EmojiPanel)
  await panel.tap('emoji', '😂')
  expect(panel.wrapper.emitted()).toMatchObject({ pick: [['😂']] })
})
