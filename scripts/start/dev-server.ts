import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { hasEnded, stopChild } from './child'
import { requestDirectly } from './direct-request'

const uni = fileURLToPath(new URL('../uni.mjs', import.meta.url))
/** The timeout of one request to the page, in ms. Then it is asked again. */
const ANSWER_TIMEOUT_MS = 30_000

/** The H5 dev server, as a process of its own. */
export interface DevServer {
  /** Resolves when the page is served. */
  readonly ready: Promise<void>
  /** Settles when the process has ended, for whatever reason, with its output before the page was served. */
  readonly exited: Promise<string>
  /** Ends the process and waits until it has ended. */
  stop(): Promise<void>
}

/**
 * Starts the dev server on exactly `host` and `port`. Its output before the page is served is hidden, since the commands that start it have their own banner.
 * Later output (hot updates, errors) is printed.
 */
export function startDevServer({ host, port, env }: { host: string; port: number; env: NodeJS.ProcessEnv }): DevServer {
  // The dev server uses the fourth stream to notice that this process has ended, even by SIGKILL.
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

/** Resolves when `url` answers. Never resolves if the process ends first. */
async function answers(url: string, child: ChildProcess): Promise<void> {
  while (!hasEnded(child)) {
    if (await isServed(url)) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return new Promise(() => {})
}

async function isServed(url: string): Promise<boolean> {
  try {
    const response = await requestDirectly(url, { timeoutMs: ANSWER_TIMEOUT_MS })
    response.resume()
    return response.statusCode === 200
  } catch {
    // The server does not listen yet.
    return false
  }
}
