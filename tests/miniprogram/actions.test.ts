// Edits, recalls, reactions, quotes and deletions on two phones with the compiled mini program: in a peer conversation and in a channel, over the local
// gateway and over Agora, from both sides, offline, and over a restart.
import { describe, expect, test } from 'vitest'
import { startInChromium, startInNode, type MiniProgram } from '../../simulator/drive/driver'
import { all, choose, edit, react, recall, SERVICES, shows } from './message-steps'
import { useNetwork } from './network'
import { connected, hears, idle, logIn, open, say, startChat, texts } from './people'

describe.each([
  ['peer', 'in Node', startInNode, SERVICES.local],
  ['channel', 'in Node', startInNode, SERVICES.local],
  ['peer', 'over Agora', startInNode, SERVICES.agora],
  ['channel', 'over Agora', startInNode, SERVICES.agora],
  ['peer', 'in Chromium', startInChromium, SERVICES.local],
] as const)('in a %s conversation, %s', (kind, host, start, { build, gateway }) => {
  const network = useNetwork(start, gateway)
  const isPeer = kind === 'peer'
  const [ofAlice, ofBob] = isPeer ? (['peer:bob', 'peer:alice'] as const) : (['channel:team', 'channel:team'] as const)
  const shot = async (phone: MiniProgram, name: string) => {
    if (host === 'in Chromium') await phone.screenshot(`actions-${name}`)
  }

  /** The threads of alice and bob. Alice has written a message. */
  async function threads(): Promise<{ alice: MiniProgram; bob: MiniProgram }> {
    const [alice, bob] = [await network.phone(build), await network.phone(build)]
    await logIn(alice, 'alice')
    await logIn(bob, 'bob')
    if (isPeer) await startChat(alice, 'peer', 'bob')
    else for (const phone of [bob, alice]) await startChat(phone, 'channel', 'team')
    await say(alice, '周三见？')
    if (isPeer) await open(bob, ofBob)
    await hears(bob, '周三见？')
    await idle(alice)
    return { alice, bob }
  }

  test('a reaction is seen by both, counted, and taken back by a tap', async () => {
    const { alice, bob } = await threads()
    await react(bob, '👍')
    await shows(bob, 'message-reaction', ['👍 own'])
    await shows(alice, 'message-reaction', ['👍'])
    await alice.tap('message-reaction', { emoji: '👍' })
    await shows(alice, 'message-reaction', ['👍 2 own'])
    await shows(bob, 'message-reaction', ['👍 2 own'])
    await shot(bob, 'reaction')
    await bob.tap('message-reaction', { emoji: '👍' })
    await shows(bob, 'message-reaction', ['👍'])
    await shows(alice, 'message-reaction', ['👍 own'])
  })

  test('an edit, a quote of it and a recall reach the other side; the recalled words can be written again', async () => {
    const { alice, bob } = await threads()
    await edit(alice, '周四见？')
    await hears(alice, '周四见？')
    await hears(bob, '周四见？')
    await shows(bob, 'message-edited', ['已编辑'])
    expect(await texts(alice)).toEqual(['周四见？'])
    await choose(bob, 'quote')
    await shows(bob, 'composer-quote', ['引用 alice：周四见？×'])
    await shot(bob, 'quoting')
    await say(bob, '好的')
    await shows(alice, 'message-quote', ['alice：周四见？'])
    await shot(alice, 'quote')
    await idle(bob)
    await recall(bob)
    await shows(bob, 'message-recalled', ['你撤回了一条消息'])
    await shows(alice, 'message-recalled', ['bob 撤回了一条消息'])
    await shot(bob, 'recalled')
    await bob.tap('message-write-again')
    await bob.waitFor('the words', async () => (await bob.element('composer-input')).value === '好的')
    expect(await texts(alice)).toEqual(['周四见？'])
  })

  test('made without a connection they wait over a restart, and go in order', async () => {
    const { alice, bob } = await threads()
    await alice.setNetwork(false)
    await alice.waitForText('connection-banner', /网络已断开/)
    await edit(alice, '周五见？')
    await say(alice, '算了')
    await recall(alice)
    await shows(alice, 'message-recalled', ['你撤回了一条消息'])
    await idle(alice)
    await alice.restart()
    await alice.waitForCount('conversation-row', 1)
    await alice.setNetwork(true)
    await connected(alice)
    await open(alice, ofAlice)
    await hears(bob, '周五见？')
    await shows(bob, 'message-edited', ['已编辑'])
    await idle(alice)
    // What had certainly not gone never goes.
    expect(await texts(bob)).toEqual(['周五见？'])
    expect(await all(bob, 'message-recalled')).toEqual([])
    expect(await texts(alice)).toEqual(['周五见？'])
  })

  test('a message that is deleted is gone on this phone only, and stays away', async () => {
    const { alice, bob } = await threads()
    await say(bob, '收到')
    await hears(alice, '收到')
    await choose(alice, 'delete', 0)
    await alice.answer('confirm')
    await alice.waitFor('the other message alone', async () => JSON.stringify(await texts(alice)) === JSON.stringify(['收到']))
    await idle(alice)
    await alice.restart()
    await connected(alice)
    await open(alice, ofAlice)
    await hears(alice, '收到')
    expect(await texts(alice)).toEqual(['收到'])
    expect(await texts(bob)).toEqual(['周三见？', '收到'])
  })

  // Who is away from a channel for longer than RTM's window hears nothing of it.
  test.runIf(isPeer)('who was away for a while learns of an edit, a recall and a reaction', async () => {
    const { alice, bob } = await threads()
    await say(alice, '请删')
    await hears(bob, '请删')
    await idle(alice)
    await bob.setNetwork(false)
    await bob.waitForText('connection-banner', /网络已断开/)
    await recall(alice)
    await shows(alice, 'message-recalled', ['你撤回了一条消息'])
    await react(alice, '👍')
    await edit(alice, '改过的')
    await idle(alice)
    await bob.setNetwork(true)
    await connected(bob)
    await hears(bob, '改过的')
    await shows(bob, 'message-recalled', ['alice 撤回了一条消息'])
    await shows(bob, 'message-reaction', ['👍'])
    expect(await texts(bob)).toEqual(['改过的'])
    await idle(alice)
    expect(await texts(alice)).toEqual(['改过的'])
  })
})
