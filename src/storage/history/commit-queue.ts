/**
 * Group commit: jobs run one group after the other, and what comes while a group runs makes up the next one. A fast disk would
 * still write a flood one by one, and the screen follow each write: so under load a group waits a moment for more. A write
 * into the quiet does not wait; and where waiting gathers nothing, since each write is made after the one before, it is not
 * done again for long.
 */
import { clock, pause, type Clock } from '@/src/chat/time/clock'

/** Load: so many jobs within so many ms, more than one person sends. Then a group gathers for GATHER_MS. */
const LOAD = { jobs: 20, withinMs: 100 } as const
export const GATHER_MS = 50
/** A group of so many is not worth a wait. */
const GROUP_MIN = 32
const SPARED_MAX = 2_560

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
  time: Clock = clock,
): (job: Job) => Promise<void> {
  let waiting: Waiting<Job>[] = []
  let running = false
  /** When the latest jobs came, LOAD.jobs of them at most. */
  const arrivals: number[] = []

  function isUnderLoad(): boolean {
    const [oldest] = arrivals
    return oldest !== undefined && arrivals.length === LOAD.jobs && time.now() - oldest < LOAD.withinMs
  }

  /** After a wait in vain so many jobs go without one; after the next twice as many. */
  let spared: number = LOAD.jobs
  let toSpare = 0

  async function gather(): Promise<void> {
    const before = waiting.length
    // What comes all at once is there with the next task.
    await pause(time, 0)
    if (waiting.length < GROUP_MIN) await pause(time, GATHER_MS)
    if (waiting.length > before) {
      spared = LOAD.jobs
      return
    }
    toSpare = spared
    spared = Math.min(spared * 2, SPARED_MAX)
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
      if (toSpare === 0 && waiting.length < GROUP_MIN && isUnderLoad()) await gather()
      const group = takeGroup()
      toSpare = Math.max(0, toSpare - group.length)
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
