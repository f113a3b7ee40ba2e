import { afterEach, describe, expect, it } from 'vitest'
import { clock, every, pause, setClock, systemClock } from '@/src/chat/time/clock'
import { TEST_CLOCK_START, TestClock } from '../../../support/test-clock'

afterEach(() => setClock(systemClock))

describe('the clock of the client', () => {
  it('uses the clock that was set last', async () => {
    const stepped = new TestClock()
    setClock(stepped)
    const passed: number[] = []
    clock.after(10, () => passed.push(clock.elapsed()))
    await stepped.advance(9)
    expect(passed).toEqual([])
    await stepped.advance(1)
    expect([passed, clock.now()]).toEqual([[10], TEST_CLOCK_START + 10])
  })

  it('cancels a wait, also of an earlier clock', async () => {
    const stepped = new TestClock()
    setClock(stepped)
    const cancel = clock.after(10, () => expect.unreachable())
    setClock(new TestClock())
    cancel()
    expect(stepped.waiting).toBe(0)
    await stepped.advance(10)
  })
})

it('a pause ends with its time', async () => {
  const stepped = new TestClock()
  let isOver = false
  void pause(stepped, 5).then(() => (isOver = true))
  await stepped.advance(4)
  expect(isOver).toBe(false)
  await stepped.advance(1)
  expect(isOver).toBe(true)
})

it('a repeated call ends when it is cancelled, also by itself', async () => {
  const stepped = new TestClock()
  const at: number[] = []
  const cancel = every(stepped, 5, () => {
    at.push(stepped.elapsed())
    if (at.length === 3) cancel()
  })
  await stepped.advance(50)
  expect([at, stepped.waiting]).toEqual([[5, 10, 15], 0])
})
