import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'

/** For one file or group of tests: a folder that is empty at the start of each test, and removed after it. */
export function useFolder(): () => string {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'test-'))
  })
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true })
  })
  return () => folder
}
