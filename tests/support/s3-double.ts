/** A store with the calls of S3 that the file server makes, in memory. It accepts nothing without a genuine signature (version 4). */
import { createHash, createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SignatureV4 } from '@smithy/signature-v4'

export const S3_CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
export const S3_REGION = 'ap-guangzhou'
export const S3_BUCKET = 'chat-files'
const UNSIGNED = 'UNSIGNED-PAYLOAD'

class Sha256 {
  private hash
  constructor(private readonly secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = this.begin()
  }
  update(data: string | Uint8Array): void {
    this.hash.update(data)
  }
  async digest(): Promise<Uint8Array> {
    return this.hash.digest()
  }
  reset(): void {
    this.hash = this.begin()
  }
  private begin() {
    if (this.secret === undefined) return createHash('sha256')
    return createHmac('sha256', typeof this.secret === 'string' ? this.secret : Buffer.from(this.secret as Uint8Array))
  }
}

const signer = new SignatureV4({ credentials: S3_CREDENTIALS, region: S3_REGION, service: 's3', sha256: Sha256, uriEscapePath: false })

export interface S3Double {
  readonly endpoint: string
  readonly port: number
  /** The bytes by the names of the objects. */
  readonly objects: Map<string, Buffer>
  /** `METHOD name` of all requests with a genuine signature; a part of a file as `PUT name part`. */
  readonly requests: string[]
  /** Each request is answered by this status from now on; undefined: as it should be. */
  status: number | undefined
  close(): Promise<void>
}

export async function startS3Double(now: () => number = Date.now): Promise<S3Double> {
  const objects = new Map<string, Buffer>()
  const uploads = new Map<string, Map<number, Buffer>>()
  const requests: string[] = []

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`)
    const refuse = (status: number, code: string) => void response.writeHead(status, { 'Content-Type': 'application/xml' }).end(request.method === 'HEAD' ? undefined : `<Error><Code>${code}</Code><Message>${code}</Message></Error>`)
    if (double.status !== undefined) return refuse(double.status, 'InternalError')
    if (!(await isSigned(request, url, body, now()))) return refuse(403, 'SignatureDoesNotMatch')
    // The bucket is in the host or in the path.
    const path = decodeURIComponent(url.pathname).slice(1)
    const full = url.hostname.startsWith(`${S3_BUCKET}.`) ? `${S3_BUCKET}/${path}` : path
    if (!full.startsWith(`${S3_BUCKET}/`)) return refuse(404, 'NoSuchBucket')
    const key = full.slice(S3_BUCKET.length + 1)
    const query = url.searchParams
    const parts = uploads.get(query.get('uploadId') ?? '')
    requests.push(`${request.method} ${key}${query.has('partNumber') ? ' part' : ''}`)
    const xml = (content: string) => void response.writeHead(200, { 'Content-Type': 'application/xml' }).end(content)

    if (request.method === 'POST' && query.has('uploads')) {
      uploads.set(String(uploads.size + 1), new Map())
      return xml(`<InitiateMultipartUploadResult><Bucket>${S3_BUCKET}</Bucket><Key>${key}</Key><UploadId>${uploads.size}</UploadId></InitiateMultipartUploadResult>`)
    }
    if (query.has('uploadId') && !parts) return refuse(404, 'NoSuchUpload')
    if (request.method === 'POST') {
      objects.set(key, Buffer.concat([...(parts ?? [])].sort(([a], [b]) => a - b).map(([, part]) => part)))
      return xml(`<CompleteMultipartUploadResult><Key>${key}</Key><ETag>"x"</ETag></CompleteMultipartUploadResult>`)
    }
    if (request.method === 'PUT') {
      if (parts) parts.set(Number(query.get('partNumber')), body)
      else objects.set(key, body)
      return void response.writeHead(200, { ETag: '"x"' }).end()
    }
    if (request.method === 'DELETE') {
      objects.delete(key)
      return void response.writeHead(204).end()
    }
    const object = objects.get(key)
    if (!object) return refuse(404, 'NoSuchKey')
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '')
    const from = Number(range?.[1] ?? 0)
    const sent = object.subarray(from, range?.[2] ? Number(range[2]) + 1 : object.length)
    for (const name of ['Content-Type', 'Content-Disposition', 'Cache-Control']) {
      const value = query.get(`response-${name.toLowerCase()}`)
      if (value !== null) response.setHeader(name, value)
    }
    if (range) response.setHeader('Content-Range', `bytes ${from}-${from + sent.length - 1}/${object.length}`)
    response.writeHead(range ? 206 : 200, { 'Content-Length': sent.length }).end(request.method === 'HEAD' ? undefined : sent)
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const double: S3Double = {
    endpoint: `http://127.0.0.1:${port}`,
    port,
    objects,
    requests,
    status: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return double
}

async function isSigned(request: IncomingMessage, url: URL, body: Buffer, now: number): Promise<boolean> {
  const query = Object.fromEntries(url.searchParams)
  const isPresigned = 'X-Amz-Signature' in query
  const authorization = request.headers.authorization ?? ''
  const credential = isPresigned ? query['X-Amz-Credential'] : /Credential=([^,]+)/.exec(authorization)?.[1]
  const signedNames = (isPresigned ? query['X-Amz-SignedHeaders'] : /SignedHeaders=([^,]+)/.exec(authorization)?.[1])?.split(';') ?? []
  const date = dateIn(isPresigned ? query['X-Amz-Date'] : String(request.headers['x-amz-date']))
  if (!credential?.startsWith(`${S3_CREDENTIALS.accessKeyId}/`) || date === undefined || !signedNames.includes('host')) return false
  const headers = Object.fromEntries(signedNames.map((name) => [name, String(request.headers[name])]))
  const what = { method: request.method ?? '', protocol: 'http:', hostname: url.hostname, path: url.pathname, query, headers }
  if (isPresigned) {
    const { 'X-Amz-Signature': given, 'X-Amz-Expires': seconds } = query
    const rest = Object.fromEntries(Object.entries(query).filter(([name]) => !name.startsWith('X-Amz-')))
    // A week is the most.
    if (Number(seconds) > 604_800 || now > date.getTime() + Number(seconds) * 1_000) return false
    const signed = await signer.presign({ ...what, query: rest, headers: { ...headers, 'X-Amz-Content-Sha256': UNSIGNED } }, { signingDate: date, expiresIn: Number(seconds) })
    return signed.query?.['X-Amz-Signature'] === given
  }
  const declared = request.headers['x-amz-content-sha256']
  if (declared !== UNSIGNED && declared !== createHash('sha256').update(body).digest('hex')) return false
  const signed = await signer.sign(what, { signingDate: date, signableHeaders: new Set(signedNames) })
  return signed.headers.authorization === authorization
}

function dateIn(text = ''): Date | undefined {
  const [, ...fields] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? []
  const [year = 0, month = 1, ...rest] = fields.map(Number)
  return fields.length === 6 ? new Date(Date.UTC(year, month - 1, ...rest)) : undefined
}
