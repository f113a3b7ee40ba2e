// Voice messages between compiled mini programs, over a real file server: held, sent, heard, cancelled and refused.
import { describe, expect, test } from 'vitest'
import { startInChromium, startInNode, type MiniProgram } from '../../simulator/drive/driver'
import { useNetwork } from './network'
import { hears, idle, logIn, open, say, startChat } from './people'

describe.each([
  ['in Node', startInNode],
  ['in Chromium', startInChromium],
] as const)('%s', (_host, start) => {
  const network = useNetwork(start, { rateLimits: false, files: {} })

  /** Alice and bob, each in the thread with the other; alice has the bar that records. */
  async function pair(): Promise<readonly [alice: MiniProgram, bob: MiniProgram]> {
    const [alice, bob] = [await network.phone(), await network.phone()]
    await logIn(alice, 'alice')
    await logIn(bob, 'bob')
    await startChat(alice, 'peer', 'bob')
    await say(alice, '在吗')
    await open(bob, 'peer:alice')
    await hears(bob, '在吗')
    await alice.tap('composer-voice')
    await alice.waitForText('voice-bar', '按住 说话')
    return [alice, bob]
  }

  const toasts = async (phone: MiniProgram) => (await phone.dialogs()).filter(({ kind }) => kind === 'toast').map(({ options }) => options['title'])

  test('a voice goes on release, arrives with its length, and is heard with a tap', async () => {
    const [alice, bob] = await pair()
    await alice.hold('voice-bar', async () => {
      await alice.waitForText('voice-time', '0:02')
      expect(await alice.text('voice-bar')).toBe('松开 发送')
      await alice.screenshot('voice-recording')
    })
    await bob.waitForCount('message-voice', 1)
    expect(await bob.text('message-voice')).toMatch(/^[23]″$/)
    expect(await alice.count('voice-state')).toBe(0)
    await alice.waitForCount('message-progress', 0)
    await alice.screenshot('voice-own')
    await bob.screenshot('voice-new')
    const isNew = async () => (await bob.element('message-voice')).label.endsWith('，未听')
    expect(await isNew()).toBe(true)
    await bob.tap('message-voice')
    await bob.waitFor('the sound', async () => (await bob.audio()).some(({ state }) => state === 'playing'))
    await bob.waitFor('the dot to go', async () => !(await isNew()))
  })

  test('a finger that slides up cancels, and one that slides back sends', async () => {
    const [alice, bob] = await pair()
    await alice.hold('voice-bar', async (slideUp) => {
      await alice.waitForText('voice-time', '0:01')
      await slideUp(61)
      await alice.waitForText('voice-bar', '松开 取消')
      await alice.screenshot('voice-cancelling')
    })
    await alice.waitForText('voice-bar', '按住 说话')
    await idle(alice)
    expect(await alice.count('message-voice')).toBe(0)
    await alice.hold('voice-bar', async (slideUp) => {
      await alice.waitForText('voice-time', '0:02')
      await slideUp(80)
      await alice.waitForText('voice-bar', '松开 取消')
      await slideUp(20)
      await alice.waitForText('voice-bar', '松开 发送')
    })
    await bob.waitForCount('message-voice', 1)
  })

  test('a slip of the finger says that it was too short, and sends nothing', async () => {
    const [alice] = await pair()
    await alice.hold('voice-bar', () => alice.waitForCount('voice-state', 1))
    await alice.waitFor('the sentence', async () => (await toasts(alice)).includes('说话时间太短'))
    await idle(alice)
    expect(await alice.count('message-voice')).toBe(0)
  })

  test('a refused microphone says so and how to allow it', async () => {
    const [alice] = await pair()
    await alice.setPermission('scope.record', 'refused')
    const modals = async () => (await alice.dialogs()).filter(({ kind }) => kind === 'modal')
    await alice.hold('voice-bar', () => alice.waitFor('the sentence', async () => (await modals()).length > 0))
    expect((await modals())[0]?.options).toMatchObject({ title: '没能录音' })
    await alice.answer('confirm')
    await alice.waitFor('the dialog to close', async () => (await modals()).every(({ waiting }) => !waiting))
    await alice.settled()
    expect(await alice.count('voice-state')).toBe(0)
    await alice.setPermission('scope.record', 'allowed')
    await alice.hold('voice-bar', () => alice.waitForCount('voice-state', 1))
  })

  test('recording stops what plays', async () => {
    const [alice] = await pair()
    await alice.hold('voice-bar', () => alice.waitForText('voice-time', '0:04'))
    await alice.waitForCount('message-voice', 1)
    await alice.tap('message-voice')
    const plays = async () => (await alice.audio()).some(({ state }) => state === 'playing')
    await alice.waitFor('the sound', plays)
    await alice.hold('voice-bar', async () => {
      await alice.waitForCount('voice-state', 1)
      expect(await plays()).toBe(false)
    })
  })

  test('the field comes back with its text', async () => {
    const [alice] = await pair()
    await alice.tap('composer-voice')
    await alice.waitForCount('voice-bar', 0)
    await alice.type('composer-input', '写到一半')
    await alice.tap('composer-voice')
    await alice.waitForCount('voice-bar', 1)
    await alice.tap('composer-voice')
    await alice.waitForCount('voice-bar', 0)
    expect((await alice.element('composer-input')).value).toBe('写到一半')
  })
})

describe('with a stepped clock', () => {
  const network = useNetwork(startInNode, { rateLimits: false, files: {} })

  test('after a minute it ends by itself and goes', async () => {
    const alice = await network.phone()
    await logIn(alice, 'alice')
    await startChat(alice, 'peer', 'bob')
    await alice.tap('composer-voice')
    await alice.waitForCount('voice-bar', 1)
    await alice.hold('voice-bar', async () => {
      await alice.waitForCount('voice-state', 1)
      await alice.elapse(61_000)
      await alice.waitForCount('message-voice', 1)
      expect(await alice.count('voice-state')).toBe(0)
    })
    expect(await alice.text('message-voice')).toContain('60″')
  })
})
