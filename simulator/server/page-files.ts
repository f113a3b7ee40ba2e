/** The simulator's own page: its HTML, scripts and styles. */
import { spawn } from 'node:child_process'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { plainRun } from '../../scripts/plain-folder.mjs'
import { stopChild } from '../../scripts/start/child'
import type { BuiltFiles } from './build-page'

/** A file as it is served. */
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

/** Sets the content type of a file by its extension. */
export function pageFile(name: string, body: Buffer): PageFile {
  return { type: TYPES[path.extname(name)] ?? 'application/octet-stream', body }
}

/** A build of the page in progress. */
export interface PageBuild {
  /** Rejects with Vite's message if the page cannot be built. */
  readonly files: Promise<PageFiles>
  stop(): Promise<void>
}

/** Builds the page, in a process that ends with this one. */
export function buildPage(): PageBuild {
  const { folder, args, env } = plainRun('simulator/server/build-page.ts', ['--import', 'tsx'])
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  let printed = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    printed += chunk.toString()
  })
  let built: BuiltFiles | undefined
  child.on('message', (files) => {
    built = files as BuiltFiles
    // Only its channel keeps the process alive.
    child.disconnect()
  })
  const exited = new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    // Not 'close': that event may be missing after this side has closed the channel.
    child.once('exit', () => resolve())
  })
  const files = exited.then(() => {
    if (!built) throw new Error(stripVTControlCharacters(printed).trim() || 'The page of the simulator was not built.')
    return new Map(Object.entries(built).map(([name, body]) => [`/${name}`, pageFile(name, Buffer.from(body, 'base64'))]))
  })
  return { files, stop: () => stopChild(child, exited) }
}
