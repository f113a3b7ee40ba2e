/** The Content-Security-Policy of a build. How browsers apply it: tests/e2e/page-security.long.test.ts. */
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { build, createServer, type Plugin } from 'vite'
import { describe, expect, it } from 'vitest'
import { contentSecurityPolicy, pageHead, type PolicyOptions } from '../../../scripts/vite/page-head'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const LOCAL: PolicyOptions = { settings: {}, isServed: false, inlineScripts: [] }

function directive(name: string, options: Partial<PolicyOptions>): string | undefined {
  return contentSecurityPolicy({ ...LOCAL, ...options }).split('; ').find((one) => one.startsWith(`${name} `))
}

describe('the policy', () => {
  it.each<[string, Partial<PolicyOptions>, string]>([
    ['any gateway without a setting, since the page looks for it on its own host', {}, "'self' ws: wss: http://*:7070 https://*:7070"],
    ['the gateway of the setting only', { settings: { VITE_RTM_GATEWAY_URL: 'wss://chat.example:7443/rtm' } }, "'self' wss://chat.example:7443 https://chat.example:7443"],
    ['the token server', { settings: { VITE_RTM_GATEWAY_URL: 'ws://a.example/rtm', VITE_RTM_TOKEN_URL: 'http://b.example/token?x' } }, "'self' ws://a.example http://b.example http://a.example"],
    ["Agora's cloud", { settings: { VITE_RTM_BACKEND: 'agora' } }, "'self' https: wss:"],
    ['hot updates', { settings: { VITE_RTM_GATEWAY_URL: 'wss://chat.example/rtm' }, isServed: true }, "'self' ws: wss: http: https:"],
  ])('lets the page reach %s', (_, options, sources) => {
    expect(directive('connect-src', options)).toBe(`connect-src ${sources}`)
  })

  it('never allows a text to run as a script', () => {
    for (const settings of [{}, { VITE_RTM_BACKEND: 'agora' }]) {
      for (const isServed of [false, true]) {
        expect(directive('script-src', { settings, isServed })).toBe("script-src 'self'")
        expect(directive('default-src', { settings, isServed })).toBe("default-src 'none'")
      }
    }
  })

  it.each([
    [{}, "'self' data: blob: http://*:7070 https://*:7070"],
    [{ VITE_MEDIA_HOSTS: 'media.example,*.cdn.example', VITE_RTM_BACKEND: 'agora' }, "'self' data: blob: https://media.example https://*.cdn.example"],
    [{ VITE_RTM_BACKEND: 'agora', VITE_RTM_FILES_URL: 'https://files.example/' }, "'self' data: blob: https://files.example"],
    [{ VITE_RTM_GATEWAY_URL: 'wss://chat.example/rtm' }, "'self' data: blob: https://chat.example"],
    [{ VITE_RTM_GATEWAY_URL: 'ws://10.0.0.1:7070/rtm' }, "'self' data: blob: https://10.0.0.1:7070 http://10.0.0.1:7070"],
  ])('with %j loads pictures from %s', (settings, sources) => {
    expect(directive('img-src', { settings })).toBe(`img-src ${sources}`)
    expect(directive('media-src', { settings })).toBe(`media-src ${sources.replace(' data:', '')}`)
  })

  it('allows only the cloud to create workers of a text', () => {
    expect(directive('worker-src', {})).toBe("worker-src 'self'")
    expect(directive('worker-src', { settings: { VITE_RTM_BACKEND: 'agora' } })).toBe("worker-src 'self' blob:")
  })
})

describe('the head of the page', () => {
  const adds = (script: string): Plugin => ({ name: 'adds', transformIndexHtml: () => [{ tag: 'script', children: script, injectTo: 'head-prepend' }] })
  const plugins = (platform: string) => [adds('window.polyfill = "</b>$&"'), pageHead({ settings: {}, platform, root })]

  async function built(platform: string): Promise<string> {
    const output = await build({ root, configFile: false, logLevel: 'silent', plugins: [...plugins(platform), emptyMain()], build: { write: false, minify: false } })
    const { output: files } = Array.isArray(output) ? output[0]! : (output as Extract<typeof output, { output: unknown }>)
    const page = files.find(({ fileName }) => fileName === 'index.html')
    return page?.type === 'asset' ? String(page.source) : ''
  }

  /** The page without the app. */
  const emptyMain = (): Plugin => ({ name: 'empty-main', enforce: 'pre', load: (file) => (file.endsWith('/main.ts') ? '' : undefined) })

  async function served(): Promise<string> {
    const server = await createServer({ root, configFile: false, logLevel: 'silent', appType: 'custom', server: { middlewareMode: true, ws: false }, optimizeDeps: { noDiscovery: true }, plugins: plugins('h5') })
    try {
      return await server.transformIndexHtml('/', '<!DOCTYPE html><html><head><meta charset="UTF-8" /></head><body></body></html>')
    } finally {
      await server.close()
    }
  }

  it.each([['a build', () => built('h5')], ['the development server', served]])('of %s begins with the charset and the policy, which allows each inline script by its hash', async (_, make) => {
    const html = await make()
    expect(html).toMatch(/^<!DOCTYPE html>\s*<html[^>]*>\s*<head>\s*<meta charset="UTF-8" \/>\s*<meta http-equiv="Content-Security-Policy" content="[^"]*">\s*<script>/)
    expect(html.match(/charset=/g)).toHaveLength(1)
    const scripts = [...html.matchAll(/<script>([^]*?)<\/script>/g)].map(([, text]) => text!)
    expect(scripts).toHaveLength(2)
    expect(scripts).toContain('window.polyfill = "</b>$&"')
    for (const script of scripts) expect(html).toContain(`'sha256-${createHash('sha256').update(script).digest('base64')}'`)
  }, 60_000)

  it('is unchanged for other platforms', async () => {
    expect(await built('mp-weixin')).not.toContain('Content-Security-Policy')
  }, 60_000)
})
