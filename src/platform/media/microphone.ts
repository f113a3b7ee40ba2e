/** The microphone of a browser, as MP3. In a file of its own: it is loaded when the user first records. */
import { HERTZ, type ToEncoder } from './mp3-worker'

export interface Microphone {
  /** Turns it off. */
  close(): void
  /** Called if it goes without being turned off: it was unplugged, or a call took it. */
  onLost(run: () => void): void
  /** After `close`: the sound, and its loudness from 0 to 1 in parts of equal length. */
  recording(): Promise<{ readonly mp3: Blob; readonly loudness: readonly number[] }>
  /** Instead: nothing is kept. */
  drop(): void
}

/** Samples between two calls. A power of 2; 85 ms at 48 kHz. */
const BLOCK = 4096
/** A voice at arm's length is about a quarter of full scale. */
const LOUD = 0.25

/** Rejects with the browser's error if the user or a policy does not allow it. */
export async function openMicrophone(onLevel: (level: number) => void = () => {}): Promise<Microphone> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true } })
  const worker = new Worker(new URL('./mp3-worker.ts', import.meta.url), { type: 'module' })
  const send = (message: ToEncoder) => worker.postMessage(message)
  const encoded = new Promise<Blob>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Blob>) => resolve(data)
    worker.onerror = ({ message }) => reject(new Error(`the encoder failed: ${message}`))
  })
  const context = new AudioContext()
  const source = context.createMediaStreamSource(stream)
  // An AudioWorklet would need a script of its own in the page's policy; this one is old, and every browser has it.
  const tap = context.createScriptProcessor(BLOCK, 1, 1)
  const loudness: number[] = []
  const resample = resampler(context.sampleRate)
  tap.onaudioprocess = ({ inputBuffer }) => {
    const samples = inputBuffer.getChannelData(0)
    const level = Math.min(1, loudnessOf(samples) / LOUD)
    loudness.push(level)
    onLevel(level)
    send({ samples: resample(samples) })
  }
  source.connect(tap)
  // Some browsers run it only if it leads somewhere. It gives silence.
  tap.connect(context.destination)
  await context.resume()

  let isOpen = true
  const [track] = stream.getAudioTracks()
  const close = () => {
    if (!isOpen) return
    isOpen = false
    source.disconnect()
    tap.disconnect()
    for (const each of stream.getTracks()) each.stop()
    void context.close()
    send('end')
  }
  return {
    close,
    onLost: (run) => track?.addEventListener('ended', run),
    recording: async () => {
      const mp3 = await encoded
      worker.terminate()
      return { mp3, loudness }
    },
    drop: () => worker.terminate(),
  }
}

function loudnessOf(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length)
}

/** A function that makes samples of 16 bits at {@link HERTZ} out of those of the device: each is the mean of those that it replaces. */
function resampler(hertz: number): (samples: Float32Array) => Int16Array {
  const step = hertz / HERTZ
  /** Where the next sample begins, in samples of the block. */
  let next = 0
  return (samples) => {
    const made: number[] = []
    for (; next < samples.length; next += step) {
      const from = Math.floor(next)
      const to = Math.min(samples.length, Math.max(from + 1, Math.floor(next + step)))
      let sum = 0
      for (let at = from; at < to; at++) sum += samples[at] ?? 0
      made.push(Math.round(Math.min(1, Math.max(-1, sum / (to - from))) * 0x7fff))
    }
    next -= samples.length
    return Int16Array.from(made)
  }
}
