/** wx.getRecorderManager(): one microphone for the program, which hears the same 2 s again and again. */
import type { HostParts } from '../../runtime/types'
import type { Suspension } from '../../runtime/suspension'
import { WxFailure, type Options } from '../callbacks'
import { fromBase64 } from '../encodings'
import type { PhoneFiles } from '../phone-files'
import type { Surroundings } from './index'
import { VOICE_MP3 } from './voice-sound'

/** WeChat's bit rates by sampling rate, as [least, most]. */
const BIT_RATES: Readonly<Record<number, readonly [number, number]>> = {
  8000: [16_000, 48_000], 11025: [16_000, 48_000], 12000: [24_000, 64_000], 16000: [24_000, 96_000], 22050: [32_000, 128_000],
  24000: [32_000, 128_000], 32000: [48_000, 192_000], 44100: [64_000, 320_000], 48000: [64_000, 320_000],
}
const DURATION_MS = 60_000
const DURATION_MAX_MS = 600_000
/** The fake microphone has one format. */
const FRAME_BYTES = 108
const FRAME_MS = 36
const EVENTS = ['Start', 'Pause', 'Resume', 'Stop', 'FrameRecorded', 'Error', 'InterruptionBegin', 'InterruptionEnd'] as const
type EventName = (typeof EVENTS)[number]
type Listener = (event: Options) => void

export class Recorder {
  private readonly listeners = new Map<EventName, Listener>()
  private state: 'idle' | 'starting' | 'recording' | 'paused' = 'idle'
  private bytes: number[] = []
  /** The bytes that onFrameRecorded has told. */
  private told = 0
  private frameSize = 0
  private longest = DURATION_MS
  private timer: ReturnType<typeof setInterval> | undefined
  private readonly voice = fromBase64(VOICE_MP3)

  constructor(
    private readonly around: Surroundings,
    private readonly host: HostParts,
    private readonly files: PhoneFiles,
    private readonly suspension: Suspension,
  ) {}

  /** WeChat has one manager. A listener replaces the one before it. */
  manager(): Record<string, unknown> {
    return {
      ...Object.fromEntries(EVENTS.map((name) => [`on${name}`, (listener: Listener) => void this.listeners.set(name, listener)])),
      start: (options: Options = {}) => this.start(options),
      pause: () => {
        if (this.state !== 'recording') return this.fail('recorder not start')
        this.halt('paused')
        this.emit('Pause')
      },
      resume: () => {
        if (this.state !== 'paused') return this.fail('recorder not paused')
        this.run()
        this.emit('Resume')
      },
      stop: () => (this.state === 'idle' || this.state === 'starting' ? this.fail('recorder not start') : this.stop()),
    }
  }

  /** A call has the microphone, until `interrupted(false)`. */
  interrupted(isBegin: boolean): void {
    if (isBegin && this.state === 'recording') {
      this.halt('paused')
      this.emit('InterruptionBegin')
      this.emit('Pause')
    } else if (!isBegin && this.state === 'paused') this.emit('InterruptionEnd')
  }

  private start({ duration = DURATION_MS, sampleRate = 8000, encodeBitRate = 48_000, format = 'aac', frameSize = 0, numberOfChannels = 2 }: Options): void {
    const options = { duration, sampleRate, encodeBitRate, format, frameSize, numberOfChannels }
    this.around.record('recorderStart', options)
    if (this.state !== 'idle') return this.fail("audio is recording, don't start record again")
    const rates = BIT_RATES[Number(sampleRate)]
    if (!rates || Number(encodeBitRate) < rates[0] || Number(encodeBitRate) > rates[1] || !(Number(duration) > 0 && Number(duration) <= DURATION_MAX_MS)) return this.fail('invalid parameter')
    if (format !== 'mp3') this.around.problems.add(`the fake microphone records mp3 only, and not ${String(format)}`)
    this.state = 'starting'
    const begin = async () => {
      await this.around.privacy.allow('RecorderManager.start')
      await this.around.permit.scope('scope.record')
      this.bytes = []
      this.told = 0
      this.frameSize = Number(frameSize) * 1024
      this.longest = Number(duration)
      this.run()
      this.emit('Start')
    }
    begin().catch((error: unknown) => {
      if (!(error instanceof WxFailure)) throw error
      this.state = 'idle'
      this.fail(error.message, error.errno)
    })
  }

  private run(): void {
    this.state = 'recording'
    this.timer = setInterval(this.suspension.wrapRepeated(() => this.hear()), FRAME_MS)
  }

  private halt(state: 'idle' | 'paused'): void {
    clearInterval(this.timer)
    this.state = state
  }

  /** One frame of the sound. */
  private hear(): void {
    const at = this.bytes.length % this.voice.length
    this.bytes.push(...this.voice.subarray(at, at + FRAME_BYTES))
    if (this.frameSize > 0 && this.bytes.length - this.told >= this.frameSize) this.tellFrames(false)
    if (this.ms >= this.longest) this.stop()
  }

  private get ms(): number {
    return (this.bytes.length / FRAME_BYTES) * FRAME_MS
  }

  private tellFrames(isLastFrame: boolean): void {
    const frameBuffer = Uint8Array.from(this.bytes.slice(this.told)).buffer
    this.told = this.bytes.length
    this.emit('FrameRecorded', { frameBuffer, isLastFrame })
  }

  private stop(): void {
    this.halt('idle')
    if (this.frameSize > 0) this.tellFrames(true)
    const bytes = Uint8Array.from(this.bytes)
    const tempFilePath = this.files.addTemporary(bytes, 'mp3')
    const tell = () => this.emit('Stop', { tempFilePath, duration: this.ms, fileSize: bytes.length })
    if (this.host.settled) void this.host.settled().then(tell)
    else setTimeout(tell)
  }

  private fail(reason: string, errno?: number): void {
    setTimeout(() => this.emit('Error', { errMsg: `operateRecorder:fail ${reason}`, ...(errno === undefined ? {} : { errno }) }))
  }

  private emit(name: EventName, detail: Options = {}): void {
    const listener = this.listeners.get(name)
    if (listener) this.suspension.wrap(this.around.problems.guard(listener))(detail)
  }
}
