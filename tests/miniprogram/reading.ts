// Reading a long thread on a screen, as steps that the tests share: the visible rows, the wheel, and rows that must not move.
import { expect } from 'vitest'
import { variedMessages, writeHistory, type StoredConversation } from '../support/phone-history'
import { movements, rowsNow, turnNotch, type Frame, type Recording } from '../support/row-recorder'
import type { MiniProgram, Platform } from '../../simulator/drive/driver'
import type { GatewayClient } from '../support/gateway-client'
import { logIn, open, texts } from './people'
import type { Readers } from './readers'

export const [alice, bob] = ['alice', 'bob'] as const
export const WHEEL_PX = 200
/** The time in which the wheel moves a list by twenty screens, ms. */
export const FAR_TIMEOUT_MS = 30_000

/** Alice's phone, logged in, with a history on its disk. */
export async function phoneOf({ network, folder }: Readers, platform: Platform, ...conversations: StoredConversation[]): Promise<MiniProgram> {
  await writeHistory(folder(), alice, conversations)
  const a = await network.phone({ dir: folder(), platform })
  await logIn(a, alice)
  return a
}

export const withBob = (count: number, unread = 0): StoredConversation => ({ id: `peer:${bob}`, messages: variedMessages(count, alice, bob), unread })

/** Lets Bob write to Alice. Resolves once her phone has it. */
export async function writes(b: GatewayClient, text: string): Promise<void> {
  expect(await b.ask({ t: 'peer', to: alice, text })).toMatchObject({ received: true })
}

/** Opens the thread. Resolves once it shows its opening position. */
export async function reads(a: MiniProgram): Promise<void> {
  await open(a, `peer:${bob}`)
  await a.waitFor('messages on the screen', async () => Object.keys(await rows(a)).length > 0)
  await a.settled()
}

export const rows = (a: MiniProgram): Promise<Frame> => rowsNow(a.page!)
export const numbers = (frame: Frame) => Object.keys(frame).map(Number)

/** Turns the wheel, one notch per frame, as a hand does. Negative is up. */
export async function turnWheel(a: MiniProgram, notches: number): Promise<void> {
  await a.page!.mouse.move(180, 320)
  for (let i = 0; i < Math.abs(notches); i++) await turnNotch(a.page!, Math.sign(notches) * WHEEL_PX)
}

/** Turns the wheel up (-1) or down (1) until the list has been moved by `px`. */
export async function turnFar(a: MiniProgram, direction: 1 | -1, px: number, recording: Recording): Promise<void> {
  await a.waitFor(`the list to be moved by ${px} px`, async () => {
    await turnWheel(a, direction * 10)
    return Math.abs(sum(movements(await recording.frames()))) >= px
  }, FAR_TIMEOUT_MS)
}

/** The position of a message of one frame in the other. Both must show it. */
export function moved(before: Frame, after: Frame): number[] {
  const common = Object.keys(before).filter((name) => name in after)
  expect(common.length, `of ${Object.keys(before).join(' ')} something in ${Object.keys(after).join(' ')}`).toBeGreaterThan(0)
  return common.map((name) => after[name]! - before[name]!)
}

export function expectStill(before: Frame, after: Frame): void {
  for (const px of moved(before, after)) expect(Math.abs(px)).toBeLessThanOrEqual(1)
}

/** The last message is fully on the screen, above the composer. */
export async function expectLastInView(a: MiniProgram, text: string | RegExp): Promise<void> {
  await a.waitFor('the last message in view', async () => {
    const [list, row] = [await a.element('message-list'), (await a.all('message-row')).at(-1)]
    if (!row?.text.match(text)) return false
    return row.rect.top >= list.rect.top - 1 && row.rect.top + row.rect.height <= list.rect.top + list.rect.height + 1
  })
}

/** The number of the first rendered message, on the screen or above it. */
export async function firstDrawn(a: MiniProgram): Promise<number> {
  const [first] = await texts(a)
  return Number(/^m(\d+) /.exec(first!)![1])
}

/** The list's scroll offset and scroll height, in px. */
export function scrolledTo(a: MiniProgram): Promise<[scrollTop: number, scrollHeight: number]> {
  return a.page!.evaluate('[window.recordedList.scrollTop, window.recordedList.scrollHeight]') as Promise<[number, number]>
}

/** Fully visible messages. */
export async function seenRows(a: MiniProgram): Promise<number[]> {
  const list = await a.element('message-list')
  const bottom = list.rect.top + list.rect.height
  return (await a.all('message-row'))
    .filter(({ rect }) => rect.top >= list.rect.top && rect.top + rect.height <= bottom + 1)
    .map(({ text }) => Number(/m(\d+) /.exec(text)![1]))
}

export function sum(px: readonly number[]): number {
  return px.reduce((total, one) => total + one, 0)
}
