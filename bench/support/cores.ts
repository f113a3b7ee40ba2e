/**
 * Which processor a process runs on. Where a system moves processes about, two that wait for one another meet on one core now and
 * on two then, and what crosses between them takes three times as long: a ratio of two such times would be that of chance.
 */
import { execFileSync } from 'node:child_process'
import os from 'node:os'

/**
 * Keeps this process on the first core and `others`, by their process ids, on the second; returns what takes that back. Only
 * where there are two cores and a `taskset`, as on Linux; elsewhere nothing happens.
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
