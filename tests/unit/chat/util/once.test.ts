import { expect, it } from 'vitest'
import { once } from '@/src/chat/util/once'

it('loads once for all callers, and again after a failure', async () => {
  let calls = 0
  let isBroken = true
  const load = once(async () => {
    calls++
    if (isBroken) throw new Error('broken')
    return calls
  })
  const [first, second] = await Promise.allSettled([load(), load()])
  expect([first.status, second.status, calls]).toEqual(['rejected', 'rejected', 1])
  isBroken = false
  expect(await Promise.all([load(), load()])).toEqual([2, 2])
  expect(await load()).toBe(2)
})
