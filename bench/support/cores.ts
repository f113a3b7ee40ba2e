/**
 * The processor that a process runs on. If a system moves processes, two that wait for each other are on one core now and on two later, and their messages
 * take three times as long: a ratio of two such times would be random.
 */
import { execFileSync } from 'node:child_process'
import os from 'node:os'

/**
 * Pins this process to the first core and `others`, by their process ids, to the second. Returns a function that undoes it. Only with two cores and a
 * `taskset`, as on Linux. Elsewhere it does nothing.
 */
export function apart(others: readonly number[]): () => void {
  const last = os.cpus().length - 1
  if (process.platform !== 'linux' || last < 1) return () => undefined
  const pin = (pid: number, cores: string) => execFileSync('taskset', ['-apc', cores, String(pid)], { stdio: 'ignore' })
  pin(process.pid, '0')
  for (const pid of others) pin(pid, '1')
  return () => {
    for (const pid of [process.pid, ...others]) pin(pid, `0-${last}`)
  }
}
