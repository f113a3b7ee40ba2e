/**
 * Group commit: runs one group of jobs after the other, and the jobs that arrive while a group runs are the next one.
 *
 * On a fast disk a flood would still be one write, and one update of the screen, per job. So under load a group waits briefly for more jobs,
 * unless waiting has just gathered none, as when each write follows the one before.
 */
import { clock, pause, type Clock } from '@/src/chat/time/clock'

/** At this rate of jobs, higher than one user causes, groups wait for more jobs. */
const LOAD = { jobs: 20, withinMs: 100 } as const
/** How long a group waits for more jobs. */
export const GATHER_MS = 50
/** A group of this many jobs does not wait. */
const GROUP_MIN = 32
/** Limit of the jobs that skip waiting after a fruitless wait. */
const SKIP_MAX = 2_560

interface Waiting<Job> {
  readonly job: Job
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Returns a function that queues a job. Its promise resolves when `commit` of the job's group resolves, and rejects with the same error when
 * that rejects. Jobs stay in order; `alone` returns whether a job must be a group of its own.
 */
export function createCommitQueue<Job>(
  commit: (jobs: readonly Job[]) => Promise<void>,
  alone: (job: Job) => boolean,
  time: Clock = clock,
): (job: Job) => Promise<void> {
  let waiting: Waiting<Job>[] = []
  let running = false
  /** When the latest jobs arrived, at most LOAD.jobs of them. */
  const arrivals: number[] = []

  function isUnderLoad(): boolean {
    const [oldest] = arrivals
    return oldest !== undefined && arrivals.length === LOAD.jobs && time.now() - oldest < LOAD.withinMs
  }

  /** Exponential back-off: the jobs that skip waiting after the next fruitless wait, and then twice as many. */
  let nextSkip: number = LOAD.jobs
  /** Jobs that still skip waiting. */
  let toSkip = 0

  async function gather(): Promise<void> {
    const before = waiting.length
    // A burst of jobs is complete in the next task.
    await pause(time, 0)
    if (waiting.length < GROUP_MIN) await pause(time, GATHER_MS)
    if (waiting.length > before) {
      nextSkip = LOAD.jobs
      return
    }
    toSkip = nextSkip
    nextSkip = Math.min(nextSkip * 2, SKIP_MAX)
  }

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
      if (toSkip === 0 && waiting.length < GROUP_MIN && isUnderLoad()) await gather()
      const group = takeGroup()
      toSkip = Math.max(0, toSkip - group.length)
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
      arrivals.push(time.now())
      if (arrivals.length > LOAD.jobs) arrivals.shift()
      if (!running) void run()
    })
}
