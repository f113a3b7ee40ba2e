/** Builds the runtime, with glass-easel, as one script for Node's vm and for a browser, and compiles mini programs for it. */
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { compile, type Compiled } from './compile'

/** The global variable that the script leaves its exports in. */
export const RUNTIME_GLOBAL = 'MiniProgramRuntime'

let script: string | undefined

export function runtimeScript(): string {
  script ??= buildSync({
    entryPoints: [fileURLToPath(new URL('../runtime/main.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: RUNTIME_GLOBAL,
    platform: 'browser',
    target: 'es2022',
    charset: 'utf8',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'error',
  }).outputFiles[0]?.text
  if (!script) throw new Error('esbuild made no runtime')
  return script
}

const compiled = new Map<string, Compiled>()

/** Throws an error of one sentence if there is no build. */
export function compiledBuild(dist: string): Compiled {
  requireBuild(dist)
  const key = `${dist} ${fs.statSync(path.join(dist, 'app.json')).mtimeMs}`
  const known = compiled.get(key) ?? compile(dist)
  compiled.set(key, known)
  return known
}

export const DEFAULT_DIST = fileURLToPath(new URL('../../dist/build/mp-weixin', import.meta.url))

export function requireBuild(dist: string): void {
  if (!fs.existsSync(path.join(dist, 'app.json'))) throw new Error(`There is no mini program in ${dist}: run \`npm run build:mp-weixin\` first.`)
}
