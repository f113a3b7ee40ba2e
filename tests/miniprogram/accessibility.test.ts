// What the compiled mini program exposes to a screen reader: WeChat reads `aria-role` and the `aria-…` that it lists, and no `role`.
import { describe, expect, test } from 'vitest'
import { encode } from '../../src/chat/message/envelope'
import { DEFAULT_DIST } from '../../simulator/compile/runtime-script'
import { unreadAttributes } from '../../simulator/compile/static-gate'
import { startInNode, type MiniProgram } from '../../simulator/drive/driver'
import { useNetwork } from './network'
import { hears, idle, logIn, open } from './people'

let written = 0
const wired = (text: string) => encode({ kind: 'message', id: `accessible-${written++}`, body: { kind: 'text', text } }, 'rich')
const NEWS = 'thread-news'

test('its markup has no attribute that WeChat does not read', () => {
  expect(unreadAttributes(DEFAULT_DIST)).toEqual([])
})

describe('new messages in a thread', () => {
  const network = useNetwork(startInNode)

  async function inThread(screenReader: boolean): Promise<{ phone: MiniProgram; writes: (text: string) => Promise<unknown> }> {
    const phone = await network.phone({ screenReader })
    await logIn(phone, 'alice')
    const bob = await network.client('bob')
    const writes = (text: string) => network.until(bob.ask({ t: 'peer', to: 'alice', text: wired(text) }))
    await writes('from before')
    await open(phone, 'peer:bob')
    await hears(phone, 'from before')
    return { phone, writes }
  }

  test('are announced beside the list with their sender, gathered and at most every two seconds; older ones are not', async () => {
    const { phone, writes } = await inThread(true)
    expect(await phone.text(NEWS)).toBe('')
    await writes('one')
    await phone.waitForText(NEWS, 'bob：one')
    for (let more = 2; more <= 8; more++) await writes(`no. ${more}`)
    await hears(phone, 'no. 8')
    expect(await phone.text(NEWS)).toBe('bob：one')
    await phone.elapse(2_000)
    expect(await phone.text(NEWS)).toBe(`${[4, 5, 6, 7, 8].map((number) => `bob：no. ${number}`).join('')}还有 2 条新消息`)
    await idle(phone)
    await phone.resetStats()
    await writes('no. 8')
    await idle(phone)
    expect(await phone.text(NEWS)).toBe('bob：no. 8')
    const calls = (await phone.stats()).log.filter(({ component }) => component === 'src/ui/thread/ThreadNews')
    expect(calls).toHaveLength(1)
  })

  test('are one line that can be read aloud, whatever their text', async () => {
    const { phone, writes } = await inThread(true)
    await writes(`two\nlines ${'x'.repeat(500)}`)
    await phone.waitForText(NEWS, /^bob：two lines x+…$/)
    expect((await phone.text(NEWS)).length).toBeLessThanOrEqual('bob：'.length + 200)
    await idle(phone)
    await writes('\u200b')
    await phone.waitForText(NEWS, 'bob：[空消息]')
  })

  test('cost the screen nothing if no screen reader runs', async () => {
    const { phone, writes } = await inThread(false)
    await writes('one')
    await hears(phone, 'one')
    await idle(phone)
    expect(await phone.count(NEWS)).toBe(0)
  })

  test('are not announced for a thread that is not in front', async () => {
    const { phone, writes } = await inThread(true)
    await phone.raise('AppHide')
    await writes('unseen')
    await idle(phone)
    await phone.raise('AppShow')
    await hears(phone, 'unseen')
    await idle(phone)
    expect(await phone.text(NEWS)).toBe('')
  })
})
