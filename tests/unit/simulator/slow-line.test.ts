import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SlowLine, slowSocket } from '../../../simulator/page/phone/slow-line'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

describe('a line that may be slow', () => {
  it('passes fast messages at once', () => {
    const arrived: number[] = []
    const line = new SlowLine(() => false)
    line.carry(() => arrived.push(1))
    expect(arrived).toEqual([1])
  })

  it('takes 300 ms, 100 more or less', () => {
    const arrived: string[] = []
    new SlowLine(() => true, () => 0.5).carry(() => arrived.push('middle'))
    const [least, most] = [[0, 0.5], [0.999, 0.5]]
    new SlowLine(() => true, () => least?.shift() ?? 0).carry(() => arrived.push('least'))
    new SlowLine(() => true, () => most?.shift() ?? 0).carry(() => arrived.push('most'))
    vi.advanceTimersByTime(199)
    expect(arrived).toEqual([])
    vi.advanceTimersByTime(1)
    expect(arrived).toEqual(['least'])
    vi.advanceTimersByTime(100)
    expect(arrived).toEqual(['least', 'middle'])
    vi.advanceTimersByTime(100)
    expect(arrived).toEqual(['least', 'middle', 'most'])
  })

  it('delays one in twenty by a second, and all later ones behind it', () => {
    const arrived: number[] = []
    // For each message: its delay, and whether it is held back.
    const luck = [0.5, 0.04, 0, 0.5, 0.5, 0.5]
    const line = new SlowLine(() => true, () => luck.shift() ?? 0.5)
    for (const message of [1, 2, 3]) line.carry(() => arrived.push(message))
    vi.advanceTimersByTime(1_299)
    expect(arrived).toEqual([])
    vi.advanceTimersByTime(1)
    expect(arrived).toEqual([1, 2, 3])
  })

  it('loses none and keeps the order when it becomes fast again', () => {
    const arrived: number[] = []
    let isSlow = true
    const line = new SlowLine(() => isSlow)
    for (let message = 0; message < 200; message++) {
      line.carry(() => arrived.push(message))
      if (message % 50 === 49) isSlow = !isSlow
      vi.advanceTimersByTime(7)
    }
    vi.runAllTimers()
    expect(arrived).toEqual(Array.from({ length: 200 }, (_, message) => message))
  })
})

describe('a socket over it', () => {
  it('loses messages on their way with a cut, and reports it once', () => {
    const seen: string[] = []
    const handlers = { onOpen: () => seen.push('open'), onMessage: () => seen.push('message'), onError: () => seen.push('error'), onClose: (code: number) => seen.push(`closed ${code}`) }
    let inner = handlers as Parameters<typeof slowSocket>[1]
    const socket = slowSocket(() => true, handlers as typeof inner, (given) => {
      inner = given
      return { send: () => seen.push('sent'), close: () => undefined, cut: () => inner.onClose(1005, '') }
    })
    inner.onOpen()
    vi.runAllTimers()
    socket.send('a')
    inner.onMessage('b')
    socket.cut()
    socket.cut()
    expect(seen).toEqual(['open', 'closed 1006'])
    vi.runAllTimers()
    expect(seen).toEqual(['open', 'closed 1006', 'sent'])
  })
})
