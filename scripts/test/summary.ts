import { existsSync, readFileSync } from 'node:fs'

/** The counts of one or several Vitest runs. */
export interface Counts {
  readonly passed: number
  readonly failed: number
  /** Skipped and todo together. */
  readonly skipped: number
}

/** What Vitest's json reporter writes, as far as it is read here. */
interface VitestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  /** One entry for each test file. */
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly { readonly status: string }[] }[]
}

/** Adds up the reports of Vitest's json reporter; a file that is not there counts nothing (its run did not take place). */
export function readCounts(files: readonly string[]): Counts {
  return sumReports(files.filter((file) => existsSync(file)).map((file) => JSON.parse(readFileSync(file, 'utf8')) as VitestReport))
}

/** Adds up reports. A test file that could not be loaded has no tests, so it counts as one failure itself. */
export function sumReports(reports: readonly VitestReport[]): Counts {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  for (const report of reports) {
    counts.passed += report.numPassedTests
    counts.failed += report.numFailedTests
    counts.skipped += report.numPendingTests + report.numTodoTests
    counts.failed += report.testResults.filter(
      ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
    ).length
  }
  return counts
}

/** The last line of `npm test`. */
export function describeCounts({ passed, failed, skipped }: Counts): string {
  const line = `${passed} passed, ${failed} failed`
  return skipped === 0 ? line : `${skipped} skipped\n${line}`
}
