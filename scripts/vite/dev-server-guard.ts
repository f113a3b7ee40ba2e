// Guards the H5 development server. uni-app turns off Vite's own check of file paths (`server.fs.strict: false`), so this guard rejects everything except
// what the page itself loads. SECURITY.md has the rules, dev-server-rules.ts their code.
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import send from 'send'
import type { Plugin, ViteDevServer } from 'vite'
import { ANSWER_HEADERS, guardSockets, refusalLog, requesterOf } from '../door'
import { both, type Sentence } from '../sentence'
import { addressesInCode, addressesInHtml, answerTo, isOwnHost, isOwnOrigin, isProxied, valueOf, type Answer, type Requester, type Served } from './dev-server-rules'

/** Why a request is rejected. */
type Refused = 'method' | 'host' | 'origin' | 'address'

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
/** Makes the H5 development server serve only the project's own sources and their imports, and only to its own page. */
export function devServerGuard(): Plugin {
  /** Addresses in the page's HTML, and those in served code that Vite's module graph does not know. Without the base. */
  const loaded = new Set<string>()
  let base = '/'
  const remember = (addresses: readonly string[]) => {
    for (const address of addresses) loaded.add(address.startsWith(base) ? address.slice(base.length - 1) : address)
  }

  function configureServer(server: ViteDevServer): void {
    const { cacheDir, root, logger, server: options } = server.config
    const { allowedHosts = [], proxy = {}, hmr } = options
    const proxied = Object.keys(proxy)
    const proxiedSockets = proxied.filter((rule) => isForSockets(proxy[rule]))
    const hotUpdates = path.posix.join(base, typeof hmr === 'object' ? (hmr.path ?? '') : '')
    const served: Served = {
      base,
      root,
      deps: `${path.relative(root, cacheDir).split(path.sep).join('/')}/deps`,
      isLoaded: (url) => loaded.has(url) || server.moduleGraph.urlToModuleMap.has(url),
    }
    // Filled before the page is requested: a browser that already shows it may request its modules first.
    remember(addressesInHtml(readFileSync(path.join(root, 'index.html'), 'utf8')))

    const log = refusalLog((lines) => logger.warn(`[dev server] ${lines}`, { timestamp: true }))

    function refusal(requester: Requester, isPage: boolean): Refused | undefined {
      if (!isOwnHost(requester, allowedHosts)) return 'host'
      return isOwnOrigin(requester, isPage) ? undefined : 'origin'
    }

    function judge({ method, url: target = '' }: IncomingMessage, requester: Requester): Answer | Refused {
      const isRead = method === 'GET' || method === 'HEAD'
      const answer = isProxied(target, proxied) ? { url: target } : isRead ? answerTo(target, served) : undefined
      const isPage = answer !== undefined && 'url' in answer && answer.url === base
      return refusal(requester, isPage) ?? answer ?? (isRead ? 'address' : 'method')
    }

    server.middlewares.use((request, response, next) => {
      for (const [name, value] of Object.entries(ANSWER_HEADERS)) response.setHeader(name, value)
      const requester = requesterOf(request)
      const verdict = judge(request, requester)
      if (typeof verdict === 'string') {
        log(SENTENCES[verdict], request)
        response.writeHead(STATUS[verdict], { 'Content-Type': 'text/plain; charset=utf-8' }).end(both(SENTENCES[verdict]))
      } else if ('file' in verdict) sendFile(request, response, root, verdict.file)
      else {
        request.url = verdict.url
        next()
      }
    })

    // Vite's own handler would read a field that the message may lack, which ends the process.
    server.ws.on('connection', dropMalformedMessages)

    const { httpServer } = server
    if (!httpServer) return
    guardSockets(httpServer, (request) => {
      const requester = requesterOf(request)
      const isMeant = isHotUpdate(request, requester, hotUpdates) || isProxied(request.url ?? '', proxiedSockets)
      const refused = refusal(requester, false) ?? (isMeant ? undefined : 'address')
      if (refused !== undefined) log(SENTENCES[refused], request)
      return refused === undefined
    })
  }

  return {
    name: 'rtm:dev-server-guard',
    apply: 'serve',
    config: {
      // This hook runs after those of uni-app, and overrides their `strict: false`.
      order: 'post',
      // Not `immutable`: a module from the browser's cache is not loaded here, so its imports would be rejected.
      handler: () => ({ server: { cors: false, fs: { strict: true }, headers: { 'Cache-Control': 'no-cache' } } }),
    },
    configResolved: (config) => {
      base = config.base
    },
    configureServer: { order: 'pre', handler: configureServer },
    transformIndexHtml: { order: 'post', handler: (html) => remember(addressesInHtml(html)) },
    transform: { order: 'post', handler: (code) => remember(addressesInCode(code)) },
  }
}

/** Sends a file of the project whose name was checked. uni-app's own handler leaves a file open if a browser stops reading it. */
function sendFile(request: IncomingMessage, response: ServerResponse, root: string, file: string): void {
  response.setHeader('Cache-Control', 'no-cache')
  send(request, file.split('/').map(encodeURIComponent).join('/'), { root, index: false, dotfiles: 'deny', cacheControl: false })
    .on('error', ({ status = 500 }: { status?: number }) => void (response.headersSent ? response.destroy() : response.writeHead(status).end()))
    .on('directory', () => response.writeHead(403).end())
    .pipe(response)
}

/** Whether the upgrade is that of Vite's client: from a page (browsers name its origin), at its address, for its protocol. */
function isHotUpdate({ url = '' }: IncomingMessage, { headers }: Requester, address: string): boolean {
  return headers.has('origin') && valueOf(headers, 'sec-websocket-protocol') === 'vite-hmr' && /^[\w\-./?=&%]*$/.test(url) && url.split('?')[0] === address
}

function isForSockets(rule: NonNullable<ViteDevServer['config']['server']['proxy']>[string] | undefined): boolean {
  const { ws, target } = typeof rule === 'object' ? rule : { ws: false, target: rule }
  return ws === true || /^wss?:/.test(String(target))
}

/** Of the messages on the hot update socket, only events with an object reach Vite. */
function dropMalformedMessages(socket: { emit(event: string | symbol, ...args: unknown[]): boolean }): void {
  const emit = socket.emit.bind(socket)
  socket.emit = (event, ...args) => (event === 'message' && !isEvent(String(args[0])) ? true : emit(event, ...args))
}

function isEvent(text: string): boolean {
  try {
    const message: unknown = JSON.parse(text)
    return typeof message === 'object' && message !== null && 'data' in message && typeof message.data === 'object' && message.data !== null
  } catch {
    return false
  }
}
