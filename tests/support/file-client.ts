/** A client of the file server: tus and the routes beside it, over real HTTP. */
import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http'
import { LOCAL_APP_ID } from '@/src/rtm/local/frames'
import type { Gateway } from '../../gateway/server'
import { GatewayClient } from './gateway-client'

export interface HttpAnswer {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
  json: any
}

export interface HttpAsk {
  method?: string
  headers?: OutgoingHttpHeaders
  body?: Buffer | string
}

/** Sends one request. The path goes out as it is. */
export function ask({ host, port }: Pick<Gateway, 'host' | 'port'>, path: string, { method = 'GET', headers = {}, body }: HttpAsk = {}): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host, port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => void chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const bytes = Buffer.concat(chunks)
        const isJson = response.headers['content-type']?.startsWith('application/json') && bytes.length > 0
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: bytes, json: isJson ? JSON.parse(bytes.toString()) : undefined })
      })
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

export interface UploadAsk {
  kind?: string
  name?: string
  mime?: string
  /** Declared. Default: the length of the bytes. */
  length?: number | string
}

export class FileClient {
  private constructor(
    private readonly server: Pick<Gateway, 'host' | 'port'>,
    readonly bearer: string,
  ) {}

  /** Logs in at the gateway, for a bearer. */
  static async login(gateway: Pick<Gateway, 'host' | 'port' | 'url'>, uid: string): Promise<FileClient> {
    const client = await GatewayClient.connect(gateway.url)
    const { files } = await client.login(uid, { appId: LOCAL_APP_ID })
    client.ws.terminate()
    return new FileClient(gateway, files.bearer)
  }

  static with(server: Pick<Gateway, 'host' | 'port'>, bearer: string): FileClient {
    return new FileClient(server, bearer)
  }

  ask(path: string, { headers, ...rest }: HttpAsk = {}): Promise<HttpAnswer> {
    return ask(this.server, path, { ...rest, headers: { Authorization: `Bearer ${this.bearer}`, 'Tus-Resumable': '1.0.0', ...headers } })
  }

  create({ kind = 'file', name = 'notes.txt', mime = 'text/plain', length = 0 }: UploadAsk = {}): Promise<HttpAnswer> {
    const metadata = Object.entries({ kind, name, mime }).map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    return this.ask('/files', { method: 'POST', headers: { 'Upload-Length': String(length), 'Upload-Metadata': metadata.join(',') } })
  }

  append(upload: string, offset: number, bytes: Buffer): Promise<HttpAnswer> {
    return this.ask(upload, { method: 'PATCH', headers: { 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream', 'Content-Length': bytes.length }, body: bytes })
  }

  finish(upload: string): Promise<HttpAnswer> {
    return this.ask(`${upload}/finish`, { method: 'POST' })
  }

  again(url: unknown): Promise<HttpAnswer> {
    return this.ask('/files/again', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ url }) })
  }

  /** Uploads all bytes in one piece. Resolves to the answer of `finish`. */
  async upload(bytes: Buffer, what: UploadAsk = {}): Promise<HttpAnswer> {
    const created = await this.create({ length: bytes.length, ...what })
    if (created.status !== 201) return created
    const upload = created.headers.location ?? ''
    const appended = await this.append(upload, 0, bytes)
    return appended.status === 204 ? this.finish(upload) : appended
  }
}
