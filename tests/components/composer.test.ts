/** The composer: when it sends, how it empties its field, what it says about the limit, and its drafts. */
import { flushPromises } from '@vue/test-utils'
import { nextTick } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { encodedBytes } from '@/src/chat/message/envelope'
import { MESSAGE_MAX_BYTES } from '@/src/chat/rtm-limits'
import MessageComposer from '@/src/ui/composer/MessageComposer.vue'
import { numberText } from '@/src/ui/shared/number-text'
import { locale } from '@/src/locales'
import { Page } from '../support/page'
import { eventually, useWorld, type ChatStore } from '../support/world'

const world = useWorld()
const BOB = 'peer:bob'
let chat: ChatStore

beforeEach(async () => {
  chat = await world.signedIn('alice')
  await chat.startConversation('peer', 'bob')
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

async function composer(conversation = BOB): Promise<Page> {
  const page = new Page(world, MessageComposer, { conversation })
  await nextTick()
  return page
}

const sent = async () => (await texts()).map(({ body }) => (body.kind === 'text' ? body.text : body.kind))
const texts = async () => {
  const { length } = chat.account!.conversations.get(BOB)!
  const thread = chat.openThread(BOB)
  await thread.load()
  return Array.from({ length }, (_, seq) => thread.message(seq)!)
}
const isOn = (page: Page) => page.get('composer-send').classes('is-on')

describe('the button', () => {
  it('is enabled when there is text to send, and disabled for white space only', async () => {
    const page = await composer()
    expect(isOn(page)).toBe(false)
    for (const [text, on] of [['h', true], ['', false], [' \n\t', false], ['。', true]] as const) {
      await page.type('composer-input', text)
      expect(isOn(page)).toBe(on)
      expect(page.get('composer-send').attributes('aria-disabled')).toBe(String(!on))
    }
  })

  it('does not send while it is disabled', async () => {
    const page = await composer()
    await page.tap('composer-send')
    await page.type('composer-input', '   ')
    await page.tap('composer-send')
    expect(await sent()).toEqual([])
  })
})

describe('sending', () => {
  it('empties the field, each time, also for the same text', async () => {
    const page = await composer()
    const field = page.field('composer-input')
    for (let i = 1; i <= 3; i++) {
      await field.type('again')
      await page.tap('composer-send')
      expect(field.text).toBe('')
      expect(isOn(page)).toBe(false)
      await eventually(async () => expect(await sent()).toHaveLength(i))
    }
    expect(await sent()).toEqual(['again', 'again', 'again'])
  })

  it('also works by the keyboard', async () => {
    const page = await composer()
    const field = page.field('composer-input')
    await field.type('by key')
    await field.confirm()
    await eventually(async () => expect(await sent()).toEqual(['by key']))
    expect(field.text).toBe('')
    expect(page.get('composer-input').attributes('confirm-type')).toBe('send')
  })

  it('sends the text exactly as it was written', async () => {
    const page = await composer()
    await page.type('composer-input', '  two\nlines  ')
    await page.tap('composer-send')
    await eventually(async () => expect(await sent()).toEqual(['  two\nlines  ']))
  })

  it('sends once for two quick taps', async () => {
    const page = await composer()
    await page.type('composer-input', 'once')
    await Promise.all([page.tap('composer-send'), page.tap('composer-send')])
    await eventually(async () => expect(await sent()).toEqual(['once']))
  })
})

describe('the limit', () => {
  it('counts bytes on the wire: near it shows the rest, over it says so and does not send', async () => {
    const page = await composer()
    await page.type('composer-input', '字'.repeat(8_000))
    expect(page.wrapper.find('.composer .hint').exists()).toBe(false)
    await page.type('composer-input', '字'.repeat(10_000))
    const left = MESSAGE_MAX_BYTES - encodedBytes('字'.repeat(10_000), 'rich')
    expect(left).toBeLessThan(32_768 - 30_000)
    expect(page.wrapper.get('.composer .hint').text()).toBe(`还可输入约 ${Math.ceil(left / 3)} 个汉字`)
    locale.value = 'en'
    await nextTick()
    expect(page.wrapper.get('.composer .hint').text()).toBe(`Characters left: about ${numberText(left)}`)
    locale.value = 'zh'
    await page.type('composer-input', '字'.repeat(10_000) + 'x'.repeat(left))
    expect(page.has('composer-error')).toBe(false)
    expect(isOn(page)).toBe(true)
    await page.type('composer-input', '字'.repeat(10_000) + 'x'.repeat(left + 1))
    expect(page.text('composer-error')).toBe('消息太长：超出约 1 个汉字，单条上限 32 KB')
    expect(isOn(page)).toBe(false)
    await page.tap('composer-send')
    expect(await sent()).toEqual([])
    // No text is cut silently.
    expect(page.field('composer-input').text).toHaveLength(10_000 + left + 1)
    expect(page.get('composer-input').attributes('maxlength')).toBe('-1')
    await page.type('composer-input', 'short')
    expect(page.has('composer-error')).toBe(false)
    expect(isOn(page)).toBe(true)
  })

  it("equals RTM's: the largest text that may be sent arrives", async () => {
    const bob = await world.friend('bob')
    const page = await composer()
    await page.type('composer-input', '字'.repeat(10_000))
    const left = Number(/(\d+)/.exec(page.wrapper.get('.composer .hint').text())![1])
    await page.type('composer-input', '字'.repeat(10_000) + 'x'.repeat(left))
    await page.tap('composer-send')
    await eventually(() => expect(bob.texts[0]).toHaveLength(10_000 + left))
  })
})

describe('a draft', () => {
  it('is there when the user comes back, and gone once it was sent', async () => {
    const page = await composer()
    await page.type('composer-input', 'to be continued')
    page.close()
    const back = await composer()
    await eventually(() => expect(back.field('composer-input').text).toBe('to be continued'))
    expect(isOn(back)).toBe(true)
    await back.tap('composer-send')
    await eventually(async () => expect(await sent()).toEqual(['to be continued']))
    expect(back.field('composer-input').text).toBe('')
    back.close()
    await eventually(async () => expect(await chat.account!.conversations.drafts.read(BOB)).toBe(''))
    const third = await composer()
    expect(third.field('composer-input').text).toBe('')
  })

  it('is saved a moment after the last key, when the field loses the focus, and when the page is hidden', async () => {
    const page = await composer()
    const field = page.field('composer-input')
    await field.type('one')
    await eventually(async () => expect(await chat.account!.conversations.drafts.read(BOB)).toBe('one'))
    await field.type('two')
    await field.event('blur')
    await eventually(async () => expect(await chat.account!.conversations.drafts.read(BOB)).toBe('two'))
    await field.type('three')
    await page.hide()
    await eventually(async () => expect(await chat.account!.conversations.drafts.read(BOB)).toBe('three'))
  })

  it('does not replace what was typed while it was read', async () => {
    await chat.account!.conversations.drafts.save(BOB, 'old draft')
    const reads = vi.spyOn(chat.account!.conversations.drafts, 'read')
    const page = new Page(world, MessageComposer, { conversation: BOB })
    await page.type('composer-input', 'new')
    expect(await reads.mock.results[0]!.value).toBe('old draft')
    await flushPromises()
    expect(page.field('composer-input').text).toBe('new')
  })

  it('belongs to its conversation', async () => {
    await chat.startConversation('peer', 'carol')
    const page = await composer()
    await page.type('composer-input', 'for bob')
    page.close()
    const carol = await composer('peer:carol')
    await eventually(async () => expect(await chat.account!.conversations.drafts.read(BOB)).toBe('for bob'))
    expect(carol.field('composer-input').text).toBe('')
  })

  it('that the disk rejects does not break the composer', async () => {
    const page = await composer()
    world.phone.disk.fault = () => ({ failure: { errMsg: 'fail exceed storage max size 10Mb' } })
    await page.type('composer-input', 'kept in the field')
    await page.field('composer-input').event('blur')
    await eventually(() => expect(chat.account!.conversations.problem.value).toBe('full'))
    expect(page.field('composer-input').text).toBe('kept in the field')
    await page.tap('composer-send')
    await eventually(() => expect(chat.account!.conversations.ref(BOB)?.value.preview?.text).toBe('kept in the field'))
    expect(page.field('composer-input').text).toBe('')
  })
})

it('causes no rendering for a key after the first', async () => {
  const page = await composer()
  await page.type('composer-input', 'a')
  const first = page.rendersOf('MessageComposer')
  expect(first).toBeLessThanOrEqual(1)
  for (let i = 2; i <= 200; i++) await page.type('composer-input', 'a'.repeat(i))
  expect(page.rendersOf('MessageComposer')).toBe(first)
})

it('gives the room back when the field loses the focus without a keyboard event, and takes it again when the keyboard returns without one', async () => {
  const page = await composer()
  const style = async () => {
    await nextTick()
    return page.wrapper.get('.composer .keyboard').attributes('style') ?? ''
  }
  const focus = (detail: object | null) => page.get('composer-input').element.dispatchEvent(new CustomEvent('focus', { detail }))
  world.phone.raisesKeyboard(280)
  expect(await style()).toContain('height: 280px')
  await page.field('composer-input').event('blur')
  expect(await style()).toBe('')
  for (const detail of [null, {}, { height: 0 }]) focus(detail)
  expect(await style()).toBe('')
  focus({ value: '', height: 265 })
  expect(await style()).toContain('height: 265px')
  world.phone.raisesKeyboard(0)
  expect(await style()).toBe('')
})

it('makes room for the keyboard, and gives it back', async () => {
  const page = await composer()
  world.phone.raisesKeyboard(300)
  await nextTick()
  expect(page.wrapper.get('.composer .keyboard').attributes('style')).toContain('height: 300px')
  world.phone.raisesKeyboard(0)
  await nextTick()
  expect(page.wrapper.get('.composer .keyboard').attributes('style') ?? '').toBe('')
})
