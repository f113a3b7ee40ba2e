// Pictures and files that are dropped on and pasted into a thread of the built H5, and the viewer of its pictures.
import type { Page } from 'playwright-core'
import { expect, test, vi } from 'vitest'
import { chatWith, connected, DESK, id, PHONE, useBuiltH5 } from '../support/built-h5'
import { samplePicture } from '../support/wx-phone'

const h5 = useBuiltH5({ rateLimits: false, files: {} }, { isQuiet: true })

interface Given {
  readonly name: string
  readonly type: string
  readonly bytes: readonly number[]
}

async function openChat(options = DESK): Promise<Page> {
  const page = await h5.tab(options)
  await page.goto(`${h5.address()}?uid=alice`)
  await connected(page)
  await chatWith(page, 'bob')
  return page
}

/** Drops or pastes these files. Resolves to whether the page has kept the browser from acting by itself. */
const hand = (page: Page, how: 'drop' | 'paste', files: readonly Given[]) =>
  page.evaluate(
    ([kind, given]) => {
      const data = new DataTransfer()
      for (const { name, type, bytes } of given) data.items.add(new File([Uint8Array.from(bytes)], name, { type }))
      const options = { bubbles: true, cancelable: true }
      const event = kind === 'drop' ? new DragEvent('drop', { ...options, dataTransfer: data }) : new ClipboardEvent('paste', { ...options, clipboardData: data })
      return !(document.querySelector('[data-testid="message-list"]') ?? document.body).dispatchEvent(event)
    },
    [how, files] as const,
  )

const picture = async (name: string, width: number, height: number): Promise<Given> => ({ name, type: 'image/jpeg', bytes: [...(await samplePicture(width, height))] })
const text = (name: string, words: string): Given => ({ name, type: 'text/plain', bytes: [...Buffer.from(words)] })

test('dropped pictures and files are looked at, and go in their order with a caption', { timeout: 90_000 }, async () => {
  const page = await openChat()
  const bob = await h5.client('bob')
  const wasHandled = await hand(page, 'drop', [text('a.txt', 'abc'), await picture('b.jpg', 400, 300), text('empty.txt', '')])
  expect(wasHandled).toBe(true)
  await page.waitForSelector('.uni-modal__bd')
  expect(await page.locator('.uni-modal__bd').textContent()).toBe('empty.txt：是空文件。')
  await page.click('.uni-modal__btn_primary')
  await vi.waitFor(async () => expect(await page.locator(id('attach-remove')).count()).toBe(2))
  expect(await page.locator(id('attach-name')).allTextContents()).toEqual(['a.txt'])
  // One more joins them.
  await hand(page, 'paste', [await picture('c.jpg', 300, 400)])
  await vi.waitFor(async () => expect(await page.locator(id('attach-remove')).count()).toBe(3))
  await page.locator(`${id('attach-caption')} input`).fill('图文')
  await page.screenshot({ path: 'dist/test/shots/h5-dropped.png' })
  await page.click(id('attach-send'))
  const sent = () => bob.all('peer').map(({ text: json }) => JSON.parse(json) as { kind: string; text?: string; name?: string }).filter(({ kind }) => kind !== 'typing')
  await vi.waitFor(() => expect(sent()).toHaveLength(3), 20_000)
  expect(sent().map(({ kind, text: caption, name }) => [kind, caption ?? name])).toEqual([
    ['file', 'a.txt'],
    ['image', '图文'],
    ['image', undefined],
  ])
})

test('more than nine at once: the first nine are taken, and a sentence says so', { timeout: 90_000 }, async () => {
  const page = await openChat()
  await hand(page, 'drop', Array.from({ length: 10 }, (_, index) => text(`${index}.txt`, 'x')))
  await page.waitForSelector('.uni-modal__bd')
  expect(await page.locator('.uni-modal__bd').textContent()).toBe('9.txt：一次最多发送 9 个。')
  await page.click('.uni-modal__btn_primary')
  expect(await page.locator(id('attach-name')).count()).toBe(9)
})

test('the viewer has all pictures of the thread: by button, key and swipe, zoomed and closed', { timeout: 90_000 }, async () => {
  const page = await openChat(PHONE)
  await hand(page, 'drop', [await picture('a.jpg', 400, 300), await picture('b.jpg', 300, 400), await picture('c.jpg', 500, 300)])
  await vi.waitFor(async () => expect(await page.locator(id('attach-remove')).count()).toBe(3))
  await page.click(id('attach-send'))
  const rows = page.locator(id('message-image'))
  await vi.waitFor(async () => expect(await rows.count()).toBe(3), 20_000)
  await rows.nth(1).focus()
  await page.keyboard.press('Enter')
  const shown = page.locator(id('viewer-image'))
  const count = (words: string) => vi.waitFor(async () => expect(await page.locator(id('viewer-count')).textContent()).toBe(words))
  await shown.waitFor()
  await count('2 / 3')
  await vi.waitFor(async () => expect(await shown.getAttribute('aria-label')).toBe('图片，第 2 个，共 3 个'))
  await page.screenshot({ path: 'dist/test/shots/h5-viewer-phone.png' })
  await page.click(id('viewer-next'))
  await count('3 / 3')
  expect(await page.locator(id('viewer-next')).count()).toBe(0)
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('ArrowLeft')
  await count('1 / 3')
  await shown.waitFor()
  const finger = await page.context().newCDPSession(page)
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...at: readonly (readonly [number, number])[]) =>
    finger.send('Input.dispatchTouchEvent', { type, touchPoints: at.map(([x, y], index) => ({ x, y, id: index })) })
  await touch('touchStart', [300, 300])
  await touch('touchMove', [200, 300])
  await touch('touchMove', [100, 300])
  await touch('touchEnd')
  await count('2 / 3')
  await shown.waitFor()
  const scale = () => shown.evaluate((image) => new DOMMatrix(getComputedStyle(image).transform).a)
  await touch('touchStart', [150, 300], [200, 300])
  await touch('touchMove', [100, 300], [250, 300])
  await touch('touchEnd')
  await vi.waitFor(async () => expect(await scale()).toBeCloseTo(3, 1))
  // A swipe over a zoomed picture moves it.
  await touch('touchStart', [300, 300])
  await touch('touchMove', [100, 300])
  await touch('touchEnd')
  await count('2 / 3')
  await page.mouse.dblclick(187, 300)
  await vi.waitFor(async () => expect(await scale()).toBe(1))
  await page.mouse.wheel(0, -300)
  await vi.waitFor(async () => expect(await scale()).toBeGreaterThan(1.5))
  const [saved] = await Promise.all([page.waitForEvent('download'), page.click(id('viewer-save'))])
  expect(saved.suggestedFilename()).toMatch(/^图片 \d{8} \d{6}\.jpg$/)
  await page.keyboard.press('Escape')
  await page.waitForSelector(id('composer-input'))
  await vi.waitFor(async () => expect(await rows.nth(1).evaluate((row) => row === document.activeElement)).toBe(true))
})
