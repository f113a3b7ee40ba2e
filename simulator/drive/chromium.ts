/** Starts Chromium or Chrome, as the headless shell if the machine has it. */
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { chromium, type Browser, type BrowserContext } from 'playwright-core'
import { findHeadlessShell, requireChromium } from '../../scripts/browser'

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

/** `flags`: further ones of its command line. */
export function launchChromium(flags: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: findHeadlessShell() ?? requireChromium(), args: [...FLAGS, ...flags] })
}

/** Starts the full browser, not its headless shell, with the setting that sites may not save data on this device. `profile`: an empty folder. */
export function launchWithoutSiteData(profile: string, options: { readonly locale: string }): Promise<BrowserContext> {
  mkdirSync(path.join(profile, 'Default'))
  // 2: block
  writeFileSync(path.join(profile, 'Default/Preferences'), JSON.stringify({ profile: { default_content_setting_values: { cookies: 2 } } }))
  return chromium.launchPersistentContext(profile, { executablePath: requireChromium(), args: FLAGS, viewport: { width: 375, height: 667 }, deviceScaleFactor: 2, ...options })
}
