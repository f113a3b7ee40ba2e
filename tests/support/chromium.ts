/** Starts the Chromium or Chrome of this machine. */
import { chromium, type Browser } from 'playwright-core'
import { requireChromium } from '../../scripts/browser'

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: requireChromium(), args: FLAGS })
}
