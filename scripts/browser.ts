// The Chromium for tests and drawings: found on this machine, or installed where that works reliably.
import { execFileSync, spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import path from 'node:path'
import { Refusal } from './sentence'

/** Chromium without windows: a page costs a quarter of the processor time. Debian has a package for it. It ignores the settings of a profile. */
const HEADLESS_SHELL = 'chromium-headless-shell'
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
]

/** The system that {@link findChromium} inspects. Tests replace it. */
export interface Machine {
  readonly env: NodeJS.ProcessEnv
  readonly isExecutable: (file: string) => boolean
}

const thisMachine: Machine = {
  env: process.env,
  isExecutable(file) {
    try {
      accessSync(file, constants.X_OK)
      return true
    } catch {
      return false
    }
  },
}

/** The path of a Chromium or Chrome: `CHROMIUM` first, then the PATH, then the usual installation paths. Undefined if there is none. */
export function findChromium({ env, isExecutable } = thisMachine): string | undefined {
  if (env.CHROMIUM) {
    if (isExecutable(env.CHROMIUM)) return env.CHROMIUM
    throw new Refusal({
      zh: `CHROMIUM 指向的 ${env.CHROMIUM} 不能执行。`,
      en: `CHROMIUM names ${env.CHROMIUM}, which cannot be run.`,
    })
  }
  return [...onPath(env, NAMES), ...APPLICATIONS].find(isExecutable)
}

/** The path of Chromium's headless shell. Undefined if there is none, or if `CHROMIUM` names another browser. */
export function findHeadlessShell({ env, isExecutable } = thisMachine): string | undefined {
  return env.CHROMIUM ? undefined : onPath(env, [HEADLESS_SHELL]).find(isExecutable)
}

function onPath(env: NodeJS.ProcessEnv, names: readonly string[]): string[] {
  const folders = (env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '')
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name)))
}

/** The path of a Chromium, or a {@link Refusal} that says what to install. */
export function requireChromium(machine = thisMachine): string {
  const found = findChromium(machine)
  if (found) return found
  throw new Refusal({
    zh: '没有找到 Chromium 或 Chrome：请安装其中之一，或用环境变量 CHROMIUM 指出它的路径。',
    en: 'Neither Chromium nor Chrome was found: install one of them, or name its path in the environment variable CHROMIUM.',
  })
}

/**
 * Ensures that there is a Chromium and a font with Chinese characters. Where this runs as root on Debian (a container, CI) it installs what is missing,
 * Chromium with its headless shell. Elsewhere it asks the user to install it.
 */
export function ensureBrowser(): void {
  const missing = [...(findChromium() ? [] : ['chromium', HEADLESS_SHELL]), ...(hasChineseFont() ? [] : ['fonts-noto-cjk'])]
  if (missing.length > 0 && isRootOnDebian()) install(missing)
  requireChromium()
  if (hasChineseFont()) return
  throw new Refusal({
    zh: '没有中文字体，截图里的汉字会变成方框：请安装 Noto Sans CJK（Debian、Ubuntu 上是 fonts-noto-cjk 包）。',
    en: 'There is no font with Chinese characters, screenshots would show boxes: install Noto Sans CJK (fonts-noto-cjk on Debian and Ubuntu).',
  })
}

/** macOS and Windows have Chinese fonts. Elsewhere fontconfig knows, which Chromium uses too. */
function hasChineseFont(): boolean {
  if (process.platform === 'darwin' || process.platform === 'win32') return true
  const listed = spawnSync('fc-list', [':lang=zh', 'family'], { encoding: 'utf8' })
  return listed.status === 0 && listed.stdout.trim() !== ''
}

function isRootOnDebian(): boolean {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version')
}

function install(packages: readonly string[]): void {
  console.log(`apt-get install ${packages.join(' ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  try {
    execFileSync('apt-get', ['update', '-qq'], { env, stdio: 'inherit' })
    // Older Debians and Ubuntu have no package for the headless shell. fontconfig has fc-list, which finds the font.
    const known = packages.filter((name) => name !== HEADLESS_SHELL || spawnSync('apt-cache', ['show', name]).status === 0)
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...known, 'fontconfig'], { env, stdio: 'inherit' })
  } catch (error) {
    throw new Refusal({
      zh: `apt-get 没能装上 ${packages.join(' ')}（${String(error)}）：请手动安装后再试。`,
      en: `apt-get could not install ${packages.join(' ')} (${String(error)}): install it by hand and try again.`,
    })
  }
}
