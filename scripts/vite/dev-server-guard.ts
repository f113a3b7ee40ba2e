// What the H5 development server answers, and to which requests. uni-app turns off Vite's own check of file paths
// (`server.fs.strict: false`), so this guard goes the other way round: it refuses everything except what the page itself loads.
import { readFileSync, realpathSync, statSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import path from 'node:path'
import type { Duplex } from 'node:stream'
import type { Plugin, ViteDevServer } from 'vite'
import { both, type Sentence } from '../sentence'

/** Why a request is refused. */
export type Refused = 'method' | 'host' | 'origin' | 'address'

/** The parts of a request that decide who asked. */
export interface Requester {
  /** Every value of each header, as in Node's `headersDistinct`. */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>
  /** The address of this machine that the connection came in on. IPv4 may be written as IPv6 (`::ffff:192.168.1.5`). */
  readonly localAddress: string | undefined
}

const AUTHORITY = /^(\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/**
 * Whether the `Host` header names this server: a loopback name, the address that the connection came in on, or a name in
 * `allowed`. A rebound name (a foreign domain that resolves to this machine) is none of them.
 */
export function isOwnHost({ headers, localAddress = '' }: Requester, allowed: readonly string[] = []): boolean {
  const host = AUTHORITY.exec(hostOf(headers))?.[1]
  if (host === undefined) return false
  const bound = localAddress.replace(/^::ffff:/, '')
  return LOOPBACK.test(host) || host === bound || host === `[${bound}]` || allowed.includes(host)
}

/**
 * Whether the request comes from the server's own page, from an address bar, or from a program. Browsers name the page in `Origin`,
 * or, where they leave it out, its relation to this server in `Sec-Fetch-Site`. `isPage`: a link from elsewhere may lead to the page.
 */
export function isOwnOrigin({ headers }: Pick<Requester, 'headers'>, isPage = false): boolean {
  const origin = valueOf(headers, 'origin')
  if (origin !== undefined) return origin === `http://${hostOf(headers)}` || origin === `https://${hostOf(headers)}`
  const site = valueOf(headers, 'sec-fetch-site')
  if (site === undefined || site === 'same-origin' || site === 'none') return true
  return isPage && valueOf(headers, 'sec-fetch-mode') === 'navigate' && valueOf(headers, 'sec-fetch-dest') === 'document'
}

function hostOf(headers: Requester['headers']): string {
  return valueOf(headers, 'host')?.toLowerCase() ?? ''
}

/** The value of a header that may be given once. Two values make one that equals neither. */
function valueOf(headers: Requester['headers'], name: string): string | undefined {
  return headers[name]?.join(', ')
}

/** The parts of the server that decide what is served. */
export interface Served {
  /** Where the page is served, with a `/` at both ends. */
  readonly base: string
  /** The root of the project, absolute. */
  readonly root: string
  /** The URL prefix of the dependencies that Vite has bundled, with a `/` at both ends. */
  readonly deps: string
  /** Whether the page names it in its HTML, or a module that was served imports it. Takes a URL without base, `import` and `t`. */
  readonly isLoaded: (url: string) => boolean
}

/** Characters of a URL as browsers write them: no spaces, `#`, `\`, control or other characters. */
const REQUEST_TARGET = /^\/(?!\/)[\w\-.~!$&'()*+,;=:@%/?[\]|{}"<>^`]*$/
const VITE_CLIENT = '/@vite/client'

/** The URL by which Vite may serve the request; undefined when it must not. */
export function servedUrl(target: string, { base, root, deps, isLoaded }: Served): string | undefined {
  if (!REQUEST_TARGET.test(target) || !target.startsWith(base)) return undefined
  const [pathname = '', ...queries] = target.slice(base.length - 1).split('?')
  const query = queries.join('?')

  if (pathname === VITE_CLIENT && query === '') return target
  const url = moduleUrl(pathname, query)
  if (url !== undefined && (isLoaded(url) || isLoaded(url.replace(/\.map$/, '')))) return target
  if (pathname.startsWith(deps) && /^[\w.@+-]+\.(?:js|css)(?:\.map)?$/.test(pathname.slice(deps.length)) && /^(?:v=\w+)?$/.test(query)) return target
  // The page reads its own query; Vite would take `?raw` or `?import` in it as meant for itself.
  if (pathname === '/' || pathname === '/index.html') return base
  if (/^(?:[tv]=\w*)?$/.test(query) && isAsset(root, pathname)) return `${base.slice(0, -1)}${pathname}`
  return undefined
}

/** Whether a rule of `server.proxy` takes the request, as Vite decides it: a path begins it, or a pattern (`^...`) matches it. */
export function isProxied(target: string, rules: readonly string[]): boolean {
  return rules.some((rule) => (rule.startsWith('^') ? new RegExp(rule).test(target) : target.startsWith(rule)))
}

/** The URL under which Vite's module graph would know a request: decoded, and without what Vite adds for the browser's cache. */
function moduleUrl(pathname: string, query: string): string | undefined {
  const own = query.split('&').filter((part) => part !== 'import' && !/^t=\d{13}$/.test(part))
  try {
    const decoded = decodeURI(pathname)
    const id = decoded.startsWith('/@id/') ? decoded.slice('/@id/'.length).replace('__x00__', '\0') : decoded
    return own.join('&') === '' ? id : `${id}?${own.join('&')}`
  } catch {
    // Not decodable, so no URL of ours.
    return undefined
  }
}

const STATIC_FOLDER = /^\/(?:static|uni_modules\/[\w-]+\/static)\//
const SOURCE_ASSET = /^\/src\/.*\.(?:png|jpe?g|gif|webp|avif|svg|ico|woff2?|ttf|otf|mp3|m4a|aac|wav|ogg|mp4|webm|wasm)$/i
const KEY_FILE = /\.(?:pem|key|crt|cer|p12|pfx|jks|env)$/i
/** No hidden file, no name that a file system reads in another way. */
const PLAIN_NAME = /^[\p{L}\p{N}_@+()-](?:[\p{L}\p{N}_@+() .-]*[\p{L}\p{N}_@+()-])?$/u

/** Whether it is a file that styles and templates name by its address: one of static/, or a picture, font or sound in src/. */
function isAsset(root: string, pathname: string): boolean {
  let file: string
  try {
    file = decodeURIComponent(pathname)
  } catch {
    return false
  }
  if (!STATIC_FOLDER.test(file) && !SOURCE_ASSET.test(file)) return false
  if (KEY_FILE.test(file) || !file.slice(1).split('/').every((name) => PLAIN_NAME.test(name))) return false
  return isFileIn(path.join(root, file.split('/')[1] ?? ''), path.join(root, file))
}

/** Whether `file` is a regular file that lies in `folder`, symbolic links followed. */
function isFileIn(folder: string, file: string): boolean {
  try {
    return realpathSync(file).startsWith(realpathSync(folder) + path.sep) && statSync(file).isFile()
  } catch {
    // It does not exist.
    return false
  }
}

const SENTENCES: Readonly<Record<Refused, Sentence>> = {
  method: { zh: '开发服务器只接受 GET 和 HEAD。', en: 'The dev server takes GET and HEAD only.' },
  host: {
    zh: '开发服务器只接受本机地址和它监听的地址；要用别的域名，请写进 vite.config.ts 的 server.allowedHosts。',
    en: 'The dev server answers to loopback names and to the address it listens on; name any other host in server.allowedHosts of vite.config.ts.',
  },
  origin: { zh: '开发服务器只回答它自己的网页。', en: 'The dev server answers its own page only.' },
  address: {
    zh: '开发服务器只提供页面加载的模块、static/ 里的文件和 src/ 里的图片、字体、声音。',
    en: 'The dev server serves the modules that the page loads, the files of static/, and pictures, fonts and sounds in src/.',
  },
}

const STATUS: Readonly<Record<Refused, number>> = { method: 405, host: 403, origin: 403, address: 403 }
/** Refusals named in the terminal; the rest is silent, so that a scan does not fill it. */
const LOGGED_MAX = 10

/** What every answer says to browsers: no other site may embed it, frame it, or take it for another type. */
const ANSWER_HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'SAMEORIGIN',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

/** Lets the H5 development server serve the project's own sources and what they import, to its own page, and nothing else. */
export function devServerGuard(): Plugin {
  /** The addresses that the page names in its HTML, without the base. */
  const entries = new Set<string>()

  function configureServer(server: ViteDevServer): void {
    const { base, cacheDir, root, logger, server: options } = server.config
    const allowed = Array.isArray(options.allowedHosts) ? options.allowedHosts : []
    const proxies = Object.keys(options.proxy ?? {})
    const served: Served = {
      base,
      root,
      deps: `/${path.relative(root, cacheDir).split(path.sep).join('/')}/deps/`,
      isLoaded: (url) => entries.has(url) || server.moduleGraph.urlToModuleMap.has(url),
    }
    let logged = 0
    // Known before the page is asked for: a browser that shows it already may ask for its modules first.
    for (const address of addressesIn(readFileSync(path.join(root, 'index.html'), 'utf8'))) entries.add(address)

    function refuses(request: IncomingMessage, isPage: boolean): Refused | undefined {
      const requester = { headers: request.headersDistinct, localAddress: request.socket.localAddress }
      if (!isOwnHost(requester, allowed)) return 'host'
      return isOwnOrigin(requester, isPage) ? undefined : 'origin'
    }

    function log(reason: Refused, { method, url = '', headers: { host = '', origin = '' } }: IncomingMessage): void {
      if (logged++ >= LOGGED_MAX) return
      const request = JSON.stringify({ method, url: url.slice(0, 200), host: host.slice(0, 100), origin: origin.slice(0, 100) })
      logger.warn(`[dev server] ${request}\n${both(SENTENCES[reason])}`, { timestamp: true })
    }

    server.middlewares.use((request, response, next) => {
      for (const [name, value] of Object.entries(ANSWER_HEADERS)) response.setHeader(name, value)
      const target = request.url ?? ''
      const isRead = request.method === 'GET' || request.method === 'HEAD'
      const url = isProxied(target, proxies) ? target : isRead ? servedUrl(target, served) : undefined
      const refused = refuses(request, url === base) ?? (url !== undefined ? undefined : isRead ? 'address' : 'method')
      if (refused === undefined) {
        request.url = url
        return next()
      }
      log(refused, request)
      response.writeHead(STATUS[refused], { 'Content-Type': 'text/plain; charset=utf-8' }).end(both(SENTENCES[refused]))
    })

    const { httpServer } = server
    if (!httpServer) return
    // Vite's socket for hot updates: no listener may see an upgrade that is refused, whenever it was added.
    const emit = httpServer.emit.bind(httpServer) as (event: string, ...args: unknown[]) => boolean
    httpServer.emit = (event: string, ...args: unknown[]): boolean => {
      if (event !== 'upgrade') return emit(event, ...args)
      const [request, socket] = args as [IncomingMessage, Duplex]
      const refused = refuses(request, false) ?? (isHotUpdate(request, base) || isProxied(request.url ?? '', proxies) ? undefined : 'address')
      if (refused === undefined) return emit(event, ...args)
      log(refused, request)
      socket.once('finish', () => socket.destroy()).end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      return true
    }
  }

  return {
    name: 'rtm:dev-server-guard',
    apply: 'serve',
    // After uni-app's plugins, whose `strict: false` it replaces.
    // No `immutable`: a module that the browser takes from its cache is not loaded here, and what it imports would be refused.
    config: { order: 'post', handler: () => ({ server: { cors: false, fs: { strict: true }, headers: { 'Cache-Control': 'no-cache' } } }) },
    configureServer: { order: 'pre', handler: configureServer },
    transformIndexHtml: {
      order: 'post',
      handler: (html, { server }) => {
        const base = server?.config.base ?? '/'
        for (const address of addressesIn(html)) if (address.startsWith(base)) entries.add(address.slice(base.length - 1))
      },
    },
  }
}

/** The addresses of scripts, styles and icons in the HTML of a page, from the root of the server. */
function addressesIn(html: string): string[] {
  return [...html.matchAll(/<(?:script|link)\b[^>]*?\b(?:src|href)="(\/[^"]*)"/g)].map(([, address = '']) => address)
}

/** Whether it is the upgrade that Vite's client asks for: from a page (browsers name its origin), at the base, for its own protocol. */
function isHotUpdate({ url = '', headers }: IncomingMessage, base: string): boolean {
  return headers.origin !== undefined && headers['sec-websocket-protocol'] === 'vite-hmr' && REQUEST_TARGET.test(url) && url.split('?')[0] === base
}
