import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { findChromium, findHeadlessShell, requireChromium } from '../../../scripts/browser'

const PATH = ['/usr/local/bin', '/usr/bin'].join(path.delimiter)
const machine = (env: NodeJS.ProcessEnv, ...executables: string[]) => ({ env: { PATH, ...env }, isExecutable: (file: string) => executables.includes(file) })

describe('findChromium', () => {
  it('prefers CHROMIUM to all others', () => {
    expect(findChromium(machine({ CHROMIUM: '/opt/mine' }, '/opt/mine', '/usr/bin/chromium'))).toBe('/opt/mine')
  })

  it('looks for Chromium and Chrome on the PATH, then in the usual installation paths', () => {
    expect(findChromium(machine({}, '/usr/bin/chromium', '/usr/local/bin/google-chrome'))).toBe('/usr/bin/chromium')
    expect(findChromium(machine({}, '/usr/bin/google-chrome-stable'))).toBe('/usr/bin/google-chrome-stable')
    const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
    expect(findChromium(machine({ PATH: undefined }, mac))).toBe(mac)
    expect(findChromium(machine({}))).toBeUndefined()
  })

  it('fails with a sentence instead of using another when CHROMIUM is wrong', () => {
    expect(() => findChromium(machine({ CHROMIUM: '/opt/gone' }, '/usr/bin/chromium'))).toThrow('CHROMIUM names /opt/gone, which cannot be run.')
  })
})

describe('findHeadlessShell', () => {
  it('finds it on the PATH, unless CHROMIUM names a browser', () => {
    expect(findHeadlessShell(machine({}, '/usr/bin/chromium', '/usr/bin/chromium-headless-shell'))).toBe('/usr/bin/chromium-headless-shell')
    expect(findHeadlessShell(machine({ CHROMIUM: '/usr/bin/chromium' }, '/usr/bin/chromium', '/usr/bin/chromium-headless-shell'))).toBeUndefined()
    expect(findHeadlessShell(machine({}, '/usr/bin/chromium'))).toBeUndefined()
  })
})

describe('requireChromium', () => {
  it('says what to install if there is none', () => {
    expect(requireChromium(machine({}, '/usr/bin/chromium'))).toBe('/usr/bin/chromium')
    expect(() => requireChromium(machine({}))).toThrow(/install one of them, or name its path in the environment variable CHROMIUM\.$/)
  })
})
