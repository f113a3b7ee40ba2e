// User actions, as steps that the tests share.
import { foldedText } from '../../src/chat/text/written-text'
import { GATEWAY_DEFAULT_PORT } from '../../src/rtm/local/frames'
import type { MiniProgram, StartOptions } from '../../simulator/drive/driver'

export const LOGIN = 'src/pages/login/login'
export const CONVERSATIONS = 'src/pages/conversations/conversations'
export const THREAD = 'src/pages/thread/thread'
export const CHANNEL = 'src/pages/channel/channel'
export const ME = 'src/pages/me/me'

export type Start = (options: StartOptions) => Promise<MiniProgram>

/** The gateway of a build with the default settings. */
export const BUILT_IN_GATEWAY = `127.0.0.1:${GATEWAY_DEFAULT_PORT}`

/** The time that {@link idle} lets pass, ms: longer than any one-off delay of the client or the gateway. */
const IDLE_MS = 60_000

/**
 * Lets everything pending happen, before a test asserts that something did not. In real time, in a browser, it returns at once: Node shows that something
 * does not come later.
 */
export async function idle(phone: MiniProgram): Promise<void> {
  if (phone.host === 'node') await phone.elapse(IDLE_MS)
}

export async function logIn(phone: MiniProgram, uid: string, token?: string): Promise<void> {
  await phone.waitForRoute(LOGIN)
  await phone.waitForCount('login-uid', 1)
  await phone.type('login-uid', uid)
  if (token !== undefined) await phone.type('login-token', token)
  await phone.tap('login-submit')
  await phone.waitForRoute(CONVERSATIONS)
  await connected(phone)
}

export async function connected(phone: MiniProgram): Promise<void> {
  await phone.waitForCount('connection-banner', 0)
}

/** Starts a chat from the conversation list. Ends in its thread. */
export async function startChat(phone: MiniProgram, kind: 'peer' | 'channel', id: string): Promise<void> {
  await phone.waitForCount('conversation-list', 1)
  await phone.tap('new-chat')
  await phone.waitForCount('new-chat-id', 1)
  await phone.tap('new-chat-kind', { kind })
  await phone.type('new-chat-id', id)
  await phone.tap('new-chat-submit')
  await phone.waitForRoute(THREAD)
  await phone.waitForCount('composer-input', 1)
  if (kind === 'channel') await phone.waitForText('thread-detail', /\d+ 位成员/)
}

/** Starts a chat from the conversation list, sends a message, and goes back to the list. */
export async function sayTo(phone: MiniProgram, kind: 'peer' | 'channel', id: string, text: string): Promise<void> {
  await startChat(phone, kind, id)
  await say(phone, text)
  await backToList(phone)
}

/** Opens a conversation of the list. */
export async function open(phone: MiniProgram, id: string): Promise<void> {
  await phone.waitForCount('conversation-row', 1, { id })
  await phone.tap('conversation-row', { id })
  await phone.waitForRoute(THREAD)
  await phone.waitForCount('message-list', 1)
}

/** Goes back to the conversation list. */
export async function backToList(phone: MiniProgram): Promise<void> {
  await phone.back()
  await phone.waitForRoute(CONVERSATIONS)
}

export async function say(phone: MiniProgram, text: string): Promise<void> {
  await phone.type('composer-input', text)
  await phone.tap('composer-send')
  await hears(phone, text)
}

/** Waits until the open thread shows a message; of a long one, the beginning. */
export async function hears(phone: MiniProgram, text: string): Promise<void> {
  const shown = foldedText(text) ?? text
  await phone.waitFor(`the message “${shown}”`, async () => (await texts(phone)).includes(shown))
}

/** The texts of the messages in the open thread, in order. */
export async function texts(phone: MiniProgram): Promise<string[]> {
  return (await phone.all('message-text')).map((element) => element.text)
}

/** Opens the menu of a message, by default the newest. Resolves to the words of its actions; the button that opens all reactions has an icon only. */
export async function openMenu(phone: MiniProgram, index = -1): Promise<readonly string[]> {
  await phone.longPress('message-row', { index })
  await phone.waitForCount('message-menu', 1)
  return (await phone.all('menu-action')).filter(({ dataset }) => dataset['action'] !== 'react').map(({ text }) => text)
}

/** Taps beside the menu, which may cover the middle of the screen. */
export async function closeMenu(phone: MiniProgram): Promise<void> {
  if (phone.page) await phone.page.touchscreen.tap(3, 300)
  else await phone.tap('message-menu-close')
  await phone.waitForCount('message-menu', 0)
}

/** Waits for a switch of the user's page. */
export async function isSet(phone: MiniProgram, setting: string, isOn: boolean): Promise<void> {
  await phone.waitForCount(setting, 1)
  await phone.waitFor(`${setting} to be ${isOn ? 'on' : 'off'}`, async () => (await phone.element(setting)).className.split(' ').includes('is-on') === isOn)
}

/** Logs out on the user's page. `isAsked`: messages wait to be sent, so there is a question first. */
export async function logOut(phone: MiniProgram, isAsked = false): Promise<void> {
  await phone.switchTab(ME)
  await phone.waitForCount('me-logout', 1)
  await phone.tap('me-logout')
  if (isAsked) await phone.answer('confirm')
  await phone.waitForRoute(LOGIN)
}
