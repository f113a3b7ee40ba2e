// The beginning of the head of the H5 page: its Content-Security-Policy, and a script that lets the page start if site data is blocked or its address lacks
// the slash of a folder, and sets the chosen theme.
import { createHash } from 'node:crypto'
import path from 'node:path'
import { buildSync } from 'esbuild'
import type { Plugin } from 'vite'
import { GATEWAY_DEFAULT_PORT } from '../../src/rtm/local/frames'
import { backendOf, filesUrlOf, mediaHostsOf, type BuildSettings } from './settings'

const FIRST_SCRIPT = `
import { replaceBlockedStorage } from './blocked-storage'
import { showChosenTheme } from './chosen-theme'
import { addMissingSlash } from './folder-address'
replaceBlockedStorage(window)
showChosenTheme(window)
addMissingSlash(window)
`

/** The options of {@link pageHead}. */
export interface PageHeadOptions {
  readonly settings: BuildSettings
  /** uni-app's platform: `mp-weixin`, `h5`, ... */
  readonly platform: string | undefined
  /** The root of the project, absolute. */
  readonly root: string
}

/** Inserts both into index.html, in builds and in the development server. */
export function pageHead({ settings, platform, root }: PageHeadOptions): Plugin {
  let isServed = false
  return {
    name: 'rtm:page-head',
    apply: () => platform === 'h5',
    configResolved: ({ command }) => {
      isServed = command === 'serve'
    },
    transformIndexHtml: {
      // After every plugin that adds a script.
      order: 'post',
      handler(html) {
        const script = firstScript(root)
        const policy = contentSecurityPolicy({ settings, isServed, inlineScripts: [script, ...inlineScriptsOf(html)] })
        const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}">`
        // Browsers look for the charset in the first 1,024 bytes.
        const [charset = ''] = /<meta charset=[^>]*>/i.exec(html) ?? []
        return html.replace(charset, '').replace('<head>', () => `<head>\n    ${charset}\n    ${meta}\n    <script>${script}</script>`)
      },
    },
  }
}

/** The options of {@link contentSecurityPolicy}. */
export interface PolicyOptions {
  readonly settings: BuildSettings
  /** Whether the development server serves the page, with a socket for hot updates. */
  readonly isServed: boolean
  /** The text of every inline script that may run. */
  readonly inlineScripts: readonly string[]
}

/**
 * Returns the policy of the page: it loads only its own scripts, styles and images. Injected markup can neither run a script nor send a form, nor redirect
 * the page's addresses.
 */
export function contentSecurityPolicy({ settings, isServed, inlineScripts }: PolicyOptions): string {
  const isCloud = backendOf(settings) === 'agora'
  const hashes = [...new Set(inlineScripts)].map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`)
  const media = [...new Set([...mediaHostsOf(settings).map((host) => `https://${host}`), ...fileServers(settings, isServed)])]
  const directives: readonly (readonly [name: string, ...sources: string[]])[] = [
    ['default-src', "'none'"],
    ['script-src', "'self'", ...hashes],
    // uni-app writes style elements and style attributes.
    ['style-src', "'self'", "'unsafe-inline'"],
    // Vite puts small images into the code. Pictures of messages are loaded from a few hosts only, and those on this device from `blob:`.
    ['img-src', "'self'", 'data:', 'blob:', ...media],
    ['media-src', "'self'", 'blob:', ...media],
    ['connect-src', "'self'", ...connections(settings, isServed), ...fileServers(settings, isServed)],
    // Agora's SDK has its timers in a worker that it creates from a text.
    ['worker-src', "'self'", ...(isCloud ? ['blob:'] : [])],
    ['base-uri', "'none'"],
    ['form-action', "'none'"],
  ]
  return directives.map((directive) => directive.join(' ')).join('; ')
}

/** Agora chooses its servers at run time, and without a setting the gateway is on the host of the page. */
function connections(settings: BuildSettings, isServed: boolean): string[] {
  const tokens = originsOf(settings.VITE_RTM_TOKEN_URL)
  if (backendOf(settings) === 'agora') return ['https:', 'wss:', ...tokens, ...(isServed ? ['ws:'] : [])]
  const gateway = originsOf(settings.VITE_RTM_GATEWAY_URL)
  return [...(gateway.length > 0 && !isServed ? gateway : ['ws:', 'wss:']), ...tokens]
}

/** The file server is at the gateway's port, which without a setting is the default one on the host of the page, or that of VITE_RTM_FILES_URL. */
function fileServers(settings: BuildSettings, isServed: boolean): string[] {
  if (backendOf(settings) !== 'local') return originsOf(filesUrlOf(settings))
  if (isServed) return ['http:', 'https:']
  const origins = originsOf(settings.VITE_RTM_GATEWAY_URL).map((origin) => origin.replace(/^ws/, 'http'))
  return origins.length > 0 ? origins : [`http://*:${GATEWAY_DEFAULT_PORT}`, `https://*:${GATEWAY_DEFAULT_PORT}`]
}

function originsOf(address: string | undefined): string[] {
  // `URL.origin` does not support ws:.
  return address ? [`${new URL(address).protocol}//${new URL(address).host}`] : []
}

/** Returns the text of each inline script in `html`. A script with `src` has none. */
function inlineScriptsOf(html: string): string[] {
  return [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([^]*?)<\/script>/g)].map(([, text = '']) => text)
}

/** Returns the script that runs before the code of the page. */
function firstScript(root: string): string {
  const { outputFiles } = buildSync({
    stdin: { contents: FIRST_SCRIPT, resolveDir: path.join(root, 'src/platform'), loader: 'ts' },
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2018',
    write: false,
  })
  return (outputFiles[0]?.text ?? '').trim()
}
