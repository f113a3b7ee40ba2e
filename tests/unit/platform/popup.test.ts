/** A popup of the app on H5: its keys, its focus, and what closes it. */
import { Window } from 'happy-dom'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { importForH5 } from '../../support/h5'

afterEach(() => vi.unstubAllGlobals())

/** Five reactions with their button, and seven actions in two lines: the ids of the stops, and where they are, px. */
const STOPS = [
  ...['👍', '❤️', '😂', '😮', '🙏', 'react'].map((id, column) => ({ id, left: column * 50, top: 0, width: 50, height: 44 })),
  ...['copy', 'quote', 'edit', 'recall', 'forward'].map((id, column) => ({ id, left: column * 60, top: 45, width: 60, height: 64 })),
  ...['select', 'delete'].map((id, column) => ({ id, left: column * 60, top: 109, width: 60, height: 64 })),
]

async function page({ closeWatcher }: { closeWatcher?: object } = {}) {
  const window = new Window()
  const { document } = window
  for (const [name, value] of Object.entries({ window, document, Element: window.Element, HTMLElement: window.HTMLElement, HTMLInputElement: window.HTMLInputElement, HTMLTextAreaElement: window.HTMLTextAreaElement })) {
    vi.stubGlobal(name, value)
  }
  if (closeWatcher) Object.assign(window, { CloseWatcher: closeWatcher })
  const { holdPopup } = await importForH5<typeof import('@/src/platform/popup')>('src/platform/popup.ts')
  document.body.innerHTML = `<textarea id="field"></textarea><div role="article" id="row" tabindex="-1"><div id="more" role="button" tabindex="0"></div></div>
    <div id="root"><div id="beside" role="button" tabindex="0"></div><div role="menu">${STOPS.map(({ id }) => `<div id="${id}" role="menuitem" tabindex="-1"></div>`).join('')}</div></div>`
  const at = (id: string) => document.getElementById(id) as unknown as HTMLElement
  for (const stop of STOPS) Object.assign(at(stop.id), { getBoundingClientRect: () => ({ ...stop, bottom: stop.top + stop.height, right: stop.left + stop.width }) })
  const close = vi.fn()
  const fire = (target: { dispatchEvent(event: any): unknown }, type: string, init: object = {}) => {
    const event = Object.assign(new window.Event(type, { bubbles: true, cancelable: true }), init)
    target.dispatchEvent(event)
    return event.defaultPrevented
  }
  return {
    at,
    fire,
    close,
    window,
    hold: (hangs = true) => holdPopup(at('root'), { close, hangs }),
    /** Presses keys. Resolves to the element that has the focus then. */
    press(...keys: string[]) {
      for (const key of keys) fire(document.activeElement ?? document.body, 'keydown', { key, shiftKey: key === 'ShiftTab', ...(key === 'ShiftTab' && { key: 'Tab' }) })
      return document.activeElement?.id
    },
    focused: () => document.activeElement?.id,
  }
}

describe('a popup', () => {
  it('takes the focus, and gives it back', async () => {
    const { at, hold, focused } = await page()
    at('row').focus()
    const end = hold()
    expect(focused()).toBe('👍')
    end()
    expect(focused()).toBe('row')
  })

  it('gives the focus to the message if the button that opened it is gone', async () => {
    const { at, hold, focused } = await page()
    at('more').focus()
    const end = hold()
    at('more').remove()
    end()
    expect(focused()).toBe('row')
  })

  it('leaves the focus where the user has put it since', async () => {
    const { at, hold, focused } = await page()
    at('row').focus()
    const end = hold()
    at('field').focus()
    end()
    expect(focused()).toBe('field')
  })

  it('leaves the keyboard of a phone open, and selects nothing, when a finger opens it', async () => {
    const { at, fire, hold, focused, window } = await page()
    at('field').focus()
    fire(at('row'), 'touchstart', { touches: [{ clientX: 1, clientY: 1 }] })
    const end = hold()
    expect([focused(), window.document.documentElement.hasAttribute('data-held')]).toEqual(['field', true])
    expect(fire(at('beside'), 'mousedown')).toBe(true)
    end()
    expect([focused(), window.document.documentElement.hasAttribute('data-held')]).toEqual(['field', false])
  })

  it.each<[string, string[], string]>([
    ['right', ['ArrowRight'], '❤️'],
    ['left from the first, to the last', ['ArrowLeft'], 'delete'],
    ['right from the last, to the first', ['End', 'ArrowRight'], '👍'],
    ['Tab', ['Tab', 'Tab'], '😂'],
    ['Tab back from the first, to the last', ['ShiftTab'], 'delete'],
    ['down, to the nearest of the next line', ['ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowDown'], 'edit'],
    ['down twice', ['ArrowDown', 'ArrowDown'], 'select'],
    ['down into a shorter line', ['End', 'ArrowUp', 'ArrowRight', 'ArrowRight', 'ArrowDown'], 'delete'],
    ['down from the last line, to the first', ['ArrowDown', 'ArrowDown', 'ArrowDown'], '👍'],
    ['up from the first line, to the last', ['ArrowUp'], 'select'],
    ['up', ['End', 'ArrowUp', 'ArrowUp'], '❤️'],
  ])('moves the focus by keys: %s', async (_, keys, expected) => {
    const { hold, press } = await page()
    hold()
    expect(press(...keys)).toBe(expected)
  })

  it('closes by Escape, which closes nothing else', async () => {
    const { hold, press, close, window } = await page()
    const others = vi.fn()
    window.addEventListener('keydown', others)
    const end = hold()
    press('Escape')
    expect([close.mock.calls.length, others.mock.calls.length]).toEqual([1, 0])
    end()
    press('Escape')
    expect([close.mock.calls.length, others.mock.calls.length]).toEqual([1, 1])
  })

  it('that hangs at something closes by the wheel, a change of the window and the second button beside it', async () => {
    const { at, fire, hold, close, window } = await page()
    hold()
    fire(at('beside'), 'wheel')
    fire(window as never, 'resize')
    expect(fire(at('beside'), 'contextmenu')).toBe(true)
    expect(close).toHaveBeenCalledTimes(3)
    // The browser's menu.
    expect(fire(at('beside'), 'contextmenu', { shiftKey: true })).toBe(false)
    expect(close).toHaveBeenCalledTimes(3)
  })

  it('stays open at the browser’s event for the long press that opened it', async () => {
    const { at, fire, hold, close } = await page()
    fire(at('row'), 'touchstart', { touches: [{ clientX: 1, clientY: 1 }] })
    hold()
    expect(fire(at('beside'), 'contextmenu')).toBe(true)
    expect(close).not.toHaveBeenCalled()
  })

  it('that does not hang stays open then', async () => {
    const { at, fire, hold, close, window } = await page()
    hold(false)
    fire(at('beside'), 'wheel')
    fire(window as never, 'resize')
    expect(fire(at('beside'), 'contextmenu')).toBe(false)
    expect(close).not.toHaveBeenCalled()
  })

  it('closes when the user goes back, where the browser tells', async () => {
    const watchers: { onclose: (() => void) | null; destroy: () => void }[] = []
    class CloseWatcher {
      onclose: (() => void) | null = null
      destroy = vi.fn()
      constructor() {
        watchers.push(this)
      }
    }
    const { hold, close } = await page({ closeWatcher: CloseWatcher })
    const end = hold()
    watchers[0]?.onclose?.()
    expect(close).toHaveBeenCalledOnce()
    end()
    expect(watchers[0]?.destroy).toHaveBeenCalledOnce()
  })
})
