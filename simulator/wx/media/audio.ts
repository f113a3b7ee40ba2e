/** wx.createInnerAudioContext(): MP3 played by the phone's clock. Where the host has a loudspeaker, it is heard too. */
import type { AudioSnapshot } from '../../drive/driver'
import type { HostParts } from '../../runtime/types'
import type { Suspension } from '../../runtime/suspension'
import { asyncApi, type Options } from '../callbacks'
import type { PhoneFiles } from '../phone-files'
import type { Surroundings } from './index'
import { mp3Duration } from './mp3'

const EVENTS = ['Canplay', 'Play', 'Pause', 'Stop', 'Ended', 'TimeUpdate', 'Error', 'Waiting', 'Seeking', 'Seeked'] as const
type EventName = (typeof EVENTS)[number]
type Listener = (event: Options) => void

/** WeChat tells the time about four times a second. */
const TICK_MS = 250
const RATES: readonly [number, number] = [0.5, 2]
/** WeChat's codes. */
const FAILURES = { network: 10002, file: 10003, format: 10004 } as const

export class AudioPlayers {
  private readonly players: Player[] = []
  private speakerOn = true

  constructor(
    private readonly around: Surroundings,
    private readonly host: HostParts,
    private readonly files: PhoneFiles,
    private readonly suspension: Suspension,
  ) {}

  api(): Record<string, unknown> {
    const { around } = this
    return {
      createInnerAudioContext: () => {
        const player = new Player(around, this.host, this.files, this.suspension)
        this.players.push(player)
        return player.context
      },
      setInnerAudioOption: asyncApi(around.problems, 'setInnerAudioOption', (options) => {
        around.record('setInnerAudioOption', options)
        if (typeof options['speakerOn'] === 'boolean') this.speakerOn = options['speakerOn']
      }),
    }
  }

  /** A call or an alarm takes the loudspeaker: WeChat pauses what plays, and does not go on by itself. */
  interrupt(): void {
    for (const player of this.players) player.pause()
  }

  snapshot(): AudioSnapshot[] {
    return this.players.map((player) => ({ ...player.snapshot(), speakerOn: this.speakerOn }))
  }
}

class Player {
  readonly context: Record<string, unknown>
  private readonly listeners = new Map<EventName, Set<Listener>>()
  private state: AudioSnapshot['state'] = 'idle'
  private src = ''
  private rate = 1
  /** Of the file, ms; 0 before it is loaded. */
  private length = 0
  private at = 0
  private timer: ReturnType<typeof setInterval> | undefined
  private sound: { stop(): void } | undefined
  private bytes = new Uint8Array()

  constructor(
    private readonly around: Surroundings,
    private readonly host: HostParts,
    private readonly files: PhoneFiles,
    private readonly suspension: Suspension,
  ) {
    this.context = this.createContext()
  }

  snapshot(): Omit<AudioSnapshot, 'speakerOn'> {
    return { src: this.src, state: this.state, ms: this.at, playbackRate: this.rate }
  }

  private createContext(): Record<string, unknown> {
    const context: Record<string, unknown> = { startTime: 0, autoplay: false, loop: false, obeyMuteSwitch: true, volume: 1, referrerPolicy: 'no-referrer' }
    for (const name of EVENTS) {
      context[`on${name}`] = (listener: Listener) => void this.listeners.set(name, (this.listeners.get(name) ?? new Set()).add(listener))
      context[`off${name}`] = (listener?: Listener) => (listener ? this.listeners.get(name)?.delete(listener) : this.listeners.delete(name))
    }
    Object.assign(context, {
      play: () => void this.play(),
      pause: () => this.pause(),
      stop: () => this.stop(),
      seek: (seconds: number) => {
        this.at = Math.min(this.length, Math.max(0, seconds * 1000))
        this.later('Seeking')
        this.later('Seeked')
      },
      destroy: () => {
        this.silence('destroyed')
        this.listeners.clear()
      },
    })
    const read = (name: string, get: () => unknown, set?: (value: unknown) => void) => Object.defineProperty(context, name, { enumerable: true, get, ...(set ? { set } : {}) })
    read('src', () => this.src, (src) => this.load(String(src)))
    read('playbackRate', () => this.rate, (rate) => {
      this.rate = Math.min(RATES[1], Math.max(RATES[0], Number(rate)))
    })
    read('currentTime', () => this.at / 1000)
    read('duration', () => this.length / 1000)
    read('paused', () => this.state !== 'playing')
    read('buffered', () => this.length / 1000)
    return context
  }

  private load(src: string): void {
    this.silence('idle')
    Object.assign(this, { src, length: 0, at: 0 })
    if (this.context['autoplay'] === true) void this.play()
  }

  private async play(): Promise<void> {
    if (this.state === 'playing' || this.state === 'destroyed' || this.src === '') return
    const { src } = this
    this.state = 'playing'
    if (this.length === 0) {
      const failure = await this.fetch(src)
      if (this.src !== src || this.state !== 'playing') return
      if (failure) {
        this.silence('idle')
        return this.later('Error', { errCode: FAILURES[failure], errMsg: `errCode:${FAILURES[failure]}` })
      }
      this.later('Canplay')
      if (this.at === 0) this.at = Number(this.context['startTime']) * 1000
    }
    this.later('Play')
    this.sound = this.host.play?.(this.bytes, this.at, this.rate)
    this.timer = setInterval(this.suspension.wrapRepeated(() => this.tick()), TICK_MS)
  }

  pause(): void {
    if (this.state !== 'playing') return
    this.silence('paused')
    this.later('Pause')
  }

  private stop(): void {
    this.silence('idle')
    this.at = 0
    this.later('Stop')
  }

  private tick(): void {
    this.at = Math.min(this.length, this.at + TICK_MS * this.rate)
    this.emit('TimeUpdate')
    if (this.at < this.length) return
    this.at = 0
    if (this.context['loop'] === true) return
    this.silence('idle')
    this.emit('Ended')
  }

  private silence(state: AudioSnapshot['state']): void {
    clearInterval(this.timer)
    this.sound?.stop()
    this.state = state
  }

  private async fetch(src: string): Promise<keyof typeof FAILURES | undefined> {
    try {
      if (/^https?:/.test(src)) {
        const { status, body } = await this.host.request({ url: src, method: 'GET', headers: {}, body: new Uint8Array(), timeoutMs: 60_000 })
        if (status !== 200) return 'network'
        this.bytes = new Uint8Array(body)
      } else this.bytes = new Uint8Array(this.files.read(src))
    } catch {
      // WeChat gives a code and no reason.
      return /^https?:/.test(src) ? 'network' : 'file'
    }
    this.length = mp3Duration(this.bytes) ?? 0
    return this.length === 0 ? 'format' : undefined
  }

  private later(name: EventName, detail: Options = {}): void {
    setTimeout(() => this.emit(name, detail))
  }

  private emit(name: EventName, detail: Options = {}): void {
    for (const listener of [...(this.listeners.get(name) ?? [])]) this.suspension.wrap(this.around.problems.guard(listener))(detail)
  }
}
