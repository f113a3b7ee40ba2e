// Request checks shared by the H5 development server and the simulator's server. Their rules: SECURITY.md.
import type { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { refuseSocket } from '../gateway/refuse-socket'
import { both, type Sentence } from './sentence'
import { valueOf, type Requester } from './vite/dev-server-rules'

/** Headers of every answer: no other site may embed or frame it, or read it as another type. */
export const ANSWER_HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'SAMEORIGIN',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

/** The number of rejected requests that are printed. Later ones are silent, so that no other program can flood the terminal. */
const LOGGED_MAX = 10
/** Browsers request these without a page that names them. */
const UNASKED = /^\/(?:favicon\.ico$|\.well-known\/)/

/** HTTP/2 gives all values of a header only here. */
export function requesterOf({ rawHeaders, socket }: IncomingMessage): Requester {
  const headers = new Map<string, string[]>()
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase()
    headers.set(name, [...(headers.get(name) ?? []), rawHeaders[i + 1] ?? ''])
  }
  return { headers, localAddress: socket.localAddress }
}

/** Returns a function that prints a rejected request, the first ten of a server. @param print prints the lines of one request */
export function refusalLog(print: (lines: string) => void): (why: Sentence, request: IncomingMessage) => void {
  let logged = 0
  return (why, request) => {
    const { method, url = '' } = request
    if (UNASKED.test(url) || logged >= LOGGED_MAX) return
    logged++
    const { headers } = requesterOf(request)
    const asked = JSON.stringify({ method, url: url.slice(0, 200), host: valueOf(headers, 'host')?.slice(0, 100), origin: valueOf(headers, 'origin')?.slice(0, 100) })
    // Control characters must not reach the terminal.
    print(`${asked.replace(/[^\x20-\x7e]/g, '?')}\n${both(why)}`)
  }
}

/**
 * Rejects malformed HTTP, headers that are too long, and every upgrade that `isAllowed` does not allow.
 * @param server an HTTP server. Its listeners never see a rejected upgrade, whenever they were added
 */
export function guardSockets(server: EventEmitter, isAllowed: (request: IncomingMessage) => boolean): void {
  // Vite's own listener prints a line for each request with long headers.
  server.removeAllListeners('clientError')
  server.on('clientError', ({ code }: NodeJS.ErrnoException, socket: Duplex) => {
    if (socket.writable) refuseSocket(socket, code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request')
    else socket.destroy()
  })
  const emit = server.emit.bind(server) as (event: string | symbol, ...args: unknown[]) => boolean
  server.emit = (event: string | symbol, ...args: unknown[]): boolean => {
    if (event !== 'upgrade') return emit(event, ...args)
    const [request, socket] = args as [IncomingMessage, Duplex]
    // Without a listener a connection reset would end the process.
    socket.on('error', () => socket.destroy())
    if (isAllowed(request)) return emit(event, ...args)
    refuseSocket(socket, '403 Forbidden')
    return true
  }
}
