/** The local RTM gateway: what a client on this machine talks to instead of Agora's cloud. Puts the parts together. */
import { join } from 'node:path'
import { every, type Clock } from '../src/chat/time/clock'
import { CLOSE_CODE, GATEWAY_PATH, PROTOCOL_VERSION } from '../src/rtm/local/frames'
import { Attributes } from './attributes'
import { memoryBus } from './bus'
import { Channels } from './channels'
import { Client } from './client'
import { nodeClock } from './clock'
import { Connection } from './connection'
import { Deadlines } from './deadlines'
import { inBackground, type Context } from './context'
import { Dispatch } from './dispatch'
import { DEFAULT_LIMITS, Door } from './door'
import { filesKey } from './files/bearer'
import { fileRoutes } from './files/routes'
import { FileService } from './files/service'
import { startHeartbeat } from './heartbeat'
import { Holdings, SESSION_LIMITS } from './holdings'
import { Intake } from './intake'
import { checkPort, startListener } from './listener'
import { createLogger } from './logger'
import { DEFAULTS, DEFAULT_TIMING, type GatewayOptions } from './options'
import { Peers } from './peers'
import { Presence } from './presence'
import { RequestHandler } from './requests'
import { secretSigner } from './secret'
import { Serial } from './serial'
import { Sessions } from './sessions'
import { openLevelStore } from './store/level'
import { memoryStore } from './store/memory'
import type { Store } from './store/port'
import type { Transport } from './transport'
import { Waiting } from './waiting'

export type { GatewayOptions } from './options'

const SWEEP_MS = 15_000

export interface GatewayStats {
  /** Open connections, logged in or not. */
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
  /** With `listen: false` the one that was asked for. */
  readonly port: number
  readonly host: string
  /**
   * Lets in a connection that does not come through the port. The rules and limits are those of a WebSocket, without the checks of
   * path, `Host` and `Origin`. Returns undefined, or the HTTP status with which a WebSocket would be refused: then the gateway has not
   * touched the transport.
   * @param address counts as the remote address. Default: loopback.
   */
  attach(transport: Transport, address?: string): string | undefined
  /** Closes every connection with GOING_AWAY, then the store. Waits for sockets to close, not for attached transports. */
  close(): Promise<void>
  /** Ends the user's connection without a word, as a lost network does. Nothing happens when there is none. */
  cut(uid: string): void
  /** Ends the user's session. */
  kick(uid: string, reason: 'BANNED_BY_SERVER'): void
  stats(): GatewayStats
}

/** Starts a gateway. Rejects with one sentence for a person when it cannot listen, or cannot open its data folder. */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const { host = DEFAULTS.host, appId = DEFAULTS.appId, certificate, allowedOrigins = [], rateLimits = true, devTokens = false, listen = true, clock = nodeClock } = options
  const readBytesPerSecond = rateLimits ? (options.readBytesPerSecond ?? DEFAULTS.readBytesPerSecond) : Number.POSITIVE_INFINITY
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const sessionLimits = { ...SESSION_LIMITS, ...options.sessionLimits }
  const log = options.log ?? createLogger('warn')
  const timing = { ...DEFAULT_TIMING, ...options.timing }
  const port = options.port ?? DEFAULTS.port
  // before the data folder is touched
  if (listen && options.store === undefined && options.dataDir !== undefined) await checkPort(port, host)
  const store = options.store ?? (await openStore(options.dataDir, timing.channelAttributesMs, log, clock))
  const ownStore = options.store ? undefined : store
  const files = listen && options.files !== false ? await openFiles(options, log, clock).catch(closeAndThrow(ownStore)) : undefined
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
    issueBearer: files && ((uid) => files.bearer(uid)),
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
  const dispatch = new Dispatch(context, sessions, requests, (client) => door.removeStranger(client))
  const clients = new Set<Client>()
  const stats = (): GatewayStats => ({ connections: clients.size, ...sessions.count(), channels: channels.size })

  const intake = { dispatch, bytesPerSecond: readBytesPerSecond, clock, log }
  const accept = (transport: Transport, socket: object, onClosed?: () => void) => {
    const connection = new Connection(
      transport,
      options.maxBufferedBytes ?? DEFAULTS.maxBufferedBytes,
      () => {
        clients.delete(client)
        door.removeStranger(client)
        sessions.lost(client)
      },
      clock,
    )
    const client = new Client(connection)
    clients.add(client)
    door.addStranger(client, socket)
    transport.listen(new Intake(client, intake, onClosed))
  }

  const health = () => ({ status: 'ok', protocol: PROTOCOL_VERSION, ...stats() })
  const http = { appId, certificate, devTokens, guard: { host, allowedOrigins }, log, health, clock }
  const startListening = async () => {
    const routes = files && (await fileRoutes({ service: files, allowedOrigins, clock, log }))
    return startListener({ port, host, socketsMax: limits.sockets, requestTimeoutMs: timing.requestTimeoutMs, door, http, files: routes, clock, accept })
  }
  const listener = listen
    ? await startListening().catch(closeAndThrow(files, ownStore))
    : undefined
  const stopHeartbeat = startHeartbeat(clients, timing, clock)
  const stopSweeping = every(clock, SWEEP_MS, () => {
    sessions.sweep()
    inBackground(log, 'letting go of what is too old', store.sweep(clock.now()))
    if (files) inBackground(log, 'deleting old files', files.sweep())
  })

  let isClosing = false
  const ownPort = listener?.port ?? port
  return {
    url: `ws://${host.includes(':') ? `[${host}]` : host}:${ownPort}${GATEWAY_PATH}`,
    port: ownPort,
    host,
    stats,
    attach(transport, address = '127.0.0.1') {
      if (isClosing || !door.enter(transport, address)) return '503 Service Unavailable'
      const refusal = door.refusal(transport)
      if (refusal) door.leave(transport)
      else accept(transport, transport, () => door.leave(transport))
      return refusal
    },
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
      const closed = listener?.close()
      sessions.close()
      for (const { connection } of [...clients]) connection.close(CLOSE_CODE.GOING_AWAY, 'the gateway shuts down')
      await closed
      await files?.close()
      await Promise.all([channels.close(), context.queueTurns.idle()])
      await ownStore?.close()
    },
  }
}

/** Opens the folder for files at once where it lasts, so that a gateway that cannot open it does not start. */
async function openFiles({ dataDir, store, files }: GatewayOptions, log: Context['log'], clock: Clock): Promise<FileService> {
  const settings = files || {}
  const own = store ? undefined : dataDir
  const folder = own === undefined ? undefined : join(own, 'files')
  const service = new FileService({ ...settings, folder, clock, log, key: settings.key ?? (await filesKey(own)) })
  if (folder !== undefined) await service.prepare()
  return service
}

/** For a start that fails: closes what is open. */
function closeAndThrow(...opened: readonly ({ close(): Promise<void> } | undefined)[]): (error: unknown) => Promise<never> {
  return async (error) => {
    for (const part of opened) await part?.close()
    throw error
  }
}

async function openStore(dataDir: string | undefined, channelAttributesMs: number, log: Context['log'], clock: Clock): Promise<Store> {
  return dataDir === undefined ? memoryStore(() => clock.now()) : openLevelStore(dataDir, log, { channelAttributesMs, clock })
}
