import fc from 'fast-check'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { setClock, systemClock } from '@/src/chat/time/clock'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import * as pages from '@/src/platform/pages'
import { TestClock } from '../../support/test-clock'
import { failing, succeeding } from './doubles'
import pagesJson from '../../../pages.json'

const uni = {
  navigateTo: succeeding(),
  redirectTo: succeeding(),
  switchTab: succeeding(),
  reLaunch: succeeding(),
  navigateBack: succeeding(),
}
let stack: unknown[]

beforeEach(async () => {
  await arrived()
  vi.clearAllMocks()
  stack = [{}]
  vi.stubGlobal('uni', uni)
  vi.stubGlobal('getCurrentPages', () => stack)
})

/** Resolves once the last navigation is over. */
const arrived = () => new Promise<void>(queueMicrotask)

const calls = () => Object.entries(uni).flatMap(([name, fn]) => fn.mock.calls.map(([options]) => [name, options.url]))

/** The query of the opened page, as H5 (decoded) and WeChat (as written) pass it. */
function queries(): Record<string, string>[] {
  const url = String(calls()[0]?.[1])
  const pairs = url.slice(url.indexOf('?') + 1).split('&').map((pair) => pair.split('=') as [string, string])
  return [Object.fromEntries(pairs), Object.fromEntries(pairs.map(([key, value]) => [key, decodeURIComponent(value)]))]
}

describe('navigation between the pages', () => {
  it('leads to pages that exist', async () => {
    const id: ConversationId = 'channel:general'
    for (const go of [pages.toLogin, pages.toConversations, pages.openNewChat, () => pages.openThread(id), () => pages.openChannelInfo(id), pages.openStoragePage]) {
      go()
      await arrived()
    }
    const opened = calls().map(([, url]) => String(url).split('?')[0])
    const tabs = pagesJson.tabBar.list.map(({ pagePath }) => `/${pagePath}`)
    // The tab bar itself opens the others.
    // Pages of a team are opened by their own code.
    const ours = pagesJson.pages.filter(({ path }) => path.startsWith('src/pages/'))
    expect(new Set([...opened, ...tabs])).toEqual(new Set(ours.map(({ path }) => `/${path}`)))
    expect(uni.switchTab.mock.calls.filter(([{ url }]) => !tabs.includes(url))).toEqual([])
    expect(opened.filter((url) => url !== undefined && tabs.includes(url))).toHaveLength(uni.switchTab.mock.calls.length)
  })

  it('passes any id to the page, on either platform', async () => {
    const target = fc.oneof(fc.string({ minLength: 1, unit: 'binary' }), fc.constantFrom('100%', '..', '__proto__', 'a:b', 'a&id=b', '%25', '#', '?'))
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('peer' as const, 'channel' as const), target, async (kind, name) => {
        vi.clearAllMocks()
        const id: ConversationId = `${kind}:${name}`
        pages.openThread(id)
        await arrived()
        for (const query of queries()) expect(pages.idFromQuery(query)).toBe(id)
      }),
    )
  })

  it('takes no id from an address without one', () => {
    for (const id of [undefined, 'zz', 42, ['peer'], 'peer:bob']) expect(pages.idFromQuery({ id })).toBeUndefined()
    expect(pages.idFromQuery(undefined)).toBeUndefined()
    expect(pages.decodeId(undefined)).toBeUndefined()
  })

  it('chooses a kind for a new chat', () => {
    pages.openNewChat('channel')
    for (const query of queries()) expect(pages.kindFromQuery(query)).toBe('channel')
    for (const query of [undefined, {}, { kind: 'constructor' }]) expect(pages.kindFromQuery(query)).toBeUndefined()
  })

  it('replaces the current page on request, and when the stack is full', async () => {
    pages.openThread('peer:bob', { replace: true })
    await arrived()
    stack = Array.from({ length: 10 }, () => ({}))
    pages.openThread('peer:bob')
    expect(calls().map(([name]) => name)).toEqual(['redirectTo', 'redirectTo'])
  })

  it('goes back, or to the conversations if there is no page below', async () => {
    pages.backOrConversations()
    await arrived()
    expect(calls().map(([name]) => name)).toEqual(['switchTab'])
    vi.clearAllMocks()
    stack = [{}, {}]
    pages.backOrConversations()
    expect(calls().map(([name]) => name)).toEqual(['navigateBack'])
  })

  it('leaves the user where they are if the platform refuses', async () => {
    const refused = failing('navigateTo:fail')
    vi.stubGlobal('uni', { navigateTo: refused, switchTab: refused, reLaunch: refused, redirectTo: refused })
    for (const go of [() => pages.openThread('peer:bob'), () => pages.openThread('peer:bob', { replace: true }), pages.toConversations, pages.toLogin]) {
      go()
      await arrived()
    }
    // Without a handler uni returns a promise that rejects unseen.
    expect(refused.mock.calls.every(([{ fail }]) => typeof fail === 'function')).toBe(true)
    expect(refused).toHaveBeenCalledTimes(4)
  })

  describe('of two quick taps', () => {
    const ways: [string, () => void][] = [
      ['a thread', () => pages.openThread('peer:bob')],
      ['a thread at a message', () => pages.openThread('channel:general', { at: 7 })],
      ['a thread in place of a form', () => pages.openThread('peer:bob', { replace: true })],
      ['a channel', () => pages.openChannelInfo('channel:general')],
      ['a new chat', () => pages.openNewChat('peer')],
      ['the storage page', () => pages.openStoragePage()],
      ['the page below', () => pages.backOrConversations()],
      ['the conversations', () => pages.toConversations()],
      ['the login', () => pages.toLogin()],
    ]

    it.each(ways)('the first leads to %s, the second nowhere', async (_, go) => {
      stack = [{}, {}]
      go()
      go()
      await arrived()
      await arrived()
      expect(calls()).toHaveLength(1)
    })

    it.each(ways)('the first leads to %s, another tap at the same time nowhere', async (_, go) => {
      stack = [{}, {}]
      go()
      pages.openThread('peer:carol')
      pages.backOrConversations()
      await arrived()
      await arrived()
      expect(calls()).toHaveLength(1)
    })

    it('the second counts once the page is shown, and opens no other like it', async () => {
      const [list, thread] = [{}, { route: 'src/pages/thread/thread' }]
      stack = [list]
      pages.openThread('peer:bob')
      stack = [list, thread]
      await arrived()
      pages.openThread('peer:bob')
      expect(calls()).toHaveLength(1)
      // Back in the list it is an ordinary tap.
      stack = [list]
      pages.openThread('peer:bob')
      await arrived()
      expect(calls()).toHaveLength(2)
    })

    it('is ordinary on the page below one that replaced a form, whenever it arrives', async () => {
      const [list, form] = [{ route: 'src/pages/conversations/conversations' }, {}]
      stack = [list, form]
      pages.openThread('peer:bob', { replace: true })
      stack = [list]
      await arrived()
      pages.openThread('peer:bob')
      await arrived()
      expect(calls()).toHaveLength(2)
    })

    it('the second way back is ignored while the page is still there, as on H5', async () => {
      stack = [{}, {}, {}]
      pages.backOrConversations()
      await arrived()
      pages.backOrConversations()
      expect(calls()).toHaveLength(1)
      stack.pop()
      pages.backOrConversations()
      expect(calls()).toHaveLength(2)
    })
  })

  it('a navigation by the program waits for the current one', async () => {
    pages.openThread('peer:bob')
    pages.toConversations()
    pages.toLogin()
    pages.toLogin()
    await arrived()
    await arrived()
    await arrived()
    expect(calls().map(([name]) => name)).toEqual(['navigateTo', 'reLaunch'])
  })

  it('are possible again after the platform refused, or never reports the end', async () => {
    const clock = new TestClock()
    setClock(clock)
    vi.stubGlobal('uni', { ...uni, navigateTo: failing('navigateTo:fail') })
    pages.openThread('peer:bob')
    await arrived()
    const silent = vi.fn()
    vi.stubGlobal('uni', { ...uni, navigateTo: silent })
    pages.openThread('peer:bob')
    pages.openThread('peer:bob')
    expect(silent).toHaveBeenCalledTimes(1)
    await clock.advance(3_000)
    pages.openThread('peer:bob')
    expect(silent).toHaveBeenCalledTimes(2)
    await clock.advance(3_000)
    setClock(systemClock)
  })
})
