// Actions in plain mode: the menu has those that need no control messages, and quotes and forwards go as text.
import { expect, test } from 'vitest'
import { BUILDS } from '../../scripts/test/builds'
import { startInNode, type MiniProgram, type StartOptions } from '../../simulator/drive/driver'
import { PLACES } from '../support/kind-samples'
import { choose, forwardTo, quote, selectRows } from './message-steps'
import { useNetwork } from './network'
import { closeMenu, connected, hears, idle, logIn, open, say, sayTo, startChat, texts } from './people'

const plain: StartOptions = { dist: BUILDS.find(({ env }) => env['VITE_RTM_WIRE'] === 'plain')!.output }

const network = useNetwork(startInNode, { rateLimits: false })

/** The texts of the peer and channel messages among frames, as another RTM program gets them. */
const sentTexts = (frames: readonly string[]) =>
  frames.flatMap((frame) => {
    const { t, text } = JSON.parse(frame) as { t?: string; text?: string }
    return t === 'peer' || t === 'send' ? [text] : []
  })

/** Alice in plain mode, who has heard from bob, an own text, and a place. Carol and a channel wait for what she forwards. */
async function people(): Promise<{ alice: MiniProgram; carol: MiniProgram; sent: string[] }> {
  const sent: string[] = []
  const [alice, carol] = [await network.phone({ ...plain, ...network.recording(sent) }), await network.phone(plain)]
  await Promise.all([logIn(alice, 'alice'), logIn(carol, 'carol')])
  await startChat(carol, 'channel', 'team')
  await sayTo(alice, 'channel', 'team', '大家好')
  await hears(carol, '大家好')
  await sayTo(alice, 'peer', 'carol', '在吗')
  const bob = await network.client('bob')
  const writes = (text: string) => network.until(bob.ask({ t: 'peer', to: 'alice', text }))
  await writes('第一条')
  await writes(JSON.stringify({ v: 1, id: 'b2', ...PLACES.bund }))
  await open(alice, 'peer:bob')
  await hears(alice, '第一条')
  await say(alice, '第二条')
  await idle(alice)
  sent.length = 0
  return { alice, carol, sent }
}

async function menuOf(phone: MiniProgram, index: number): Promise<readonly (string | undefined)[]> {
  await phone.longPress('message-row', { index })
  await phone.waitForCount('message-menu', 1)
  const actions = (await phone.all('menu-action')).map(({ dataset }) => dataset['action'])
  expect(await phone.count('reaction-pick')).toBe(0)
  await closeMenu(phone)
  return actions
}

test('the menu has no edit, recall and reaction; only texts can be forwarded', async () => {
  const { alice } = await people()
  const common = ['copy', 'select-text', 'quote', 'select', 'details', 'delete']
  const withForward = [...common.slice(0, 3), 'forward', ...common.slice(3)]
  expect(await menuOf(alice, 0)).toEqual(withForward)
  expect(await menuOf(alice, 1)).toEqual(common)
  expect(await menuOf(alice, 2)).toEqual(withForward)
})

test('a message is forwarded as its bare text, to a peer and to a channel', async () => {
  const { alice, carol, sent } = await people()
  await choose(alice, 'forward', 0)
  await forwardTo(alice, ['peer:carol', 'channel:team'])
  await hears(carol, '第一条')
  await idle(alice)
  expect(sentTexts(sent)).toEqual(['第一条', '第一条'])
  expect((await carol.all('message-row')).map(({ text }) => text).join()).not.toContain('转发自')
  await carol.back()
  await open(carol, 'peer:alice')
  await hears(carol, '第一条')
  await idle(carol)
  await carol.restart()
  await connected(carol)
  await open(carol, 'peer:alice')
  await hears(carol, '第一条')
  expect(await texts(carol)).toEqual(['在吗', '第一条'])
})

test('several go one by one without a choice, and those that are no texts are left out and counted', async () => {
  const { alice, carol, sent } = await people()
  await selectRows(alice, [0, 1, 2])
  await alice.tap('selection-forward')
  await alice.waitFor('the count', async () => (await alice.tree()).includes('2 条消息') && (await alice.tree()).includes('另有 1 条不能转发'))
  expect(await alice.count('forward-mode')).toBe(0)
  await forwardTo(alice, ['channel:team'])
  await hears(carol, '第二条')
  await idle(alice)
  expect(sentTexts(sent)).toEqual(['第一条', '第二条'])
  expect(await texts(carol)).toEqual(['大家好', '第一条', '第二条'])
})

test('a message forwarded without a connection goes after a restart', async () => {
  const { alice, carol, sent } = await people()
  await alice.setNetwork(false)
  await alice.waitForText('connection-banner', /网络已断开/)
  await choose(alice, 'forward', 0)
  await forwardTo(alice, ['channel:team'])
  await idle(alice)
  await alice.restart()
  await alice.waitForCount('conversation-row', 1, { id: 'channel:team' })
  expect(sentTexts(sent)).toEqual([])
  await alice.setNetwork(true)
  await connected(alice)
  await hears(carol, '第一条')
  await idle(alice)
  expect(sentTexts(sent)).toEqual(['第一条'])
})

test('a quote goes as a line above the text', async () => {
  const { alice, sent } = await people()
  await quote(alice, '好的', 0)
  await idle(alice)
  expect(sentTexts(sent)).toEqual(['「bob：第一条」\n好的'])
})
