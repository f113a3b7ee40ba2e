// `npm run test:faults`: the fault run alone, with chosen seeds and lengths. `npm run test:all` runs its short form.
import { randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { FIXED_SEED, faultEnv, LONG_MESSAGES, SHORT_MESSAGES } from '../tests/faults/settings'
import { Refusal, runCommand } from './sentence'
import { BUILDS, NEUTRAL_SETTINGS } from './test/builds'
import { runLive, type Step } from './test/steps'

const HELP = `Usage: npm run test:faults -- [options]

  --long         ${LONG_MESSAGES} messages in place of ${SHORT_MESSAGES}
  --messages N   as many messages
  --seed S       this seed; may be given several times. Default: ${FIXED_SEED} and one at random, which is printed
  --seeds N      the seeds 1 to N
  --dist DIR     another build of the mini program than dist/build/mp-weixin, which is made when it is not there
  --help         this text
`

const root = fileURLToPath(new URL('..', import.meta.url))
const MINI_PROGRAM = BUILDS[0]
/** Users type printed seeds again, so they are short. */
const SEED_MAX = 1_000_000

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      long: { type: 'boolean', default: false },
      messages: { type: 'string' },
      seed: { type: 'string', multiple: true },
      seeds: { type: 'string' },
      dist: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  process.chdir(root)
  Object.assign(process.env, NEUTRAL_SETTINGS)
  const messages = values.messages === undefined ? (values.long ? LONG_MESSAGES : SHORT_MESSAGES) : wholeNumber('--messages', values.messages)
  const settings = { seeds: readSeeds(values.seed, values.seeds), messages, dist: values.dist }
  const steps = [...(settings.dist === undefined && !isBuilt() ? [build()] : []), faultRun(settings)]
  for (const step of steps) {
    const { code } = await runLive(step)
    if (code !== 0) return code
  }
  return 0
}

function readSeeds(seed: readonly string[] | undefined, seeds: string | undefined): number[] {
  if (seed) return seed.map((text) => wholeNumber('--seed', text))
  if (seeds !== undefined) return Array.from({ length: wholeNumber('--seeds', seeds) }, (_, index) => index + 1)
  return [FIXED_SEED, randomInt(1, SEED_MAX)]
}

function wholeNumber(option: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new Refusal({ zh: `${option} 要一个从 1 起的整数，不是 ${text}`, en: `${option} takes a whole number from 1, not ${text}` })
}

function isBuilt(): boolean {
  return existsSync(path.join(root, miniProgram().output, 'app.json'))
}

function build(): Step {
  const { name, platform, output } = miniProgram()
  return { name: `build ${name}`, command: process.execPath, args: ['scripts/uni.mjs', 'build', '-p', platform], env: { UNI_OUTPUT_DIR: path.join(root, output) } }
}

function miniProgram(): (typeof BUILDS)[number] {
  if (!MINI_PROGRAM) throw new Error('there is no build of the mini program')
  return MINI_PROGRAM
}

function faultRun(settings: Parameters<typeof faultEnv>[0]): Step {
  return { name: `faults, seeds ${settings.seeds.join(', ')}`, command: process.execPath, args: ['node_modules/vitest/vitest.mjs', 'run', '--project', 'long', 'tests/faults'], env: faultEnv(settings) }
}

await runCommand(main)
