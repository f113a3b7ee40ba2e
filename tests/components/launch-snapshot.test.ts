/** The launch snapshot: how it is painted without stores, how the list replaces it, and how it is saved for the next start. */
import { createPinia } from 'pinia'
import { nextTick } from 'vue'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { launchSnapshotOwner, parseLaunchSnapshot, type LaunchSnapshot, type ConversationRowView } from '@/src/chat/start/launch-snapshot'
import { saveLaunchSnapshot } from '@/src/ui/conversations/save-launch-snapshot'
import ConversationsPage from '@/src/pages/conversations/conversations.vue'
import MePage from '@/src/pages/me/me.vue'
import { encodeId } from '@/src/platform/pages'
import { LOCAL_APP_ID } from '@/src/rtm/local/frames'
import { useSettingsStore } from '@/src/stores/settings'
import { dropLaunchSnapshot, launchSnapshot, holdLaunchSnapshot, isPainting, makeStores, paintFirst } from '@/src/stores/start'
import { openPage, Page } from '../support/page'
import { conversation, eventually, texts, useWorld, type ChatStore } from '../support/world'

const world = useWorld()
afterEach(() => {
  makeStores()
  dropLaunchSnapshot()
  holdLaunchSnapshot(false)
  vi.useRealTimers()
})

const row = (id: ConversationRowView['id'], more: Partial<ConversationRowView> = {}): ConversationRowView => ({
  id,
  title: id.slice(id.indexOf(':') + 1),
  letter: 'B',
  tone: 'tone-2',
  isDraft: false,
  preview: '周六去爬山吗？',
  time: '10:21',
  unread: '',
  unreadLabel: '',
  pinned: false,
  muted: false,
  ...more,
})
const screen = (...rows: ConversationRowView[]): LaunchSnapshot => ({
  theme: 'dark',
  labels: { search: '搜索', all: '全部', peer: '单聊', channel: '频道', start: '发起聊天', draft: '草稿', muted: '消息免打扰', connecting: '连接中…' },
  rows,
})

describe('the launch snapshot', () => {
  /** Paints it on a phone that knows bob. `begin` creates the stores. */
  async function painted(...rows: ConversationRowView[]) {
    await world.remembers('alice', conversation('peer:bob', texts(1)))
    let chat: ChatStore | undefined
    // The page is mounted with it, without stores.
    const pinia = (world.pinia = createPinia())
    const begin = vi.fn(() => {
      chat = world.start(pinia)
    })
    paintFirst(screen(...rows), begin)
    return { begin, chat: () => chat! }
  }

  it('needs no store, which is created once it is painted', async () => {
    const { begin } = await painted(row('peer:bob', { isDraft: true, preview: ' 我先看看' }), row('channel:general', { muted: true, unreadLabel: '3 条未读', pinned: true }))
    const page = new Page(world, ConversationsPage)
    expect(begin).not.toHaveBeenCalled()
    expect(page.wrapper.classes()).toContain('theme-dark')
    expect(page.texts('conversation-title')).toEqual(['bob', 'general'])
    expect(page.texts('conversation-preview')).toEqual(['[草稿] 我先看看', '周六去爬山吗？'])
    expect(page.texts('conversation-filter')).toEqual(['全部', '单聊', '频道'])
    expect(page.one('snapshot-row', 'channel:general').classes()).toContain('is-pinned')
    expect(page.get('conversation-unread').classes()).toContain('is-dot')
    // A field costs more than all of the rest.
    expect(page.has('conversation-search')).toBe(false)
    await eventually(() => expect(begin).toHaveBeenCalledTimes(1))
    await eventually(() => expect(page.has('conversation-search')).toBe(true))
    // It stays until there is a list.
    expect(page.texts('conversation-title')).toEqual(['bob', 'general'])
  })

  it('is replaced by the list, but not under a finger', async () => {
    const { chat } = await painted(row('peer:old'))
    const page = await openPage(world, ConversationsPage)
    await page.wrapper.get('.first').trigger('touchstart')
    await eventually(() => expect(isPainting.value).toBe(false))
    await chat().signIn('alice', undefined)
    await eventually(() => expect(page.texts('conversation-title').sort()).toEqual(['bob', 'old']))
    await page.tap('snapshot-row', 'peer:old')
    expect(world.phone.visit).toBe(`navigateTo /src/pages/thread/thread?id=${encodeId('peer:old')}`)
    await page.wrapper.get('.first').trigger('touchend')
    expect(page.texts('conversation-title')).toEqual(['bob'])
  })

  it('does not stay when the end of a touch is lost', () => {
    vi.useFakeTimers()
    paintFirst(screen(row('peer:bob')), () => undefined)
    makeStores()
    holdLaunchSnapshot(true)
    dropLaunchSnapshot()
    expect(launchSnapshot.value).toBeDefined()
    vi.advanceTimersByTime(1_000)
    expect(launchSnapshot.value).toBeUndefined()
  })

  it('cannot be held once it has ended', () => {
    paintFirst(screen(row('peer:bob')), () => undefined)
    makeStores()
    dropLaunchSnapshot()
    holdLaunchSnapshot(true)
    expect(launchSnapshot.value).toBeUndefined()
  })

  it('is dropped at a logout, whatever page is shown', async () => {
    const { chat } = await painted(row('peer:bob'))
    const page = await openPage(world, ConversationsPage)
    await eventually(() => expect(isPainting.value).toBe(false))
    page.close()
    saveLaunchSnapshot()
    await chat().signOut()
    await eventually(() => expect(launchSnapshot.value).toBeUndefined())
  })

  it('says that there is no connection yet, until the banner itself does', async () => {
    const { chat } = await painted(row('peer:bob'))
    const page = await openPage(world, ConversationsPage)
    expect(page.texts('connection-banner')).toEqual(['连接中…'])
    await eventually(() => expect(isPainting.value).toBe(false))
    expect(page.texts('connection-banner')).toEqual(['连接中…'])
    await chat().signIn('alice', undefined)
    await eventually(() => expect(page.has('connection-banner')).toBe(false))
  })

  it('sets the theme of the bars if one was chosen', async () => {
    await painted(row('peer:bob'))
    await openPage(world, ConversationsPage)
    expect(world.phone.bars.front).toBe('#ffffff')
  })

  it('opens the menu of a row once its conversation is known', async () => {
    const { chat } = await painted(row('peer:bob'))
    const page = await openPage(world, ConversationsPage)
    await page.longPress('snapshot-row', 'peer:bob')
    expect(world.phone.sheets).toEqual([])
    await chat().signIn('alice', undefined)
    await eventually(() => expect(world.phone.sheets).toEqual([['置顶', '消息免打扰', '删除']]))
  })

  it('does not delay another page, which needs the stores', async () => {
    const { begin } = await painted(row('peer:bob'))
    await openPage(world, MePage)
    expect(begin).toHaveBeenCalledTimes(1)
  })

  it('does not delay the start if its page is never painted', () => {
    vi.useFakeTimers()
    const begin = vi.fn()
    paintFirst(screen(row('peer:bob')), begin)
    vi.advanceTimersByTime(1_000)
    expect(begin).toHaveBeenCalledTimes(1)
  })

  it('shows the conversations of a filter, and the filters too if there are none', async () => {
    await painted(row('peer:bob'), row('channel:general'))
    const page = await openPage(world, ConversationsPage)
    await page.tap('conversation-filter', 'channel')
    expect(page.texts('conversation-title')).toEqual(['general'])
    paintFirst(screen(row('peer:bob')), () => undefined)
    await nextTick()
    expect([...page.all('snapshot-row'), ...page.all('conversation-row')]).toEqual([])
    expect(page.all('conversation-filter')).toHaveLength(3)
  })
})

describe('the saved snapshot', () => {
  const kept = (uid = 'alice') => parseLaunchSnapshot(world.phone.stored('first-screen'), launchSnapshotOwner(LOCAL_APP_ID, uid), Date.now())

  /** Alice, logged in and with a conversation with bob, once her snapshot is saved. */
  let stopSaving: () => void

  async function keeping(messages = 1): Promise<ChatStore> {
    await world.remembers('alice', conversation('peer:bob', texts(messages)))
    const chat = world.start()
    stopSaving = saveLaunchSnapshot()
    await chat.signIn('alice', undefined)
    await eventually(() => expect(kept()).toBeDefined())
    return chat
  }

  it('has what the list shows, as soon as it shows it, and is removed at the logout', async () => {
    await world.remembers('alice', conversation('peer:bob', texts(3), { unread: 2 }))
    const chat = world.start()
    saveLaunchSnapshot()
    await chat.signIn('alice', undefined)
    await eventually(() => expect(kept()?.rows.map(({ title, unread }) => [title, unread])).toEqual([['bob', '2']]))
    await chat.account!.setPinned('peer:bob', true)
    await eventually(() => expect(kept()?.rows[0]?.pinned).toBe(true))
    useSettingsStore().setTheme('dark')
    useSettingsStore().setLanguage('en')
    await eventually(() => expect(kept()).toMatchObject({ theme: 'dark', labels: { all: 'All' }, rows: [{ unreadLabel: '2 unread' }] }))
    await chat.removeConversation('peer:bob')
    await eventually(() => expect(kept()).toBeUndefined())
    await chat.signOut()
    await eventually(() => expect(world.phone.stored('first-screen')).toBeUndefined())
  })

  it('is written once while nothing visible changes', async () => {
    const chat = await keeping(3)
    const writes = vi.spyOn(uni, 'setStorage')
    await chat.account!.readMarks.markRead('peer:bob')
    await chat.account!.setMuted('peer:bob', true)
    await eventually(() => expect(kept()?.rows[0]?.muted).toBe(true))
    expect(writes).toHaveBeenCalledTimes(1)
  })

  it('is removed rather than left outdated when the device rejects a write', async () => {
    const chat = await keeping()
    vi.spyOn(uni, 'setStorage').mockImplementation((({ fail, complete }: UniApp.SetStorageOptions) => {
      fail?.({ errMsg: 'setStorage:fail exceed storage max size 10Mb' })
      complete?.({ errMsg: 'setStorage:fail' })
    }) as typeof uni.setStorage)
    await chat.account!.setPinned('peer:bob', true)
    await eventually(() => expect(world.phone.stored('first-screen')).toBeUndefined())
  })

  it('is still saved after the page that created the stores is gone', async () => {
    await world.remembers('alice', conversation('peer:bob', texts(1)))
    const pinia = (world.pinia = createPinia())
    let chat: ChatStore | undefined
    paintFirst(screen(row('peer:bob')), () => {
      chat = world.start(pinia)
      saveLaunchSnapshot()
    })
    const page = await openPage(world, MePage)
    page.close()
    await chat!.signIn('alice', undefined)
    await eventually(() => expect(kept()?.rows[0]?.pinned).toBe(false))
    await chat!.account!.setPinned('peer:bob', true)
    await eventually(() => expect(kept()?.rows[0]?.pinned).toBe(true))
    await chat!.signOut()
    await eventually(() => expect(world.phone.stored('first-screen')).toBeUndefined())
  })

  it('is removed after a logout during its write', async () => {
    const chat = world.start()
    saveLaunchSnapshot()
    let complete = () => {}
    vi.spyOn(uni, 'setStorage').mockImplementation(((options: UniApp.SetStorageOptions) => {
      complete = () => {
        uni.setStorageSync(options.key, options.data)
        options.complete?.({ errMsg: 'setStorage:ok' })
      }
    }) as typeof uni.setStorage)
    await chat.signIn('alice', undefined)
    await chat.startConversation('peer', 'bob')
    await chat.signOut()
    complete()
    await eventually(() => expect(world.phone.stored('first-screen')).toBeUndefined())
  })

  it('is not written again by a start that shows the same', async () => {
    await keeping()
    stopSaving()
    const again = await world.restart()
    saveLaunchSnapshot()
    const writes = vi.spyOn(uni, 'setStorage')
    await again.signIn('alice', undefined)
    await again.account!.setMuted('peer:bob', true)
    await eventually(() => expect(kept()?.rows[0]?.muted).toBe(true))
    expect(writes).toHaveBeenCalledTimes(1)
  })
})
