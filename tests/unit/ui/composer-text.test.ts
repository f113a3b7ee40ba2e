/** How many bytes a message takes, as the composer counts them. */
import { afterEach, describe, expect, it } from 'vitest'
import { encodedBytes } from '@/src/chat/message/envelope'
import { utf8Length } from '@/src/chat/rtm-limits'
import { setClock, systemClock } from '@/src/chat/time/clock'
import { bytesBesideEdit } from '@/src/ui/composer/composer-text'
import { MemoryDisk } from '../../support/memory-key-value'
import { TestClock } from '../../support/test-clock'
import { openAccount } from '../stores/doubles'

afterEach(() => setClock(systemClock))

const BY = { name: '小明', avatar: 'emoji:🐻' }
const WORDS = '"quotes" \n 😀 words'

describe.each([undefined, ['bob'], ['bob', 'carol']])('an edit that mentions %s', (mentions) => {
  it.each([true, false])('takes no more bytes than are counted, its message sent before: %s', async (isSent) => {
    const clock = new TestClock()
    setClock(clock)
    const wired: string[] = []
    let online = isSent
    const sendToPeer = (_peer: string, text: string) => Promise.resolve({ hasPeerReceived: wired.push(text) > 0 })
    const account = await openAccount(new MemoryDisk(), { ready: () => online, sendToPeer, profile: () => BY })
    const id = await account.start('peer', 'bob')
    await account.own.send(id, { kind: 'text', text: 'one' }, { quote: { id: 'q1', from: 'bob', text: 'quoted words' } })
    await clock.advance(1_000)
    const [message] = await account.newest(id, 1)
    await account.own.actions.edit(id, message!, WORDS, mentions)
    online = true
    account.own.loggedIn()
    await clock.advance(1_000)
    const sent = wired.at(-1)!
    expect(sent).toContain(isSent ? '"kind":"edit"' : '"kind":"text"')
    const counted = encodedBytes(WORDS, 'rich') + bytesBesideEdit(message!, mentions)
    expect(utf8Length(sent)).toBeLessThanOrEqual(counted)
  })
})
