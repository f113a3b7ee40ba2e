/** Runs a built mini program in Node, without a DOM: in its own JavaScript context, with only the globals of a phone. */
import { createHash } from 'node:crypto'
import vm from 'node:vm'
import WebSocket from 'ws'
import { RemoteMiniProgram, type Host } from './remote-mini-program'
import { FolderDisk } from './folder-disk'
import { httpRequest } from './http-request'
import { nodePixels } from './node-pixels'
import { openPhone } from './phone'
import { runOptions } from './run-options'
import { SteppedClock } from './stepped-clock'
import { every, systemClock, type Cancel, type Clock } from '../../src/chat/time/clock'
import { compiledBuild, DEFAULT_DIST, RUNTIME_GLOBAL, runtimeScript } from '../compile/runtime-script'
import type { MiniProgram, PrivacyState, StartOptions } from './driver'
import type * as RuntimeModule from '../runtime/index'
import type { Runtime } from '../runtime/index'
import type { Disk, HostParts, Socket, SocketHandlers } from '../runtime/types'

/** The time between two frames of a screen, ms. */
const FRAME_MS = 16

/** The functions that the driver may call, by name. */
type Call = (...args: unknown[]) => unknown

export async function startInNode(options: StartOptions = {}): Promise<MiniProgram> {
  const dist = options.dist ?? DEFAULT_DIST
  const { bundle } = compiledBuild(dist)
  const phone = openPhone(options.dir)
  const disk = new FolderDisk(phone.dir)
  const clock = options.clock ?? systemClock
  let privacy = options.privacy ?? 'agreed'
  let online = options.online ?? true
  let running = run()

  function run(): Program {
    return new Program(clock, { ...runOptions(bundle, phone, options), privacy, online, host: hostParts(options.disk?.(disk) ?? disk, clock, options.openSocket) })
  }

  const host: Host = {
    name: 'node',
    page: undefined,
    clock: clock instanceof SteppedClock ? clock : undefined,
    call: async (method, args) => running.call(method, args),
    require: (path) => running.require(path),
    screenshot: async () => undefined,
    restart: async () => {
      privacy = running.call('privacy', []) as PrivacyState
      online = running.call('isOnline', []) as boolean
      running.kill()
      running = run()
    },
    close: async () => {
      running.kill()
      phone.dispose()
    },
  }
  return new RemoteMiniProgram(host)
}

/** One run of the program. It ends with its timers and its sockets. */
class Program {
  private readonly sockets = new Set<Socket>()
  private readonly timers = new Map<number, Cancel>()
  private lastTimer = 0
  private readonly runtime: Runtime
  private readonly onRejection: (reason: unknown, promise: Promise<unknown>) => void
  private alive = true

  constructor(
    private readonly clock: Clock,
    options: Parameters<typeof RuntimeModule.createRuntime>[0],
  ) {
    const context = vm.createContext(this.globals())
    if (clock instanceof SteppedClock) {
      context['Date'] = dateOf(clock, vm.runInContext('Date', context) as DateConstructor)
      Object.assign(vm.runInContext('Math', context) as Math, { random: clock.random })
    }
    script().runInContext(context)
    const { createRuntime } = (context as Record<string, typeof RuntimeModule>)[RUNTIME_GLOBAL] as typeof RuntimeModule
    const ContextPromise = vm.runInContext('Promise', context) as PromiseConstructor
    this.runtime = createRuntime({ ...options, host: this.trackSockets(options.host) })
    this.onRejection = (reason, promise) => {
      if (promise instanceof ContextPromise) this.runtime.problems.uncaught(reason)
    }
    process.on('unhandledRejection', this.onRejection)
    this.runtime.boot()
  }

  call(method: string, args: readonly unknown[]): unknown {
    const control = this.runtime.controls as unknown as Record<string, Call>
    const run = control[method]
    if (!run) throw new Error(`the runtime has no ${method}`)
    const result = run(...args)
    return result === undefined ? undefined : (JSON.parse(JSON.stringify(result)) as unknown)
  }

  require(path: string): unknown {
    return this.runtime.require(path)
  }

  kill(): void {
    this.alive = false
    process.off('unhandledRejection', this.onRejection)
    for (const id of this.timers.keys()) this.clearTimer(id)
    for (const socket of this.sockets) socket.cut()
  }

  /** The globals that glass-easel and the runtime need. The program sees fewer. */
  private globals(): Record<string, unknown> {
    const { clock } = this
    const clear = (id: number) => this.clearTimer(id)
    const setTimer = (run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
      this.addTimer((id) =>
        clock.after(wholeMs(ms), () => {
          this.timers.delete(id)
          run(...args)
        }),
      )
    const setRepeated = (run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => this.addTimer(() => every(clock, wholeMs(ms), () => run(...args)))
    return {
      console,
      performance: { now: () => clock.elapsed() },
      setTimeout: setTimer,
      setInterval: setRepeated,
      clearTimeout: clear,
      clearInterval: clear,
      requestAnimationFrame: (run: () => void) => setTimer(run, FRAME_MS),
    }
  }

  private addTimer(set: (id: number) => Cancel): number {
    if (!this.alive) return 0
    const id = ++this.lastTimer
    this.timers.set(id, set(id))
    return id
  }

  private clearTimer(id: number): void {
    this.timers.get(id)?.()
    this.timers.delete(id)
  }

  private trackSockets(host: HostParts): HostParts {
    return {
      ...host,
      openSocket: (url, protocols, headers, handlers) => {
        const guarded: SocketHandlers = {
          onOpen: () => this.alive && handlers.onOpen(),
          onMessage: (data) => this.alive && handlers.onMessage(data),
          onError: (message) => this.alive && handlers.onError(message),
          onClose: (code, reason) => {
            this.sockets.delete(socket)
            if (this.alive) handlers.onClose(code, reason)
          },
        }
        const socket = host.openSocket(url, protocols, headers, guarded)
        this.sockets.add(socket)
        return socket
      },
    }
  }
}

/** As in Node, a timer waits for a whole number of ms, at least 1. */
function wholeMs(ms = 1): number {
  return Math.max(1, Math.trunc(ms) || 1)
}

/** `RealDate` with the time of `clock` as the current time. */
function dateOf(clock: Clock, RealDate: DateConstructor): DateConstructor {
  const now = () => clock.now()
  return new Proxy(RealDate, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length > 0 ? args : [now()], newTarget) as Date,
    apply: () => new RealDate(now()).toString(),
    get: (target, name): unknown => (name === 'now' ? now : Reflect.get(target, name)),
  })
}

function hostParts(disk: Disk, clock: Clock, connect: HostParts['openSocket'] = openSocket): HostParts {
  const encoder = new TextEncoder()
  const decoder = new TextDecoder()
  return {
    disk,
    codec: { encode: (text) => encoder.encode(text), decode: (bytes) => decoder.decode(bytes) },
    openSocket: connect,
    digest: async (algorithm, bytes) => createHash(algorithm).update(bytes).digest('hex'),
    pixels: nodePixels,
    request: (request) => (clock instanceof SteppedClock ? clock.hold(httpRequest(request)) : httpRequest(request)),
  }
}

function openSocket(url: string, protocols: readonly string[], headers: Readonly<Record<string, string>>, handlers: SocketHandlers): Socket {
  const socket = new WebSocket(url, [...protocols], { headers })
  socket.on('open', () => handlers.onOpen())
  socket.on('message', (data: Buffer, isBinary: boolean) => handlers.onMessage(isBinary ? data : data.toString('utf8')))
  socket.on('error', (error) => handlers.onError(error.message))
  socket.on('close', (code, reason) => handlers.onClose(code, reason.toString('utf8')))
  return {
    send: (data) => socket.send(data),
    close: (code, reason) => socket.close(code, reason),
    cut: () => socket.terminate(),
  }
}

let compiledScript: vm.Script | undefined

function script(): vm.Script {
  compiledScript ??= new vm.Script(runtimeScript(), { filename: 'mini-program-runtime.js' })
  return compiledScript
}
