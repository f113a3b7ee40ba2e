/** Finds and starts the Chromium or Chrome of this machine. */
import fs from 'node:fs'
import path from 'node:path'
import { chromium, type Browser } from 'playwright-core'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const MAC_APPS = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium']
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

/** The executable: what CHROMIUM names, else the first of the usual names on PATH. Throws one sentence when there is none. */
export function findChromium(): string {
  const named = process.env['CHROMIUM']
  if (named) {
    if (isExecutable(named)) return named
    throw new Error(`CHROMIUM names ${named}, which is not an executable file.`)
  }
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const folders = (process.env['PATH'] ?? '').split(path.delimiter)
  const candidates = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name + suffix)))
  const found = [...candidates, ...MAC_APPS].find(isExecutable)
  if (!found) throw new Error('No Chromium or Chrome was found: install one (on Debian: apt-get install chromium fonts-noto-cjk) or set CHROMIUM to its path.')
  return found
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: FLAGS })
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK)
    return fs.statSync(file).isFile()
  } catch {
    return false
  }
}
