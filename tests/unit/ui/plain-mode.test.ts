/** Plain mode has no edits and reactions: what an earlier session in rich mode has kept does not offer them. */
import { describe, expect, it } from 'vitest'
import type { Message } from '@/src/chat/message/message'
import { composingOf } from '@/src/ui/composer/draft-about'
import { tapRow, type TappedRow } from '@/src/ui/thread/row-taps'
import { MemoryDisk } from '../../support/memory-key-value'
import { openAccount, own } from '../stores/doubles'

const message: Message = own(0, 'sent', { amended: { reactions: [{ rev: 1, at: 1, id: 'r1', by: 'bob', emoji: '👍', on: true }] } })

describe.each([true, false])('rich: %s', (isRich) => {
  it('a reaction below a message can be tapped in rich mode only', () => {
    const tapped: string[] = []
    const react = (_id: string, _message: Message, emoji: string) => Promise.resolve(tapped.push(emoji) > 0)
    const row = { account: { uid: 'me', own: { actions: { react } } }, thread: { conversation: 'peer:bob' }, message, emoji: '👍', isRich }
    tapRow('react', row as unknown as TappedRow)
    expect(tapped).toEqual(isRich ? ['👍'] : [])
  })

  it('a draft goes on as an edit in rich mode only', async () => {
    const account = await openAccount(new MemoryDisk())
    const id = await account.start('peer', 'bob')
    await account.own.send(id, { kind: 'text', text: 'one' })
    const [sent] = await account.newest(id, 1)
    const composing = await composingOf(account, id, { editing: { seq: 0, id: sent!.id } }, isRich)
    expect(composing?.mode).toBe(isRich ? 'edit' : undefined)
  })
})
