import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { build, type Plugin } from 'vite'
import { describe, expect, it } from 'vitest'
import { privateInfos } from '@/scripts/vite/private-infos'
import { ATTACHMENTS, attachConstants, attachmentsOf, settingsProblem } from '@/scripts/vite/settings'
import { useFolder } from '../../support/folder'

const folder = useFolder()
const require = createRequire(import.meta.url)
const root = resolve(__dirname, '../../..')
const WAYS = ['take-pictures', 'take-video', 'take-file', 'take-place', 'record-voice']

/** The code of everything that takes media, in a mini program with this setting. */
async function codeWith(chosen: string): Promise<string> {
  const { initPreContext, preJs } = require('@dcloudio/uni-cli-shared')
  initPreContext('mp-weixin', undefined, 'mp-weixin', false)
  const entry: Plugin = {
    name: 'entry',
    enforce: 'pre',
    resolveId: (id) => (id === 'entry' ? '\0entry' : undefined),
    load: (id) => (id === '\0entry' ? WAYS.map((way) => `export * from '@/src/platform/media/${way}'`).join('\n') : undefined),
    transform: (code, id) => (code.includes('#endif') && !id.includes('node_modules') ? { code: preJs(code, id), map: null } : undefined),
  }
  const bundle = await build({
    root,
    configFile: false,
    logLevel: 'error',
    plugins: [entry],
    define: attachConstants({ VITE_RTM_ATTACH: chosen }, 'mp-weixin'),
    resolve: { alias: [{ find: /^@\//, replacement: `${root}/` }] },
    build: { write: false, minify: 'esbuild', target: 'es2018', rollupOptions: { input: 'entry', preserveEntrySignatures: 'strict', output: { format: 'es' } } },
  })
  const { output } = bundle as { output: readonly { code?: string }[] }
  return output.map(({ code = '' }) => code).join('\n')
}

const CALLS = ['chooseMedia', 'getRecorderManager', 'chooseMessageFile', 'chooseLocation'] as const

describe('VITE_RTM_ATTACH', () => {
  it.each([
    ['image', ['chooseMedia']],
    ['camera', ['chooseMedia']],
    ['video', ['chooseMedia']],
    ['voice', ['getRecorderManager']],
    ['file', ['chooseMessageFile']],
    ['location', ['chooseLocation']],
    ['none', []],
    ['', ['chooseMedia', 'getRecorderManager', 'chooseMessageFile']],
    ['image,camera,video,voice,file,location', CALLS],
  ])('%s leaves in the mini program only the calls %j', async (chosen, calls) => {
    const code = await codeWith(chosen)
    expect(CALLS.filter((call) => code.includes(call))).toEqual(calls)
  })

  it('is all by default, without places in the mini program', () => {
    expect(attachmentsOf({}, 'h5')).toEqual(ATTACHMENTS)
    expect(attachmentsOf({}, 'mp-weixin')).toEqual(['image', 'camera', 'video', 'voice', 'file'])
    expect(attachmentsOf({ VITE_RTM_ATTACH: ' file, image' }, 'h5')).toEqual(['image', 'file'])
    expect(attachmentsOf({ VITE_RTM_ATTACH: 'none' }, 'h5')).toEqual([])
  })

  it.each([['location,image', { requiredPrivateInfos: ['chooseLocation'] }], ['', {}]])('%j writes into app.json %j', async (chosen, added) => {
    writeFileSync(join(folder(), 'app.json'), '{"pages":[]}')
    writeFileSync(join(folder(), 'main.js'), '')
    await build({ root: folder(), configFile: false, logLevel: 'error', plugins: [privateInfos({ settings: { VITE_RTM_ATTACH: chosen }, platform: 'mp-weixin' })], build: { outDir: '.', emptyOutDir: false, rollupOptions: { input: join(folder(), 'main.js') } } })
    expect(JSON.parse(readFileSync(join(folder(), 'app.json'), 'utf8'))).toEqual({ pages: [], ...added })
  })

  it('is refused with a sentence if it names something else', () => {
    expect(settingsProblem({ VITE_RTM_ATTACH: 'image,fax' })?.en).toContain('"fax"')
    expect(settingsProblem({ VITE_RTM_ATTACH: 'image,none' })?.en).toContain('"none"')
    expect(settingsProblem({ VITE_RTM_ATTACH: 'none' })).toBeUndefined()
    expect(settingsProblem({ VITE_RTM_ATTACH: ATTACHMENTS.join(',') })).toBeUndefined()
  })
})
