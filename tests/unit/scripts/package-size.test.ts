import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ALL_PACKAGES_MAX_BYTES, describeSize, isWithinBudget, MAIN_PACKAGE_MAX_BYTES, packageSizes } from '../../../scripts/package-size'
import { measurePackages } from '../../../scripts/vite/package-size'
import { SDK_OUTPUT } from '../../../scripts/vite/rtm-miniapp-sdk'

const files = [
  { path: 'app.js', bytes: 1_000 },
  { path: SDK_OUTPUT, bytes: 482_014 },
  { path: 'src/extra/a.js', bytes: 50 },
  { path: 'src/extra-large.js', bytes: 7 },
]

describe('the main package', () => {
  it('is everything outside the subpackages, with and without the SDK', () => {
    expect(packageSizes(files, [], SDK_OUTPUT)).toEqual({ total: 483_071, withoutSdk: 1_057, allWithoutSdk: 1_057 })
    expect(packageSizes(files, ['src/extra'], SDK_OUTPUT)).toEqual({ total: 483_021, withoutSdk: 1_007, allWithoutSdk: 1_057 })
    expect(packageSizes(files, ['/src/extra/'], SDK_OUTPUT)).toEqual({ total: 483_021, withoutSdk: 1_007, allWithoutSdk: 1_057 })
  })

  it('may weigh 480 KB without the SDK, and not a byte more', () => {
    expect(MAIN_PACKAGE_MAX_BYTES).toBe(491_520)
    expect(isWithinBudget({ total: 900_000, withoutSdk: MAIN_PACKAGE_MAX_BYTES, allWithoutSdk: MAIN_PACKAGE_MAX_BYTES })).toBe(true)
    expect(isWithinBudget({ total: 900_000, withoutSdk: MAIN_PACKAGE_MAX_BYTES + 1, allWithoutSdk: MAIN_PACKAGE_MAX_BYTES + 1 })).toBe(false)
  })

  it('and all others together may weigh 900 KB without the SDK, and not a byte more', () => {
    expect(ALL_PACKAGES_MAX_BYTES).toBe(921_600)
    expect(isWithinBudget({ total: 900_000, withoutSdk: 1_000, allWithoutSdk: ALL_PACKAGES_MAX_BYTES })).toBe(true)
    expect(isWithinBudget({ total: 900_000, withoutSdk: 1_000, allWithoutSdk: ALL_PACKAGES_MAX_BYTES + 1 })).toBe(false)
  })

  it('is printed in one line', () => {
    expect(describeSize({ total: 102_400, withoutSdk: 102_400, allWithoutSdk: 102_400 })).toBe('主包 main package: 100.0 KB (limit 480 KB)')
    expect(describeSize({ total: 593_920, withoutSdk: 102_400, allWithoutSdk: 102_400 })).toBe("主包 main package: 580.0 KB, 100.0 KB without Agora's SDK (limit 480 KB)")
    expect(describeSize({ total: 102_400, withoutSdk: 102_400, allWithoutSdk: 204_800 })).toBe('主包 main package: 100.0 KB (limit 480 KB); 所有包 all packages: 200.0 KB (limit 900 KB)')
  })

  it('is measured on a build, whose app.json names the subpackages', () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'package-'))
    const put = (name: string, text: string) => {
      mkdirSync(path.dirname(path.join(dir, name)), { recursive: true })
      writeFileSync(path.join(dir, name), text)
    }
    const app = JSON.stringify({ pages: [], subPackages: [{ root: 'extra', pages: [] }] })
    put('app.json', app)
    put('common/vendor.js', 'x'.repeat(100))
    put('extra/page.js', 'x'.repeat(1_000))
    put(SDK_OUTPUT, '汉字')
    expect(measurePackages(dir)).toEqual({ total: app.length + 106, withoutSdk: app.length + 100, allWithoutSdk: app.length + 1_100 })
    rmSync(dir, { recursive: true })
  })
})
