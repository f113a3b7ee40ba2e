// `npm run test:stress`: runs the tests repeatedly beside processes that keep the processor busy, and prints how often each test failed.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { cpSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Refusal, runCommand } from './sentence'
import { addRun, describeRuns, readRuns, runsLike } from './test/stress-log'
import { failedTests, readReports } from './test/summary'

const HELP = `Usage: npm run test:stress -- [options] [files]

  --runs N    how many runs there shall be of this commit with this load, those of before included (default 10)
  --load L    how many processes burn the processor beside them (default 0)
  --all       with the tests that take long
  --log FILE  where the runs are written down (default dist/stress.jsonl); the reports of those that fail are kept beside it
  --help      this text

Exits with 1 when a run failed.
`

const root = fileURLToPath(new URL('..', import.meta.url))
const reports = path.join(root, 'dist/test/reports')

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      runs: { type: 'string', default: '10' },
      load: { type: 'string', default: '0' },
      log: { type: 'string', default: 'dist/stress.jsonl' },
      all: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  process.chdir(root)
  const [runs, load] = [countOf('--runs', values.runs), countOf('--load', values.load)]
  const files = values.all ? ['--all', ...positionals] : positionals
  const kind = { commit: commitNow(), load, files }
  const burners = Array.from({ length: load }, burn)
  try {
    for (let done = runsLike(readRuns(values.log), kind).length; done < runs; done++) {
      const started = performance.now()
      const code = await runTests(files)
      const seconds = Math.round((performance.now() - started) / 1000)
      const failed = failedTests(readReports(readdirSync(reports).map((name) => path.join(reports, name))), root)
      addRun(values.log, { ...kind, code, seconds, failed })
      console.log(`run ${done + 1} of ${runs}, load ${load}: ${code === 0 ? 'passed' : 'failed'} in ${seconds} s`)
      for (const name of failed) console.log(`  ✗ ${name}`)
      if (code !== 0) cpSync(reports, `${values.log}.reports/${kind.commit}-load-${load}-run-${done + 1}`, { recursive: true })
    }
  } finally {
    for (const burner of burners) burner.kill('SIGKILL')
  }
  const all = runsLike(readRuns(values.log), kind)
  console.log(`\n${kind.commit.replace(/^(.{7})\S*/, '$1')}, load ${load}: ${describeRuns(all)}`)
  return all.every(({ code }) => code === 0) ? 0 : 1
}

/** A process that keeps the processor busy until this one ends, however it ends. */
function burn(): ChildProcess {
  const burning = 'const burn = () => { for (const end = Date.now() + 50; Date.now() < end; ); setImmediate(burn) }; burn()'
  return spawn(process.execPath, ['--import', './scripts/end-with-parent.mjs', '-e', burning], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
}

function countOf(option: string, text: string): number {
  const count = Number(text)
  if (/^\d{1,4}$/.test(text)) return count
  throw new Refusal({ zh: `${option} 要一个整数，不是 ${text}`, en: `${option} takes a whole number, not ${text}` })
}

/** The checked-out commit, marked if files have changed, so that the log says what was tested. */
function commitNow(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim()
  const isClean = git('status', '--porcelain') === ''
  return `${git('rev-parse', 'HEAD')}${isClean ? '' : ' with changes'}`
}

function runTests(files: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/test.ts', ...files], { stdio: ['ignore', 'ignore', 'inherit'] })
  return new Promise((resolve, reject) => child.once('error', reject).once('close', (code) => resolve(code ?? 1)))
}

await runCommand(main)
