/** The file server alone, beside a backend that has no gateway. */
import { every } from '../../src/chat/time/clock'
import { nodeClock } from '../clock'
import { inBackground } from '../context'
import { DEFAULT_LIMITS, Door, type ConnectionLimits } from '../door'
import { startListener } from '../listener'
import { DEFAULT_TIMING } from '../options'
import { fileRoutes } from './routes'
import { FileService, type FileServiceOptions } from './service'

const DEFAULT_PORT = 7071
/** How often old files are looked for, in ms. */
const SWEEP_MS = 3_600_000

export interface FileServerOptions extends Omit<FileServiceOptions, 'clock'> {
  /** Default 7071; 0 takes any free one. */
  readonly port?: number
  /** Default 127.0.0.1: this machine only. */
  readonly host?: string
  readonly allowedOrigins?: readonly string[]
  readonly sockets?: Partial<ConnectionLimits>
  readonly clock?: FileServiceOptions['clock']
}

export interface FileServer {
  readonly host: string
  readonly port: number
  readonly service: FileService
  close(): Promise<void>
}

/** Starts the file server. Rejects with one sentence for a person when it cannot. */
export async function startFileServer({ port = DEFAULT_PORT, host = '127.0.0.1', allowedOrigins = [], sockets, clock = nodeClock, ...options }: FileServerOptions): Promise<FileServer> {
  const { log } = options
  const service = new FileService({ ...options, clock })
  const limits = { ...DEFAULT_LIMITS, ...sockets }
  try {
    await service.prepare()
    const files = await fileRoutes({ service, allowedOrigins, clock, log })
    const http = { appId: '', certificate: undefined, devTokens: false, guard: { host, allowedOrigins }, log, clock, health: () => ({ status: 'ok' }) }
    const listener = await startListener({
      port,
      host,
      socketsMax: limits.sockets,
      requestTimeoutMs: DEFAULT_TIMING.requestTimeoutMs,
      door: new Door(limits),
      http,
      files,
      clock,
    })
    const stopSweeping = every(clock, SWEEP_MS, () => inBackground(log, 'deleting old files', service.sweep()))
    return {
      host,
      port: listener.port,
      service,
      async close() {
        stopSweeping()
        await listener.close()
        await service.close()
      },
    }
  } catch (error) {
    await service.close()
    throw error
  }
}
