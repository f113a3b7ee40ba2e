// The actions of the present client with the client of the version before on the other side: what that one shows of them, and what can be done with its texts.
import { mkdtempSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { startInNode, type MiniProgram } from '../../simulator/drive/driver'
import { CARDS, PLACES } from '../support/kind-samples'
import { useFormerClient } from './former-client'
import { all, choose, edit, forwardTo, quote, react, recall, rowOf, selectRows, shows } from './message-steps'
import { useNetwork } from './network'
import { backToList, connected, hears, idle, logIn, open, say, sayTo, startChat, texts } from './people'

const NEUTRAL = '[暂不支持的消息，请升级后查看]'

const former = useFormerClient()

describe.each(['peer', 'channel'] as const)('in a %s conversation', (kind) => {
  const network = useNetwork(startInNode, { rateLimits: false })
  const isPeer = kind === 'peer'
  const [ofAlice, ofBob] = isPeer ? (['peer:bob', 'peer:alice'] as const) : (['channel:team', 'channel:team'] as const)

  /** The present client of alice and the former one of bob, in their thread. */
  async function threads(dir?: string): Promise<{ alice: MiniProgram; bob: MiniProgram }> {
    const [alice, bob] = [await network.phone(), await network.phone({ ...former.build(), ...(dir !== undefined && { dir }) })]
    await Promise.all([logIn(alice, 'alice'), logIn(bob, 'bob')])
    if (isPeer) await startChat(alice, 'peer', 'bob')
    else for (const phone of [bob, alice]) await startChat(phone, 'channel', 'team')
    await say(alice, '原文')
    if (isPeer) await open(bob, ofBob)
    await hears(bob, '原文')
    return { alice, bob }
  }

  /** Carol sends messages to alice, who then opens her thread with bob again. */
  async function fromCarol(alice: MiniProgram, messages: readonly object[]): Promise<void> {
    const carol = await network.client('carol')
    for (const [n, fields] of messages.entries()) {
      expect(await network.until(carol.ask({ t: 'peer', to: 'alice', text: JSON.stringify({ v: 1, id: `carol-${n}`, ...fields }) }))).toMatchObject({ t: 'ok' })
    }
    await backToList(alice)
    await open(alice, 'peer:carol')
    await alice.waitForCount('message-row', messages.length)
  }

  async function startedAgain(bob: MiniProgram): Promise<string[]> {
    await idle(bob)
    await bob.restart()
    await connected(bob)
    await open(bob, ofBob)
    await hears(bob, '原文')
    await idle(bob)
    return texts(bob)
  }

  test('it shows nothing of an edit, a recall and a reaction, and the words of a quote alone', async () => {
    const { alice, bob } = await threads()
    await say(alice, '要撤回的')
    await hears(bob, '要撤回的')
    await recall(alice)
    await shows(alice, 'message-recalled', ['你撤回了一条消息'])
    await say(bob, '旧版写的')
    await hears(alice, '旧版写的')
    await react(alice, '👍')
    await quote(alice, '引用旧版的', await rowOf(alice, '旧版写的'))
    await edit(alice, '改过的', 0)
    await hears(bob, '引用旧版的')
    await idle(alice)
    const expected = ['原文', '要撤回的', '旧版写的', '引用旧版的']
    expect(await texts(bob)).toEqual(expected)
    expect(await bob.count('message-row')).toBe(expected.length)
    expect(await startedAgain(bob)).toEqual(expected)
    await backToList(bob)
    expect(await bob.count('conversation-unread')).toBe(0)
    await bob.waitForText('conversation-preview', /引用旧版的$/)
    expect(await texts(alice)).toEqual(['改过的', '旧版写的', '引用旧版的'])
    await shows(alice, 'message-reaction', ['👍 own'])
    // None of them waits for an answer that the former client does not give.
    expect(await alice.tree()).not.toMatch(/修改中|撤回中|回应中|等待对方上线|失败/)
  })

  test('it shows a forwarded text as a text, and a neutral line for a record, a place and a card', async () => {
    const dir = mkdtempSync(path.join(former.folder(), 'phone-'))
    const { alice, bob } = await threads(dir)
    await fromCarol(alice, [{ kind: 'text', text: '转给你' }, { kind: 'text', text: '第二条' }, PLACES.bund, CARDS.product])
    await selectRows(alice, [0, 1])
    await alice.tap('selection-forward')
    await forwardTo(alice, [ofAlice], 'record')
    for (const index of [2, 3, 0]) {
      await choose(alice, 'forward', index)
      await forwardTo(alice, [ofAlice])
    }
    await hears(bob, '转给你')
    const expected = ['原文', NEUTRAL, NEUTRAL, NEUTRAL, '转给你']
    expect(await texts(bob)).toEqual(expected)
    expect(await startedAgain(bob)).toEqual(expected)
    await bob.close()

    // It has kept the whole envelopes for the version that shows them.
    const updated = await network.phone({ dir })
    await connected(updated)
    await open(updated, ofBob)
    await hears(updated, '转给你')
    await updated.waitForCount('message-record', 1)
    expect([await updated.count('message-location'), await updated.count('message-card')]).toEqual([1, 1])
    expect(await texts(updated)).toEqual(['原文', '转给你'])
  })

  test('its texts are quoted, reacted to and forwarded, and stay so after a restart', async () => {
    const { alice, bob } = await threads()
    const dave = await network.phone()
    await logIn(dave, 'dave')
    await say(bob, '旧版写的')
    await hears(alice, '旧版写的')
    await backToList(alice)
    await sayTo(alice, 'peer', 'dave', '在吗')
    await open(alice, ofAlice)
    await hears(alice, '旧版写的')
    await react(alice, '👍')
    await quote(alice, '好的', await rowOf(alice, '旧版写的'))
    await choose(alice, 'forward', await rowOf(alice, '旧版写的'))
    await forwardTo(alice, ['peer:dave'])
    await open(dave, 'peer:alice')
    await hears(dave, '旧版写的')
    expect((await dave.element('message-row', { index: -1 })).text).toContain('转发自 bob')
    await hears(bob, '好的')
    await say(bob, '收到')
    await hears(alice, '收到')
    await idle(alice)
    await alice.restart()
    await connected(alice)
    await open(alice, ofAlice)
    await hears(alice, '收到')
    expect(await texts(alice)).toEqual(['原文', '旧版写的', '好的', '收到'])
    expect([await all(alice, 'message-reaction'), await all(alice, 'message-quote')]).toEqual([['👍 own'], ['bob：旧版写的']])
    expect(await texts(bob)).toEqual(['原文', '旧版写的', '好的', '收到'])
  })

  test.runIf(isPeer)('it shows the same of what was done while it was away', async () => {
    const { alice, bob } = await threads()
    await bob.setNetwork(false)
    await bob.waitForText('connection-banner', /网络已断开/)
    await idle(bob)
    await say(alice, '要撤回的')
    await idle(alice)
    await recall(alice)
    await react(alice, '👍', 0)
    await edit(alice, '改过的', 0)
    await say(alice, '最后一条')
    await bob.setNetwork(true)
    await connected(bob)
    await hears(bob, '最后一条')
    await idle(alice)
    expect(await texts(bob)).toEqual(['原文', '要撤回的', '最后一条'])
    expect(await texts(alice)).toEqual(['改过的', '最后一条'])
  })
})
