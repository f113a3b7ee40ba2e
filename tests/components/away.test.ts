/** What a thread shows after this device missed some time of a channel. */
import { expect, it } from 'vitest'
import { isSameDay } from '@/src/chat/time/clock-label'
import { time } from '@/src/chat/time/time'
import { openThread } from '../support/thread'
import { eventually, useWorld } from '../support/world'

const world = useWorld()

/** Replaces the gateway by another one after `ms`. */
async function out(ms: number) {
  const chat = world.start()
  const device = world.stopTime()
  expect(await device.advanceUntil(chat.signIn('alice', undefined), 0)).toBeUndefined()
  await device.advanceUntil(chat.startConversation('channel', 'general'), 0)
  await eventually(() => expect(chat.channelView('general').value.state).toBe('joined'))
  const page = await openThread(world, 'channel:general')
  const port = Number(new URL(world.gateway.url).port)
  const from = time.now()
  await world.gateway.close()
  await eventually(() => expect(chat.connection.state).toBe('RECONNECTING'))
  await device.advance(ms)
  await world.startGateway({ port })
  await device.advanceUntil(eventually(() => expect(chat.connection.state).toBe('CONNECTED')), 100)
  return { chat, page, from, notes: () => page.all('message-list')[0]!.findAll('.note').map((note) => note.text()) }
}

it('shows a line about lost messages after an absence of a minute, and continues below it', async () => {
  const { chat, notes, from } = await out(60_000)
  await eventually(() => expect(notes().at(-1)).toMatch(/\d\d:\d\d 到 (昨天 )?\d\d:\d\d 不在线，期间的消息收不到$/))
  const { length } = chat.account!.conversations.get('channel:general')!
  const [line] = await chat.account!.conversations.messages('channel:general', length - 1, length)
  expect(line).toMatchObject({ from: '', body: { kind: 'notice', joinedCount: 0, leftCount: 0, away: { from } } })
  if (isSameDay(from, time.now())) expect(notes().at(-1)).toMatch(/^\d\d:\d\d 到/)
  expect(chat.account!.conversations.unread.value).toBe(0)
})

it('shows no line after a few seconds, since the gateway delivers the missed messages again', async () => {
  const { chat } = await out(9_000)
  expect(chat.account!.conversations.get('channel:general')).toMatchObject({ length: 0 })
})
