/** Plays voice messages: one at a time, at a speed of choice, and silent when a call comes. */
// #ifdef MP-WEIXIN
import { askFor } from './taken-file'
// #endif
import type { Answer } from '../ask'

export type Speed = 1 | 1.5 | 2

export interface Playing {
  /** ms, several times a second. */
  readonly onTime?: (ms: number) => void
  /** It is over, or `failed`: the sound is missing, or nothing this device plays. `interrupted`: something else plays, or a call has come. */
  readonly onEnd: (how: 'over' | 'failed' | 'interrupted') => void
}

/** A sound that plays or pauses. */
interface Sound {
  play(): void
  pause(): void
  setSpeed(speed: Speed): void
  close(): void
}

let current: { readonly sound: Sound; readonly listeners: Playing } | undefined
let speed: Speed = 1

/** Plays `address`, a path or an address that the platform takes, from `fromMs` on. What played before is interrupted. */
export function playVoice(address: string, listeners: Playing, fromMs = 0): void {
  leave('interrupted')
  const finish = (how: 'over' | 'failed' | 'interrupted') => {
    if (current?.sound === sound) leave(how)
  }
  const own = { onTime: (ms: number) => listeners.onTime?.(ms), onEnd: finish }
  let open: (address: string, fromMs: number, listeners: Required<Playing>) => Sound
  // #ifdef MP-WEIXIN
  open = openInWeixin
  // #endif
  // #ifdef H5
  open = openInBrowser
  // #endif
  const sound = open(address, fromMs, own)
  current = { sound, listeners }
  sound.setSpeed(speed)
  sound.play()
}

/** Stops what plays. Its listener hears of it as interrupted. */
export function stopVoice(): void {
  leave('interrupted')
}

/** Of this sound and all that follow. */
export function setVoiceSpeed(chosen: Speed): void {
  speed = chosen
  current?.sound.setSpeed(chosen)
}

/** Whether {@link setSpeaker} can move the sound to the ear. A browser cannot. */
export let hasEarpiece = true
// #ifdef H5
hasEarpiece = false
// #endif

/** Plays from the loudspeaker or at the ear. WeChat takes it only while nothing plays, so what plays pauses for it. */
export async function setSpeaker(isOn: boolean): Promise<Answer> {
  // #ifdef MP-WEIXIN
  current?.sound.pause()
  const answer = await askFor((callbacks) => wx.setInnerAudioOption({ speakerOn: isOn, ...callbacks }))
  current?.sound.play()
  return answer.ok ? { ok: true } : answer
  // #endif
  // #ifdef H5
  return Promise.resolve({ ok: false, reason: 'unsupported', detail: `speaker: ${String(isOn)}` })
  // #endif
}

function leave(how: 'over' | 'failed' | 'interrupted'): void {
  const left = current
  current = undefined
  left?.sound.close()
  left?.listeners.onEnd(how)
}

// #ifdef MP-WEIXIN
let hearsOfCalls = false

function openInWeixin(address: string, fromMs: number, { onTime, onEnd }: Required<Playing>): Sound {
  if (!hearsOfCalls) {
    hearsOfCalls = true
    wx.onAudioInterruptionBegin(() => leave('interrupted'))
  }
  const context = wx.createInnerAudioContext()
  // A voice is heard although the phone is set to silent, as in WeChat's own chats.
  context.obeyMuteSwitch = false
  context.startTime = fromMs / 1000
  context.src = address
  context.onTimeUpdate(() => onTime(Math.round(context.currentTime * 1000)))
  context.onEnded(() => onEnd('over'))
  context.onError(() => onEnd('failed'))
  return {
    play: () => context.play(),
    pause: () => context.pause(),
    setSpeed: (rate) => {
      context.playbackRate = rate
    },
    close: () => {
      context.stop()
      context.destroy()
    },
  }
}
// #endif

// #ifdef H5
function openInBrowser(address: string, fromMs: number, { onTime, onEnd }: Required<Playing>): Sound {
  const element = new Audio(address)
  element.currentTime = fromMs / 1000
  let isOpen = true
  /** Ours, and not that of a browser which gives the sound to a call. */
  let isPausing = false
  element.addEventListener('timeupdate', () => isOpen && onTime(Math.round(element.currentTime * 1000)))
  element.addEventListener('ended', () => isOpen && onEnd('over'))
  element.addEventListener('error', () => isOpen && onEnd('failed'))
  element.addEventListener('pause', () => {
    if (isOpen && !isPausing && !element.ended) onEnd('interrupted')
    isPausing = false
  })
  return {
    play: () => {
      // It fails where the event `error` says so too, and where the page may not play without a tap.
      element.play().catch(() => isOpen && onEnd('failed'))
    },
    pause: () => {
      isPausing = !element.paused
      element.pause()
    },
    setSpeed: (rate) => {
      element.playbackRate = rate
    },
    close: () => {
      isOpen = false
      element.pause()
      element.removeAttribute('src')
      element.load()
    },
  }
}
// #endif
