// What a user does with the messages of the open thread, and what the thread then shows, as steps that the tests share.
import { BUILDS } from '../../scripts/test/builds'
import type { MiniProgram } from '../../simulator/drive/driver'
import { openMenu, say, texts, THREAD } from './people'

export const FORWARD = 'src/more/pages/forward/forward'

const agora = BUILDS.find(({ name }) => name === 'mp-weixin, Agora')!

/** The builds for the two services in rich mode: what a phone starts with, and what the gateway needs for it. */
export const SERVICES = {
  local: { build: {}, gateway: {} },
  agora: { build: { dist: agora.output }, gateway: { appId: agora.env.VITE_RTM_APP_ID! } },
} as const

/** The texts of all elements with a hook. `own` is behind a reaction that the user has made. */
export const all = async (phone: MiniProgram, hook: string) => (await phone.all(hook)).map(({ text, className }) => (className.includes('is-own') ? `${text} own` : text))

/** Waits until exactly these elements with a hook are shown. */
export const shows = (phone: MiniProgram, hook: string, expected: readonly string[]) =>
  phone.waitFor(`${hook}: ${expected.join(', ')}`, async () => JSON.stringify(await all(phone, hook)) === JSON.stringify(expected))

/** The index of the row with this text, in a thread that has only texts. */
export async function rowOf(phone: MiniProgram, text: string): Promise<number> {
  const index = (await texts(phone)).indexOf(text)
  if (index < 0) throw new Error(`no message “${text}”`)
  return index
}

/** Chooses an action of the menu of a message, by default of the newest. */
export async function choose(phone: MiniProgram, action: string, index = -1): Promise<void> {
  await openMenu(phone, index)
  await phone.tap('menu-action', { action })
  await phone.waitForCount('message-menu', 0)
}

export async function react(phone: MiniProgram, emoji: string, index = -1): Promise<void> {
  await openMenu(phone, index)
  await phone.tap('reaction-pick', { emoji })
  await phone.waitForCount('message-menu', 0)
}

export async function edit(phone: MiniProgram, words: string, index = -1): Promise<void> {
  const former = (await texts(phone)).at(index)
  await choose(phone, 'edit', index)
  await phone.waitForCount('composer-editing', 1)
  await phone.waitFor('the former words', async () => (await phone.element('composer-input')).value === former)
  // Replacing the words before the program knows that they are there would count as typing them after the former ones.
  if (phone.host === 'node') await phone.elapse(1_000)
  await say(phone, words)
}

export async function recall(phone: MiniProgram, index = -1): Promise<void> {
  await choose(phone, 'recall', index)
  await phone.answer('confirm')
}

export async function quote(phone: MiniProgram, words: string, index = -1): Promise<void> {
  await choose(phone, 'quote', index)
  await phone.waitForCount('composer-quote', 1)
  await say(phone, words)
}

/** Selects messages by their index in the thread, the first with the menu. */
export async function selectRows(phone: MiniProgram, indexes: readonly number[]): Promise<void> {
  const [first = 0, ...others] = indexes
  await choose(phone, 'select', first)
  await phone.waitForCount('selection-bar', 1)
  for (const index of others) await phone.tap('message-check', { index })
  await phone.waitFor('the selection', async () => (await phone.text('selection-bar')).includes(`已选 ${indexes.length} 条`))
}

/** On the page that forwards messages: chooses the conversations, sends, and is back in the thread. `mode`: for several messages. */
export async function forwardTo(phone: MiniProgram, targets: readonly string[], mode?: 'each' | 'record'): Promise<void> {
  await phone.waitForRoute(FORWARD)
  if (mode) {
    await phone.waitForCount('forward-mode', 2)
    await phone.tap('forward-mode', { kind: mode })
  }
  for (const id of targets) {
    await phone.waitForCount('forward-target', 1, { id })
    await phone.tap('forward-target', { id })
  }
  await phone.waitForText('forward-send', `转发（${targets.length}）`)
  await phone.tap('forward-send')
  await phone.waitForRoute(THREAD)
}

/** All that a thread of texts shows: each row with what is below its bubble, and the lines of recalled messages. */
export async function threadOf(phone: MiniProgram): Promise<Readonly<Record<'rows' | 'recalled' | 'edited' | 'reactions' | 'quotes', readonly string[]>>> {
  return {
    rows: await texts(phone),
    recalled: await all(phone, 'message-recalled'),
    edited: await all(phone, 'message-edited'),
    reactions: await all(phone, 'message-reaction'),
    quotes: await all(phone, 'message-quote'),
  }
}
