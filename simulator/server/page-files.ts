/** The simulator's own page: its HTML, scripts and styles. */
import { spawn } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { stopChild } from '../../scripts/start/child'
import type { BuiltFiles } from './build-page'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A file as it is sent. */
export interface PageFile {
  readonly type: string
  readonly body: Buffer
}

/** The files by their address: `/shell.html`, `/phone.html`, `/assets/...`. */
export type PageFiles = ReadonlyMap<string, PageFile>

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** Gives a file the type that its ending says. */
export function pageFile(name: string, body: Buffer): PageFile {
  return { type: TYPES[path.extname(name)] ?? 'application/octet-stream', body }
}

/** A build of the page that is under way. */
export interface PageBuild {
  /** Rejects with what Vite says when the page cannot be built. */
  readonly files: Promise<PageFiles>
  stop(): Promise<void>
}

/** Builds the page, in a process that ends with this one. */
export function buildPage(): PageBuild {
  const script = fileURLToPath(new URL('build-page.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script], { cwd: root, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  let printed = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    printed += chunk.toString()
  })
  let built: BuiltFiles | undefined
  child.on('message', (files) => {
    built = files as BuiltFiles
    // Its channel is all that it waits for.
    child.disconnect()
  })
  const exited = new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    // Not 'close': it has been seen to stay away once the channel was closed from this side.
    child.once('exit', () => resolve())
  })
  const files = exited.then(() => {
    if (!built) throw new Error(stripVTControlCharacters(printed).trim() || 'The page of the simulator was not built.')
    return new Map(Object.entries(built).map(([name, body]) => [`/${name}`, pageFile(name, Buffer.from(body, 'base64'))]))
  })
  return { files, stop: () => stopChild(child, exited) }
}
