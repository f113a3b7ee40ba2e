import { expect, it } from 'vitest'
import { Turns } from '../../../gateway/files/turns'

/** Jobs that end when the test says. */
function jobsOf(turns: Turns) {
  const begun: number[] = []
  const ends: (() => void)[] = []
  const start = (job: number) =>
    turns.run(async () => {
      begun.push(job)
      await new Promise<void>((resolve) => (ends[job] = resolve))
    })
  return { begun, end: (job: number) => ends[job]?.(), start }
}

it('runs two jobs at a time, the others in their order, and refuses those for which there is no place', async () => {
  const { begun, end, start } = jobsOf(new Turns(2, 2, () => new Error('full')))
  const running = [0, 1, 2, 3].map(start)
  await expect(start(4)).rejects.toThrow('full')
  expect(begun).toEqual([0, 1])
  end(1)
  await running[1]
  expect(begun).toEqual([0, 1, 2])
  const later = start(5)
  await expect(start(6)).rejects.toThrow('full')
  for (const job of [0, 2, 3, 5]) {
    end(job)
    await (job === 5 ? later : running[job])
  }
  expect(begun).toEqual([0, 1, 2, 3, 5])
})
