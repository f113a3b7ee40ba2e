// `npm run bench`: measures what the product costs, and prints what exceeds its budget.
import os from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Refusal, runCommand } from '../scripts/sentence'
import { broken, type Benchmark, type Result } from './bench'
import { ofClient, ofGateway } from './benchmarks'
import { headline, row } from './table'

const HELP = `Usage: npm run bench -- [options]

  --all          the gateway's too; without it those of the client alone
  --only NAME    only results whose name begins with NAME (mp, gateway.peer, …); may be given several times
  --json         one JSON object per line: {"name", "n", …figures}
  --quick        a short form that shows that it works; its figures mean little
  --help         this text

Exits with 1 when a figure is over its budget.
`

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      all: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  process.chdir(fileURLToPath(new URL('..', import.meta.url)))
  const chosen = chooseBy(values.only, values.all)
  const over: string[] = []
  const times: string[] = []
  if (!values.json) console.log(`${machine()}\n\n${headline()}`)
  for (const benchmark of chosen) {
    const started = performance.now()
    for await (const result of benchmark.run({ quick: values.quick })) {
      console.log(values.json ? jsonLine(result) : row(result, benchmark.budgets))
      over.push(...broken(result, benchmark.budgets))
    }
    times.push(`${benchmark.names.join(', ')} ${((performance.now() - started) / 1000).toFixed(0)} s`)
  }
  if (!values.json) console.log(`\n${times.join('\n')}`)
  if (over.length > 0) console.error(`\n${over.join('\n')}`)
  return over.length > 0 && !values.quick ? 1 : 0
}

function chooseBy(only: readonly string[] | undefined, isAll: boolean): readonly Benchmark[] {
  if (!only) return isAll ? [...ofClient, ...ofGateway] : ofClient
  const chosen = [...ofClient, ...ofGateway].filter(({ names }) => names.some((name) => only.some((start) => name.startsWith(start))))
  if (chosen.length === 0) throw new Refusal({ zh: `没有叫 ${only.join('、')} 的测量`, en: `there is no benchmark called ${only.join(', ')}` })
  return chosen
}

function jsonLine({ name, n, figures }: Result): string {
  return JSON.stringify({ name, ...(n === undefined ? {} : { n }), ...figures })
}

function machine(): string {
  const cpus = os.cpus()
  return `${cpus.length} × ${cpus[0]?.model.trim() ?? 'unknown processor'}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, Node ${process.version}`
}

await runCommand(main)
// A failed benchmark may have left something running.
process.exit()
