// The launch snapshot: what a start shows before anything else is loaded, until the list itself replaces it.
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LAUNCH_SNAPSHOT, launchSnapshotSaved, listed } from './conversation-rows'
import { openDiskStorage } from '../support/disk-storage'
import { startInChromium, startInNode, type MiniProgram } from '../../simulator/drive/driver'
import { useNetwork } from './network'
import { backToList, connected, CONVERSATIONS, hears, logIn, logOut, ME, open, say, sayTo, startChat, THREAD, type Start } from './people'
import { FIRST_ROWS } from '../../bench/mini-program/start'

const [PIN, MUTE] = [0, 1]
const ENGLISH = 2
const DARK = 2

let dir: string
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'first-screen-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function inHost(start: Start) {
  const { phone } = useNetwork(start)

  /** Alice with bob and carol, bob's conversation on top and all of it saved for the next start. */
  async function alice(): Promise<MiniProgram> {
    const a = await phone({ dir })
    await logIn(a, 'alice')
    await sayTo(a, 'peer', 'carol', '文档我改好了，你看一下第三节。')
    await sayTo(a, 'peer', 'bob', '周六去爬山吗？')
    // Sent, without a status before it.
    await a.waitForText('conversation-preview', '周六去爬山吗？')
    await launchSnapshotSaved(a, dir)
    return a
  }

  return { phone, alice }
}

/** The visible part of the rows, without the names of scopes. `row`: the rows of the list, or those of the snapshot. */
async function seen(a: MiniProgram, row: 'conversation-row' | 'snapshot-row' = 'conversation-row'): Promise<unknown> {
  const of = async (hook: string) => (await a.all(hook)).map(({ text, className, dataset: { testid, ...dataset } }) => ({ hook: testid === row ? 'row' : testid, text, className: className.replace(/\s*\bv[0-9a-z]{1,2}\b/g, ''), dataset }))
  const hooks = [row, 'conversation-title', 'conversation-time', 'conversation-preview', 'conversation-unread', 'conversation-muted']
  return (await Promise.all(hooks.map(of))).flat()
}

describe('in Node', () => {
  const { phone, alice } = inHost(startInNode)

  test('it is the list as it was, in one call and before there is a store, and then the list is equal', async () => {
    const a = await alice()
    await startChat(a, 'channel', 'general')
    await a.type('composer-input', '我先看看')
    await backToList(a)
    await a.waitForText('conversation-preview', '[草稿] 我先看看')
    await a.longPress('conversation-row', { id: 'peer:carol' })
    await a.answer(PIN)
    await a.waitForText('conversation-title', 'carol')
    await a.longPress('conversation-row', { id: 'peer:bob' })
    await a.answer(MUTE)
    const b = await phone()
    await logIn(b, 'bob')
    await open(b, 'peer:alice')
    await say(b, '去！几点出发？')
    await a.waitForCount('conversation-unread', 1)
    await launchSnapshotSaved(a, dir)
    const before = await seen(a)
    expect(JSON.stringify(before)).toContain('is-pinned')

    await a.restart()
    expect(await seen(a, 'snapshot-row')).toEqual(before)
    expect(await a.count('conversation-row')).toBe(0)
    expect(await a.stats()).toMatchObject({ calls: 1, perComponent: { [CONVERSATIONS]: 1 } })
    expect((await a.all('conversation-filter')).map(({ text }) => text)).toEqual(['全部', '单聊', '频道'])
    expect(await a.text('connection-banner')).toBe('连接中…')
    await listed(a, 3)
    expect(await seen(a)).toEqual(before)
    expect(await a.count('conversation-search')).toBe(1)
    await connected(a)
  })

  test('a row opens, and another tab, as soon as they can be tapped', async () => {
    const a = await alice()
    await a.restart()
    await a.tap('snapshot-row', { id: 'peer:carol' })
    await a.waitForRoute(THREAD)
    await hears(a, '文档我改好了，你看一下第三节。')
    await backToList(a)
    await listed(a, 2)

    await a.restart()
    await a.switchTab(ME)
    await a.waitForText('me-uid', 'alice')
    await a.switchTab(CONVERSATIONS)
    await listed(a, 2)
  })

  test('a filter that is chosen at once applies to the list too', async () => {
    const a = await alice()
    await a.restart()
    await a.tap('conversation-filter', { kind: 'channel' })
    await a.waitForCount('conversation-empty', 1)
    for (const row of FIRST_ROWS) expect(await a.count(row)).toBe(0)
    await a.tap('conversation-filter', { kind: 'peer' })
    await listed(a, 2)
  })

  test('an old one is replaced by the current list', async () => {
    const a = await alice()
    const old = String(openDiskStorage(dir).key(LAUNCH_SNAPSHOT))
    await open(a, 'peer:carol')
    await say(a, '还有第四节。')
    await backToList(a)
    await a.waitForText('conversation-preview', '还有第四节。')
    await launchSnapshotSaved(a, dir)
    await a.close()
    openDiskStorage(dir).setKey(LAUNCH_SNAPSHOT, old)

    const again = await phone({ dir })
    expect(await again.text('conversation-title')).toBe('bob')
    await listed(again, 2)
    expect(await again.text('conversation-title')).toBe('carol')
    expect(await again.text('conversation-preview')).toBe('还有第四节。')
  })

  test('it is not shown without a login, or to another user', async () => {
    const a = await alice()
    const ofAlice = String(openDiskStorage(dir).key(LAUNCH_SNAPSHOT))
    await logOut(a)
    expect(openDiskStorage(dir).key(LAUNCH_SNAPSHOT)).toBe('')
    await a.close()
    openDiskStorage(dir).setKey(LAUNCH_SNAPSHOT, ofAlice)

    const b = await phone({ dir })
    for (const row of FIRST_ROWS) expect(await b.count(row)).toBe(0)
    await logIn(b, 'bob')
    await b.close()
    openDiskStorage(dir).setKey(LAUNCH_SNAPSHOT, ofAlice)
    const again = await phone({ dir })
    for (const row of FIRST_ROWS) expect(await again.count(row)).toBe(0)
    await again.waitForText('conversation-empty', '还没有会话')
    await connected(again)
  })

  test('it has the chosen language and theme, and so have the bars', async () => {
    const a = await alice()
    await a.switchTab(ME)
    await a.tap('me-language')
    await a.answer(ENGLISH)
    await a.tap('me-theme')
    await a.answer(DARK)
    await a.waitForText('me-theme', /Dark/)
    await a.switchTab(CONVERSATIONS)
    await launchSnapshotSaved(a, dir, 'dark')
    await a.restart()
    expect((await a.all('conversation-filter')).map(({ text }) => text)).toEqual(['All', 'People', 'Channels'])
    expect((await a.wxCalls('setNavigationBarColor')).at(-1)).toMatchObject({ frontColor: '#ffffff' })
    await listed(a, 2)
    expect((await a.wxCalls('setNavigationBarTitle')).at(-1)).toMatchObject({ title: 'Chats' })
    expect((await a.wxCalls('setTabBarItem')).map(({ text }) => text)).toEqual(['Chats', 'Me'])
    await connected(a)
  })

  test('a page that is hidden at once and shown again works as usual', async () => {
    const a = await alice()
    await a.restart()
    await a.raise('AppHide')
    await a.raise('AppShow')
    await listed(a, 2)
    await connected(a)
    expect((await a.wxCalls('setNavigationBarTitle')).at(-1)).toMatchObject({ title: '会话' })
  })

  test.each(['', '{', 'null', '[]', '{"v":1}'])('a start works as usual when %j was saved', async (kept) => {
    const a = await alice()
    await a.close()
    openDiskStorage(dir).setKey(LAUNCH_SNAPSHOT, kept)
    const again = await phone({ dir })
    for (const row of FIRST_ROWS) expect(await again.count(row)).toBe(0)
    await listed(again, 2)
    await connected(again)
  })
})

describe('in Chromium', () => {
  const { alice } = inHost(startInChromium)

  test('a start ends with the list alone, which looks like the snapshot', async () => {
    const a = await alice()
    const before = await seen(a)
    await a.restart()
    await listed(a, 2)
    await connected(a)
    expect(await seen(a)).toEqual(before)
    await a.screenshot('first-screen-listed')
    await open(a, 'peer:bob')
    await hears(a, '周六去爬山吗？')
  })
})
