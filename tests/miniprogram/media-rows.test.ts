// Pictures, voices, videos and files in the compiled mini program: received, drawn, and what their rows cost.
import { describe, expect, test } from 'vitest'
import { costOf } from '../../bench/mini-program/cost'
import { startInChromium, startInNode } from '../../simulator/drive/driver'
import { FILES } from '../support/media-samples'
import { useNetwork } from './network'
import { logIn, open } from './people'

/** A picture's row may send this many bytes more than a text's. */
const PICTURE_MAX_BYTES = 150

const { image, voice, video, file } = FILES

describe.each([
  ['in Node', startInNode],
  ['in Chromium', startInChromium],
] as const)('%s', (_, start) => {
  const network = useNetwork(start, { rateLimits: false })

  async function opened(messages: readonly object[]) {
    const a = await network.phone({ privacy: 'agreed' })
    await logIn(a, 'alice')
    const bob = await network.client('bob')
    let sent = 0
    const say = async (fields: object) => {
      expect(await network.until(bob.ask({ t: 'peer', to: 'alice', text: JSON.stringify({ v: 1, id: `media-${sent++}`, ...fields }) }))).toMatchObject({ t: 'ok' })
    }
    for (const fields of messages) await say(fields)
    await a.waitForText('conversation-unread', String(messages.length))
    await open(a, 'peer:bob')
    return { a, say }
  }

  test('each has its row, and a file of another host its address', async () => {
    const { a } = await opened([{ ...image, text: '日落' }, voice, video, file, { ...file, url: 'https://evil.example/x.zip', name: 'x.zip' }])
    await a.waitForCount('message-file', 2)
    expect((await a.all('message-file')).map(({ text }) => text)).toEqual(['2026 年第三季度报表.pdf346 KBPDF', 'x.zip346 KB · evil.exampleZIP'])
    expect((await a.all('message-voice')).map(({ text }) => text)).toEqual(['12″'])
    expect((await a.all('message-video')).map(({ text }) => text)).toEqual(['0:34'])
    expect([await a.count('message-image'), await a.text('message-text')]).toEqual([1, '日落'])
    await a.screenshot('media-rows')
    await a.tap('message-file', { index: 1 })
    await a.waitFor('the copy', async () => (await a.wxCalls('setClipboardData')).length === 1)
    expect(await a.wxCalls('setClipboardData')).toMatchObject([{ data: 'https://evil.example/x.zip' }])
    expect(await a.problems()).toEqual([])
  })

  // A browser uses real time, in which other parts of the page may change too.
  if (start === startInNode) {
    test('a picture costs at most 150 bytes more than a text', async () => {
      const { a, say } = await opened([{ kind: 'text', text: 'x' }])
      const bytesOf = async (fields: object, hook: string, count: number) => (await costOf(a, () => say(fields), async () => (await a.count(hook)) === count)).bytes
      // The first one is sent together with other parts of the page that change.
      await bytesOf({ kind: 'text', text: 'y' }, 'message-text', 2)
      const text = await bytesOf({ kind: 'text', text: 'z' }, 'message-text', 3)
      const whole = await bytesOf(image, 'message-image', 1)
      // No store has it: that it could not be loaded is a later call of its own, as its address would be.
      const later = (await a.stats()).log.filter(({ json }) => json.includes('下载失败'))
      expect(later.length).toBeLessThanOrEqual(1)
      const picture = whole - later.reduce((sum, { bytes }) => sum + bytes, 0)
      expect(picture - text).toBeLessThanOrEqual(PICTURE_MAX_BYTES)
      expect(picture).toBeGreaterThan(text)
    })
  }
})
