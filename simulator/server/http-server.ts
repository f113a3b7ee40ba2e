/** The simulator's port: which requests it answers, and with what. SECURITY.md has the rules. It reads no file. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { ANSWER_HEADERS, guardSockets, refusalLog, requesterOf } from '../../scripts/door'
import { both, type Sentence } from '../../scripts/sentence'
import { isOwnHost, isOwnOrigin, valueOf } from '../../scripts/vite/dev-server-rules'
import { forward, NotForwarded } from './forward'
import type { PageFile, PageFiles } from './page-files'
import type { BuildState, Program } from './program'

/** The content of `/settings.json`. */
export interface SimulatorSettings {
  /** By the `host:port` inside the build, the address to connect to. */
  readonly hosts: Readonly<Record<string, string>>
  /** The users of the phones, one phone each. */
  readonly users: readonly string[]
  /** The same as in {@link BuildState}. */
  readonly version: number
  readonly production: boolean
}

export interface HttpServerOptions {
  readonly host: string
  readonly port: number
  readonly program: Program
  /** Undefined while the page is being built. */
  readonly pageFiles: () => PageFiles | undefined
  readonly settings: Omit<SimulatorSettings, 'version'>
  /** The `host:port` of every gateway that a phone may connect to. */
  readonly gateways: readonly string[]
  /** The origins that wx.request may go to. */
  readonly targets: readonly string[]
  /** Prints into the terminal. */
  readonly print: (text: string) => void
}

export interface SimulatorHttpServer {
  /** Ends all connections. */
  close(): Promise<void>
}

const SENTENCES = {
  host: { zh: '模拟器只接受本机地址和它监听的地址。', en: 'The simulator answers to loopback names and to the address it listens on.' },
  origin: { zh: '模拟器只回答它自己的网页。', en: 'The simulator answers its own page only.' },
  method: { zh: '这个地址不接受这种请求方法。', en: 'This address takes another method.' },
  address: { zh: '模拟器没有这个地址。', en: 'The simulator has no such address.' },
  type: { zh: '这里只接受 JSON。', en: 'Only JSON is taken here.' },
  pageBuilding: { zh: '模拟器的网页正在构建，请稍候再刷新。', en: 'The page of the simulator is being built: reload it in a moment.' },
  building: { zh: '小程序正在构建。', en: 'The mini program is being built.' },
  failed: { zh: '小程序构建失败。', en: 'The mini program could not be built.' },
} satisfies Readonly<Record<string, Sentence>>

/** No `#`, `\`, space, control or other character that browsers encode. */
const TARGET = /^(\/[\w./-]*)(?:\?[\w\-.~!$&'()*+,;=:@%/?[\]|{}]*)?$/

interface Route {
  /** In the order of the header `Allow`. */
  readonly methods: readonly string[]
  /** Links on other pages may lead here. */
  readonly isPage?: boolean
  answer(request: IncomingMessage, response: ServerResponse): void
}

/** Listens on exactly `host` and `port`. */
export function listen(options: HttpServerOptions): Promise<SimulatorHttpServer> {
  const { host, port, program, pageFiles, settings, gateways, targets, print } = options
  const log = refusalLog((lines) => print(`[simulator] ${lines}`))
  const listeners = new Set<ServerResponse>()
  program.onBuild((build) => {
    for (const listener of listeners) listener.write(eventOf(build))
  })

  const READ = ['GET', 'HEAD']
  const routes = new Map<string, Route>([
    ['/', { methods: READ, isPage: true, answer: (_, response) => sendPage(response, '/shell.html', shellPolicy()) }],
    ['/phone', { methods: READ, isPage: true, answer: (_, response) => sendPage(response, '/phone.html', phonePolicy(gateways)) }],
    ['/bundle.json', { methods: READ, answer: sendBundle }],
    ['/settings.json', { methods: READ, answer: (_, response) => sendJson(response, 200, { ...settings, version: program.build.version } satisfies SimulatorSettings) }],
    ['/events', { methods: ['GET'], answer: (_, response) => sendEvents(response) }],
    ['/request', { methods: ['POST'], answer: (request, response) => void sendForwarded(request, response) }],
  ])

  function routeOf(pathname: string): Route | undefined {
    const file = pathname.startsWith('/assets/') ? pageFiles()?.get(pathname) : undefined
    return file ? { methods: READ, answer: (_, response) => sendFile(response, file) } : routes.get(pathname)
  }

  function refuse(request: IncomingMessage, response: ServerResponse, status: number, why: Sentence): void {
    log(why, request)
    sendText(response, status, why)
  }

  function serve(request: IncomingMessage, response: ServerResponse): void {
    for (const [name, value] of Object.entries(ANSWER_HEADERS)) response.setHeader(name, value)
    response.setHeader('Cache-Control', 'no-cache')
    const requester = requesterOf(request)
    const route = routeOf(TARGET.exec(request.url ?? '')?.[1] ?? '')
    if (!isOwnHost(requester)) refuse(request, response, 403, SENTENCES.host)
    else if (!isOwnOrigin(requester, route?.isPage)) refuse(request, response, 403, SENTENCES.origin)
    else if (!route) refuse(request, response, 404, SENTENCES.address)
    else if (!route.methods.includes(request.method ?? '')) {
      response.setHeader('Allow', route.methods.join(', '))
      refuse(request, response, 405, SENTENCES.method)
    } else route.answer(request, response)
  }

  function sendPage(response: ServerResponse, name: string, policy: string): void {
    const file = pageFiles()?.get(name)
    response.setHeader('Content-Security-Policy', policy)
    if (file) sendFile(response, file)
    else sendText(response.setHeader('Retry-After', '2'), 503, SENTENCES.pageBuilding)
  }

  function sendBundle({ headers }: IncomingMessage, response: ServerResponse): void {
    const { bundle, build } = program
    if (!bundle) return sendText(response, 503, build.state === 'failed' ? SENTENCES.failed : SENTENCES.building)
    response.setHeader('ETag', bundle.etag)
    if (headers['if-none-match'] === bundle.etag) response.writeHead(304).end()
    else sendFile(response, { type: 'application/json; charset=utf-8', body: bundle.json })
  }

  function sendEvents(response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' })
    response.write(eventOf(program.build))
    listeners.add(response)
    response.once('close', () => listeners.delete(response))
  }

  async function sendForwarded(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A form on another page cannot send JSON, and browsers add the origin to each POST.
    const { headers } = requesterOf(request)
    if (!headers.has('origin')) return refuse(request, response, 403, SENTENCES.origin)
    if (!/^application\/json *(?:;|$)/i.test(valueOf(headers, 'content-type') ?? '')) return refuse(request, response, 415, SENTENCES.type)
    try {
      sendJson(response, 200, await forward(request, targets, settings.hosts))
    } catch (error) {
      if (!(error instanceof NotForwarded)) throw error
      if (!request.complete) response.setHeader('Connection', 'close')
      sendJson(response, error.status, { error: error.message })
    }
  }

  const server = createServer(serve)
  // Without a listener Node answers an upgrade like a request for a page.
  server.on('upgrade', (_, socket) => socket.destroy())
  guardSockets(server, (request) => {
    log(SENTENCES.address, request)
    return false
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      const close = () =>
        new Promise<void>((closed) => {
          server.close(() => closed())
          server.closeAllConnections()
        })
      resolve({ close })
    })
  })
}

function sendFile(response: ServerResponse, { type, body }: PageFile): void {
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': body.length }).end(body)
}

function sendJson(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(JSON.stringify(value))
}

function sendText(response: ServerResponse, status: number, sentence: Sentence): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(both(sentence))
}

function eventOf(build: BuildState): string {
  return `event: build\ndata: ${JSON.stringify(build)}\n\n`
}

function shellPolicy(): string {
  return policy({ 'script-src': ["'self'"], 'connect-src': ["'self'"], 'frame-src': ["'self'"], 'frame-ancestors': ["'none'"] })
}

/** The phone's page compiles the program's scripts into functions, and connects to the gateway. */
function phonePolicy(gateways: readonly string[]): string {
  return policy({
    'script-src': ["'self'", "'unsafe-eval'"],
    'connect-src': ["'self'", ...gateways.map((gateway) => `ws://${gateway}`)],
    'frame-ancestors': ["'self'"],
  })
}

/** The policy of both pages, with `own` added. Styles of the program are elements and attributes, its images are `data:`, screenshots `blob:`. */
function policy(own: Readonly<Record<string, readonly string[]>>): string {
  const shared = { 'default-src': ["'none'"], 'style-src': ["'self'", "'unsafe-inline'"], 'img-src': ["'self'", 'data:', 'blob:'], 'media-src': ['blob:'], 'base-uri': ["'none'"], 'form-action': ["'none'"] }
  return Object.entries({ ...shared, ...own }).map(([name, sources]) => [name, ...sources].join(' ')).join('; ')
}
