/** A device with a wrong clock: the order of the list, and the shown times. */
import { describe, expect, it } from 'vitest'
import type { Clock } from '@/src/chat/time/clock'
import type { LocalClient } from '@/src/rtm/local/client'
import { useChatStore } from '@/src/stores/chat'
import { time } from '@/src/chat/time/time'
import type { TestClock } from '../../support/test-clock'
import { conversation, eventually, texts, useWorld } from '../../support/world'

const HOUR = 3_600_000
let device: TestClock
let ahead = 0

/** The service's clock: this device is `ahead` ms ahead of it. */
const service: Clock = {
  now: () => device.now() - ahead,
  elapsed: () => device.elapsed(),
  after: (ms, run) => device.after(ms, run),
}

const world = useWorld((world) => {
  ahead = 3 * HOUR
  device = world.stopTime()
  return { clock: service }
})

const client = () => useChatStore().client as LocalClient

async function says(from: string, text: string, ts: number): Promise<void> {
  await client().emit('MessageFromPeer', { text }, from, { serverReceivedTs: ts })
}

describe('a device that is ahead', () => {
  it('has the time of the service from the login on', async () => {
    const chat = await world.signedIn()
    expect(time.now()).toBe(service.now())
    await chat.startConversation('peer', 'bob')
    await chat.account!.own.send('peer:bob', { kind: 'text', text: 'hello' })
    expect((await chat.account!.conversations.messages('peer:bob', 0, 1))[0]).toMatchObject({ at: service.now() })
    await device.advance(HOUR)
    const carol = await world.friend('carol')
    await device.advanceUntil(carol.says('and me?', 'alice'), 0)
    await eventually(() => expect(chat.account!.conversations.order.value).toEqual(['peer:carol', 'peer:bob']))
  })

  it('keeps it when its clock is corrected', async () => {
    const chat = await world.signedIn()
    const right = service.now()
    device.set(-ahead)
    ahead = 0
    expect(time.now()).toBe(right)
    await chat.startConversation('peer', 'bob')
    await chat.account!.own.send('peer:bob', { kind: 'text', text: 'hello' })
    expect((await chat.account!.conversations.messages('peer:bob', 0, 1))[0]).toMatchObject({ at: right })
  })

  it.each([2 * HOUR, 25 * HOUR])('by %i ms without knowing has the latest message on top, and no time that runs back', async (wrong) => {
    await world.remembers('alice', conversation('peer:dan', texts(3), { at: Date.now() + wrong }))
    const chat = await world.signedIn()
    const { conversations } = chat.account!
    await says('bob', 'first', service.now())
    await says('carol', 'second', service.now() - 4_000)
    await says('bob', 'third', service.now() - 60_000)
    expect(conversations.order.value).toEqual(['peer:bob', 'peer:carol', 'peer:dan'])
    const ats = [...conversations.all()].map(({ at }) => at)
    expect(Math.max(...ats)).toBe(conversations.get('peer:bob')!.at)
    const shown = (await conversations.messages('peer:bob', 0, 9)).map(({ at, shownAt = at }) => shownAt)
    expect(shown).toEqual([service.now(), service.now()])
    expect((await conversations.messages('peer:bob', 1, 2))[0]!.at).toBe(service.now() - 60_000)
    expect(conversations.get('peer:bob')!.preview!.at).toBe(service.now())
    await device.advanceUntil(chat.account!.close(), 0)
    const again = await (await world.history('alice')).conversations()
    expect(again.find(({ id }) => id === 'peer:bob')).toEqual(conversations.get('peer:bob'))
  })
})

it('messages stored at the service do not count for its time', async () => {
  await world.signedIn()
  const before = time.now()
  await client().emit('MessageFromPeer', { text: 'x' }, 'bob', { serverReceivedTs: before + 9_000, isOfflineMessage: true })
  await client().emit('MessageFromPeer', { text: 'y' }, 'bob', { serverReceivedTs: before + 9_000, isHistoricalMessage: true })
  expect(time.now()).toBe(before)
  await client().emit('MessageFromPeer', { text: 'z' }, 'bob', { serverReceivedTs: before + 9_000 })
  expect(time.now()).toBe(before + 9_000)
})
