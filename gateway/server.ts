/** The local RTM gateway: what a client on this machine talks to instead of Agora's cloud. Puts the parts together. */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws'
import { every, type Clock } from '../src/chat/clock'
import { CLOSE_CODE, FRAME_MAX_BYTES, GATEWAY_PATH, PROTOCOL_VERSION } from '../src/rtm/local/frames'
import { Attributes } from './attributes'
import { memoryBus } from './bus'
import { Channels } from './channels'
import { nodeClock } from './clock'
import { Connection } from './connection'
import { Deadlines } from './deadlines'
import { inBackground, type Context } from './context'
import { Dispatch } from './dispatch'
import { DEFAULT_LIMITS, Door } from './door'
import { startHeartbeat } from './heartbeat'
import { Holdings, SESSION_LIMITS } from './holdings'
import { handleHttp, requestUrl } from './http'
import { Intake } from './intake'
import { createLogger } from './logger'
import { DEFAULTS, DEFAULT_TIMING, type GatewayOptions } from './options'
import { isAllowedHost, isAllowedOrigin, type Guard } from './origin'
import { Peers } from './peers'
import { Presence } from './presence'
import { refuseSocket } from './refuse-socket'
import { RequestHandler } from './requests'
import { secretSigner } from './secret'
import { Serial } from './serial'
import { Sessions } from './sessions'
import { openLevelStore } from './store/level'
import { memoryStore } from './store/memory'
import type { Store } from './store/port'
import { Waiting } from './waiting'

export type { GatewayOptions } from './options'

/** The pieces of one WebSocket message: a client's library makes a few of a large one. */
const FRAGMENTS_MAX = 1_024
/** How long a connection that is being closed may take to say goodbye. */
const CLOSE_TIMEOUT_MS = 1_000
const SWEEP_MS = 15_000

export interface GatewayStats {
  /** Open sockets, logged in or not. */
  readonly connections: number
  /** Sessions with a connection, within their grace, and kept for their client's return. */
  readonly live: number
  readonly grace: number
  readonly parked: number
  /** Channels that somebody here is in. */
  readonly channels: number
}

export interface Gateway {
  /** `ws://host:port/rtm` */
  readonly url: string
  readonly port: number
  readonly host: string
  /** Closes every connection with GOING_AWAY, then the store. */
  close(): Promise<void>
  /** Ends the user's socket without a word, as a lost network does. Nothing happens when there is none. */
  cut(uid: string): void
  /** Ends the user's session. */
  kick(uid: string, reason: 'BANNED_BY_SERVER'): void
  stats(): GatewayStats
}

/** Starts a gateway. Rejects with one sentence for a person when it cannot listen, or cannot open its data folder. */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const { host = DEFAULTS.host, appId = DEFAULTS.appId, certificate, allowedOrigins = [], rateLimits = true, devTokens = false, clock = nodeClock } = options
  const readBytesPerSecond = rateLimits ? (options.readBytesPerSecond ?? DEFAULTS.readBytesPerSecond) : Number.POSITIVE_INFINITY
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const sessionLimits = { ...SESSION_LIMITS, ...options.sessionLimits }
  const log = options.log ?? createLogger('warn')
  const timing = { ...DEFAULT_TIMING, ...options.timing }
  const port = options.port ?? DEFAULTS.port
  // before the data folder is touched
  if (options.store === undefined && options.dataDir !== undefined) await checkPort(port, host)
  const store = options.store ?? (await openStore(options.dataDir, timing.channelAttributesMs, log, clock))
  const ownStore = options.store ? undefined : store
  const context: Context = {
    appId,
    certificate,
    rateLimits,
    clock,
    timing,
    log,
    store,
    bus: options.bus ?? memoryBus(clock),
    secrets: secretSigner(await store.signingKey()),
    queueTurns: new Serial(),
    waiting: new Waiting(options.maxWaitingBytes ?? DEFAULTS.maxWaitingBytes),
    holdings: new Holdings(sessionLimits.heldBytes, limits.sockets),
    sessionLimits,
    ackDeadlines: new Deadlines(clock, timing.ackTimeoutMs),
  }
  const channels = new Channels(context)
  const presence = new Presence(context)
  const attributes = new Attributes(context)
  const sessions = new Sessions(context, { channels, presence, attributes })
  const requests = new RequestHandler(context, { sessions, channels, presence, attributes, peers: new Peers(context) })
  const door = new Door(limits)
  const dispatch = new Dispatch(context, sessions, requests, (connection) => door.removeStranger(connection))
  const connections = new Set<Connection>()
  const stats = (): GatewayStats => ({ connections: connections.size, ...sessions.count(), channels: channels.size })

  const health = () => ({ status: 'ok', protocol: PROTOCOL_VERSION, ...stats() })
  const guard = { host, allowedOrigins }
  const http = createServer(
    {
      headersTimeout: timing.requestTimeoutMs,
      requestTimeout: timing.requestTimeoutMs,
      connectionsCheckingInterval: Math.ceil(timing.requestTimeoutMs / 2),
    },
    (request, response) => handleHttp(request, response, { appId, certificate, devTokens, guard, log, health, clock }),
  )
  http.maxConnections = limits.sockets
  // the types lag behind ws, which has closeTimeout and maxFragments
  const socketOptions: ServerOptions & { closeTimeout: number; maxFragments: number } = {
    noServer: true,
    clientTracking: false,
    maxPayload: FRAME_MAX_BYTES,
    maxFragments: FRAGMENTS_MAX,
    perMessageDeflate: false,
    closeTimeout: CLOSE_TIMEOUT_MS,
  }
  const sockets = new WebSocketServer(socketOptions)

  const accept = (ws: WebSocket, socket: Duplex) => {
    const connection = new Connection(ws, socket, options.maxBufferedBytes ?? DEFAULTS.maxBufferedBytes, (closing) => {
      connections.delete(closing)
      door.removeStranger(closing)
      sessions.lost(closing)
    }, clock)
    connections.add(connection)
    door.addStranger(connection, socket)
    new Intake(ws, socket, connection, readBytesPerSecond, clock)
    ws.on('message', (data, isBinary) => dispatch.onMessage(connection, data, isBinary))
    ws.on('ping', () => connection.heard())
    ws.on('pong', () => connection.heard())
    ws.on('close', () => connection.closed())
    // a broken frame or a reset: ws closes the socket by itself
    ws.on('error', (error) => log.debug('a connection failed', { error }))
  }

  // Also those that have not said yet what they want: http knows of none that has become a WebSocket.
  const open = new Set<Socket>()
  http.on('connection', (socket: Socket) => {
    if (!door.enter(socket, socket.remoteAddress ?? '')) return socket.destroy()
    open.add(socket)
    socket.once('close', () => {
      open.delete(socket)
      door.leave(socket)
    })
  })
  let isClosing = false
  http.on('upgrade', (request, socket, head) => {
    const refusal = isClosing ? '503 Service Unavailable' : (refuseUpgrade(request, guard) ?? door.refusal(socket))
    if (refusal) return refuseSocket(socket, refusal)
    sockets.handleUpgrade(request, socket, head, (ws) => accept(ws, socket))
  })

  try {
    await listen(http, port, host)
  } catch (error) {
    await ownStore?.close()
    throw error
  }
  const stopHeartbeat = startHeartbeat(connections, timing, clock)
  const stopSweeping = every(clock, SWEEP_MS, () => {
    sessions.sweep()
    inBackground(log, 'letting go of what is too old', store.sweep(clock.now()))
  })

  const address = http.address() as AddressInfo
  return {
    url: `ws://${host.includes(':') ? `[${host}]` : host}:${address.port}${GATEWAY_PATH}`,
    port: address.port,
    host,
    stats,
    cut(uid) {
      sessions.get(uid)?.connection?.terminate()
    },
    kick(uid, reason) {
      const session = sessions.get(uid)
      if (session) inBackground(log, 'ending a session', sessions.kick(session, reason))
    },
    async close() {
      isClosing = true
      stopHeartbeat()
      stopSweeping()
      const closed = new Promise<void>((resolve) => http.close(() => resolve()))
      sessions.close()
      for (const connection of [...connections]) connection.close(CLOSE_CODE.GOING_AWAY, 'the gateway shuts down')
      http.closeIdleConnections()
      const calmDown = clock.after(CLOSE_TIMEOUT_MS, () => {
        for (const socket of open) socket.destroy()
      })
      await closed
      calmDown()
      await Promise.all([channels.close(), context.queueTurns.idle()])
      await ownStore?.close()
    },
  }
}

async function openStore(dataDir: string | undefined, channelAttributesMs: number, log: Context['log'], clock: Clock): Promise<Store> {
  return dataDir === undefined ? memoryStore(() => clock.now()) : openLevelStore(dataDir, log, { channelAttributesMs, clock })
}

function listen(http: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => reject(new Error(listenProblem(error, port, host), { cause: error })))
    http.listen(port, host, resolve)
  })
}

/** Rejects as {@link listen} does when the port cannot be had. */
async function checkPort(port: number, host: string): Promise<void> {
  const http = createServer()
  await listen(http, port, host)
  await new Promise((resolve) => http.close(resolve))
}

function listenProblem({ code, message }: NodeJS.ErrnoException, port: number, host: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is in use: end the program that has it, or choose another with --port`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is not an address of this machine`
    case 'EACCES':
      return `port ${port} needs more rights: choose one above 1023 with --port`
    default:
      return `cannot listen on ${host}:${port}: ${message}`
  }
}

/** The HTTP status with which a WebSocket is refused, or undefined. */
function refuseUpgrade(request: IncomingMessage, guard: Guard): string | undefined {
  if (!isAllowedHost(request, guard)) return '403 Forbidden'
  if (requestUrl(request)?.pathname !== GATEWAY_PATH) return '404 Not Found'
  if (!isAllowedOrigin(request.headers.origin, guard.allowedOrigins)) return '403 Forbidden'
  return undefined
}
