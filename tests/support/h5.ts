/** A module of the product as in the H5 build: with the H5 branches of its `#ifdef`s, and the browser's variants of packages. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type Plugin } from 'vite'

const require = createRequire(import.meta.url)
const root = resolve(__dirname, '../..')

/** `file`: a path from the root of the project. Each call returns a fresh instance. */
export async function importForH5<T>(file: string): Promise<T> {
  const bundle = await build({
    root,
    configFile: false,
    logLevel: 'error',
    plugins: [h5Only()],
    resolve: { alias: [{ find: /^@\//, replacement: `${root}/` }] },
    build: { write: false, minify: false, target: 'esnext', lib: { entry: join(root, file), formats: ['es'] }, rollupOptions: { output: { inlineDynamicImports: true } } },
  })
  const { output } = Array.isArray(bundle) ? bundle[0]! : (bundle as Extract<typeof bundle, { output: unknown }>)
  const folder = mkdtempSync(join(tmpdir(), 'h5-'))
  try {
    const module = join(folder, 'module.mjs')
    writeFileSync(module, output[0].code)
    return await import(/* @vite-ignore */ pathToFileURL(module).href)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function h5Only(): Plugin {
  const { initPreContext, preJs } = require('@dcloudio/uni-cli-shared')
  initPreContext('h5', undefined, 'h5', false)
  return {
    name: 'h5-only',
    enforce: 'pre',
    transform: (code, id) => (code.includes('#endif') && !id.includes('node_modules') ? { code: preJs(code, id), map: null } : undefined),
  }
}
