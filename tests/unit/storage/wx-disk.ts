import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WxDisk } from '../../support/wx-files'

/** A disk of WeChat's in a folder that `dispose` removes. */
export function temporaryWxDisk(): { disk: WxDisk; folder: string; dispose: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'wx-'))
  return { disk: new WxDisk(folder), folder, dispose: () => rmSync(folder, { recursive: true }) }
}
