// A gateway and its phones. Phones in Node share one stepped clock with the gateway and reach it without sockets. Phones in Chromium use real time and real
// sockets.
import { afterEach, beforeEach } from 'vitest'
import { startGateway, type Gateway, type GatewayOptions } from '../../gateway/server'
import { systemClock, type Clock } from '../../src/chat/time/clock'
import { startInNode, SteppedClock, type MiniProgram, type StartOptions } from '../../simulator/drive/driver'
import { openPipe } from '../../simulator/drive/pipe'
import { GatewayClient } from '../support/gateway-client'
import { PipeWebSocket } from '../support/pipe-web-socket'
import { BUILT_IN_GATEWAY, type Start } from './people'

export class Network {
  /** The clock of the phones and the gateway. A new one for each test. */
  clock: Clock = systemClock
  private readonly phones: MiniProgram[] = []
  private readonly clients: GatewayClient[] = []
  private running: Gateway | undefined
  /** Of phones in Node, which look here at each request. */
  private readonly hosts: Record<string, string> = {}
  /** Of the running gateway. Undefined: that of local builds. */
  private appId: string | undefined

  /** @param start the host of the phones */
  constructor(private readonly start: Start) {}

  get gateway(): Gateway {
    if (!this.running) throw new Error('no gateway is running')
    return this.running
  }

  /** Starts a gateway, or replaces it: phones in Node find the new one, those in a browser only if they are started after it. */
  async startGateway(options: GatewayOptions = {}): Promise<void> {
    await this.stopGateway()
    const { clock } = this
    this.appId = options.appId
    // Files come over real HTTP, for which the stepped clock waits.
    const hasFiles = typeof options.files === 'object'
    this.running = await startGateway({ port: 0, ...(clock instanceof SteppedClock && { clock, listen: hasFiles }), ...options })
    this.hosts[BUILT_IN_GATEWAY] = new URL(this.running.url).host
  }

  /** Phones find no service until another gateway is started. */
  async stopGateway(): Promise<void> {
    const { running } = this
    this.running = undefined
    if (!running) return
    const closed = running.close()
    await this.until(this.clock instanceof SteppedClock ? this.clock.hold(closed) : closed)
  }

  /** Starts a phone, which is closed after the test. */
  readonly phone = async (options: StartOptions = {}): Promise<MiniProgram> => {
    const phone = await this.start({ ...this.access(), ...options })
    this.phones.push(phone)
    return phone
  }

  /** A client that sends and receives frames. */
  async client(uid: string): Promise<GatewayClient> {
    const { clock, gateway } = this
    const target = clock instanceof SteppedClock ? PipeWebSocket.open(gateway, clock) : gateway.url
    const client = await this.until(GatewayClient.login(target, uid, this.appId === undefined ? {} : { appId: this.appId }))
    this.clients.push(client)
    return client
  }

  /** Waits for a promise. With a stepped clock it runs the time until the promise is settled. */
  until<Result>(promise: Promise<Result>): Promise<Result> {
    return this.clock instanceof SteppedClock ? this.clock.settled(promise) : promise
  }

  begin(): void {
    this.clock = this.start === startInNode ? new SteppedClock() : systemClock
  }

  /** Closes everything. Resolves to the problems of the phones. */
  async end(): Promise<string[]> {
    const phones = this.phones.splice(0)
    const problems = (await Promise.all(phones.map((phone) => phone.problems()))).flat()
    await Promise.all(phones.map((phone) => phone.close()))
    for (const client of this.clients.splice(0)) client.ws.terminate()
    await this.stopGateway()
    return problems
  }

  /** For a phone in Node: appends each frame that it sends to `frames`, as JSON. */
  recording(frames: string[]): StartOptions {
    return {
      openSocket: (_url, _protocols, _headers, handlers) => {
        const pipe = openPipe(this.running, this.clock, handlers)
        return {
          send: (data) => {
            frames.push(String(data))
            pipe.send(data)
          },
          close: (code, reason) => pipe.close(code, reason),
          cut: () => pipe.cut(),
        }
      },
    }
  }

  private access(): StartOptions {
    const { clock } = this
    if (!(clock instanceof SteppedClock)) return { hosts: { [BUILT_IN_GATEWAY]: new URL(this.gateway.url).host } }
    return { clock, hosts: this.hosts, openSocket: (_url, _protocols, _headers, handlers) => openPipe(this.running, clock, handlers) }
  }
}

/**
 * A network for each test of a file or a `describe`, with a running gateway. After a test all phones must be without problems.
 * @param options of the gateway that each test begins with
 */
export function useNetwork(start: Start, options: GatewayOptions = {}): Network {
  const network = new Network(start)
  beforeEach(async () => {
    network.begin()
    await network.startGateway(options)
  })
  afterEach(async () => {
    const problems = await network.end()
    if (problems.length > 0) throw new Error(`problems on the phones:\n${problems.join('\n')}`)
  })
  return network
}
