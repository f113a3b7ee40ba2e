// The Chromium that tests and drawings run in: found on this machine, or installed where that is certain to work.
import { execFileSync, spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import path from 'node:path'
import { Refusal } from './sentence'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
]

/** What {@link findChromium} looks at; given by tests, the real ones otherwise. */
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

/** The path of a Chromium or Chrome: `CHROMIUM` first, then the PATH, then where installers put it; undefined when there is none. */
export function findChromium({ env, isExecutable } = thisMachine): string | undefined {
  if (env.CHROMIUM) {
    if (isExecutable(env.CHROMIUM)) return env.CHROMIUM
    throw new Refusal({
      zh: `CHROMIUM 指向的 ${env.CHROMIUM} 不能执行。`,
      en: `CHROMIUM names ${env.CHROMIUM}, which cannot be run.`,
    })
  }
  const folders = (env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '')
  const onPath = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)))
  return [...onPath, ...APPLICATIONS].find(isExecutable)
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
 * Makes sure that there is a Chromium and a font with Chinese characters, and returns the path of the Chromium. What is missing is
 * installed where this runs as root on Debian (a container, CI), and asked for everywhere else.
 */
export function ensureBrowser(): string {
  const missing = [...(findChromium() ? [] : ['chromium']), ...(hasChineseFont() ? [] : ['fonts-noto-cjk'])]
  if (missing.length > 0 && isRootOnDebian()) install(missing)
  const chromium = requireChromium()
  if (hasChineseFont()) return chromium
  throw new Refusal({
    zh: '没有中文字体，截图里的汉字会变成方框：请安装 Noto Sans CJK（Debian、Ubuntu 上是 fonts-noto-cjk 包）。',
    en: 'There is no font with Chinese characters, screenshots would show boxes: install Noto Sans CJK (fonts-noto-cjk on Debian and Ubuntu).',
  })
}

/** macOS and Windows bring Chinese fonts; elsewhere fontconfig, which Chromium goes by, is asked. */
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
    // fontconfig has fc-list, by which the font is looked for.
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages, 'fontconfig'], { env, stdio: 'inherit' })
  } catch (error) {
    throw new Refusal({
      zh: `apt-get 没能装上 ${packages.join(' ')}（${String(error)}）：请手动安装后再试。`,
      en: `apt-get could not install ${packages.join(' ')} (${String(error)}): install it by hand and try again.`,
    })
  }
}
