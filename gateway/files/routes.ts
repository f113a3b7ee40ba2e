/**
 * The HTTP side of files, by fastify: its requests are Node's own, so that bytes go from the socket to the disk, and back, without a second
 * stream in between, and its router and hooks do the rest.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import send from 'send'
import type { Clock } from '../../src/chat/time/clock'
import { every } from '../../src/chat/time/clock'
import type { Logger } from '../logger'
import { isAllowedOrigin } from '../origin'
import { FileRefusal, isDiskFull } from './refusal'
import type { Delivered, FileService } from './service'
import { TusServer } from './tus'

/** Bytes of a JSON body. */
const BODY_MAX_BYTES = 4 * 1024
/** A browser asks once in this time, in s, whether it may send requests. */
const PREFLIGHT_S = 7_200
/** Files never change under their address. */
const CACHE = 'private, max-age=31536000, immutable'
const CORS = {
  'Access-Control-Allow-Methods': 'GET, HEAD, POST, PATCH, DELETE, OPTIONS',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type, Range, Tus-Resumable, Upload-Length, Upload-Metadata, Upload-Offset, X-HTTP-Method-Override, X-Requested-With',
  'Access-Control-Expose-Headers': 'Accept-Ranges, Content-Disposition, Content-Length, Content-Range, ETag, Location, Retry-After, Tus-Resumable, Upload-Length, Upload-Offset',
  'Access-Control-Max-Age': String(PREFLIGHT_S),
}

export interface FileRoutesOptions {
  readonly service: FileService
  readonly allowedOrigins: readonly string[]
  readonly clock: Clock
  readonly log: Logger
}

export interface FileRoutes {
  /** Whether the path belongs to files. */
  owns(path: string): boolean
  /** Answers a request for such a path. Its `Host` was checked. */
  handle(request: IncomingMessage, response: ServerResponse): void
}

/** Resolves to the routes. The folder of the service is opened at the first request. */
export async function fileRoutes({ service, allowedOrigins, clock, log }: FileRoutesOptions): Promise<FileRoutes> {
  const app = fastify({ bodyLimit: BODY_MAX_BYTES, exposeHeadRoutes: false, frameworkErrors: (_error, _request, reply) => refuse(reply, new FileRefusal('unknown')) })
  const failed = (error: unknown) => log.error('a request for a file failed', { error })
  let tus: Promise<TusServer> | undefined
  const openTus = async () => {
    const { uploads } = await service.prepare()
    return new TusServer({
      uploads,
      userOf: (authorization) => service.userOf(authorization),
      checkOwner: (id, uid) => service.checkOwner(id, uid),
      isAllowedOrigin: (origin) => isAllowedOrigin(origin, allowedOrigins),
      onFailure: failed,
    })
  }

  // The bytes of an upload are read by tus.
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  app.setErrorHandler((error, _request, reply) => refuse(reply, refusalOf(error, failed)))
  app.setNotFoundHandler((_request, reply) => refuse(reply, new FileRefusal('unknown')))
  app.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers
    reply.raw.setHeader('X-Content-Type-Options', 'nosniff')
    if (origin === undefined) return
    if (!isAllowedOrigin(origin, allowedOrigins)) throw new FileRefusal('origin')
    reply.raw.setHeader('Access-Control-Allow-Origin', origin)
    reply.raw.setHeader('Vary', 'Origin')
    reply.raw.setHeader('Access-Control-Expose-Headers', CORS['Access-Control-Expose-Headers'])
  })

  const upload = async (request: FastifyRequest, reply: FastifyReply) => {
    // Before the folder is opened, and before a byte is read.
    service.userOf(request.headers.authorization)
    tus ??= openTus()
    const server = await tus
    reply.hijack()
    await server.handle(request.raw, reply.raw).catch((error: unknown) => {
      failed(error)
      reply.raw.destroy()
    })
  }
  app.route({ method: ['POST'], url: '/files', handler: upload })
  app.route({ method: ['HEAD', 'PATCH', 'DELETE'], url: '/files/:id', handler: upload })
  // A client without PATCH, such as a mini program, has tus's other way to say it.
  app.post('/files/:id', (request, reply) => {
    if (String(request.headers['x-http-method-override']).toUpperCase() !== 'PATCH') throw new FileRefusal('unknown')
    request.raw.method = 'PATCH'
    return upload(request, reply)
  })
  app.options('/files', (_request, reply) => reply.code(204).headers({ ...CORS, 'Tus-Resumable': '1.0.0', 'Tus-Version': '1.0.0', 'Tus-Extension': 'creation,creation-with-upload,termination' }).send())
  app.options('/*', (_request, reply) => reply.code(204).headers(CORS).send())
  app.post<{ Params: { id: string } }>('/files/:id/finish', async (request, reply) => {
    const uid = service.userOf(request.headers.authorization)
    return answer(reply, await service.finish(request.params.id, uid))
  })
  app.post<{ Body: { url?: unknown } | null | undefined }>('/files/again', async (request, reply) => {
    const uid = service.userOf(request.headers.authorization)
    return answer(reply, await service.again(request.body?.url, uid))
  })
  app.delete<{ Params: { address: string } }>('/f/:address', async (request, reply) => {
    await service.recall(request.params.address, service.userOf(request.headers.authorization))
    return reply.code(204).send()
  })
  app.route<{ Params: { address: string } }>({
    method: ['GET', 'HEAD'],
    url: '/f/:address',
    handler: async (request, reply) => deliver(request, reply, await service.deliver(request.params.address), failed),
  })
  await app.ready()

  return {
    owns: (path) => path === '/files' || path.startsWith('/files/') || path.startsWith('/f/'),
    handle(request, response) {
      endSilence(request, response, service.limits.silenceMs, clock)
      app.routing(request, response)
    },
  }
}

/** Sends the bytes, or the part of them that is asked for; or redirects to a store that does. */
function deliver({ raw: request }: FastifyRequest, reply: FastifyReply, { record, mime, disposition, found }: Delivered, failed: (error: unknown) => void): FastifyReply {
  if ('redirect' in found) {
    if (request.method !== 'HEAD') return reply.code(302).header('Cache-Control', 'no-store').header('Location', found.redirect).send()
    // The address is signed for GET alone.
    return reply.code(200).headers({ 'Content-Type': mime, 'Content-Length': record.bytes, 'Content-Disposition': disposition, 'Cache-Control': CACHE, ETag: `"${record.sha256}"`, 'Accept-Ranges': 'bytes' }).send()
  }
  const response = reply.raw
  reply.hijack()
  response.setHeader('Content-Type', mime)
  response.setHeader('Content-Disposition', disposition)
  response.setHeader('Cache-Control', CACHE)
  response.setHeader('ETag', `"${record.sha256}"`)
  response.setHeader('Content-Security-Policy', "default-src 'none'; sandbox")
  response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
  send(request, encodeURI(found.path), { cacheControl: false, dotfiles: 'allow', etag: false, lastModified: false, index: false })
    .on('error', (error: Error & { status?: number }) => {
      const status = error.status ?? 500
      if (status >= 500) failed(error)
      if (response.headersSent) return response.destroy()
      for (const name of ['Content-Type', 'Content-Disposition', 'Cache-Control', 'ETag']) response.removeHeader(name)
      // 416 and 412 have no body; a file that went while it was opened is gone.
      if (status === 404) response.writeHead(410, JSON_HEADERS).end(JSON.stringify(new FileRefusal('gone').body))
      else response.writeHead(status, status === 416 ? { 'Content-Range': `bytes */${record.bytes}` } : {}).end()
    })
    .pipe(response)
  return reply
}

const JSON_HEADERS = { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' }

function answer(reply: FastifyReply, body: object): FastifyReply {
  return reply.code(200).headers(JSON_HEADERS).send(JSON.stringify(body))
}

function refuse(reply: FastifyReply, { status, body }: FileRefusal): FastifyReply {
  if (body.retryAfterMs !== undefined) void reply.header('Retry-After', String(Math.ceil(body.retryAfterMs / 1_000)))
  return reply.code(status).headers(JSON_HEADERS).send(JSON.stringify(body))
}

function refusalOf(error: unknown, failed: (error: unknown) => void): FileRefusal {
  if (error instanceof FileRefusal) return error
  if (isDiskFull(error)) return new FileRefusal('full')
  // What fastify cannot read: a body that is no JSON, or too long.
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' && error.statusCode < 500) return new FileRefusal('protocol')
  failed(error)
  return new FileRefusal('failed')
}

/** Ends the connection of a request whose bytes, in either direction, have stopped. A pause in which the server itself works does not count. */
function endSilence(request: IncomingMessage, response: ServerResponse, silenceMs: number, clock: Clock): void {
  const { socket } = request
  const moved = () => socket.bytesRead + socket.bytesWritten
  let last = moved()
  const stop = every(clock, silenceMs, () => {
    const now = moved()
    const isWaitingForClient = !request.complete || response.writableLength > 0 || response.writableNeedDrain
    if (now === last && isWaitingForClient) socket.destroy()
    last = now
  })
  response.once('close', stop)
}
