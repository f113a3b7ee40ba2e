/** The user's own name and avatar, and how those of others are shown. */
import { describe, expect, it } from 'vitest'
import { encode } from '@/src/chat/message/envelope'
import type { Profile } from '@/src/chat/message/common-fields'
import ProfilePage from '@/src/more/pages/profile/profile.vue'
import ConversationsPage from '@/src/pages/conversations/conversations.vue'
import ThreadPage from '@/src/pages/thread/thread.vue'
import { encodeId } from '@/src/platform/pages'
import { openPage } from '../support/page'
import { eventually, useWorld, type Friend } from '../support/world'

const world = useWorld()
let said = 0

function spoken(text: string, by: Profile): string {
  return encode({ kind: 'message', id: `said-${said++}`, body: { kind: 'text', text }, by }, 'rich')
}

/** The profiles that came with each text. A text that was on its way at a restart may come twice. */
function profiles(friend: Friend): Record<string, Profile | undefined> {
  return Object.fromEntries(friend.received.map(({ text: envelope = '' }) => JSON.parse(envelope) as { text: string; by?: Profile }).map(({ text, by }) => [text, by]))
}

describe('the profile', () => {
  it('goes with each message, is saved at once, and is the next start’s too', async () => {
    const bob = await world.friend('bob')
    let chat = await world.signedIn('alice')
    const page = await openPage(world, ProfilePage)
    const id = await chat.startConversation('peer', 'bob')
    await chat.account!.own.send(id, { kind: 'text', text: 'one' })
    await page.type('me-name-input', '  Alice\u202e W ')
    await page.tap('me-avatar')
    await eventually(() => expect(page.all('emoji').length).toBeGreaterThan(0))
    await page.all('emoji')[0]!.trigger('tap')
    await chat.account!.own.send(id, { kind: 'text', text: 'two' })
    page.close()
    chat = await world.restart()
    await chat.signIn('alice', undefined)
    await chat.account!.own.send(id, { kind: 'text', text: 'three' })
    const by = { name: 'Alice W', avatar: expect.stringMatching(/^emoji:./) as string }
    await eventually(() => expect(profiles(bob)).toEqual({ one: undefined, two: by, three: by }))
    const again = await openPage(world, ProfilePage)
    expect((again.get('me-name-input').element as HTMLInputElement).value).toBe('Alice W')
    await again.tap('me-avatar-remove')
    await again.type('me-name-input', '')
    await chat.account!.own.send(id, { kind: 'text', text: 'four' })
    await eventually(() => expect(profiles(bob)).toEqual({ one: undefined, two: by, three: by, four: undefined }))
  })

  it('keeps the last valid name while a longer one is in the field, and says so', async () => {
    const chat = await world.signedIn('alice')
    const page = await openPage(world, ProfilePage)
    await page.type('me-name-input', '😀'.repeat(32))
    expect(page.has('me-name-error')).toBe(false)
    await page.type('me-name-input', 'x'.repeat(33))
    expect(page.has('me-name-error')).toBe(true)
    expect(chat.account!.own.by).toEqual({ name: '😀'.repeat(32) })
  })

  it('is not another user’s', async () => {
    await world.signedIn('alice')
    const page = await openPage(world, ProfilePage)
    await page.type('me-name-input', 'Alice W')
    page.close()
    expect((await world.signedIn('carol')).account!.own.by).toBeUndefined()
  })
})

describe('the names of others', () => {
  it('are above their bubbles, in the list and in the title, after a restart too', async () => {
    const chat = await world.signedIn('alice')
    await chat.startConversation('channel', 'general')
    const bob = await world.friend('bob')
    const mallory = await world.friend('mallory')
    await bob.joins('general')
    await mallory.joins('general')
    await bob.saysIn('general', spoken('one', { name: '小明', avatar: 'emoji:🐻' }))
    await bob.saysIn('general', spoken('two', { name: '小明', avatar: 'emoji:🐻' }))
    const thread = await openPage(world, ThreadPage, { query: { id: encodeId('channel:general') } })
    await eventually(() => expect(thread.texts('message-name')).toEqual(['小明']))
    expect(thread.all('message-row')[1]!.get('.avatar').text()).toBe('🐻')
    await mallory.saysIn('general', spoken('three', { name: '小明', avatar: 'https://evil.example/a.png' }))
    await eventually(() => expect(thread.texts('message-name')).toEqual(['小明 (bob)', '小明 (mallory)']))
    expect(thread.all('message-row')[2]!.get('.avatar').text()).toBe('小')
    expect(thread.wrapper.html()).not.toContain('evil.example')
    await bob.says(spoken('psst', { name: 'Bob B' }), 'alice')
    await eventually(() => expect(thread.texts('message-name')).toEqual(['Bob B', '小明']))
    thread.close()
    await world.restart()
    await world.signedIn('alice')
    const list = await openPage(world, ConversationsPage)
    await eventually(() => expect(list.texts('conversation-title').sort()).toEqual(['Bob B', 'general']))
    await eventually(() => expect(list.texts('conversation-preview')).toContain('小明: three'))
    const peer = await openPage(world, ThreadPage, { query: { id: encodeId('peer:bob') } })
    expect(peer.text('thread-title')).toBe('Bob B')
    expect(peer.has('message-name')).toBe(false)
  })
})
