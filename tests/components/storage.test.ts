/** The page about the size of the messages on the device. */
import { describe, expect, it, vi } from 'vitest'
import { numberText } from '@/src/ui/shared/number-text'
import { locale } from '@/src/locales'
import StoragePage from '@/src/pages/storage/storage.vue'
import { openPage } from '../support/page'
import { eventually, useWorld } from '../support/world'

// No files are in the cache: it is tested on a phone's disk, in tests/miniprogram.
vi.mock('@/src/stores/chat/media', () => ({ loadMedia: async () => ({ cache: { size: () => 0, sizes: () => new Map(), clear: async () => undefined } }) }))

const world = useWorld()

/** Alice with a read conversation of `count` messages, on the page. */
async function storageWith(count: number, read = true) {
  const chat = await world.signedIn('alice')
  const id = await chat.startConversation('peer', 'bob')
  const conversations = chat.account!.conversations
  for (let seq = 0; seq < count; seq += 400) {
    const messages = Array.from({ length: Math.min(400, count - seq) }, (_, i) => ({ seq: seq + i, id: `m${seq + i}`, from: 'bob', at: 1_700_000_000_000, body: { kind: 'text' as const, text: `line ${seq + i}` }, status: 'received' as const }))
    const length = seq + messages.length
    await conversations.commit({ ...conversations.get(id)!, length, ...(read ? {} : { unread: length, readTo: 0 }) }, messages)
  }
  const page = await openPage(world, StoragePage)
  await eventually(() => expect(page.all('storage-row')).toHaveLength(count > 0 ? 1 : 0))
  return { chat, page, start: () => conversations.get(id)!.start }
}

describe('a limit of the history', () => {
  it('that is lowered asks first if messages are deleted, and says how many', async () => {
    const { page, start } = await storageWith(1_400)
    world.phone.chooses = 0
    world.phone.saysYes = false
    await page.tap('storage-limit', 'messagesPerConversation')
    expect(world.phone.sheets).toEqual([['1,000 条', '5,000 条', '✓ 2 万条', '10 万条']])
    await eventually(() => expect(world.phone.questions).toEqual([{ title: '降低上限？', content: '将删除最早的消息，最多 400 条，无法恢复。', confirmText: '删除' }]))
    expect(page.one('storage-limit', 'messagesPerConversation').text()).toContain('2 万条')
    expect(start()).toBe(0)

    world.phone.saysYes = true
    await page.tap('storage-limit', 'messagesPerConversation')
    await eventually(() => expect(start()).toBe(400))
    await eventually(() => expect(page.one('storage-limit', 'messagesPerConversation').text()).toContain('1,000 条'))
  })

  it('does not ask if nothing is deleted: when it is raised, or when the messages over it are unread', async () => {
    const { page, start } = await storageWith(1_400, false)
    for (const [choice, shown] of [[3, '10 万条'], [0, '1,000 条']] as const) {
      world.phone.chooses = choice
      await page.tap('storage-limit', 'messagesPerConversation')
      await eventually(() => expect(page.one('storage-limit', 'messagesPerConversation').text()).toContain(shown))
    }
    expect(start()).toBe(0)
    expect(world.phone.questions).toEqual([])
  })

  it('in bytes asks in bytes', async () => {
    const { chat, page } = await storageWith(1)
    const usage = (await chat.storageUsage())!
    chat.storageUsage = async () => ({ ...usage, bytes: 62_000_000 })
    world.phone.chooses = 1
    world.phone.saysYes = false
    await page.tap('storage-limit', 'bytes')
    expect(world.phone.sheets).toEqual([['20 MB', '50 MB', '✓ 100 MB', '150 MB']])
    await eventually(() => expect(world.phone.questions.map(({ content }) => content)).toEqual(['将删除最早的消息，约 12 MB，无法恢复。']))
    expect(page.one('storage-limit', 'bytes').text()).toContain('100 MB')
  })
})

it('uses the singular for one message, and asks in terms of conversations', async () => {
  const { chat, page } = await storageWith(1)
  world.phone.saysYes = false
  await page.tap('storage-clear', 'peer:bob')
  await chat.startConversation('channel', 'general')
  locale.value = 'en'
  await page.show()
  expect(page.one('storage-row', 'peer:bob').text()).toMatch(/, 1 message(?!s)/)
  expect(world.phone.questions.map(({ title }) => title)).toEqual(['清空和 bob 的聊天记录？'])
  locale.value = 'zh'
})

it('numbers are short in Chinese if they are round, and grouped elsewhere', () => {
  expect([0, 999, 1_000, 19_999, 20_000, 100_000, 1_234_567].map(numberText)).toEqual(['0', '999', '1,000', '19,999', '2 万', '10 万', '1,234,567'])
  locale.value = 'en'
  expect(numberText(20_000)).toBe('20,000')
  locale.value = 'zh'
})
