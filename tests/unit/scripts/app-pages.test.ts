import { expect, it } from 'vitest'
import { appPagesModule } from '../../../scripts/vite/app-pages'
import { APP_PAGES, TAB_PAGES } from '@/src/platform/app-pages'
import pagesJson from '../../../pages.json'

it('knows the pages of pages.json, with those of subpackages, and comments in it', () => {
  const json = `{
    // the first page
    "pages": [{ "path": "a/a" }, { "path": "b/b" }],
    "subPackages": [{ "root": "more/", "pages": [{ "path": "c/c" }] }],
    "tabBar": { "list": [{ "pagePath": "b/b" }] }
  }`
  expect(appPagesModule(json)).toBe('export const APP_PAGES = ["a/a","b/b","more/c/c"]\nexport const TAB_PAGES = ["b/b"]\n')
})

it('gives the program its own', () => {
  const inPackages = pagesJson.subPackages.flatMap(({ root, pages }) => pages.map(({ path }) => `${root}/${path}`))
  expect(APP_PAGES).toEqual([...pagesJson.pages.map(({ path }) => path), ...inPackages])
  expect(TAB_PAGES).toEqual(pagesJson.tabBar.list.map(({ pagePath }) => pagePath))
})
