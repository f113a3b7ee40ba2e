import { spawn } from 'node:child_process'

/** One command of `npm test`. */
export interface Step {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** The result of a step: its exit code and duration, in ms. */
export interface StepResult {
  readonly step: Step
  readonly code: number
  readonly ms: number
}

/** Runs a step and prints its output directly. */
export function runLive(step: Step): Promise<StepResult> {
  console.log(`\n▶ ${step.name}`)
  return run(step, 'inherit').then(report)
}

/**
 * Runs independent steps two at a time. Prints the output of each when it ends, so that the two do not mix. After a failure it starts no further step.
 * Resolves to the first failure, or undefined.
 */
export async function runPairwise(steps: readonly Step[]): Promise<StepResult | undefined> {
  const waiting = [...steps]
  let failure: StepResult | undefined
  const worker = async () => {
    for (let step = waiting.shift(); step && !failure; step = waiting.shift()) {
      const result = report(await run(step, 'pipe'))
      if (result.code !== 0) failure ??= result
    }
  }
  await Promise.all([worker(), worker()])
  return failure
}

function run(step: Step, output: 'inherit' | 'pipe'): Promise<StepResult & { printed: string }> {
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const child = spawn(step.command, step.args, {
      env: { ...process.env, ...step.env },
      stdio: ['ignore', output, output],
      // npm is a shell script on Windows.
      shell: process.platform === 'win32' && step.command === 'npm',
    })
    let printed = ''
    const keep = (chunk: Buffer) => {
      printed += chunk.toString()
    }
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    child.once('error', reject)
    // A process that a signal has ended has no exit code.
    child.once('close', (code) => resolve({ step, code: code ?? 1, ms: performance.now() - started, printed: printed.trim() }))
  })
}

function report(result: StepResult & { printed: string }): StepResult {
  const { step, code, ms, printed } = result
  if (printed !== '') console.log(`\n${printed}`)
  console.log(`${code === 0 ? '✓' : '✗'} ${step.name} ${(ms / 1000).toFixed(1)} s`)
  return result
}
