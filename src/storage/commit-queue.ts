/**
 * Group commit: jobs run one group after the other, and what comes while a group runs makes up the next one. A flood of
 * writes costs a few commits, and a write into the quiet does not wait.
 */

interface Waiting<Job> {
  readonly job: Job
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * The function it returns takes a job and settles with its group: resolved once `commit` has resolved, rejected when it
 * rejects. A job for which `alone` holds is a group of its own; the order of jobs is kept either way.
 */
export function createCommitQueue<Job>(
  commit: (jobs: readonly Job[]) => Promise<void>,
  alone: (job: Job) => boolean,
): (job: Job) => Promise<void> {
  let waiting: Waiting<Job>[] = []
  let running = false

  function takeGroup(): Waiting<Job>[] {
    const first = waiting.findIndex(({ job }) => alone(job))
    const size = first === -1 ? waiting.length : Math.max(first, 1)
    const group = waiting.slice(0, size)
    waiting = waiting.slice(size)
    return group
  }

  async function run(): Promise<void> {
    running = true
    while (waiting.length > 0) {
      const group = takeGroup()
      try {
        await commit(group.map(({ job }) => job))
        for (const { resolve } of group) resolve()
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    running = false
  }

  return (job) =>
    new Promise((resolve, reject) => {
      waiting.push({ job, resolve, reject })
      if (!running) void run()
    })
}
