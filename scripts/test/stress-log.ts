/** The runs of `npm run test:stress`: one line of JSON each, so that an interrupted series continues where it stopped. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

export interface StressRun {
  readonly commit: string
  /** The number of busy processes beside it. */
  readonly load: number
  /** The tested files. Empty: all. */
  readonly files: readonly string[]
  /** The exit code of `npm test`. */
  readonly code: number
  readonly seconds: number
  /** The tests that failed, by file and name. */
  readonly failed: readonly string[]
}

export function readRuns(file: string): StressRun[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as StressRun)
}

export function addRun(file: string, run: StressRun): void {
  mkdirSync(path.dirname(file), { recursive: true })
  appendFileSync(file, `${JSON.stringify(run)}\n`)
}

/** The runs of one commit, with one load, of the same files. */
export function runsLike(runs: readonly StressRun[], { commit, load, files }: Pick<StressRun, 'commit' | 'load' | 'files'>): StressRun[] {
  return runs.filter((run) => run.commit === commit && run.load === load && run.files.join() === files.join())
}

/** The number of runs, the number of failed runs, and how often each test failed, most often first. */
export function describeRuns(runs: readonly StressRun[]): string {
  const failures = new Map<string, number>()
  for (const { failed, code } of runs) {
    for (const name of failed.length === 0 && code !== 0 ? ['(no test: a step before or after them)'] : failed) failures.set(name, (failures.get(name) ?? 0) + 1)
  }
  const red = runs.filter(({ code }) => code !== 0).length
  const lines = [...failures].sort(([, a], [, b]) => b - a).map(([name, count]) => `${String(count).padStart(4)} × ${name}`)
  return [`${runs.length} runs, ${red} failed`, ...lines].join('\n')
}
