// The client of the version before (tests/fixtures/clients), unpacked for the tests of a file.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync } from 'node:zlib'
import { afterAll, beforeAll } from 'vitest'

const PACKAGE = fileURLToPath(new URL('../fixtures/clients/0.1.0-d90695e.tar.br', import.meta.url))

/** Functions, since the package is unpacked after the tests are collected. */
export interface FormerClient {
  /** Selects its build for a phone. */
  build(): { readonly dist: string }
  /** A folder for the tests, removed after them. */
  folder(): string
}

export function useFormerClient(): FormerClient {
  let folder: string
  const dist = () => path.join(folder, 'dist')
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'old-client-'))
    mkdirSync(dist())
    execFileSync('tar', ['-xf', '-', '-C', dist()], { input: brotliDecompressSync(readFileSync(PACKAGE)) })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return { build: () => ({ dist: dist() }), folder: () => folder }
}
