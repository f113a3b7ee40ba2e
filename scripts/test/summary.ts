import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** The counts of one or several Vitest runs. */
export interface Counts {
  readonly passed: number
  readonly failed: number
  /** Skipped and todo together. */
  readonly skipped: number
}

/** The fields of Vitest's json report that are read here. */
interface VitestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  /** One entry for each test file. */
  readonly testResults: readonly FileReport[]
}

interface FileReport {
  /** The path of the file. */
  readonly name: string
  readonly status: string
  readonly assertionResults: readonly {
    readonly status: string
    readonly fullName: string
    /** In ms. */
    readonly duration?: number | null
  }[]
}

/** One test, by the file's path from the root of the project and the test's full name. */
export interface TestTime {
  readonly name: string
  readonly ms: number
}

/** Reads the reports of Vitest's json reporter. A missing file counts as nothing, because its run did not take place. */
export function readReports(files: readonly string[]): VitestReport[] {
  return files.filter((file) => existsSync(file)).map((file) => JSON.parse(readFileSync(file, 'utf8')) as VitestReport)
}

/** The names of the failed tests. For a file that could not be loaded, its path. */
export function failedTests(reports: readonly VitestReport[], root: string): string[] {
  return reports.flatMap(({ testResults }) =>
    testResults.flatMap((file) => {
      const failed = file.assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => nameOf(root, file, fullName))
      return failed.length === 0 && file.status === 'failed' ? [path.relative(root, file.name)] : failed
    }),
  )
}

/** The slowest tests, slowest first. */
export function slowestTests(reports: readonly VitestReport[], root: string, count: number): TestTime[] {
  return reports
    .flatMap(({ testResults }) => testResults.flatMap((file) => file.assertionResults.map(({ fullName, duration }) => ({ name: nameOf(root, file, fullName), ms: duration ?? 0 }))))
    .sort((a, b) => b.ms - a.ms)
    .slice(0, count)
}

function nameOf(root: string, file: FileReport, fullName: string): string {
  return `${path.relative(root, file.name)} > ${fullName.trim()}`
}

/** Adds up reports. A test file that could not be loaded has no tests, so it counts as one failure. */
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
