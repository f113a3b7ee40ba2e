// The setup for reading long threads: phones at a gateway of their own, and a folder for one with a history on its disk.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { useNetwork, type Network } from './network'
import type { Start } from './people'

export interface Readers {
  readonly network: Network
  /** A folder that is empty at the start of each test, and removed after it. */
  readonly folder: () => string
}

/** For one file of tests. */
export function useReaders(start: Start): Readers {
  let dir: string
  beforeEach(() => {
    dir = fs.mkdtempSync(path.join(os.tmpdir(), 'reading-'))
  })
  afterEach(() => fs.rmSync(dir, { recursive: true, force: true }))
  return { network: useNetwork(start), folder: () => dir }
}
