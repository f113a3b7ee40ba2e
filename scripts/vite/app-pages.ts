/** Puts the paths of the pages, as pages.json has them, into src/platform/app-pages.ts. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Plugin } from 'vite'

const { parseJson } = createRequire(import.meta.url)('@dcloudio/uni-cli-shared') as { parseJson(json: string, shouldPreprocess: boolean, file: string): PagesJson }

const FILE = 'src/platform/app-pages.ts'
const PAGES = 'pages.json'

interface PagesJson {
  readonly pages: readonly { readonly path: string }[]
  readonly subPackages?: readonly { readonly root: string; readonly pages: readonly { readonly path: string }[] }[]
  readonly tabBar?: { readonly list: readonly { readonly pagePath: string }[] }
}

/** Returns the module that replaces app-pages.ts. `json`: the text of pages.json. */
export function appPagesModule(json: string): string {
  const { pages, subPackages = [], tabBar } = parseJson(json, true, PAGES)
  const all = [...pages.map(({ path }) => path), ...subPackages.flatMap(({ root, pages: own }) => own.map(({ path }) => `${root.replace(/\/$/, '')}/${path}`))]
  const tabs = (tabBar?.list ?? []).map(({ pagePath }) => pagePath)
  return `export const APP_PAGES = ${JSON.stringify(all)}\nexport const TAB_PAGES = ${JSON.stringify(tabs)}\n`
}

/** The module is known by the end of its path: a folder may be built through a link. */
export function appPages(): Plugin {
  return {
    name: 'rtm:app-pages',
    enforce: 'pre',
    load(id) {
      if (!id.endsWith(`/${FILE}`)) return undefined
      const pages = `${id.slice(0, -FILE.length)}${PAGES}`
      this.addWatchFile(pages)
      return appPagesModule(readFileSync(pages, 'utf8'))
    },
  }
}
