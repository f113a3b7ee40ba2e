import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { addRun, describeRuns, readRuns, runsLike, type StressRun } from '@/scripts/test/stress-log'
import { failedTests, slowestTests } from '@/scripts/test/summary'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'stress-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const run = (changes: Partial<StressRun> = {}): StressRun => ({ commit: 'a', load: 0, files: [], code: 0, seconds: 1, failed: [], ...changes })

it('continues the runs of the same commit, load and files', () => {
  const file = path.join(folder, 'new', 'stress.jsonl')
  expect(readRuns(file)).toEqual([])
  const runs = [run(), run({ load: 4 }), run({ commit: 'b' }), run({ files: ['chat'] }), run({ code: 1, failed: ['x'] })]
  for (const each of runs) addRun(file, each)
  expect(readRuns(file)).toEqual(runs)
  expect(runsLike(readRuns(file), run())).toEqual([runs[0], runs[4]])
})

it('counts the failures of each test', () => {
  const runs = [run(), run({ code: 1, failed: ['x', 'y'] }), run({ code: 1, failed: ['y'] }), run({ code: 1 })]
  expect(describeRuns(runs)).toBe('4 runs, 3 failed\n   2 × y\n   1 × x\n   1 × (no test: a step before or after them)')
})

it('reads failures and times from the reports of Vitest', () => {
  const test = (fullName: string, status: string, duration: number) => ({ fullName, status, duration })
  const reports = [
    {
      numPassedTests: 1,
      numFailedTests: 1,
      numPendingTests: 0,
      numTodoTests: 0,
      testResults: [
        { name: '/project/tests/a.test.ts', status: 'failed', assertionResults: [test('one', 'passed', 20), test(' two', 'failed', 30)] },
        { name: '/project/tests/b.test.ts', status: 'failed', assertionResults: [] },
      ],
    },
  ]
  expect(failedTests(reports, '/project')).toEqual(['tests/a.test.ts > two', 'tests/b.test.ts'])
  expect(slowestTests(reports, '/project', 1)).toEqual([{ name: 'tests/a.test.ts > two', ms: 30 }])
})
