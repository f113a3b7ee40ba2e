import type { ChildProcess } from 'node:child_process'

/** How long a child process may take to end, in ms. Then it is killed. */
const STOP_TIMEOUT_MS = 5_000

/** Whether the process has ended. */
export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

/** Ends the process and resolves when it has ended. @param exited settles when the process has ended */
export async function stopChild(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  if (hasEnded(child)) return
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
  await exited
  clearTimeout(timer)
}
