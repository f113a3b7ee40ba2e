/** Presses on H5, in old and new browsers. */
import { Window } from 'happy-dom'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { importForH5 } from '../../support/h5'

afterEach(() => vi.unstubAllGlobals())

/** A document whose addEventListener ignores `signal`, as in Safari 14 and Chromium 89, or supports it. */
async function page(knowsSignal: boolean) {
  const window = new Window()
  if (!knowsSignal) {
    // Nodes and the window each have their own.
    for (const kind of [window.EventTarget.prototype, window as unknown as EventTarget]) {
      const add = kind.addEventListener
      kind.addEventListener = function (this: EventTarget, type: string, listener: any, options: any) {
        const { signal: _unknown, ...known } = typeof options === 'object' ? options : { capture: options }
        return Reflect.apply(add, this, [type, listener, known])
      }
    }
  }
  vi.stubGlobal('window', window)
  vi.stubGlobal('document', window.document)
  vi.stubGlobal('Element', window.Element)
  const press = await importForH5<typeof import('@/src/platform/press')>('src/platform/press.ts')
  window.document.body.innerHTML = '<p id="row"></p><p id="other"></p>'
  const at = (id: string) => window.document.getElementById(id)!
  const touch = (id: string, type: string) =>
    at(id).dispatchEvent(Object.assign(new window.Event(type, { bubbles: true }), { touches: type === 'touchstart' ? [{ clientX: 1, clientY: 1 }] : [] }))
  const taps: string[] = []
  for (const id of ['row', 'other']) at(id).addEventListener('click', () => taps.push(id))
  const click = (id: string) => at(id).dispatchEvent(new window.Event('click', { bubbles: true, cancelable: true }))
  return { press, touch, click, taps }
}

describe.each([
  ['that knows `signal`', true],
  ['that does not know `signal`', false],
])('in a browser %s', (_, knowsSignal) => {
  it('the click of a lifted finger is suppressed, and every later one arrives', async () => {
    const { press, touch, click, taps } = await page(knowsSignal)
    for (let turn = 0; turn < 3; turn++) {
      touch('row', 'touchstart')
      const up = press.fingerUp()
      touch('row', turn === 1 ? 'touchcancel' : 'touchend')
      await up
      click('row')
      expect(taps).toEqual([])
      for (const id of ['other', 'row', 'row']) click(id)
      expect(taps.splice(0)).toEqual(['other', 'row', 'row'])
    }
  })

  it('the next touch is intended, though the former one caused no click', async () => {
    const { press, touch, click, taps } = await page(knowsSignal)
    touch('row', 'touchstart')
    const up = press.fingerUp()
    touch('row', 'touchend')
    await up
    touch('other', 'touchstart')
    touch('other', 'touchend')
    click('other')
    expect(taps).toEqual(['other'])
    // No finger is down, so there is nothing to wait for or to suppress.
    await press.fingerUp()
    click('row')
    expect(taps).toEqual(['other', 'row'])
  })
})
