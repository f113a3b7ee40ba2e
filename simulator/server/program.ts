/** The mini program of this project, built and compiled: once, or again after each change of a source file. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { stopChild } from '../../scripts/start/child'
import type { BuildReport } from '../../scripts/vite/build-reports'
import { filesUnder } from '../compile/build-files'
import { compile } from '../compile/compile'

const uni = fileURLToPath(new URL('../../scripts/uni.mjs', import.meta.url))
/** How many characters from the end of a failed build's output are shown. */
const PRINTED_MAX = 4_000

/** The state of the latest build. */
export interface BuildState {
  readonly state: 'building' | 'ready' | 'failed'
  /** When the served bundle was built, in ms since 1970. It grows with every bundle that differs from the one before. 0: there is none yet. */
  readonly version: number
  /** The error of a failed build. The last good bundle is still served. */
  readonly message?: string
}

/** A bundle as it is served. */
export interface ServedBundle {
  /** JSON of a `Bundle`, UTF-8. */
  readonly json: Buffer
  readonly etag: string
}

/** The parts of a program that the server needs. */
export interface Program {
  readonly build: BuildState
  /** Undefined until the first good build. */
  readonly bundle: ServedBundle | undefined
  /** Calls `listener` after each change of `build`, until the returned function is called. */
  onBuild(listener: (build: BuildState) => void): () => void
}

export interface ProgramOptions {
  /** The folder of the build, absolute. It is cleared first. */
  readonly output: string
  /** Builds the production build, once; otherwise the development build, again after each change. */
  readonly isProduction: boolean
}

/** Builds the program in a process of its own, which ends with this one. */
export class BuiltProgram implements Program {
  build: BuildState = { state: 'building', version: 0 }
  bundle: ServedBundle | undefined
  private readonly listeners = new Set<(build: BuildState) => void>()
  private readonly child
  private readonly exited: Promise<void>
  private isStopped = false
  /** Belongs to the build that `bundle` was made of. */
  private digest = ''
  private printed = ''

  constructor(private readonly options: ProgramOptions) {
    const { output, isProduction } = options
    rmSync(output, { recursive: true, force: true })
    // It uses the simulator's gateway, not the address for real phones in a `.env` file.
    const env = { ...process.env, UNI_OUTPUT_DIR: output, VITE_RTM_BACKEND: 'local', VITE_RTM_GATEWAY_URL: '' }
    // The fourth stream carries the reports. The build also uses it to notice that this process has ended.
    this.child = spawn(process.execPath, [uni, ...(isProduction ? ['build'] : []), '-p', 'mp-weixin'], { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.printed = (this.printed + chunk.toString()).slice(-PRINTED_MAX)
      })
    }
    this.child.on('message', (report) => this.follow(report as BuildReport))
    this.exited = new Promise((resolve) => {
      this.child.once('error', (error) => {
        this.fail(error.message)
        resolve()
      })
      this.child.once('close', (code) => {
        if (isProduction && code === 0) this.load()
        else this.fail(this.printed || `exit code ${code}`)
        resolve()
      })
    })
  }

  onBuild(listener: (build: BuildState) => void): () => void {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  /** Ends the build's process and waits until it has. */
  async stop(): Promise<void> {
    this.isStopped = true
    this.listeners.clear()
    await stopChild(this.child, this.exited)
  }

  private follow(report: BuildReport): void {
    if (report.build === 'ready') this.load()
    else if (report.build === 'failed') this.fail(report.message)
    else this.set({ state: 'building', version: this.build.version })
  }

  private load(): void {
    const { output } = this.options
    try {
      // Computed from the build's files, since the template compiler orders the same templates differently each time.
      const digest = digestOf(output)
      if (digest !== this.digest) {
        const { bundle, diagnostics } = compile(output)
        if (diagnostics.length > 0) throw new Error(diagnostics.map(({ file, message }) => `${file}: ${message}`).join('\n'))
        const version = Math.max(Date.now(), this.build.version + 1)
        this.bundle = { json: Buffer.from(JSON.stringify(bundle)), etag: `"${version}"` }
        this.digest = digest
        this.set({ state: 'ready', version })
      } else this.set({ state: 'ready', version: this.build.version })
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error))
    }
  }

  private fail(message: string): void {
    this.set({ state: 'failed', version: this.build.version, message: stripVTControlCharacters(message).trim() })
  }

  private set(build: BuildState): void {
    if (this.isStopped) return
    this.build = build
    for (const listener of this.listeners) listener(build)
  }
}

function digestOf(folder: string): string {
  const hash = createHash('sha256')
  for (const file of filesUnder(folder)) hash.update(`${file}\0`).update(readFileSync(path.join(folder, file)))
  return hash.digest('base64')
}
