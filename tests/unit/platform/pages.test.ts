import fc from 'fast-check'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { ConversationId } from '@/src/chat/conversation'
import * as pages from '@/src/platform/pages'
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

beforeEach(() => {
  vi.clearAllMocks()
  stack = [{}]
  vi.stubGlobal('uni', uni)
  vi.stubGlobal('getCurrentPages', () => stack)
})

const calls = () => Object.entries(uni).flatMap(([name, fn]) => fn.mock.calls.map(([options]) => [name, options.url]))

/** The query of the page that was opened, as H5 (decoded) and WeChat (as it stands) hand it over. */
function queries(): Record<string, string>[] {
  const url = String(calls()[0]?.[1])
  const pairs = url.slice(url.indexOf('?') + 1).split('&').map((pair) => pair.split('=') as [string, string])
  return [Object.fromEntries(pairs), Object.fromEntries(pairs.map(([key, value]) => [key, decodeURIComponent(value)]))]
}

describe('ways between the pages', () => {
  it('lead to pages that exist', () => {
    const id: ConversationId = 'channel:general'
    pages.toLogin()
    pages.toConversations()
    pages.openNewChat()
    pages.openThread(id)
    pages.openChannelInfo(id)
    pages.openStoragePage()
    const opened = calls().map(([, url]) => String(url).split('?')[0])
    const tabs = pagesJson.tabBar.list.map(({ pagePath }) => `/${pagePath}`)
    // The tab bar itself opens the others.
    expect(new Set([...opened, ...tabs])).toEqual(new Set(pagesJson.pages.map(({ path }) => `/${path}`)))
    expect(uni.switchTab.mock.calls.filter(([{ url }]) => !tabs.includes(url))).toEqual([])
    expect(opened.filter((url) => url !== undefined && tabs.includes(url))).toHaveLength(uni.switchTab.mock.calls.length)
  })

  it('carry any id to the page, on either platform', () => {
    const target = fc.oneof(fc.string({ minLength: 1, unit: 'binary' }), fc.constantFrom('100%', '..', '__proto__', 'a:b', 'a&id=b', '%25', '#', '?'))
    fc.assert(
      fc.property(fc.constantFrom('peer' as const, 'channel' as const), target, (kind, name) => {
        vi.clearAllMocks()
        const id: ConversationId = `${kind}:${name}`
        pages.openThread(id)
        for (const query of queries()) expect(pages.conversationFromQuery(query)).toBe(id)
      }),
    )
  })

  it('take no conversation from an address that names none', () => {
    for (const id of [undefined, '', 'zz', 42, ['peer'], pages.encodeId('bob'), pages.encodeId('peer:'), pages.encodeId('group:a'), 'peer:bob']) {
      expect(pages.conversationFromQuery({ id })).toBeUndefined()
    }
    expect(pages.conversationFromQuery(undefined)).toBeUndefined()
    expect(pages.decodeId(undefined)).toBeUndefined()
  })

  it('choose a kind for a new chat', () => {
    pages.openNewChat('channel')
    for (const query of queries()) expect(pages.kindFromQuery(query)).toBe('channel')
    for (const query of [undefined, {}, { kind: 'constructor' }]) expect(pages.kindFromQuery(query)).toBeUndefined()
  })

  it('replace the page on top when asked to, and when the stack is full', () => {
    pages.openThread('peer:bob', { replace: true })
    stack = Array.from({ length: 10 }, () => ({}))
    pages.openThread('peer:bob')
    expect(calls().map(([name]) => name)).toEqual(['redirectTo', 'redirectTo'])
  })

  it('go back, or to the conversations when nothing lies below', () => {
    pages.backOrConversations()
    expect(calls().map(([name]) => name)).toEqual(['switchTab'])
    vi.clearAllMocks()
    stack = [{}, {}]
    pages.backOrConversations()
    expect(calls().map(([name]) => name)).toEqual(['navigateBack'])
  })

  it('leave the person where they are when the platform refuses', async () => {
    const refused = failing('navigateTo:fail')
    vi.stubGlobal('uni', { navigateTo: refused, switchTab: refused, reLaunch: refused, redirectTo: refused })
    pages.openThread('peer:bob')
    pages.openThread('peer:bob', { replace: true })
    pages.toConversations()
    pages.toLogin()
    await new Promise(setImmediate)
    // without a handler uni returns a promise that rejects where no one sees it
    expect(refused.mock.calls.every(([{ fail }]) => typeof fail === 'function')).toBe(true)
    expect(refused).toHaveBeenCalledTimes(4)
  })
})
