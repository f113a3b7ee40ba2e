import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { hasEnded, stopChild } from './child'

const uni = fileURLToPath(new URL('../uni.mjs', import.meta.url))

/** The H5 dev server, as a process of its own. */
export interface DevServer {
  /** Settles when the page is served. */
  readonly ready: Promise<void>
  /** Settles when the process has ended, for whatever reason, with what it printed until the page was served. */
  readonly exited: Promise<string>
  /** Ends the process and waits until it has. */
  stop(): Promise<void>
}

/**
 * Starts the dev server on exactly `host` and `port`. What it prints before the page is served is kept back, since the commands that
 * start it have their own banner; later output (hot updates, errors) goes through.
 */
export function startDevServer({ host, port, env }: { host: string; port: number; env: NodeJS.ProcessEnv }): DevServer {
  // The fourth stream tells the dev server when this process is gone, be it by SIGKILL.
  const child = spawn(process.execPath, [uni, '--host', host, '--port', String(port), '--strictPort'], { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  let served = false
  let printed = ''
  const print = (to: NodeJS.WriteStream) => (chunk: Buffer) => {
    if (served) to.write(chunk)
    else printed += chunk.toString()
  }
  child.stdout?.on('data', print(process.stdout))
  child.stderr?.on('data', print(process.stderr))

  const exited = new Promise<string>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => resolve(printed))
  })
  const ready = answers(`http://${host}:${port}/`, child).then(() => {
    served = true
  })
  return { ready, exited, stop: () => stopChild(child, exited) }
}

/** Settles when `url` answers; never, when the process ends before. */
async function answers(url: string, child: ChildProcess): Promise<void> {
  while (!hasEnded(child)) {
    if (await isServed(url)) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return new Promise(() => {})
}

async function isServed(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok
  } catch {
    // Nobody listens yet.
    return false
  }
}
