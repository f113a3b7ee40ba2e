// Forwarding with the compiled mini program: one message, several as one, the record as its receiver reads it, the details, and deleting what is selected.
import { describe, expect, test } from 'vitest'
import { startInChromium, startInNode, type MiniProgram } from '../../simulator/drive/driver'
import { choose, FORWARD, forwardTo, selectRows } from './message-steps'
import { useNetwork } from './network'
import { hears, idle, logIn, open, say, startChat, texts, THREAD } from './people'

describe.each([
  ['in Node', startInNode],
  ['in Chromium', startInChromium],
] as const)('%s', (_host, start) => {
  const network = useNetwork(start, { rateLimits: false })

  /** Alice has told bob three things, and has a conversation with carol, who has heard from her. */
  async function people(): Promise<{ alice: MiniProgram; carol: MiniProgram }> {
    const [alice, carol] = [await network.phone(), await network.phone()]
    await logIn(alice, 'alice')
    await logIn(carol, 'carol')
    await startChat(alice, 'peer', 'carol')
    await say(alice, '在吗')
    await open(carol, 'peer:alice')
    await hears(carol, '在吗')
    await alice.back()
    await startChat(alice, 'peer', 'bob')
    for (const text of ['第一条', '第二条', '第三条']) await say(alice, text)
    await idle(alice)
    return { alice, carol }
  }

  test('a message goes on to another conversation, with whose words it has', async () => {
    const { alice, carol } = await people()
    await choose(alice, 'forward', 1)
    await alice.waitForRoute(FORWARD)
    await alice.waitForCount('forward-target', 2)
    await alice.tap('forward-target', { id: 'peer:carol' })
    await alice.waitForText('forward-send', '转发（1）')
    await alice.screenshot('forward-targets')
    await alice.tap('forward-send')
    await alice.waitForRoute(THREAD)
    await hears(carol, '第二条')
    expect((await carol.element('message-row', { index: -1 })).text).toContain('转发自 alice')
    expect([await alice.problems(), await carol.problems()]).toEqual([[], []])
  })

  test('several go on as one, which its receiver opens', async () => {
    const { alice, carol } = await people()
    await selectRows(alice, [0, 2])
    await idle(alice)
    await alice.screenshot('forward-selection')
    await alice.tap('selection-forward')
    await forwardTo(alice, ['peer:carol'], 'record')
    expect(await alice.count('selection-bar')).toBe(0)
    await carol.waitForCount('message-record', 1)
    await idle(carol)
    expect((await carol.element('message-record')).text).toBe('alice 和 bob 的聊天记录alice: 第一条alice: 第三条聊天记录，2 条')
    await carol.screenshot('forward-record')
    await carol.tap('message-record')
    await carol.waitForCount('record-entry', 2)
    await carol.screenshot('forward-record-page')
    expect((await carol.all('record-entry')).map(({ text }) => text)).toEqual([expect.stringContaining('第一条'), expect.stringContaining('第三条')])
    await carol.back()
    await choose(carol, 'details')
    await carol.waitForCount('details-item', 5)
    await carol.screenshot('forward-details')
    expect([await alice.problems(), await carol.problems()]).toEqual([[], []])
  })

  test('selected messages are deleted after a question, and the list shows the one before', async () => {
    const { alice } = await people()
    await choose(alice, 'select')
    await alice.waitForCount('message-check', 3)
    await alice.waitForCount('selection-bar', 1)
    await alice.tap('message-check', { index: 1 })
    await alice.tap('selection-delete')
    await alice.answer('confirm')
    await alice.waitFor('one left', async () => (await texts(alice)).join() === '第一条')
    await alice.waitForCount('selection-bar', 0)
    await alice.back()
    await alice.waitFor('the preview', async () => (await alice.all('conversation-preview')).some(({ text }) => text.includes('第一条')))
    expect(await alice.problems()).toEqual([])
  })
})
