import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { build } from 'vite'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { rtmMiniappSdk, SDK_MODULE, SDK_OUTPUT, sdkFile, type SdkOptions } from '../../../scripts/vite/rtm-miniapp-sdk'

// The wrapper that bundlers put around a CommonJS library, in sloppy mode, and the value of each of its names when it runs.
const SDK = `!function(root, factory) {
  "object" == typeof exports && "object" == typeof module ? module.exports = factory(root, exports) : root.AgoraRTM = factory()
}(this, function(self, exported) {
  undeclared = 'sloppy mode'
  return { VERSION: 'double-7f3a', thisIsExports: self === exported, maybe: exported?.none ?? undeclared }
});`

let dir: string
let file: string
let warn: ReturnType<typeof vi.spyOn>
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'sdk-'))
  file = path.join(dir, 'src/lib/rtm.miniapp.js')
  mkdirSync(path.dirname(file), { recursive: true })
  // As deep as the adapter, so that the path from there to the SDK is not trivial.
  writeFileSync(path.join(dir, 'src/entry.js'), `import sdk from '${SDK_MODULE}'\nexport const answer = { sdk }\n`)
  warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
})
afterEach(() => {
  warn.mockRestore()
  rmSync(dir, { recursive: true })
})

/** Builds the entry as uni-app builds a mini program: CommonJS files in folders. */
async function bundle(options: Partial<SdkOptions> = {}): Promise<{ sdk: unknown; text: string }> {
  const out = path.join(dir, 'out')
  await build({
    root: dir,
    configFile: false,
    logLevel: 'silent',
    plugins: [rtmMiniappSdk({ backend: 'agora', platform: 'mp-weixin', file, ...options })],
    build: {
      outDir: out,
      lib: { entry: path.join(dir, 'src/entry.js'), formats: ['cjs'] },
      rollupOptions: { output: { entryFileNames: 'src/rtm/entry.js' } },
    },
  })
  const files = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'))
  const { answer } = createRequire(import.meta.url)(path.join(out, 'src/rtm/entry.js')) as { answer: { sdk: unknown } }
  return { sdk: answer.sdk, text: files.map((name) => readFileSync(path.join(out, name), 'utf8')).join('\n') }
}

describe('the SDK file in a build', () => {
  it('is the default export for the backend agora on mp-weixin, with module, exports and this as CommonJS has them', async () => {
    writeFileSync(file, SDK)
    const { sdk } = await bundle()
    expect(sdk).toEqual({ VERSION: 'double-7f3a', thisIsExports: true, maybe: 'sloppy mode' })
    expect(warn).not.toHaveBeenCalled()
  })

  it('is copied byte for byte, neither minified nor compiled again', async () => {
    writeFileSync(file, SDK)
    await bundle()
    expect(readFileSync(path.join(dir, 'out', SDK_OUTPUT))).toEqual(Buffer.from(SDK))
  })

  it.each<[string, Partial<SdkOptions>]>([
    ['the local backend', { backend: 'local' }],
    ['H5', { platform: 'h5' }],
    ['another mini program platform', { platform: 'mp-alipay' }],
  ])('leaves no trace with %s', async (_, options) => {
    writeFileSync(file, SDK)
    const { sdk, text } = await bundle(options)
    expect(sdk).toBeUndefined()
    expect(text).not.toMatch(/double-7f3a|miniapp/)
    expect(existsSync(path.join(dir, 'out', SDK_OUTPUT))).toBe(false)
    expect(warn).not.toHaveBeenCalled()
  })

  it('may be missing: the build continues, and says once where the file belongs', async () => {
    const { sdk } = await bundle()
    expect(sdk).toBeUndefined()
    expect(warn).toHaveBeenCalledOnce()
    const [text] = warn.mock.calls[0] as [string]
    expect(text.split('\n')).toHaveLength(2)
    for (const line of text.split('\n')) expect(line).toContain(file)
    expect(text).toContain('docs/AGORA.md')
  })
})

describe('sdkFile', () => {
  it('is in the tree unless a test sets another', () => {
    expect(sdkFile('/app', undefined)).toBe(path.resolve('/app/src/lib/rtm.miniapp.js'))
    expect(sdkFile('/app', '')).toBe(path.resolve('/app/src/lib/rtm.miniapp.js'))
    expect(sdkFile('/app', 'tests/double.js')).toBe(path.resolve('/app/tests/double.js'))
  })
})
