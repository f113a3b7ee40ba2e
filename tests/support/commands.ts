/** Runs commands of the project as a shell does, and ends those that a test has left running. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, vi } from 'vitest'
import { commandEnv } from './command-env'

export interface Started {
  readonly child: ChildProcess
  /** Its output so far, both streams. */
  readonly text: () => string
  readonly exit: Promise<number | null>
}

export type Run = (command: string, args: readonly string[], env?: NodeJS.ProcessEnv) => Started

const START_TIMEOUT_MS = 60_000

/** Runs commands in `cwd`, each in a process group of its own. `endAll` ends those that still run. */
export function commandsIn(cwd: string): { run: Run; endAll: () => Promise<void> } {
  const started: Started[] = []
  const run: Run = (command, args, env) => {
    const child = spawn(command, args, { cwd, env: commandEnv(env), detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    let printed = ''
    for (const stream of [child.stdout, child.stderr]) stream!.on('data', (chunk: Buffer) => (printed += chunk.toString()))
    const exit = once(child, 'close').then(() => child.exitCode)
    const result = { child, text: () => printed, exit }
    started.push(result)
    return result
  }
  const endAll = async () => {
    for (const { child, exit } of started.splice(0)) {
      if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGKILL')
      await exit
    }
  }
  return { run, endAll }
}

/** The same for one file of tests: ends the started commands after each test. */
export function useCommands(cwd: string): Run {
  const { run, endAll } = commandsIn(cwd)
  afterEach(endAll)
  return run
}

/** Waits until the command has printed `mark`, and returns its whole output. Fails if the command ends before. */
export async function untilPrinted({ text, child }: Started, mark: string, timeout = START_TIMEOUT_MS): Promise<string> {
  await vi.waitUntil(() => text().includes(mark) || child.exitCode !== null, { timeout, interval: 100 })
  expect(text()).toContain(mark)
  return text()
}

/** The running processes of a command, with their command lines, without those that have ended and were not collected yet. */
export function processesOf({ pid }: ChildProcess): { pid: number; args: string }[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,pgid=,stat=,args='], { encoding: 'utf8' })
  return table.split('\n').flatMap((line) => {
    const [id, group, state, ...args] = line.trim().split(/\s+/)
    return group === String(pid) && !state!.startsWith('Z') ? [{ pid: Number(id), args: args.join(' ') }] : []
  })
}
