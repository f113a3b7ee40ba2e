/** The program in a browser's page: it uses the browser's sockets, a disk in memory, and HTTP through the page's server. */
import type { Where } from '../drive/driver'
import { watchRest } from './come-to-rest'
import { domOf } from './dom'
import { nextLongPress } from './gestures'
import { createRuntime, type Runtime } from './index'
import { installPhoneUnits } from './inline-style'
import { MemoryDisk } from './memory-disk'
import { browserPixels, digest } from './browser-pixels'
import { fromBase64, toBase64 } from '../wx/encodings'
import type { HttpRequest, HttpResponse, OverProxy, RuntimeOptions, Socket, SocketHandlers } from './types'
import { isHidden, pointOf } from './touch-point'
import { isInert } from './view-element'

export interface BrowserOptions extends Omit<RuntimeOptions, 'host'> {
  /** In the format of MemoryDisk. */
  readonly files: Readonly<Record<string, string>>
}

/** The functions that the host in Node calls in the page. */
export interface BrowserProgram {
  call(method: string, args: readonly unknown[]): unknown
  /** Where to touch the element, in px of the window, as soon as it can be seen. */
  pointOf(testId: string, where?: Where): Promise<{ x: number; y: number }>
  /** Focuses the field and selects all its text, or puts the caret at its end. */
  focusField(testId: string, where: Where | undefined, select: 'all' | 'end'): void
  /** Resolves when the next touch has rested long enough for a long press. */
  nextLongPress(): Promise<void>
  exportFiles(): Record<string, string>
  /** Resolves once the program is idle and the screen no longer changes. */
  settled(): Promise<void>
}

/** After this time an element that is still hidden is reported as one that cannot be touched, ms. */
const SEEN_WITHIN_MS = 10_000

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve))

export function startInPage(options: BrowserOptions, screen: HTMLElement): BrowserProgram {
  const disk = new MemoryDisk(options.files)
  const encoder = new TextEncoder()
  const decoder = new TextDecoder()
  installPhoneUnits()
  const settled = watchRest()
  const runtime = createRuntime({
    ...options,
    host: { disk, codec: { encode: (text) => encoder.encode(text), decode: (bytes) => decoder.decode(bytes) }, openSocket, request, digest, pixels: browserPixels, screen },
  })
  runtime.boot()
  return {
    call: (method, args) => callControl(runtime, method, args),
    pointOf: async (testId, where) => {
      // A list is hidden until it has scrolled to its end.
      const end = performance.now() + SEEN_WITHIN_MS
      while (isHidden(domOf(runtime.controls.locate(testId, where))) && performance.now() < end) await nextFrame()
      const element = runtime.controls.locate(testId, where)
      return pointOf(domOf(element), isInert(element), testId)
    },
    focusField: (testId, where, select) => {
      const dom = domOf(runtime.controls.locate(testId, where))
      const field = dom?.matches('input, textarea') ? dom : dom?.querySelector('input, textarea')
      if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) throw new Error(`${testId} is no input`)
      field.focus({ preventScroll: true })
      field.setSelectionRange(select === 'all' ? 0 : field.value.length, field.value.length)
    },
    nextLongPress,
    exportFiles: () => disk.export(),
    settled,
  }
}

function callControl(runtime: Runtime, method: string, args: readonly unknown[]): unknown {
  const control = runtime.controls as unknown as Record<string, (...args: unknown[]) => unknown>
  const run = control[method]
  if (!run) throw new Error(`the runtime has no ${method}`)
  return run(...args)
}

/** A socket of the browser. It cannot send headers. */
export function openSocket(url: string, protocols: readonly string[], _headers: unknown, handlers: SocketHandlers): Socket {
  const socket = new WebSocket(url, [...protocols])
  socket.binaryType = 'arraybuffer'
  socket.onopen = () => handlers.onOpen()
  socket.onmessage = ({ data }) => handlers.onMessage(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer))
  socket.onerror = () => handlers.onError('the connection failed')
  socket.onclose = ({ code, reason }) => handlers.onClose(code, reason)
  return {
    send: (data) => socket.send(data as string | Uint8Array<ArrayBuffer>),
    close: (code, reason) => socket.close(code, reason),
    // A browser cannot drop a connection silently: the other end sees a close all the same.
    cut: () => socket.close(),
  }
}

/** Through the server that served the page. */
export async function request({ aborting, body, ...wanted }: HttpRequest): Promise<HttpResponse> {
  const ending = new AbortController()
  aborting?.(() => ending.abort())
  const sent = { ...wanted, body: toBase64(body) } satisfies OverProxy<HttpRequest>
  const response = await fetch('request', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(sent), signal: ending.signal })
  const answer = (await response.json()) as OverProxy<HttpResponse> | { error: string }
  if ('error' in answer) throw new Error(answer.error)
  return { ...answer, body: fromBase64(answer.body) }
}
