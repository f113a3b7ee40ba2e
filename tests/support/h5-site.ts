/** The built H5, served from a folder of its own and connected to a test's gateway. */
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BrowserContext, Page } from 'playwright-core'
import { GATEWAY_DEFAULT_PORT } from '../../src/rtm/local/frames'

const root = fileURLToPath(new URL('../..', import.meta.url))
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.png': 'image/png' }

export interface Site {
  /** The page's address, with a `/` at its end. */
  readonly address: string
  readonly close: () => void
}

export interface SiteOptions {
  /** The build, from the root of the project. */
  readonly build?: string
  /** Its folder on the server, without a slash at its end. The page is also served at that address. */
  readonly under?: string
  /** Records the path of each request. */
  readonly asked?: string[]
}

/** `pages`: HTML that is served besides the build, by its path. */
export async function serveH5(pages: Readonly<Record<string, string>> = {}, { build = 'dist/build/h5', under = '', asked = [] }: SiteOptions = {}): Promise<Site> {
  const built = path.join(root, build)
  const server = createServer(({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost')
    asked.push(pathname)
    const page = pages[pathname]
    if (page !== undefined) return void response.writeHead(200, { 'content-type': 'text/html' }).end(page)
    if (pathname !== under && !pathname.startsWith(`${under}/`)) return void response.writeHead(404).end()
    const name = path.join(built, path.normalize(pathname.slice(under.length) || '/'))
    const file = name.endsWith(path.sep) ? path.join(name, 'index.html') : name
    if (!existsSync(file)) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream' }).end(readFileSync(file))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}${under}/`, close: () => void server.close() }
}

/** The build has the gateway's usual port: redirects it to the gateway at `url`, its HTTP side too. */
export async function leadToGateway(target: BrowserContext | Page, url: string): Promise<void> {
  const { port } = new URL(url)
  await target.route(
    (asked) => asked.port === String(GATEWAY_DEFAULT_PORT),
    async (route) => {
      const asked = new URL(route.request().url())
      asked.port = port
      const response = await route.fetch({ url: asked.href }).catch(() => undefined)
      // The gateway is not there.
      if (response) await route.fulfill({ response })
      else await route.abort('connectionrefused')
    },
  )
  await target.addInitScript(
    ([from, to]) => {
      const Native = WebSocket
      window.WebSocket = class extends Native {
        constructor(url: string | URL, protocols?: string | string[]) {
          super(String(url).replace(from!, to!), protocols)
        }
      }
    },
    [`:${GATEWAY_DEFAULT_PORT}/`, `:${port}/`],
  )
}
