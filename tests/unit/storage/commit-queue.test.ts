import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Clock } from '@/src/chat/time/clock'
import { createCommitQueue, GATHER_MS } from '@/src/storage/history/commit-queue'

/** A commit that waits until the test ends it. */
function controlled(alone: (job: string) => boolean = () => false) {
  const groups: Array<{ jobs: readonly string[]; end: (error?: Error) => void }> = []
  const enqueue = createCommitQueue<string>(
    (jobs) => new Promise((resolve, reject) => groups.push({ jobs, end: (error) => (error ? reject(error) : resolve()) })),
    alone,
  )
  return { groups, enqueue }
}
/** A clock that advances only while a test waits for it. */
function manualClock(): Clock & { time: number } {
  const clock = {
    time: 0,
    now: () => clock.time,
    elapsed: () => clock.time,
    after(ms: number, run: () => void) {
      clock.time += ms
      run()
      return () => {}
    },
  }
  return clock
}

const settle = () => new Promise(setImmediate)

describe('the commit queue', () => {
  it('commits at once after a pause, and gathers what arrives during a commit', async () => {
    const { groups, enqueue } = controlled()
    const done: string[] = []
    for (const job of ['a', 'b', 'c']) void enqueue(job).then(() => done.push(job))
    expect(groups.map(({ jobs }) => jobs)).toEqual([['a']])
    groups[0]!.end()
    await settle()
    expect(done).toEqual(['a'])
    expect(groups.map(({ jobs }) => jobs)).toEqual([['a'], ['b', 'c']])
    groups[1]!.end()
    await settle()
    expect(done).toEqual(['a', 'b', 'c'])
  })

  it('rejects a group that fails and no other', async () => {
    const { groups, enqueue } = controlled()
    const results = Promise.allSettled(['a', 'b', 'c'].map(enqueue))
    groups[0]!.end()
    await settle()
    const error = new Error('disk')
    groups[1]!.end(error)
    await settle()
    const later = enqueue('d')
    groups[2]!.end()
    await later
    expect((await results).map((r) => (r.status === 'rejected' ? r.reason : 'done'))).toEqual(['done', error, error])
  })

  it('gathers under load, however fast the disk, so that a flood costs few commits', async () => {
    const clock = manualClock()
    const groups: number[] = []
    const enqueue = createCommitQueue<number>(
      async (jobs) => void groups.push(jobs.length),
      () => false,
      {
        ...clock,
        after(ms, run) {
          pauses.push({ at: clock.time + ms, run })
          return () => {}
        },
      },
    )
    const pauses: { at: number; run: () => void }[] = []
    const kept: Promise<void>[] = []
    // A thousand in a second, each of which would be on the disk before the next.
    for (; clock.time < 1_000; clock.time++) {
      kept.push(enqueue(clock.time))
      for (const { run } of pauses.filter(({ at }) => at <= clock.time)) run()
      await settle()
    }
    for (const { run } of pauses) run()
    await Promise.all(kept)
    expect(groups.reduce((sum, size) => sum + size, 0)).toBe(1_000)
    expect(groups.length).toBeLessThan(20 + 1_000 / GATHER_MS + 2)
    // The pause again.
    clock.time += 1_000
    await enqueue(0)
    expect(groups.at(-1)).toBe(1)
  })

  it("delays no sender with one message after another at a person's speed, and hardly a faster one", async () => {
    const clock = manualClock()
    const enqueue = createCommitQueue<number>(async () => undefined, () => false, clock)
    for (let job = 0; job < 200; job++) {
      await enqueue(job)
      clock.time += 6
    }
    expect(clock.time).toBe(200 * 6)
    for (let job = 0; job < 1_000; job++) await enqueue(job)
    expect(clock.time - 200 * 6).toBeLessThanOrEqual(7 * GATHER_MS)
  })

  it('keeps the order, and does not group what must be alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 30 }), async (kinds) => {
        const jobs = kinds.map((alone, i) => ({ alone, i }))
        const groups: (typeof jobs)[] = []
        const enqueue = createCommitQueue<(typeof jobs)[number]>(
          async (group) => void groups.push([...group]),
          ({ alone }) => alone,
          manualClock(),
        )
        await Promise.all(jobs.map(enqueue))
        expect(groups.flat()).toEqual(jobs)
        for (const group of groups) expect(group.length === 1 || group.every(({ alone }) => !alone)).toBe(true)
      }),
    )
  })
})
