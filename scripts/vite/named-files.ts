// Fails a build without a file that its app.json or index.html names. uni-app copies static/ file by file, ignores failures and exits with 0; WeChat then
// rejects the package, and a browser shows gaps.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Plugin } from 'vite'
import { both } from '../sentence'

/** Checks the output of each build. */
export function namedFiles(): Plugin {
  let outDir = ''
  let base = '/'
  return {
    name: 'rtm:named-files',
    apply: 'build',
    enforce: 'post',
    configResolved(config) {
      outDir = path.resolve(config.root, process.env.UNI_OUTPUT_DIR ?? config.build.outDir)
      base = config.base
    },
    writeBundle: {
      // After the files of static/ were copied.
      order: 'post',
      sequential: true,
      handler() {
        const read = (file: string) => (existsSync(path.join(outDir, file)) ? readFileSync(path.join(outDir, file), 'utf8') : undefined)
        const missing = [...namedByApp(read), ...namedByHtml(read, base)].filter((file) => !existsSync(path.join(outDir, file)))
        if (missing.length === 0) return
        const names = [...new Set(missing)].join(', ')
        this.error(both({ zh: `构建不完整，缺少它自己用到的文件：${names}`, en: `The build lacks files that it names: ${names}` }))
      },
    },
  }
}

/** Returns the text of a file of the build, or undefined if it is missing. */
export type ReadBuilt = (file: string) => string | undefined

interface AppJson {
  readonly pages?: readonly string[]
  readonly subPackages?: readonly Subpackage[]
  readonly subpackages?: readonly Subpackage[]
  readonly tabBar?: { readonly custom?: boolean; readonly list?: readonly { readonly iconPath?: string; readonly selectedIconPath?: string }[] }
  readonly themeLocation?: string
  readonly sitemapLocation?: string
  readonly usingComponents?: Readonly<Record<string, string>>
}

interface Subpackage {
  readonly root: string
  readonly pages: readonly string[]
}

/** The files that app.json of a mini program names, relative to the package. None if there is no app.json. */
export function namedByApp(read: ReadBuilt): string[] {
  const json = read('app.json')
  if (json === undefined) return []
  const app = JSON.parse(json) as AppJson
  const { pages = [], tabBar, themeLocation, sitemapLocation, usingComponents = {} } = app
  const subpages = (app.subPackages ?? app.subpackages ?? []).flatMap(({ root, pages }) => pages.map((page) => `${root}/${page}`))
  const components = Object.values(usingComponents).filter((component) => !component.includes('://'))
  const pieces = [...pages, ...subpages, ...components, ...(tabBar?.custom ? ['custom-tab-bar/index'] : [])]
  const icons = (tabBar?.list ?? []).flatMap(({ iconPath, selectedIconPath }) => [iconPath, selectedIconPath])
  const files = [
    ...pieces.flatMap((piece) => ['js', 'json', 'wxml'].map((extension) => `${piece}.${extension}`)),
    ...[...icons, themeLocation, sitemapLocation].filter((file) => file !== undefined && file !== ''),
  ]
  return files.flatMap((file) => inThemes(file, themeLocation, read)).map((file) => path.posix.normalize(file).replace(/^\/+/, ''))
}

/** `@name` is a variable of each theme. */
function inThemes(file: string | undefined, themeLocation: string | undefined, read: ReadBuilt): string[] {
  if (!file?.startsWith('@')) return file === undefined ? [] : [file]
  const json = themeLocation === undefined ? undefined : read(themeLocation)
  const themes = json === undefined ? {} : (JSON.parse(json) as Readonly<Record<string, Readonly<Record<string, string>>>>)
  return Object.values(themes).flatMap((theme) => theme[file.slice(1)] ?? [])
}

/** The files of its own site that index.html names, relative to the build. None if there is no index.html. */
export function namedByHtml(read: ReadBuilt, base: string): string[] {
  const html = read('index.html') ?? ''
  const addresses = [...html.matchAll(/<(?!a\b)[a-z][^>]*?\s(?:src|href)\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)].map(([, double, single]) => (double ?? single ?? '').trim())
  return addresses
    .filter((address) => address !== '' && !/^(?:[a-z][a-z\d+.-]*:|\/\/|#)/i.test(address))
    .map((address) => (base.startsWith('/') && address.startsWith(base) ? address.slice(base.length) : address))
    .map((address) => path.posix.normalize(decodeURI(address.replace(/[?#].*$/, ''))).replace(/^\/+/, ''))
}
