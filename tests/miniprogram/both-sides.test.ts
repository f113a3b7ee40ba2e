// Both users of a conversation act on each other's and on their own messages, with the compiled mini program over both services: online, one of them without a
// connection, and over restarts of both. Forwarded messages and mentions reach their users in these cases too.
import { describe, expect, test } from 'vitest'
import { startInNode, type MiniProgram } from '../../simulator/drive/driver'
import { all, choose, edit, forwardTo, quote, react, recall, rowOf, selectRows, SERVICES, shows, threadOf } from './message-steps'
import { useNetwork } from './network'
import { backToList, connected, hears, idle, logIn, open, say, sayTo, startChat, texts } from './people'

async function goOffline(phone: MiniProgram): Promise<void> {
  await phone.setNetwork(false)
  await phone.waitForText('connection-banner', /网络已断开/)
}

async function goOnline(phone: MiniProgram): Promise<void> {
  await phone.setNetwork(true)
  await connected(phone)
}

/** Starts the program again, once everything is on the disk. */
async function restart(phone: MiniProgram, conversation: string): Promise<void> {
  await idle(phone)
  await phone.restart()
  await phone.waitForCount('conversation-row', 1, { id: conversation })
}

describe.each([
  ['peer', 'the local gateway', SERVICES.local],
  ['channel', 'the local gateway', SERVICES.local],
  ['peer', 'Agora', SERVICES.agora],
  ['channel', 'Agora', SERVICES.agora],
] as const)('in a %s conversation over %s', (kind, _service, { build, gateway }) => {
  const network = useNetwork(startInNode, { ...gateway, rateLimits: false })
  const isPeer = kind === 'peer'
  const [ofAlice, ofBob] = isPeer ? (['peer:bob', 'peer:alice'] as const) : (['channel:team', 'channel:team'] as const)

  /** Alice and bob in their thread. Each has written two messages, which both have. */
  async function threads(): Promise<{ alice: MiniProgram; bob: MiniProgram }> {
    const [alice, bob] = [await network.phone(build), await network.phone(build)]
    await Promise.all([logIn(alice, 'alice'), logIn(bob, 'bob')])
    if (isPeer) await startChat(alice, 'peer', 'bob')
    else for (const phone of [bob, alice]) await startChat(phone, 'channel', 'team')
    for (const text of ['a 原文', 'a 撤回']) await say(alice, text)
    if (isPeer) await open(bob, ofBob)
    await hears(bob, 'a 撤回')
    for (const text of ['b 原文', 'b 撤回']) await say(bob, text)
    await hears(alice, 'b 撤回')
    return { alice, bob }
  }

  /** Recalls a message, reacts to one of the other user, quotes that, and edits an own one. */
  async function act(phone: MiniProgram, own: 'a' | 'b', other: 'a' | 'b'): Promise<void> {
    await recall(phone, await rowOf(phone, `${own} 撤回`))
    await phone.waitFor('the recall', async () => !(await texts(phone)).includes(`${own} 撤回`))
    const theirs = async () => rowOf(phone, (await texts(phone)).includes(`${other} 原文`) ? `${other} 原文` : `${other} 修改`)
    await react(phone, '👍', await theirs())
    await phone.waitFor('the reaction', async () => (await all(phone, 'message-reaction')).includes('👍 own'))
    await quote(phone, `${own} 回复`, await theirs())
    await edit(phone, `${own} 修改`, await rowOf(phone, `${own} 原文`))
  }

  /** A thread after `who` have acted, as `me` sees it. The order of what came from both at a time is not tested. */
  async function showsActs(phone: MiniProgram, me: 'alice' | 'bob', who: readonly ('alice' | 'bob')[] = ['alice', 'bob']): Promise<void> {
    const acted = (name: 'alice' | 'bob') => who.includes(name)
    const expected = {
      rows: [acted('alice') ? 'a 修改' : 'a 原文', ...(acted('alice') ? [] : ['a 撤回']), acted('bob') ? 'b 修改' : 'b 原文', ...(acted('bob') ? [] : ['b 撤回'])],
      recalled: who.map((name) => (name === me ? '你撤回了一条消息' : `${name} 撤回了一条消息`)),
      edited: who.map(() => '已编辑'),
      // On the message of the other one: that of alice is the first.
      reactions: [...(acted('bob') ? [me === 'bob' ? '👍 own' : '👍'] : []), ...(acted('alice') ? [me === 'alice' ? '👍 own' : '👍'] : [])],
    }
    const replies = who.map((name) => (name === 'alice' ? 'a 回复' : 'b 回复'))
    const seen = async () => {
      const { rows, quotes, ...below } = await threadOf(phone)
      return { shown: { rows: rows.filter((text) => !text.endsWith('回复')), ...below }, replies: rows.filter((text) => text.endsWith('回复')).sort(), quotes: quotes.length }
    }
    const wanted = { shown: expected, replies, quotes: replies.length }
    await phone.waitFor(JSON.stringify(wanted), async () => JSON.stringify(await seen()) === JSON.stringify(wanted))
    await idle(phone)
    expect(await seen()).toEqual(wanted)
  }

  test('what both do is shown on both sides, also after both have started again', async () => {
    const { alice, bob } = await threads()
    await act(alice, 'a', 'b')
    await bob.waitFor('the edit', async () => (await texts(bob)).includes('a 修改'))
    await act(bob, 'b', 'a')
    await showsActs(alice, 'alice')
    await showsActs(bob, 'bob')
    for (const [phone, conversation, me] of [[alice, ofAlice, 'alice'], [bob, ofBob, 'bob']] as const) {
      await restart(phone, conversation)
      await connected(phone)
      await open(phone, conversation)
      await showsActs(phone, me)
    }
  })

  test('what both do while one has no connection for some seconds is shown on both sides', async () => {
    const { alice, bob } = await threads()
    await goOffline(alice)
    await act(bob, 'b', 'a')
    await act(alice, 'a', 'b')
    expect(await texts(bob)).toContain('a 原文')
    await goOnline(alice)
    await showsActs(alice, 'alice')
    await showsActs(bob, 'bob')
  })

  test(isPeer ? 'what both do until after one of them has started again is shown on both sides' : 'who starts again later than the service redelivers never hears of what the others did', async () => {
    const { alice, bob } = await threads()
    await goOffline(alice)
    await act(bob, 'b', 'a')
    await act(alice, 'a', 'b')
    await restart(alice, ofAlice)
    await goOnline(alice)
    await open(alice, ofAlice)
    await showsActs(alice, 'alice', isPeer ? ['alice', 'bob'] : ['alice'])
    await showsActs(bob, 'bob')
  })

  test('messages are forwarded one by one and as one: online, and without a connection over a restart', async () => {
    const { alice, bob } = await threads()
    const target = isPeer ? 'peer:carol' : 'channel:others'
    const carol = await network.phone(build)
    await logIn(carol, 'carol')
    await backToList(alice)
    if (isPeer) await sayTo(alice, 'peer', 'carol', '在吗')
    else {
      await startChat(carol, 'channel', 'others')
      await startChat(alice, 'channel', 'others')
      await say(alice, '在吗')
      await backToList(alice)
    }
    if (isPeer) await open(carol, 'peer:alice')
    await hears(carol, '在吗')
    await open(alice, ofAlice)
    await hears(alice, 'b 撤回')
    await edit(bob, 'b 修改', await rowOf(bob, 'b 原文'))
    await hears(alice, 'b 修改')
    await selectRows(alice, [0, 2])
    await alice.tap('selection-forward')
    await forwardTo(alice, [target], 'each')
    await hears(carol, 'b 修改')
    expect(await texts(carol)).toEqual(['在吗', 'a 原文', 'b 修改'])
    const forwarded = async () => (await carol.all('message-row')).map(({ text }) => /转发自 (alice|bob)/.exec(text)?.[1])
    expect(await forwarded()).toEqual([undefined, 'alice', 'bob'])
    await goOffline(alice)
    await selectRows(alice, [2, 3])
    await alice.tap('selection-forward')
    await forwardTo(alice, [target], 'record')
    await choose(alice, 'forward', 1)
    await forwardTo(alice, [target])
    await restart(alice, target)
    await goOnline(alice)
    await hears(carol, 'a 撤回')
    await shows(carol, 'message-record', [`${isPeer ? 'alice 和 bob' : 'team'} 的聊天记录bob: b 修改bob: b 撤回聊天记录，2 条`])
    await restart(carol, isPeer ? 'peer:alice' : target)
    await connected(carol)
    await open(carol, isPeer ? 'peer:alice' : target)
    await hears(carol, 'a 撤回')
    await idle(carol)
    expect(await texts(carol)).toEqual(['在吗', 'a 原文', 'b 修改', 'a 撤回'])
    expect(await carol.count('message-record')).toBe(1)
    expect((await forwarded()).filter((name) => name !== undefined)).toEqual(['alice', 'bob', 'alice'])
  })

  test.runIf(isPeer)('a message forwarded to a peer who is away comes when they are back, once', async () => {
    const { alice } = await threads()
    const carol = await network.phone(build)
    await logIn(carol, 'carol')
    await backToList(alice)
    await sayTo(alice, 'peer', 'carol', '在吗')
    await open(carol, 'peer:alice')
    await hears(carol, '在吗')
    await goOffline(carol)
    await idle(carol)
    await open(alice, ofAlice)
    await hears(alice, 'b 撤回')
    await choose(alice, 'forward', 2)
    await forwardTo(alice, ['peer:carol'])
    await idle(alice)
    expect(await texts(carol)).toEqual(['在吗'])
    await goOnline(carol)
    // A sign of life, which Agora's service waits for.
    await say(carol, '在')
    await hears(carol, 'b 原文')
    await idle(alice)
    expect([...(await texts(carol))].sort()).toEqual(['b 原文', '在', '在吗'])
  })

  test.runIf(!isPeer)('a mention is in the list of its user until they read it, also after a restart and if it comes by an edit', async () => {
    const { alice, bob } = await threads()
    await backToList(bob)
    const mention = async () => {
      await alice.waitForCount('mention-item', 1, { id: 'bob' })
      await alice.tap('mention-item', { id: 'bob' })
      await alice.waitFor('the name', async () => /@bob $/.test((await alice.element('composer-input')).value ?? ''))
      await alice.tap('composer-send')
    }
    const isMentioned = () => bob.waitForText('conversation-preview', /^\[有人@我\]/)
    await alice.type('composer-input', '来 @bo')
    await mention()
    await isMentioned()
    await restart(bob, ofBob)
    await connected(bob)
    await isMentioned()
    await open(bob, ofBob)
    await hears(bob, '来 @bob ')
    await bob.scroll('message-list', 'bottom')
    await idle(bob)
    await backToList(bob)
    await bob.waitForText('conversation-preview', /^alice: 来/)
    await say(alice, '谁去？')
    await bob.waitForText('conversation-preview', /谁去？/)
    await choose(alice, 'edit')
    await alice.waitFor('the former words', async () => (await alice.element('composer-input')).value === '谁去？')
    await alice.elapse(1_000)
    await alice.type('composer-input', '谁去？@bo')
    await mention()
    await isMentioned()
  })
})
