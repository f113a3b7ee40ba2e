import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCommitQueue } from '@/src/storage/commit-queue'

/** A commit that waits until it is told how it ends. */
function controlled(alone: (job: string) => boolean = () => false) {
  const groups: Array<{ jobs: readonly string[]; end: (error?: Error) => void }> = []
  const enqueue = createCommitQueue<string>(
    (jobs) => new Promise((resolve, reject) => groups.push({ jobs, end: (error) => (error ? reject(error) : resolve()) })),
    alone,
  )
  return { groups, enqueue }
}
const settle = () => new Promise(setImmediate)

describe('the commit queue', () => {
  it('commits at once in the quiet, and gathers what comes meanwhile', async () => {
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

  it('keeps the order, and leaves alone what wants to be', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 30 }), async (kinds) => {
        const jobs = kinds.map((alone, i) => ({ alone, i }))
        const groups: (typeof jobs)[] = []
        const enqueue = createCommitQueue<(typeof jobs)[number]>(
          async (group) => void groups.push([...group]),
          ({ alone }) => alone,
        )
        await Promise.all(jobs.map(enqueue))
        expect(groups.flat()).toEqual(jobs)
        for (const group of groups) expect(group.length === 1 || group.every(({ alone }) => !alone)).toBe(true)
      }),
    )
  })
})
