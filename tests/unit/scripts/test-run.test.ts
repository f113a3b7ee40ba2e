import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { BUILDS } from '../../../scripts/test/builds'
import { runPairwise, type Step } from '../../../scripts/test/steps'
import { describeCounts, sumReports } from '../../../scripts/test/summary'

describe('the counts of several Vitest runs', () => {
  const file = (status: string, ...tests: string[]) => ({ name: '', status, assertionResults: tests.map((test) => ({ fullName: '', status: test })) })

  it('are added up', () => {
    const reports = [
      { numPassedTests: 3, numFailedTests: 1, numPendingTests: 1, numTodoTests: 0, testResults: [file('passed', 'passed'), file('failed', 'passed', 'failed')] },
      { numPassedTests: 4, numFailedTests: 0, numPendingTests: 0, numTodoTests: 2, testResults: [] },
    ]
    expect(sumReports(reports)).toEqual({ passed: 7, failed: 1, skipped: 3 })
    expect(sumReports([])).toEqual({ passed: 0, failed: 0, skipped: 0 })
  })

  it('count a file that could not be loaded as a failure', () => {
    const report = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [file('failed')] }
    expect(sumReports([report]).failed).toBe(1)
  })

  it('are the last line, with the skipped ones before it', () => {
    expect(describeCounts({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed')
    expect(describeCounts({ passed: 12, failed: 1, skipped: 2 })).toBe('2 skipped\n12 passed, 1 failed')
  })
})

describe('runPairwise', () => {
  const print = vi.fn<(text: string) => void>()
  beforeEach(() => void vi.spyOn(console, 'log').mockImplementation(print))
  afterEach(() => {
    vi.restoreAllMocks()
    print.mockReset()
  })
  const node = (name: string, code: string): Step => ({ name, command: process.execPath, args: ['-e', code] })
  const lines = () => print.mock.calls.map(([text]) => text)

  it('runs all, and prints the output of each in one piece', async () => {
    const chatter = (name: string) => node(name, `process.stdout.write('${name}1\\n'); setTimeout(() => process.stderr.write('${name}2\\n'), 50)`)
    expect(await runPairwise([chatter('a'), chatter('b'), chatter('c')])).toBeUndefined()
    expect(lines().filter((line) => line.startsWith('\n')).sort()).toEqual(['\na1\na2', '\nb1\nb2', '\nc1\nc2'])
    expect(lines().filter((line) => line.startsWith('✓'))).toHaveLength(3)
  })

  it('starts nothing after a failure, and returns its exit code', async () => {
    const failure = await runPairwise([node('bad', 'process.exit(3)'), node('slow', 'setTimeout(() => {}, 1000)'), node('never', '')])
    expect(failure).toMatchObject({ step: { name: 'bad' }, code: 3 })
    expect(lines().some((line) => line.startsWith('✗ bad'))).toBe(true)
    expect(lines().some((line) => line.includes('never'))).toBe(false)
  })

  it('counts a killed process as a failure', async () => {
    expect(await runPairwise([node('killed', `process.kill(process.pid, 'SIGKILL')`)])).toMatchObject({ code: 1 })
  })

  it('gives a step its own environment', async () => {
    const step = { ...node('env', `process.exit(process.env.ONE === '1' ? 0 : 9)`), env: { ONE: '1' } }
    expect(await runPairwise([step])).toBeUndefined()
  })
})

describe('the builds for the tests', () => {
  it('never overwrite each other', () => {
    const outputs = BUILDS.map(({ output }) => output)
    expect(new Set(outputs).size).toBe(outputs.length)
    expect(outputs.every((output) => output.startsWith('dist/'))).toBe(true)
  })
})
