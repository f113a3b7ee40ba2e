// Who reads long threads: phones at a gateway of their own, and a folder for one that has a history on its disk.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { startGateway, type Gateway } from '../../gateway/server'
import type { MiniProgram, StartOptions } from '../../simulator/drive/driver'
import { usePhones, type Start } from './people'

export interface Readers {
  /** Starts a phone. */
  readonly phone: (options?: StartOptions) => Promise<MiniProgram>
  /** A folder that begins empty with each test, and goes with it. */
  readonly folder: () => string
}

/** For one file of tests: what each of them begins with. */
export function useReaders(start: Start): Readers {
  let gateway: Gateway
  let dir: string
  beforeEach(async () => {
    gateway = await startGateway({ port: 0 })
    dir = fs.mkdtempSync(path.join(os.tmpdir(), 'reading-'))
  })
  afterEach(async () => {
    await gateway.close()
    fs.rmSync(dir, { recursive: true, force: true })
  })
  return { phone: usePhones(start, () => gateway), folder: () => dir }
}
