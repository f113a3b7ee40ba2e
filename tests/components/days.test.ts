/** Names of days while a page stays open: they follow midnight, and the clock and the time zone of the device. */
import { afterEach, describe, expect, it } from 'vitest'
import { clockLabel } from '@/src/chat/time/clock-label'
import { time } from '@/src/chat/time/time'
import type { LocalClient } from '@/src/rtm/local/client'
import ConversationsPage from '@/src/pages/conversations/conversations.vue'
import { openPage } from '../support/page'
import { openThread, send } from '../support/thread'
import { conversation, eventually, texts, useWorld } from '../support/world'

const world = useWorld()
const MINUTE = 60_000

const zone = process.env.TZ
afterEach(() => {
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
})

/** Logs in with the device's time stopped. */
async function stopped() {
  const chat = await world.signedIn('alice')
  return { chat, device: world.stopTime() }
}

/** The ms until `minutes` before midnight. */
function untilBeforeMidnight(minutes: number): number {
  const at = new Date(time.now())
  return new Date(at.getFullYear(), at.getMonth(), at.getDate() + 1).getTime() - minutes * MINUTE - at.getTime()
}

/** `15:04` */
const clockTime = (at: number) => {
  const label = clockLabel(at, at)
  return label.kind === 'unknown' ? '' : label.time
}

describe('the list', () => {
  it('says yesterday from midnight on, and the day of the week two days later', async () => {
    await world.remembers('alice', conversation('peer:bob', texts(2)), conversation('peer:old', [{ ...texts(1)[0]!, at: Date.UTC(2020, 1, 3, 12) }]))
    const { device } = await stopped()
    const page = await openPage(world, ConversationsPage)
    const said = () => page.texts('conversation-time')
    const [first, old] = said()
    expect(first).toMatch(/^\d\d:\d\d$/)
    await device.advance(untilBeforeMidnight(0) - 1)
    expect(said()).toEqual([first, old])
    const drawn = page.rendersOf('ConversationRow')
    await device.advance(1)
    await eventually(() => expect(said()).toEqual(['昨天', old]))
    expect(page.rendersOf('ConversationRow')).toBe(drawn + 1)
    await device.advance(24 * 60 * MINUTE)
    await eventually(() => expect(said()[0]).toMatch(/^星期/))
  })

  it('follows another time zone while it stays open', async () => {
    process.env.TZ = 'Asia/Shanghai'
    const { chat, device } = await stopped()
    await device.advanceUntil(chat.startConversation('peer', 'bob'), 0)
    await chat.account!.own.send('peer:bob', { kind: 'text', text: 'hello' })
    const { at } = chat.account!.conversations.get('peer:bob')!
    const page = await openPage(world, ConversationsPage)
    expect(page.texts('conversation-time')).toEqual([clockTime(at)])
    process.env.TZ = 'Asia/Kolkata'
    world.phone.comesToFront()
    await eventually(() => expect(page.texts('conversation-time')).toEqual([clockTime(at)]))
    // The same millisecond in yet another one.
    process.env.TZ = 'Asia/Yangon'
    world.phone.comesToFront()
    await eventually(() => expect(page.texts('conversation-time')).toEqual([clockTime(at)]))
    process.env.TZ = 'Asia/Kathmandu'
    await device.advance(MINUTE)
    await eventually(() => expect(page.texts('conversation-time')).toEqual([clockTime(at)]))
  })

  it('follows a change of the clock to another day, and sends only the changed texts', async () => {
    await world.remembers('alice', conversation('peer:bob', texts(2)))
    const { chat, device } = await stopped()
    const right = time.now()
    time.forget()
    const page = await openPage(world, ConversationsPage)
    device.set(24 * 60 * MINUTE)
    world.phone.comesToFront()
    await eventually(() => expect(page.texts('conversation-time')).toEqual(['昨天']))
    // The service's time shows that it is another day: no minute's wait is needed.
    await (chat.client as LocalClient).emit('MessageFromPeer', { text: 'hi' }, 'carol', { serverReceivedTs: right })
    await eventually(() => expect(page.texts('conversation-time')).toEqual([clockTime(right), clockTime(chat.account!.conversations.get('peer:bob')!.at)]))
  })
})

describe('a thread', () => {
  it('says yesterday from midnight on, and has a line above the first message of the new day', async () => {
    const { chat, device } = await stopped()
    await device.advance(untilBeforeMidnight(2))
    await device.advanceUntil(chat.startConversation('peer', 'bob'), 0)
    const page = await openThread(world, 'peer:bob')
    await send(page, 'good night')
    const at = clockTime(time.now())
    const lines = () => page.wrapper.findAll('.note').map((note) => note.text())
    await eventually(() => expect(lines()).toEqual([at]))
    await device.advance(2 * MINUTE)
    await eventually(() => expect(lines()).toEqual([`昨天 ${at}`]))
    await send(page, 'good morning')
    await eventually(() => expect(lines()).toEqual([`昨天 ${at}`, clockTime(time.now())]))
  })
})
