/** wx.request and wx.downloadFile: HTTP to this machine only, as tests have no other network. */
import type { HttpRequest, HttpResponse, HostParts } from '../runtime/types'
import type { Problems } from '../runtime/problems'
import { asyncApi, WxFailure, type Options } from './callbacks'
import type { PhoneFiles } from './phone-files'

const TIMEOUT_MS = 60_000
/** WeChat has no PATCH. */
const METHODS = new Set(['OPTIONS', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'CONNECT'])

type Listener = (event: Options) => void

/** The requests that are under way. */
export class Requests {
  private readonly aborts = new Set<() => void>()

  constructor(
    private readonly problems: Problems,
    private readonly host: HostParts,
    private readonly files: PhoneFiles,
    private readonly isOnline: () => boolean,
  ) {}

  api(): Record<string, unknown> {
    return { request: this.request, downloadFile: this.download }
  }

  /** Ends all of them, as a lost network does. */
  cut(): void {
    for (const abort of [...this.aborts]) abort()
  }

  private readonly request = (options: Options) =>
    this.start('request', options, async (task, { url, method = 'GET', header, data, dataType = 'json', responseType = 'text', timeout }) => {
      const upper = String(method).toUpperCase()
      if (!METHODS.has(upper)) throw new WxFailure(`invalid request method ${JSON.stringify(method)}`)
      const isQuery = upper === 'GET' && data !== undefined && data !== null && typeof data === 'object' && !isBytes(data)
      const { status, headers, body } = await task.send({
        url: isQuery ? withQuery(String(url), data as Options) : String(url),
        method: upper,
        headers: { 'content-type': 'application/json', ...lowerCased(header as Record<string, string>) },
        body: upper === 'GET' || upper === 'HEAD' ? new Uint8Array() : this.bodyOf(data),
        timeoutMs: Number(timeout ?? TIMEOUT_MS),
      })
      return { data: this.dataOf(body, responseType, dataType), statusCode: status, header: headers, cookies: [] }
    })

  private readonly download = (options: Options) =>
    this.start('downloadFile', options, async (task, { url, header, filePath, timeout }) => {
      const { status, headers, body } = await task.send({ url: String(url), method: 'GET', headers: { ...(header as Record<string, string>) }, body: new Uint8Array(), timeoutMs: Number(timeout ?? TIMEOUT_MS) })
      task.tell('progress', { progress: 100, totalBytesWritten: body.length, totalBytesExpectedToWrite: body.length })
      // WeChat saves whatever the server sends, also the page of an error.
      const profile = { statusCode: status, header: headers, dataLength: body.length }
      if (typeof filePath !== 'string') return { ...profile, tempFilePath: this.files.addTemporary(body, extensionOf(String(url), headers)) }
      this.files.write(filePath, body)
      await this.host.settled?.()
      return { ...profile, filePath }
    })

  /** Calls `run` later, and returns the task that the program may abort. */
  private start(name: string, options: Options, run: (task: Task, options: Options) => Promise<Options>): Record<string, unknown> {
    const task = new Task(this.problems, this.host, this.aborts)
    const call = asyncApi(this.problems, name, (given) => {
      if (!this.isOnline()) throw new WxFailure('the network is offline')
      return run(task, given)
    })
    void call({ ...options, complete: options['complete'] ?? (() => undefined) })
    return task.api()
  }

  private bodyOf(data: unknown): Uint8Array {
    if (data === undefined || data === null) return new Uint8Array()
    if (isBytes(data)) return new Uint8Array(data as ArrayBuffer)
    return this.host.codec.encode(typeof data === 'string' ? data : JSON.stringify(data))
  }

  private dataOf(body: Uint8Array, responseType: unknown, dataType: unknown): unknown {
    if (responseType === 'arraybuffer') return new Uint8Array(body).buffer
    const text = this.host.codec.decode(body)
    return dataType === 'json' ? parsed(text) : text
  }
}

/** What WeChat calls a RequestTask or a DownloadTask. */
class Task {
  private isAborted = false
  private abortSent: (() => void) | undefined
  private readonly listeners = { headers: [] as Listener[], progress: [] as Listener[] }

  constructor(
    private readonly problems: Problems,
    private readonly host: HostParts,
    private readonly underWay: Set<() => void>,
  ) {}

  api(): Record<string, unknown> {
    const on = (event: 'headers' | 'progress') => (listener: Listener) => void this.listeners[event].push(listener)
    const off = (event: 'headers' | 'progress') => (listener?: Listener) => {
      this.listeners[event] = this.listeners[event].filter((known) => listener && known !== listener)
    }
    return {
      abort: () => {
        this.isAborted = true
        this.abortSent?.()
      },
      onHeadersReceived: on('headers'),
      offHeadersReceived: off('headers'),
      onProgressUpdate: on('progress'),
      offProgressUpdate: off('progress'),
    }
  }

  async send(request: Omit<HttpRequest, 'aborting'>): Promise<HttpResponse> {
    if (this.isAborted) throw new WxFailure('abort')
    const abort = () => this.abortSent?.()
    this.underWay.add(abort)
    try {
      const response = await this.host.request({ ...request, aborting: (end) => (this.abortSent = end) })
      // A host may be too late to end it.
      if (this.isAborted) throw new WxFailure('abort')
      this.tell('headers', { header: response.headers, statusCode: response.status, cookies: [] })
      return response
    } catch (error) {
      if (error instanceof WxFailure) throw error
      throw new WxFailure(this.isAborted ? 'abort' : error instanceof Error ? error.message : String(error))
    } finally {
      this.underWay.delete(abort)
    }
  }

  tell(event: 'headers' | 'progress', detail: Options): void {
    for (const listener of [...this.listeners[event]]) this.problems.guard(listener)(detail)
  }
}

function isBytes(data: unknown): boolean {
  return Object.prototype.toString.call(data) === '[object ArrayBuffer]'
}

function withQuery(url: string, data: Options): string {
  const query = Object.entries(data).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
  return query.length === 0 ? url : `${url}${url.includes('?') ? '&' : '?'}${query.join('&')}`
}

/** Names of headers have no case. */
function lowerCased(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

/** As WeChat does: the text itself if it is not JSON. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown
  } catch {
    return body
  }
}

/** Of a temporary file: that of its address, or of its type. */
function extensionOf(url: string, headers: Readonly<Record<string, string>>): string {
  const [, ofAddress] = /\.(\w{1,5})(?:[?#]|$)/.exec(url.replace(/^\w+:\/\/[^/]*/, '')) ?? []
  const [, ofType] = /^\w+\/([\w-]{1,20})/.exec(headers['content-type'] ?? '') ?? []
  return ofAddress ?? ofType ?? 'unknown'
}
