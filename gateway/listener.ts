/** The port that a gateway listens on: HTTP requests, and sockets that become WebSockets. */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { WebSocketServer, type ServerOptions } from 'ws'
import type { Clock } from '../src/chat/time/clock'
import { FRAME_MAX_BYTES, GATEWAY_PATH } from '../src/rtm/local/frames'
import type { Door } from './door'
import type { FileRoutes } from './files/routes'
import { handleHttp, requestUrl, type HttpOptions } from './http'
import { isAllowedHost, isAllowedOrigin, type Guard } from './origin'
import { refuseSocket } from './refuse-socket'
import type { Transport } from './transport'
import { WebSocketTransport } from './web-socket'

/** The pieces of one WebSocket message: a client's library makes a few of a large one. */
const FRAGMENTS_MAX = 1_024
/** How long a connection that is being closed may take to say goodbye. */
const CLOSE_TIMEOUT_MS = 1_000

export interface ListenerOptions {
  readonly port: number
  readonly host: string
  /** Sockets in all, WebSockets or not. */
  readonly socketsMax: number
  readonly requestTimeoutMs: number
  readonly door: Door
  readonly http: HttpOptions
  readonly files: FileRoutes | undefined
  readonly clock: Clock
  /** Is given each WebSocket, with the key under which `door` counts its socket. Without it there are none. */
  readonly accept?: (transport: Transport, socket: object) => void
}

export interface Listener {
  readonly port: number
  /** Lets no socket in any more. Resolves when the last one has closed; those that do not close in time are ended. */
  close(): Promise<void>
}

/** Starts to listen. Rejects with one sentence for a person when it cannot. */
export async function startListener({ port, host, socketsMax, requestTimeoutMs, door, http: httpOptions, files, clock, accept }: ListenerOptions): Promise<Listener> {
  const http = createServer(
    {
      headersTimeout: requestTimeoutMs,
      // The bytes of a file may take longer.
      requestTimeout: 0,
      connectionsCheckingInterval: Math.ceil(requestTimeoutMs / 2),
    },
    (request, response) => {
      if (files && isForFiles(request, files, httpOptions.guard)) return files.handle(request, response)
      response.once('close', clock.after(requestTimeoutMs, () => request.socket.destroy()))
      handleHttp(request, response, httpOptions)
    },
  )
  http.maxConnections = socketsMax
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
    if (!accept) return refuseSocket(socket, '404 Not Found')
    const refusal = isClosing ? '503 Service Unavailable' : (refuseUpgrade(request, httpOptions.guard) ?? door.refusal(socket))
    if (refusal) return refuseSocket(socket, refusal)
    sockets.handleUpgrade(request, socket, head, (ws) => accept(new WebSocketTransport(ws, socket), socket))
  })

  await listen(http, port, host)
  return {
    port: (http.address() as AddressInfo).port,
    async close() {
      isClosing = true
      const closed = new Promise<void>((resolve) => http.close(() => resolve()))
      http.closeIdleConnections()
      const calmDown = clock.after(CLOSE_TIMEOUT_MS, () => {
        for (const socket of open) socket.destroy()
      })
      await closed
      calmDown()
    },
  }
}

function listen(http: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => reject(new Error(listenProblem(error, port, host), { cause: error })))
    http.listen(port, host, resolve)
  })
}

/** Rejects as {@link startListener} does when the port cannot be had. */
export async function checkPort(port: number, host: string): Promise<void> {
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

/** Whether the file server answers. What is sent to another host name is refused like every other request. */
function isForFiles(request: IncomingMessage, files: FileRoutes, guard: Guard): boolean {
  const path = requestUrl(request)?.pathname
  return path !== undefined && files.owns(path) && isAllowedHost(request, guard)
}

/** The HTTP status with which a WebSocket is refused, or undefined. */
function refuseUpgrade(request: IncomingMessage, guard: Guard): string | undefined {
  if (!isAllowedHost(request, guard)) return '403 Forbidden'
  if (requestUrl(request)?.pathname !== GATEWAY_PATH) return '404 Not Found'
  if (!isAllowedOrigin(request.headers.origin, guard.allowedOrigins)) return '403 Forbidden'
  return undefined
}
