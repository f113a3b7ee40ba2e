/** The rows of messages with a file: their boxes, their words, and what is known of the file. */
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { shallowRef } from 'vue'
import { thumbColours } from '@/src/chat/media/thumb-colours'
import { shortFileName } from '@/src/kinds/file/view'
import type { MessageBody } from '@/src/kinds/registry'
import { VIEWS } from '@/src/kinds/views'
import { mediaStates, type MediaState } from '@/src/ui/thread/media-states'
import { boxStyle } from '@/src/ui/shared/media-row'
import { FILES } from '../../support/media-samples'

const { image, voice, video, file } = FILES
const message = { id: 'a', seq: 1, from: 'bob', at: 1, conversation: 'peer:bob', isOwn: false } as const
const rowOf = (body: MessageBody) => VIEWS[body.kind]?.row?.(body, { isOpened: false, message }) ?? {}
const tap = (body: MessageBody) => VIEWS[body.kind]?.taps?.[body.kind]?.(body, { value: '', message })

const { value: empty } = mediaStates
afterEach(() => {
  mediaStates.value = empty
  vi.unstubAllGlobals()
})

/** Shows what is known of every file, and notes what is opened. */
function withState(state: MediaState): string[] {
  const opened: string[] = []
  mediaStates.value = { of: () => state, open: async ({ id }, { kind }) => void opened.push(`${kind} ${id}`), save: async () => {}, next: async (what) => void opened.push(what) }
  return opened
}

describe('the box of a picture', () => {
  it.each([
    [1_920, 1_080, 'width:200px;height:113px'],
    [1_080, 1_920, 'width:113px;height:200px'],
    [100, 80, 'width:100px;height:80px'],
    [1, 1, 'width:60px;height:60px'],
    [100_000, 1, 'width:200px;height:60px'],
    [1, 100_000, 'width:60px;height:200px'],
  ])('of %d × %d pixels is known before the picture', (width, height, style) => {
    expect(boxStyle({ width, height, thumb: 'AAAA' }).split(';--c')[0]).toBe(style)
  })

  it('takes at most 60 bytes with the colours of any hash', () => {
    fc.assert(fc.property(fc.base64String({ minLength: 4, maxLength: 36 }), (thumb) => {
      expect(boxStyle({ width: 1_920, height: 1_080, thumb })).toMatch(/^width:200px;height:113px;--c:#[0-9a-f]{3}(,#[0-9a-f]{3}){3}$/)
    }))
    expect(boxStyle(image).length).toBeLessThanOrEqual(60)
  })

  it('has the mean colours of four lines of the decoded hash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 25, maxLength: 25 }), (bytes) => {
        const thumb = Buffer.from(bytes).toString('base64')
        expect(thumbColours(thumb)).toEqual(lineColours(bytes))
      }),
    )
  })
})

describe('a row', () => {
  it('says how much of its file has come, that it failed, or that it is gone', () => {
    for (const body of [image, voice, video, file]) {
      expect(rowOf(body)).not.toHaveProperty('mediaProgress')
      expect(rowOf(body)).not.toHaveProperty('mediaNote')
      withState({ progress: 42.9 })
      expect(rowOf(body)).toMatchObject({ mediaProgress: '42%' })
      withState({ hasFailed: true, progress: 3 })
      expect(rowOf(body)).toMatchObject({ mediaNote: '下载失败，点按重试' })
      withState({ isGone: true, hasFailed: true })
      expect(rowOf(body)).toMatchObject({ mediaNote: '已过期' })
      mediaStates.value = empty
    }
  })

  it('says beforehand that a file which did not fit on this device is lost with the program', () => {
    withState({ progress: 7 })
    for (const body of [image, voice, video, file]) {
      expect(rowOf({ ...body, url: '', sha256: '', local: 'temp:wxfile://tmp_1.jpg' })).toMatchObject({ mediaProgress: '7%', mediaNote: expect.stringContaining('退出程序前没发出就会丢失') as string })
      // The store has it.
      expect(rowOf({ ...body, local: 'temp:wxfile://tmp_1.jpg' })).not.toHaveProperty('mediaNote')
      expect(rowOf({ ...body, url: '', sha256: '', local: 'key' })).not.toHaveProperty('mediaNote')
    }
  })

  it('shows the picture once it is on this device, in the same box', () => {
    const before = rowOf(image)
    withState({ src: 'blob:x' })
    expect(rowOf(image)).toEqual({ ...before, picture: 'blob:x' })
  })

  it('follows the state', () => {
    const progress = shallowRef(1)
    mediaStates.value = { of: () => ({ progress: progress.value }), open: async () => undefined, save: async () => undefined, next: async () => undefined }
    expect(rowOf(file)).toMatchObject({ mediaProgress: '1%' })
    progress.value = 2
    expect(rowOf(file)).toMatchObject({ mediaProgress: '2%' })
  })

  it('of a voice is the wider the longer it is, and says whether it plays and was heard', () => {
    expect([1, 30_000, 60_000, 86_400_000].map((ms) => rowOf({ ...voice, ms, levels: undefined }).wide)).toEqual(['width:60px', 'width:120px', 'width:180px', 'width:180px'])
    withState({ isPlaying: true, isNew: true })
    expect(rowOf(voice)).toMatchObject({ plays: 'is-playing', fresh: 1, length: '12″', label: '[语音] 12″，未听' })
  })

  it('of a voice has its loudness as bars, more of them the longer it is', () => {
    const levels = `${'0'.repeat(16)}${'v'.repeat(16)}`
    expect([1, 60_000].map((ms) => rowOf({ ...voice, ms, levels }).wide)).toEqual(['width:60px;--l:"▁▁██"', `width:180px;--l:"${'▁'.repeat(8)}${'█'.repeat(8)}"`])
    // Of the parts that a bar is for, the loudest counts.
    expect(rowOf({ ...voice, ms: 1, levels: '0v'.repeat(16) }).wide).toBe('width:60px;--l:"████"')
  })

  it('of the voice that plays has its speed and its speaker, and no other row has them', async () => {
    const opened = withState({ isPlaying: true, speed: '1.5×', speaker: '听筒' })
    expect(rowOf(voice)).toMatchObject({ speed: '1.5×', speaker: '听筒' })
    const { speed, speaker } = VIEWS.voice?.taps ?? {}
    await speed?.(voice, { value: '', message })
    await speaker?.(voice, { value: '', message })
    expect(opened).toEqual(['speed', 'speaker'])
    withState({ speed: '1.5×', speaker: '听筒' })
    expect(rowOf(voice)).not.toHaveProperty('speed')
  })

  it('opens its file at a tap', async () => {
    const opened = withState({})
    for (const body of [image, voice, video, file]) await tap(body)
    expect(opened).toEqual(['image a', 'voice a', 'video a', 'file a'])
  })

  it('of a file on another host loads nothing: it has its size and the host, and a tap copies the address', async () => {
    const setClipboardData = vi.fn(({ success }: { data: string; success(): void }) => success())
    vi.stubGlobal('uni', { setClipboardData })
    const opened = withState({})
    const url = 'https://evil.example/a.bin'
    for (const body of [image, voice, video, file]) {
      expect(rowOf({ ...body, url })).toMatchObject({ mediaNote: '346 KB · evil.example' })
      await tap({ ...body, url })
    }
    expect(opened).toEqual([])
    expect(setClipboardData.mock.calls.map(([{ data }]) => data)).toEqual([url, url, url, url])
  })
})

describe('the name of a file', () => {
  it.each([
    ['short.pdf', 'short.pdf', 'PDF'],
    ['no-type', 'no-type', ''],
    ['x.averylongtype', 'x.averylongtype', ''],
    [`${'字'.repeat(190)}.docx`, `${'字'.repeat(25)}…字字字字字.docx`, 'DOCX'],
  ])('%s is cut in its middle and keeps its end', (name, fileName, fileType) => {
    expect(rowOf({ ...file, name })).toMatchObject({ fileName, fileType })
  })

  it('is never cut inside a character', () => {
    const name = shortFileName('😀'.repeat(60))
    expect(name).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/)
  })
})

/** The colours of four lines, as the decoder of thumbhash draws a picture of 4 lines and many columns: each the mean of its columns before they are limited. */
function lineColours(hash: Uint8Array): string[] {
  const at = (index: number) => hash[index] ?? 0
  const head = at(0) | (at(1) << 8) | (at(2) << 16)
  const more = at(3) | (at(4) << 8)
  const hasAlpha = head >> 23 !== 0
  const isLandscape = more >> 15 !== 0
  const lx = Math.max(3, isLandscape ? (hasAlpha ? 5 : 7) : more & 7)
  const ly = Math.max(3, isLandscape ? more & 7 : hasAlpha ? 5 : 7)
  let next = 0
  const start = hasAlpha ? 6 : 5
  const channel = (nx: number, ny: number, scale: number) => {
    const ac: { cx: number; cy: number; value: number }[] = []
    for (let cy = 0; cy < ny; cy++) for (let cx = cy ? 0 : 1; cx * ny < nx * (ny - cy); cx++) ac.push({ cx, cy, value: (((at(start + (next >> 1)) >> ((next++ & 1) << 2)) & 15) / 7.5 - 1) * scale })
    return ac
  }
  const l = { base: (head & 63) / 63, ac: channel(lx, ly, ((head >> 18) & 31) / 31) }
  const p = { base: ((head >> 6) & 63) / 31.5 - 1, ac: channel(3, 3, (((more >> 3) & 63) / 63) * 1.25) }
  const q = { base: ((head >> 12) & 63) / 31.5 - 1, ac: channel(3, 3, (((more >> 9) & 63) / 63) * 1.25) }
  const columns = 64
  return [0, 1, 2, 3].map((y) => {
    const mean = ({ base, ac }: typeof l) => {
      let sum = 0
      for (let x = 0; x < columns; x++) for (const { cx, cy, value } of ac) sum += value * Math.cos((Math.PI / columns) * (x + 0.5) * cx) * Math.cos((Math.PI / 4) * (y + 0.5) * cy) * 2
      return base + sum / columns
    }
    const [light, yellow, red] = [mean(l), mean(p), mean(q)]
    const blue = light - (2 / 3) * yellow
    const r = (3 * light - blue + red) / 2
    return `#${[r, r - red, blue].map((value) => Math.round(15 * Math.min(1, Math.max(0, value))).toString(16)).join('')}`
  })
}
