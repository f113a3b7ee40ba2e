/** The voice that plays: the next unheard one follows it. Its speed, and where the sound comes from, stay chosen on this device. */
import { shallowRef } from 'vue'
import type { MediaBody } from '@/src/chat/media/media-kind'
import { isRecord } from '@/src/chat/util/checks'
import { parseJsonText } from '@/src/chat/util/json-text'
import type { ShownMessage } from '@/src/kinds/view'
import { t } from '@/src/locales'
import { inform } from '@/src/platform/dialogs'
import { hasEarpiece, playVoice, setSpeaker, setVoiceSpeed, stopVoice, type Speed } from '@/src/platform/media/play-voice'
import { tellRefusal } from '@/src/ui/shared/refusal-text'
import type { MediaState } from '@/src/ui/thread/media-states'
import { markHeard } from './heard-voices'
import { WORDS } from './words'

/** uni-app's storage, where the choices are kept. */
const KEY = 'rtm-voice'
const SPEEDS: readonly Speed[] = [1, 1.5, 2]

export interface VoicesPorts {
  /** Loads its file. Undefined if it cannot be had. */
  address(message: ShownMessage, body: MediaBody): Promise<string | undefined>
  keyOf(message: ShownMessage): string
  /** The next voice to play by itself. */
  after(message: ShownMessage): { readonly message: ShownMessage; readonly body: MediaBody } | undefined
}

/** The state of the voices, and the handlers of their taps. */
export function createVoices({ address, keyOf, after }: VoicesPorts) {
  const kept = readChoices()
  /** The voice that plays, by its key. */
  const playing = shallowRef<string>()
  const speed = shallowRef<Speed>(kept.speed)
  const isAtEar = shallowRef(kept.isAtEar)
  let isSpeakerSet = false
  /** Counts the taps: a file that comes after another tap is not played. */
  let taps = 0
  setVoiceSpeed(speed.value)

  const keep = () => uni.setStorageSync(KEY, JSON.stringify({ speed: speed.value, isAtEar: isAtEar.value }))

  async function playOrStop(message: ShownMessage, body: MediaBody): Promise<void> {
    taps++
    if (playing.value === keyOf(message)) return stopVoice()
    await play(message, body)
  }

  async function play(message: ShownMessage, body: MediaBody): Promise<void> {
    const tap = taps
    const file = await address(message, body)
    if (file === undefined || tap !== taps) return
    if (isAtEar.value && hasEarpiece && !isSpeakerSet) isSpeakerSet = (await setSpeaker(false)).ok
    const key = keyOf(message)
    playVoice(file, {
      onEnd: (how) => {
        if (playing.value === key) playing.value = undefined
        if (how === 'failed') void inform(t(WORDS.play), t(WORDS.broken), t('common.ok'))
        const next = how === 'over' ? after(message) : undefined
        if (next) void play(next.message, next.body)
      },
    })
    playing.value = key
    if (!message.isOwn) markHeard(message.from, message.id)
  }

  return {
    playOrStop,
    of(message: ShownMessage): Pick<MediaState, 'isPlaying' | 'speed' | 'speaker'> {
      if (playing.value !== keyOf(message)) return { isPlaying: false }
      return { isPlaying: true, speed: `${speed.value}×`, ...(hasEarpiece && { speaker: t(isAtEar.value ? WORDS.ear : WORDS.speaker) }) }
    },
    async next(what: 'speed' | 'speaker'): Promise<void> {
      if (what === 'speed') {
        speed.value = SPEEDS[(SPEEDS.indexOf(speed.value) + 1) % SPEEDS.length] ?? 1
        setVoiceSpeed(speed.value)
        return keep()
      }
      const answer = await setSpeaker(isAtEar.value)
      if (!answer.ok) return tellRefusal(WORDS.speakerRefused, answer)
      isSpeakerSet = true
      isAtEar.value = !isAtEar.value
      keep()
    },
  }
}

function readChoices(): { readonly speed: Speed; readonly isAtEar: boolean } {
  const stored: unknown = uni.getStorageSync(KEY)
  const kept = typeof stored === 'string' ? parseJsonText(stored) : undefined
  if (!isRecord(kept)) return { speed: 1, isAtEar: false }
  return { speed: SPEEDS.find((speed) => speed === kept.speed) ?? 1, isAtEar: kept.isAtEar === true }
}
