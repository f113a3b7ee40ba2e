import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MemberCount } from '@/src/rtm/agora/member-count'
import { errorOfCode } from '@/src/rtm/error-name'
import { RtmError } from '@/src/rtm/errors'

describe('MemberCount', () => {
  let members: string[]
  let failure: RtmError | undefined
  let asked: number
  let told: number[]
  let count: MemberCount
  beforeEach(() => {
    vi.useFakeTimers()
    members = ['me']
    failure = undefined
    asked = 0
    told = []
    const getMembers = async () => {
      asked++
      if (failure) throw failure
      return members
    }
    count = new MemberCount(getMembers, (n) => void told.push(n))
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

  it("is reported after the user's own join, and whenever it changes", async () => {
    count.start()
    await pass(0)
    members = ['me', 'bob']
    count.refresh()
    await pass(1_000)
    count.refresh()
    await pass(1_000)
    expect(told).toEqual([1, 2])
  })

  it('is requested at most twice in 2 s, and is correct in the end', async () => {
    count.start()
    for (let i = 0; i < 100; i++) {
      members = [...members, `user${i}`]
      count.refresh()
      await pass(20)
    }
    expect(asked).toBeLessThanOrEqual(3)
    await pass(1_000)
    expect(told.at(-1)).toBe(101)
  })

  it('asks again when it was too often', async () => {
    failure = errorOfCode('getMembers', 4, 'too often')
    count.start()
    await pass(500)
    expect(told).toEqual([])
    failure = undefined
    await pass(1_000)
    expect(told).toEqual([1])
  })

  it.each([5, 102])('gives up outside the channel (%i)', async (code) => {
    failure = errorOfCode('getMembers', code, 'out')
    count.start()
    await pass(60_000)
    expect(asked).toBe(1)
  })

  it('is not reported after the leave', async () => {
    count.start()
    count.stop()
    await pass(5_000)
    expect([asked, told]).toEqual([0, []])
  })
})
