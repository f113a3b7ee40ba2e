// `npm test`: the checks, cheapest first. `npm run test:all` adds the slow ones (`*.long.test.ts`). Options after `--` go to Vitest.
import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildMiniSdkDouble } from '../tests/contract/doubles/build-mini-sdk'
import { ensureBrowser } from './browser'
import { runCommand } from './sentence'
import { BUILDS, NEUTRAL_SETTINGS, SDK_DOUBLE, SDK_DOUBLE_CLOUD, type Build } from './test/builds'
import { runLive, runPairwise, type Step, type StepResult } from './test/steps'
import { describeCounts, readReports, slowestTests, sumReports } from './test/summary'

const ALL = '--all'
const root = fileURLToPath(new URL('..', import.meta.url))
const reports = path.join(root, 'dist/test/reports')
const isAll = process.argv.includes(ALL)
const filters = process.argv.slice(2).filter((option) => option !== ALL)
/** The number of slowest tests that are listed at the end. */
const SLOWEST = 10

async function main(): Promise<number> {
  process.chdir(root)
  ensureBrowser()
  // Inherited by all child processes.
  Object.assign(process.env, NEUTRAL_SETTINGS)
  rmSync(reports, { recursive: true, force: true })
  mkdirSync(reports, { recursive: true })
  await buildMiniSdkDouble(path.join(root, SDK_DOUBLE), SDK_DOUBLE_CLOUD)

  const started = performance.now()
  const failure = await runAll()
  const results = readReports(['unit', 'built', 'long'].map(reportOf))
  const counts = sumReports(results)
  console.log('\nThe slowest tests:')
  for (const { name, ms } of slowestTests(results, root, SLOWEST)) console.log(`${(ms / 1000).toFixed(1).padStart(6)} s  ${name}`)
  console.log(`\n${failure ? `✗ ${failure.step.name}` : '✓ npm test'}: ${((performance.now() - started) / 1000).toFixed(0)} s`)
  console.log(describeCounts(counts))
  if (failure) return failure.code
  if (counts.passed > 0) return 0
  console.error(`No test matches ${filters.join(' ')}`)
  return 1
}

/** Runs the phases in order until a step fails. Returns that step. */
async function runAll(): Promise<StepResult | undefined> {
  return (
    (await runPairwise([script('lint'), script('type-check'), ...BUILDS.map(build)])) ??
    (await orFailure(runLive(vitest('unit', ['rules', 'node', 'components'])))) ??
    (await orFailure(runLive(vitest('built', ['miniprogram', 'e2e'])))) ??
    (isAll ? await orFailure(runLive(vitest('long', ['long']))) : undefined)
  )
}

async function orFailure(result: Promise<StepResult>): Promise<StepResult | undefined> {
  const { code } = await result
  return code === 0 ? undefined : result
}

function script(name: string): Step {
  return { name, command: 'npm', args: ['run', '--silent', name] }
}

function build({ name, platform, env, args = [], output }: Build): Step {
  return {
    name: `build ${name}`,
    command: process.execPath,
    args: ['scripts/uni.mjs', 'build', '-p', platform, ...args],
    env: { ...env, UNI_OUTPUT_DIR: path.join(root, output) },
  }
}

function vitest(name: string, projects: readonly string[]): Step {
  return {
    name: `test ${projects.join(', ')}`,
    command: process.execPath,
    args: [
      'node_modules/vitest/vitest.mjs',
      'run',
      ...projects.flatMap((project) => ['--project', project]),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${reportOf(name)}`,
      // A filter may match the tests of one run only.
      ...(filters.length > 0 ? ['--passWithNoTests', ...filters] : []),
    ],
  }
}

function reportOf(name: string): string {
  return path.join(reports, `${name}.json`)
}

await runCommand(main)
