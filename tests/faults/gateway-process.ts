/** The real gateway as a process of its own, which can be killed without notice and restarted at the same port and folder. */
import { spawn, type ChildProcess } from 'node:child_process'
import fs from 'node:fs'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const START_TIMEOUT_MS = 30_000

export class GatewayProcess {
  kills = 0
  /** Its standard error, over all its runs. */
  stderr = ''
  url = ''
  private child: ChildProcess | undefined

  constructor(private readonly dataDir: string) {}

  /** Resolves when it listens: at a free port the first time, at the same one from then on. */
  async start(): Promise<void> {
    const port = this.url === '' ? '0' : new URL(this.url).port
    const args = ['--import', 'tsx', 'gateway/main.ts', '--port', port, '--data', this.dataDir]
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
    this.child = child
    process.once('exit', this.endWithThis)
    child.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()))
    this.url = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the gateway does not start: ${this.stderr}`)), START_TIMEOUT_MS)
      let said = ''
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        const url = /^listening (ws:\/\/\S+)\n/.exec(said)?.[1]
        if (!url) return
        clearTimeout(timer)
        resolve(url)
      })
      child.once('exit', (code) => {
        clearTimeout(timer)
        reject(new Error(`the gateway ended with ${code}: ${this.stderr}`))
      })
    })
  }

  /** The memory that the running process holds, by the operating system (Linux). */
  residentBytes(): number {
    const status = fs.readFileSync(`/proc/${this.child?.pid}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
  }

  /** SIGKILL: it closes no connection and finishes nothing. For `frozenMs` before, it is stopped, and never reads what is sent to it then. */
  async kill(frozenMs = 0): Promise<void> {
    const { child } = this
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    if (frozenMs > 0) child.kill('SIGSTOP')
    await sleep(frozenMs)
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
    process.off('exit', this.endWithThis)
    this.kills++
  }

  private readonly endWithThis = () => void this.child?.kill('SIGKILL')
}
