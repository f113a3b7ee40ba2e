/** All text fields in the mini program: the value at a submit, long pastes, and messages about ids. */
import { nextTick } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FIELD_MAX_LENGTH } from '@/src/chat/text/typed-text'
import MessageComposer from '@/src/ui/composer/MessageComposer.vue'
import ConversationsPage from '@/src/pages/conversations/conversations.vue'
import LoginPage from '@/src/pages/login/login.vue'
import NewChatPage from '@/src/pages/new-chat/new-chat.vue'
import { encodeId } from '@/src/platform/pages'
import { useSettingsStore } from '@/src/stores/settings'
import { openPage, Page } from '../support/page'
import { eventually, useWorld, type ChatStore } from '../support/world'

const world = useWorld()
let chat: ChatStore
afterEach(() => vi.restoreAllMocks())

async function login(): Promise<Page> {
  chat = world.start()
  await chat.restore()
  return openPage(world, LoginPage)
}

async function newChat(): Promise<Page> {
  chat = await world.signedIn('alice')
  return openPage(world, NewChatPage)
}

async function composer(): Promise<Page> {
  chat = await world.signedIn('alice')
  await chat.startConversation('peer', 'bob')
  return open()
}

async function open(): Promise<Page> {
  const page = new Page(world, MessageComposer, { conversation: 'peer:bob' })
  await nextTick()
  return page
}

/** The keyboard's own key, with a value that no input event has reported. */
async function confirms(page: Page, hook: string, text: string): Promise<void> {
  page.field(hook).text = text
  await page.field(hook).confirm()
}

async function sent(): Promise<string[]> {
  const { length } = chat.account!.conversations.get('peer:bob')!
  const thread = chat.openThread('peer:bob')
  await thread.load()
  return Array.from({ length }, (_, seq) => thread.message(seq)!.body).map((body) => (body.kind === 'text' ? body.text : body.kind))
}

describe('the value at a submit is that of the key’s event', () => {
  it('of a login', async () => {
    const page = await login()
    await page.type('login-uid', 'c')
    await confirms(page, 'login-uid', 'charlotte')
    await eventually(() => expect(world.phone.visit).toBe('switchTab /src/pages/conversations/conversations'))
    expect(chat.me).toBe('charlotte')
  })

  it('of a new chat', async () => {
    const page = await newChat()
    await page.type('new-chat-id', 'f')
    await confirms(page, 'new-chat-id', 'frederick')
    await eventually(() => expect(world.phone.visit).toContain(encodeId('peer:frederick')))
  })

  it('of a search', async () => {
    chat = await world.signedIn('alice')
    await chat.startConversation('peer', 'bob')
    const page = await openPage(world, ConversationsPage)
    await page.type('conversation-search', 'b')
    await confirms(page, 'conversation-search', 'beatrice')
    await eventually(() => expect(page.text('conversation-empty')).toContain('beatrice'))
  })

  it('of a message, once for two presses', async () => {
    const page = await composer()
    await page.type('composer-input', 'g')
    const field = page.field('composer-input')
    field.text = 'good night'
    const again = new CustomEvent('confirm', { detail: { value: 'good night' } })
    await field.confirm()
    // Sent before the field was emptied.
    page.get('composer-input').element.dispatchEvent(again)
    await eventually(async () => expect(await sent()).toEqual(['good night']))
    expect(field.text).toBe('')
    await field.type('good night')
    await field.confirm()
    await eventually(async () => expect(await sent()).toEqual(['good night', 'good night']))
  })
})

describe('an input event that was on its way when the field was emptied', () => {
  /** Sends the field's text. Before the view knows of that, an event reports the old text. */
  async function sendsWhile(page: Page, ...told: string[]): Promise<void> {
    const tap = page.tap('composer-send')
    for (const value of told) page.get('composer-input').element.dispatchEvent(new CustomEvent('input', { detail: { value } }))
    await tap
  }

  it.each([['good night'], ['good nigh'], ['good night', 'good nigh', 'good']])('does not bring back the sent text: %j', async (...told) => {
    const page = await composer()
    const field = page.field('composer-input')
    await field.type('good night')
    await sendsWhile(page, ...told)
    expect([field.text, page.get('composer-send').classes('is-on')]).toEqual(['', false])
    await field.confirm()
    await eventually(async () => expect(await sent()).toEqual(['good night']))
  })

  it.each([
    [['good night!'], '!'],
    [['good night, b', 'good night, bob'], ', bob'],
    [['good night?', 'good night'], '?'],
  ])('keeps the text that was typed into the old one: %j', async (told, left) => {
    const page = await composer()
    const field = page.field('composer-input')
    await field.type('good night')
    await sendsWhile(page, ...told)
    expect([field.text, page.get('composer-send').classes('is-on')]).toEqual([left, true])
    await field.confirm()
    await eventually(async () => expect(await sent()).toEqual(['good night', left]))
    expect(field.text).toBe('')
  })

  it('counts as typed once the field is empty, also with the same text', async () => {
    const page = await composer()
    const field = page.field('composer-input')
    for (const text of ['哈哈', '哈哈', '哈哈哈']) {
      await field.type(text)
      await page.tap('composer-send')
    }
    await eventually(async () => expect(await sent()).toEqual(['哈哈', '哈哈', '哈哈哈']))
  })

  it('leaves a cleared search empty', async () => {
    chat = await world.signedIn('alice')
    const page = await openPage(world, ConversationsPage)
    const field = page.field('conversation-search')
    await field.type('bea')
    const cleared = page.tap('conversation-search-clear')
    page.get('conversation-search').element.dispatchEvent(new CustomEvent('input', { detail: { value: 'bea' } }))
    await cleared
    expect([field.text, page.has('conversation-search-clear')]).toEqual(['', false])
  })
})

describe('a paste longer than any field takes', () => {
  const LONG = 'x'.repeat(FIELD_MAX_LENGTH + 1)

  it('still lets a draft that is already too long be shortened', async () => {
    const page = await composer()
    page.close()
    vi.spyOn(chat.account!.conversations.drafts, 'read').mockResolvedValue(LONG)
    const field = (await open()).field('composer-input')
    await eventually(() => expect(field.text).toBe(LONG))
    await field.type(`${LONG}x`)
    await nextTick()
    expect(field.text).toBe(LONG)
    await field.type(LONG.slice(1))
    expect(field.text).toBe(LONG.slice(1))
  })

  it.each(['', 'kept', 'draft'])('leaves the composer with %j, and says so until the text changes', async (before) => {
    const page = await composer()
    const field = page.field('composer-input')
    if (before !== '') await field.type(before)
    for (let i = 0; i < 2; i++) {
      await field.type(LONG)
      await nextTick()
      expect([field.text, page.text('composer-error')]).toEqual([before, '内容太长，输入框放不下，保持原样。单条消息上限 32 KB'])
    }
    await field.type(`${before}!`)
    expect(page.has('composer-error')).toBe(false)
    await page.tap('composer-send')
    await eventually(async () => expect(await sent()).toEqual([`${before}!`]))
  })

  it.each([
    ['login-uid', 'login-error', '太长了，最多 64 个字符'],
    ['login-token', 'login-error', 'Token 太长了'],
  ])('is rejected by %s', async (hook, problem, sentence) => {
    const page = await login()
    await page.type(hook, LONG)
    await nextTick()
    expect(page.text(problem)).toContain(sentence)
    expect(page.field(hook).text).toBe('')
  })

  it('is rejected by a new chat', async () => {
    const page = await newChat()
    await page.type('new-chat-id', 'bob')
    await page.type('new-chat-id', LONG)
    await nextTick()
    expect([page.text('new-chat-error'), page.field('new-chat-id').text]).toEqual(['太长了，最多 64 个字符', 'bob'])
    await page.type('new-chat-id', 'bobby')
    expect(page.has('new-chat-error')).toBe(false)
  })
})

describe('a space at an end of an id', () => {
  beforeEach(() => (world.phone.saysYes = false))

  it('is pointed out while typing, and asked about before a login', async () => {
    const page = await login()
    await page.type('login-uid', 'dora ')
    expect(page.text('login-uid-word')).toBe('“dora␣” 的开头或末尾有空格（␣），和 “dora” 是两个不同的 ID')
    await page.tap('login-submit')
    expect([world.phone.questions.at(-1)?.title, chat.phase]).toEqual(['保留空格？', 'signed-out'])
    expect(page.get('login-submit').classes('is-off')).toBe(false)
    world.phone.saysYes = true
    await page.tap('login-submit')
    await eventually(() => expect(world.phone.visit).toBe('switchTab /src/pages/conversations/conversations'))
    expect(chat.me).toBe('dora ')
  })

  it('is not asked about again for the user who logged in here last', async () => {
    world.phone.saysYes = true
    await (await world.signedIn('dora ')).signOut()
    await world.restart()
    const page = await openPage(world, LoginPage)
    const asked = world.phone.questions.length
    await page.tap('login-submit')
    await eventually(() => expect(world.phone.visit).toBe('switchTab /src/pages/conversations/conversations'))
    expect(world.phone.questions).toHaveLength(asked)
  })

  it('is pointed out while typing, and asked about before a new chat', async () => {
    const page = await newChat()
    await page.type('new-chat-id', ' erin')
    expect(page.text('new-chat-word')).toContain('“␣erin”')
    await page.tap('new-chat-submit')
    expect(world.phone.visits).toEqual([])
    await page.type('new-chat-id', 'erin')
    expect(page.has('new-chat-word')).toBe(false)
    await page.tap('new-chat-submit')
    await eventually(() => expect(world.phone.visit).toContain(encodeId('peer:erin')))
  })
})

it.each([['erin\u200b', 'U+200B'], ['\u00a0erin', 'U+00A0'], ['e\u2060rin', 'U+2060']])('%j is rejected, naming the invisible character', async (id, character) => {
  const page = await newChat()
  await page.type('new-chat-id', id)
  expect(page.text('new-chat-error')).toBe(`含有看不见的字符（${character}），请删掉`)
})

it.each(['\u200b', '\ufeff\ufeff', '\u2800 ', '\u3164', '\ufe0f'])('%j alone cannot be sent', async (text) => {
  const page = await composer()
  await page.type('composer-input', text)
  expect(page.get('composer-send').classes('is-on')).toBe(false)
  await page.field('composer-input').confirm()
  await page.type('composer-input', `${text}x`)
  expect(page.get('composer-send').classes('is-on')).toBe(true)
  expect(await sent()).toEqual([])
})

describe('the return key', () => {
  it('sends, or after another choice breaks the line while the button sends', async () => {
    const page = await composer()
    const settings = useSettingsStore()
    expect(page.get('composer-input').attributes('confirm-type')).toBe('send')
    settings.setReturnKey('line')
    await nextTick()
    expect(page.get('composer-input').attributes('confirm-type')).toBe('return')
    const field = page.field('composer-input')
    await field.type('one\ntwo')
    await field.confirm()
    expect(field.text).toBe('one\ntwo')
    await page.tap('composer-send')
    await eventually(async () => expect(await sent()).toEqual(['one\ntwo']))
  })

  it('keeps the choice after a restart', async () => {
    await world.signedIn('alice')
    useSettingsStore().setReturnKey('line')
    await world.restart()
    expect(useSettingsStore().returnKey).toBe('line')
  })
})

it('keeps the keyboard of the composer open', async () => {
  const page = await composer()
  expect(page.get('composer-input').attributes()).toMatchObject({ 'hold-keyboard': 'true', 'confirm-hold': 'true' })
})
