/** The page of a thread, and reading it. */
import { flushPromises } from '@vue/test-utils'
import { expect } from 'vitest'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import ThreadPage from '@/src/pages/thread/thread.vue'
import { encodeId } from '@/src/platform/pages'
import { openPage, type Page } from './page'
import { eventually, type World } from './world'

/** Opens a thread, at a message if given. Resolves when its messages are read. */
export async function openThread(world: World, id: ConversationId, at?: number): Promise<Page> {
  const page = await openPage(world, ThreadPage, { query: { id: encodeId(id), ...(at === undefined ? {} : { at: String(at) }) } })
  await eventually(() => {
    if (!page.has('message-list')) throw new Error('no thread')
    if (page.wrapper.find('.is-hidden').exists()) throw new Error('still reading')
  })
  await flushPromises()
  return page
}

/** Chooses an action in the menu of a message, by default of the last one. */
export async function choose(page: Page, action: string, index = -1): Promise<void> {
  await page.all('message-row').at(index)!.trigger('longpress')
  await flushPromises()
  await eventually(() => expect(page.has('message-menu')).toBe(true))
  await page.tap('menu-action', action)
  await flushPromises()
}

/** Text and status of each row, `text | status`. */
export function lines(page: Page): string[] {
  return page.all('message-row').map((row) => {
    const status = row.find('[data-testid="message-status"]')
    return row.get('[data-testid="message-text"]').text() + (status.exists() ? ` | ${status.text()}` : '')
  })
}

export async function send(page: Page, text: string): Promise<void> {
  await page.type('composer-input', text)
  await page.tap('composer-send')
}
