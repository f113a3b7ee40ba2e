/** The phone of a running program: the folder with its storage and files, and its capacity. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { WECHAT_LIMITS } from '../wx/limits'
import type { DiskLimits } from './driver'

export interface Phone {
  readonly dir: string
  limits(overrides?: Partial<DiskLimits>): DiskLimits
  /** Removes the folder if it was made for this phone. */
  dispose(): void
}

export function openPhone(dir?: string): Phone {
  const folder = dir ?? fs.mkdtempSync(path.join(os.tmpdir(), 'mini-program-phone-'))
  return {
    dir: folder,
    limits: (overrides = {}) => ({ ...WECHAT_LIMITS, ...overrides }),
    dispose: () => {
      if (!dir) fs.rmSync(folder, { recursive: true, force: true })
    },
  }
}
