// Which file of the built mini program has each module: of the product, and of subpackages-app, whose modules are needed by one subpackage, by two, and by
// the main package too.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { transformSync } from 'esbuild'
import { afterEach, describe, expect, it } from 'vitest'
import { CHUNK_REPORTS, SUBPACKAGES_OUTPUT } from '../../scripts/test/builds'
import { WAITS } from '../../scripts/vite/chunk-rule'
import type { ChunkReport } from '../../scripts/vite/mini-program-chunks'
import { checkBuild, officialCompilers } from '../../simulator/compile/static-gate'
import { startInNode, SteppedClock, type MiniProgram, type StartOptions } from '../../simulator/drive/driver'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string) => JSON.parse(fs.readFileSync(path.join(root, file), 'utf8')) as ChunkReport

/** Modules of src/ that only H5 loads. */
const H5_ONLY: readonly string[] = [
  'src/ui/app/keep-storage.ts',
  'src/ui/account/login-question.ts',
  'src/ui/app/tell-news.ts',
  'src/chat/text/scripts.ts',
  'src/platform/blocked-storage.ts',
  'src/platform/chosen-theme.ts',
  'src/platform/document-title.ts',
  'src/platform/folder-address.ts',
  'src/platform/keyboard-use.ts',
  'src/platform/notifications.ts',
  'src/platform/outside.ts',
  'src/platform/persistence.ts',
  'src/rtm/agora-web.ts',
  'src/ui/composer/last-editable.ts',
  'src/ui/composer/useEscape.ts',
  'src/ui/composer/useHandedFiles.ts',
  'src/ui/shared/shown-link.ts',
  'src/platform/media/handed-files.ts',
  'src/platform/media/microphone.ts',
  'src/platform/media/mp3-worker.ts',
  'src/platform/media/picture-in-browser.ts',
  'src/platform/media/take-handed.ts',
  'src/platform/media/zoom.ts',
  'src/storage/browser.ts',
  'src/storage/kv/indexeddb.ts',
  'src/storage/kv/key-value.ts',
]

/** The modules of src/ and the files that contain them. */
function holders({ files }: ChunkReport): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  for (const [file, modules] of Object.entries(files)) {
    for (const module of modules) if (module.startsWith('src/')) found.set(module, (found.get(module) ?? new Set()).add(file))
  }
  return found
}

/** Whether a module is empty without its types. */
function hasTypesOnly(module: string): boolean {
  return transformSync(fs.readFileSync(path.join(root, module), 'utf8'), { loader: 'ts', minify: true, tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } } }).code.trim() === ''
}

describe('the product', () => {
  const report = read(CHUNK_REPORTS.product)
  const held = holders(report)
  const modules = fs.readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' }).map((name) => `src/${name.split(path.sep).join('/')}`)

  it('has a file for every module of src/, except those with types only and those of H5 only', () => {
    // Samples and tests of a team's kinds are not part of the program.
    const unclaimed = modules.filter((module) => module.endsWith('.ts') && !/^src\/kinds\/own\/.*(?:\/samples|\.test)\.ts$/.test(module) && !(module in report.claims))
    expect(unclaimed.filter((module) => !hasTypesOnly(module)).sort()).toEqual([...H5_ONLY].sort())
    expect(new Set(Object.values(report.claims))).toEqual(new Set(['common/paint.js', 'common/first.js', 'common/later.js', 'src/locales/en.js', 'src/locales/zh.js', 'src/more/common/own.js']))
  })

  it('has every module in its intended file, once, and each component in its own', () => {
    for (const [module, files] of held) expect([module, ...files]).toEqual([module, report.claims[module] ?? module.replace(/\.vue$/, '.js')])
    // The bubbles of the kinds are a part of MessageChunk.vue.
    expect(modules.filter((module) => module.endsWith('.vue') && !module.endsWith('/Bubble.vue') && !held.has(module))).toEqual([])
  })

  it('delays every module that the rule names', () => {
    expect(Object.keys(WAITS).filter((module) => report.claims[module] !== `common/${WAITS[module]}.js`)).toEqual([])
  })
})

describe('an app with subpackages', () => {
  const report = read(CHUNK_REPORTS.subpackages)
  const phones: MiniProgram[] = []
  async function start(options: StartOptions = {}): Promise<MiniProgram> {
    const phone = await startInNode({ dist: path.join(root, SUBPACKAGES_OUTPUT), clock: new SteppedClock(), ...options })
    phones.push(phone)
    return phone
  }
  afterEach(async () => {
    for (const phone of phones.splice(0)) {
      expect(await phone.problems()).toEqual([])
      await phone.close()
    }
  })

  it('has the modules of one subpackage in its folder, and all others in the main package', () => {
    expect(report.claims).toEqual({
      'src/shared/by-media.ts': 'src/media/common/own.js',
      'src/shared/half.ts': 'src/media/common/own.js',
      'src/shared/by-both.ts': 'common/later.js',
      'src/shared/by-all.ts': 'common/paint.js',
      'src/stores/chat.ts': 'common/first.js',
    })
    for (const [module, files] of holders(report)) if (module in report.claims) expect([...files]).toEqual([report.claims[module]])
  })

  it('has a library of one subpackage in its folder', () => {
    const holding = Object.entries(report.files).filter(([, modules]) => modules.some((module) => module.includes('/node_modules/nanoid/')))
    expect(holding.map(([file]) => file)).toEqual(['src/media/common/vendor.js'])
  })

  it('names only existing files, and runs', async () => {
    expect(checkBuild(path.join(root, SUBPACKAGES_OUTPUT))).toEqual([])
    expect(officialCompilers(path.join(root, SUBPACKAGES_OUTPUT))).toEqual([])
    const phone = await start()
    await phone.waitForText('text', 'home, needed by all, the store')
    await phone.tap('photo')
    await phone.waitForText('text', 'photo 4, needed by both subpackages, needed by all')
    await phone.back()
    await phone.tap('poll')
    await phone.waitForText('text', 'poll, needed by both subpackages, needed by all')
    await phone.waitForText('picker', 'picker of poll, mounted')
  })

  it('shows a component of a subpackage once that is there, with the props of that time, and hears its events', async () => {
    const phone = await start()
    await phone.waitForText('text', /home/)
    await phone.tap('toggle')
    await phone.tap('rename')
    expect(await phone.count('picker')).toBe(0)
    await phone.waitForText('picker', 'picker of the same home, mounted')
    await phone.tap('picker')
    await phone.waitForText('picked', 'photo 4, needed by both subpackages, needed by all')
    await phone.tap('toggle')
    await phone.waitForCount('picker', 0)
    await phone.tap('toggle')
    await phone.waitForText('picker', 'picker of the same home, mounted')
  })

  it('tries again at the next use what it could not download', async () => {
    const phone = await start({ online: false })
    await phone.waitForText('text', /home/)
    await phone.tap('photo')
    await phone.waitForText('picked', 'navigateTo:fail loadSubpackage: fail')
    await phone.tap('toggle')
    await phone.waitForText('picked', 'loadSubpackage: fail')
    expect(await phone.count('picker')).toBe(0)
    await phone.setNetwork(true)
    await phone.tap('toggle')
    await phone.tap('toggle')
    await phone.waitForText('picker', 'picker of home, mounted')
    await phone.tap('photo')
    await phone.waitForText('text', 'photo 4, needed by both subpackages, needed by all')
  })
})
