/** Records a voice message as MP3, mono, 16 kHz: the one format that WeChat records, and that every browser plays. */
import { clock } from '@/src/chat/time/clock'
import { levelsOf } from './levels'
import { unsupported, type Asked, type TakenFile } from './taken-file'
// #ifdef MP-WEIXIN
import { mp3Loudness } from './levels'
import { refusalOf, type Refused } from '../ask'
// #endif
// #ifdef H5
import type { Microphone } from './microphone'
import { refusedBy } from './taken-file'
// #endif

/** ms. It stops by itself then. */
export const VOICE_MAX_MS = 60_000
/** A shorter one is a slip of the finger, ms. */
const VOICE_MIN_MS = 1_000

export interface RecordingOptions {
  /** The loudness of the moment, from 0 to 1, several times a second. Where WeChat tells none it is never called. */
  readonly onLevel?: (level: number) => void
  /** It ended by itself: after {@link VOICE_MAX_MS}, or because a call took the microphone. `stop` has the recording. */
  readonly onEnd?: () => void
}

export interface Recording {
  /** The recording. Undefined if it is too short, or was ended without one. */
  stop(): Promise<TakenFile | undefined>
  /** Drops it. */
  cancel(): Promise<void>
}

/** Resolves once the microphone is on. One recording at a time. */
export async function recordVoice(options: RecordingOptions = {}): Promise<Asked<Recording>> {
  if (import.meta.env.RTM_ATTACH_VOICE === false) return unsupported('voice')
  // #ifdef MP-WEIXIN
  return recordInWeChat(options)
  // #endif
  // #ifdef H5
  try {
    // The encoder comes with it, when the first recording begins.
    const { openMicrophone } = await import('./microphone')
    return { ok: true, value: recordingOf(await openMicrophone(options.onLevel), options.onEnd) }
  } catch (error) {
    return refusedBy(error)
  }
  // #endif
}

function voiceFile(source: string | Blob, bytes: number, ms: number, loudness: readonly number[]): TakenFile | undefined {
  const levels = levelsOf(loudness)
  return ms < VOICE_MIN_MS ? undefined : { kind: 'voice', source, name: 'voice.mp3', mime: 'audio/mpeg', bytes, ms: Math.round(ms), ...(levels === undefined ? {} : { levels }) }
}

// #ifdef MP-WEIXIN
/** KB of MP3 between two calls of onFrameRecorded: a third of a second. */
const FRAME_KB = 1

type Stopped = WechatMiniprogram.OnStopListenerResult

/** WeChat has one recorder for the program, and its listeners cannot be removed. */
let manager: WechatMiniprogram.RecorderManager | undefined
let onStopped: (stopped: Stopped | undefined) => void = () => {}
let onStarted: (refused: Refused | undefined) => void = () => {}
let onFrame: (bytes: Uint8Array) => void = () => {}

function recorder(): WechatMiniprogram.RecorderManager {
  if (manager) return manager
  const created = wx.getRecorderManager()
  created.onStart(() => onStarted(undefined))
  created.onStop((stopped) => onStopped(stopped))
  created.onError((failure) => {
    onStarted(refusalOf(failure))
    onStopped(undefined)
  })
  created.onFrameRecorded(({ frameBuffer }) => onFrame(new Uint8Array(frameBuffer)))
  // A call took the microphone: the recording ends with what it has.
  created.onInterruptionBegin(() => created.stop())
  manager = created
  return created
}

/** Resolves once it records, or to why it does not. */
function startRecorder(): Promise<Refused | undefined> {
  return new Promise((resolve) => {
    onStarted = resolve
    try {
      recorder().start({ duration: VOICE_MAX_MS, sampleRate: 16_000, numberOfChannels: 1, encodeBitRate: 24_000, format: 'mp3', frameSize: FRAME_KB })
    } catch (error) {
      resolve(refusalOf(error))
    }
  })
}

async function recordInWeChat({ onLevel, onEnd }: RecordingOptions): Promise<Asked<Recording>> {
  const loudness: number[] = []
  let isStopping = false
  onFrame = (bytes) => {
    const heard = mp3Loudness(bytes)
    loudness.push(...heard)
    if (heard.length > 0) onLevel?.(Math.max(...heard))
  }
  const ended = new Promise<Stopped | undefined>((resolve) => {
    onStopped = (stopped) => {
      resolve(stopped)
      if (!isStopping) onEnd?.()
    }
  })
  const refused = await startRecorder()
  if (refused) return refused
  let isOver = false
  void ended.then(() => (isOver = true))
  const stop = (): Promise<Stopped | undefined> => {
    isStopping = true
    if (!isOver) recorder().stop()
    return ended
  }
  return {
    ok: true,
    value: {
      stop: async () => {
        const stopped = await stop()
        return stopped && voiceFile(stopped.tempFilePath, stopped.fileSize, stopped.duration, loudness)
      },
      cancel: async () => void (await stop()),
    },
  }
}
// #endif

// #ifdef H5
function recordingOf(microphone: Microphone, onEnd: RecordingOptions['onEnd']): Recording {
  const began = clock.elapsed()
  let length = 0
  const end = () => {
    cancelTimer()
    length ||= Math.min(VOICE_MAX_MS, clock.elapsed() - began)
    microphone.close()
  }
  const endByItself = () => {
    end()
    onEnd?.()
  }
  const cancelTimer = clock.after(VOICE_MAX_MS, endByItself)
  microphone.onLost(endByItself)
  return {
    stop: async () => {
      end()
      const { mp3, loudness } = await microphone.recording()
      return voiceFile(mp3, mp3.size, length, loudness)
    },
    cancel: async () => {
      end()
      microphone.drop()
    },
  }
}
// #endif
