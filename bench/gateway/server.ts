/**
 * The server of the gateway's benchmarks, in a process of its own: `gateway` is the product's gateway with every check and without rate limits, its files in a
 * temporary folder; `echo` a bare `ws` server that echoes; `put` a bare HTTP server that writes each body to a file. Reports its port, and its cost on request.
 */
import { createWriteStream, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { WebSocketServer } from 'ws'
import { startGateway } from '../../gateway/server'

/** A report to the parent. */
export type FromServer = { readonly port: number } | Costs
export interface Costs {
  /** Garbage excluded. */
  readonly residentBytes: number
  /** Processor time since it started. */
  readonly cpuSeconds: number
}

const [kind] = process.argv.slice(2)
if (kind === 'gateway') tell({ port: (await startGateway({ port: 0, rateLimits: false, files: { limits: { bytesPerDay: Infinity, freeBytes: 0 } } })).port })
else if (kind === 'echo') {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
  server.on('connection', (socket) => socket.on('message', (data) => socket.send(data.toString())))
  server.on('listening', () => tell({ port: (server.address() as AddressInfo).port }))
} else if (kind === 'put') {
  const folder = await mkdtemp(join(tmpdir(), 'bench-put-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  let count = 0
  const server = createServer((request, response) => {
    pipeline(request, createWriteStream(join(folder, String(count++)))).then(
      () => response.end(),
      () => response.destroy(),
    )
  })
  server.listen(0, '127.0.0.1', () => tell({ port: (server.address() as AddressInfo).port }))
} else throw new Error(`there is no server called ${kind}`)

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  // Garbage is not a cost of a connection. Twice: the first run frees weak references.
  globalThis.gc?.()
  globalThis.gc?.()
  tell({ residentBytes: process.memoryUsage.rss(), cpuSeconds: (user + system) / 1_000_000 })
})
process.on('disconnect', () => process.exit())

function tell(what: FromServer): void {
  process.send?.(what)
}
