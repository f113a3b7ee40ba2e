import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RenderBatcher } from '@/src/stores/chat/threads/render-batcher'
import { own, text } from './doubles'

let shown: number[][]
let arrivals: RenderBatcher
beforeEach(() => {
  vi.useFakeTimers()
  shown = []
  arrivals = new RenderBatcher((messages) => void shown.push(messages.map(({ seq }) => seq)))
})
afterEach(() => vi.useRealTimers())

describe('a message that arrives', () => {
  it('after a pause is shown at once', () => {
    arrivals.add([text(0)])
    expect(shown).toEqual([[0]])
    vi.advanceTimersByTime(400)
    arrivals.add([text(1)])
    expect(shown).toEqual([[0], [1]])
  })

  it('right after another is shown a moment later, with those that have arrived by then', () => {
    arrivals.add([text(0)])
    arrivals.add([text(1)])
    vi.advanceTimersByTime(50)
    arrivals.add([text(2)])
    vi.advanceTimersByTime(99)
    expect(shown).toEqual([[0]])
    vi.advanceTimersByTime(1)
    expect(shown).toEqual([[0], [1, 2]])
  })

  it('is known with its newest state while it waits, and not after it', () => {
    arrivals.add([text(0)])
    arrivals.add([text(1)])
    const newer = { ...text(1), at: 7 }
    arrivals.add([newer, text(2)])
    expect(arrivals.waitingAt(1)).toBe(newer)
    expect(arrivals.waitingAt(0)).toBeUndefined()
    vi.advanceTimersByTime(400)
    expect(arrivals.waitingAt(1)).toBeUndefined()
  })

  it('of a flood is shown at the latest 400 ms after the last flush, so that a second of it is three changes', () => {
    for (let seq = 0; seq < 500; seq++) {
      arrivals.add([text(seq)])
      vi.advanceTimersByTime(2)
    }
    expect(shown.map((seqs) => seqs.length)).toEqual([1, 199, 200])
    vi.advanceTimersByTime(100)
    expect(shown.flat()).toEqual(Array.from({ length: 500 }, (_, seq) => seq))
  })

  it('of a flood that a slow device writes one by one is shown as rarely', () => {
    let left = 20
    const slow = new RenderBatcher((messages) => void shown.push(messages.map(({ seq }) => seq)), () => true, () => left > 0)
    for (let seq = 0; left > 0; seq++) {
      left--
      slow.add([text(seq)])
      vi.advanceTimersByTime(150)
    }
    vi.advanceTimersByTime(100)
    expect(shown.flat()).toEqual(Array.from({ length: 20 }, (_, seq) => seq))
    // 20 x 150 ms are 3 s.
    expect(shown.length).toBeLessThanOrEqual(9)
  })

  it('is shown before an own message, which is shown at once', () => {
    arrivals.add([text(0)])
    arrivals.add([text(1)])
    arrivals.add([own(2)])
    arrivals.add([own(2, 'sending')])
    expect(shown).toEqual([[0], [1, 2], [2]])
  })

  it('is shown at once while the page is hidden, where that costs nothing', () => {
    const hidden = new RenderBatcher((messages) => void shown.push(messages.map(({ seq }) => seq)), () => false)
    for (const seq of [0, 1, 2]) hidden.add([text(seq)])
    expect(shown).toEqual([[0], [1], [2]])
  })

  it('is not shown once the thread is closed', () => {
    arrivals.add([text(0)])
    arrivals.add([text(1)])
    arrivals.stop()
    vi.advanceTimersByTime(1_000)
    expect(shown).toEqual([[0]])
  })
})
