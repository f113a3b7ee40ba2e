// A private function waits for the popup of its page (src/platform/privacy.ts): a page without one would fail without a question.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import pagesJson from '../../../pages.json'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const COPY = path.join(root, 'src/ui/shared/copy.ts')
const POPUP = path.join(root, 'src/more/ui/privacy/PrivacyPopup.vue')

function importsOf(file: string): string[] {
  const names = [...readFileSync(file, 'utf8').matchAll(/from '((?:@\/|\.{1,2}\/)[^']+)'/g)].map(([, name = '']) => path.join(name.startsWith('@/') ? root : path.dirname(file), name.replace(/^@\//, '')))
  return names.flatMap((name) => [name, `${name}.ts`, path.join(name, 'index.ts')].filter((one) => /\.(?:ts|vue)$/.test(one) && existsSync(one)).slice(0, 1))
}

/** All files that `file` imports, and itself. */
function reachedFrom(file: string, reached = new Set<string>()): Set<string> {
  if (!reached.has(file)) {
    reached.add(file)
    for (const imported of importsOf(file)) reachedFrom(imported, reached)
  }
  return reached
}

it('every page that can copy has the popup', () => {
  const inSubpackages = pagesJson.subPackages.flatMap(({ root: folder, pages }) => pages.map((page) => `${folder}/${page.path}`))
  const pages = [...pagesJson.pages.map((page) => page.path), ...inSubpackages]
  const reached = pages.map((page) => ({ page, files: reachedFrom(path.join(root, `${page}.vue`)) }))
  const copying = reached.filter(({ files }) => files.has(COPY)).map(({ page }) => page)
  expect(copying).toContain('src/pages/thread/thread')
  expect(reached.filter(({ files }) => files.has(POPUP)).map(({ page }) => page)).toEqual(copying)
})
