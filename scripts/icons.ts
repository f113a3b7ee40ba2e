// `npm run icons`: renders the drawings in docs/art to the PNG files in static/, with a transparent background. The PNG files are committed, so that a build
// needs no browser. The drawings are not in static/, because all of static/ is packed into the mini program.
import { mkdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { requireChromium } from './browser'
import { Refusal, runCommand } from './sentence'

/** A PNG file: its name in static/, its size in px, and its maximum size in bytes. */
interface Picture {
  readonly drawing: string
  readonly file: string
  readonly width: number
  readonly height: number
  readonly maxBytes: number
}

// WeChat asks for tab icons of 81 x 81 px and at most 40 KB.
const tab = (drawing: string): Picture => ({ drawing, file: `tab/${drawing}.png`, width: 81, height: 81, maxBytes: 40 * 1024 })

const PICTURES: readonly Picture[] = [
  ...['chat', 'chat-on', 'me', 'me-on'].map(tab),
  { drawing: 'logo', file: 'logo.png', width: 240, height: 240, maxBytes: 12 * 1024 },
  { drawing: 'empty', file: 'empty.png', width: 400, height: 300, maxBytes: 12 * 1024 },
]

const root = fileURLToPath(new URL('..', import.meta.url))

async function main(): Promise<number> {
  const browser = await chromium.launch({ executablePath: requireChromium(), args: ['--no-sandbox'] })
  try {
    const page = await browser.newPage()
    for (const { drawing, file, width, height, maxBytes } of PICTURES) {
      const svg = readFileSync(path.join(root, `docs/art/${drawing}.svg`), 'utf8')
      const output = path.join(root, 'static', file)
      mkdirSync(path.dirname(output), { recursive: true })
      await page.setViewportSize({ width, height })
      await page.setContent(`<style>body { margin: 0 } svg { display: block; width: 100vw; height: 100vh }</style>${svg}`)
      await page.screenshot({ path: output, omitBackground: true })
      const { size } = statSync(output)
      console.log(`static/${file} ${size} bytes`)
      if (size > maxBytes) throw new Refusal({ zh: `static/${file} 超过了 ${maxBytes} 字节。`, en: `static/${file} is over ${maxBytes} bytes.` })
    }
  } finally {
    await browser.close()
  }
  return 0
}

await runCommand(main)
