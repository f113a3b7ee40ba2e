/** The size of what is loaded before the first paint: the mini program's packages, and the JavaScript of H5's first page. */
import fs from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { ALL_PACKAGES_MAX_BYTES, MAIN_PACKAGE_MAX_BYTES } from '../scripts/package-size'
import { measurePackages } from '../scripts/vite/package-size'
import type { Benchmark, Result } from './bench'
import { built, PRODUCT, PRODUCT_H5 } from './builds'

const H5_FIRST_LOAD_MAX_BYTES = 160 * 1024
/** The pages that a user may see first. */
const FIRST_PAGES = /^(?:src-)?pages-(?:login-login|conversations-conversations)\./

export const size: Benchmark = {
  names: ['size.mp.main', 'size.mp.total', 'size.h5.gzip'],
  budgets: [
    { name: 'size.mp.main', figure: 'bytes', atMost: MAIN_PACKAGE_MAX_BYTES },
    { name: 'size.mp.total', figure: 'bytes', atMost: ALL_PACKAGES_MAX_BYTES },
    { name: 'size.h5.gzip', figure: 'bytes', atMost: H5_FIRST_LOAD_MAX_BYTES },
  ],
  async *run(): AsyncIterable<Result> {
    const { withoutSdk, allWithoutSdk } = measurePackages(await built(PRODUCT))
    yield { name: 'size.mp.main', figures: { bytes: withoutSdk } }
    yield { name: 'size.mp.total', figures: { bytes: allWithoutSdk } }
    const scripts = firstLoad(await built(PRODUCT_H5))
    yield { name: 'size.h5.gzip', figures: { bytes: scripts.reduce((sum, file) => sum + gzipSync(fs.readFileSync(file), { level: 9 }).length, 0), files: scripts.length } }
  },
}

/** The scripts in index.html, those of the first pages, and all scripts that these import before they run. */
function firstLoad(dir: string): string[] {
  const html = fs.readFileSync(path.join(dir, 'index.html'), 'utf8')
  const entries = [...html.matchAll(/(?:src|href)="([^"]+\.js)"/g)].map(([, url = '']) => path.join(dir, url))
  const assets = path.join(dir, 'assets')
  const pages = fs.readdirSync(assets).filter((name) => FIRST_PAGES.test(name) && name.endsWith('.js')).map((name) => path.join(assets, name))
  if (entries.length === 0 || pages.length < 2) throw new Error(`the H5 build in ${dir} has no first page`)
  const found = new Set<string>()
  const follow = (file: string) => {
    if (found.has(file)) return
    found.add(file)
    const source = fs.readFileSync(file, 'utf8')
    for (const [, url = ''] of source.matchAll(/(?:^|[;}\s])(?:import|export)\b[^;'"()]*?["'](\.[^"']+\.js)["']/g)) follow(path.resolve(path.dirname(file), url))
  }
  ;[...entries, ...pages].forEach(follow)
  return [...found]
}
