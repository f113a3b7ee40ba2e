import { computed, onUnmounted, shallowRef } from 'vue'
import { onHide } from '@dcloudio/uni-app'
// #ifdef H5
import { getCurrentInstance, onMounted } from 'vue'
// #endif
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { videoLength } from '@/src/chat/media/length-text'
import { clock, type Cancel } from '@/src/chat/time/clock'
import { t } from '@/src/locales'
import { inform, toast } from '@/src/platform/dialogs'
import { stopVoice } from '@/src/platform/media/play-voice'
import { recordVoice, VOICE_MAX_MS, type Recording } from '@/src/platform/media/record-voice'
import { useChatStore } from '@/src/stores/chat'
import { tellRefusal } from '@/src/ui/shared/refusal-text'
import { sendTaken } from '../attach/send-taken'
import { WORDS } from './words'

/** A finger that has moved up farther than this cancels, px. */
const CANCEL_PX = 60
/** Between two looks at the time and the level, ms. */
const TICK_MS = 250
/** The platform reports a tap within this time after a release, ms. It is not a press of its own. */
const TAP_AFTER_MS = 700
/** Bars of the meter. */
const BARS = 16
/** Of a bar, px. */
const HEIGHT = { min: 4, max: 32 } as const
/** The meter where the microphone reports no level: it shows that time goes on. */
const NO_LEVEL = [0.2, 0.35, 0.5, 0.35] as const
const QUIET: readonly number[] = Array.from({ length: BARS }, () => 0)

/** A touch, as far as the bar reads it. */
export interface BarTouch {
  readonly changedTouches: ArrayLike<{ readonly clientY: number }>
}

/** From the touch to the release. */
interface Press {
  readonly fromY: number
  /** What its end asked for, if that was before the microphone was on. */
  ending?: 'send' | 'cancel'
  recording?: Recording
}

/** The state of the recording, its meter, and the handlers of the bar. */
export type UseVoiceBarReturn = ReturnType<typeof useVoiceBar>

/** Records while the bar is held, and sends what was said to `conversation`. */
export function useVoiceBar(conversation: ConversationId) {
  const chat = useChatStore()
  const isRecording = shallowRef(false)
  const isCancelling = shallowRef(false)
  /** ms, as it is shown. */
  const elapsed = shallowRef(0)
  const levels = shallowRef(QUIET)
  /** The loudest since the last tick. Undefined: the microphone reported none. */
  let level: number | undefined
  let press: Press | undefined
  /** The recorder is the only one of the device: the next press waits for the end of the last. */
  let isBusy = false
  let cancelTick: Cancel | undefined
  let releasedAt = -Infinity

  async function begin(fromY: number): Promise<void> {
    if (isBusy) return
    isBusy = true
    const mine: Press = { fromY }
    press = mine
    isCancelling.value = false
    stopVoice()
    const asked = await recordVoice({
      onLevel: (now) => (level = Math.max(level ?? 0, now)),
      onEnd: () => void end(isCancelling.value ? 'cancel' : 'send'),
    })
    if (!asked.ok) {
      press = undefined
      isBusy = false
      return tellRefusal(WORDS.refused, asked)
    }
    mine.recording = asked.value
    if (mine.ending) return finish(asked.value, mine.ending, 0)
    isRecording.value = true
    levels.value = QUIET
    tick(clock.elapsed())
  }

  function tick(began: number): void {
    elapsed.value = Math.min(VOICE_MAX_MS, clock.elapsed() - began)
    const shown = level ?? NO_LEVEL[Math.round(elapsed.value / TICK_MS) % NO_LEVEL.length] ?? 0
    level = undefined
    levels.value = [...levels.value.slice(1), shown]
    cancelTick = clock.after(TICK_MS, () => tick(began))
  }

  async function end(ending: 'send' | 'cancel'): Promise<void> {
    const mine = press
    if (!mine) return
    press = undefined
    mine.ending = ending
    cancelTick?.()
    isRecording.value = false
    if (mine.recording) await finish(mine.recording, ending, elapsed.value)
  }

  async function finish(recording: Recording, ending: 'send' | 'cancel', shownMs: number): Promise<void> {
    try {
      if (ending === 'cancel') return await recording.cancel()
      const taken = await recording.stop()
      const { account } = chat
      if (!taken) return shownMs < 1_500 ? toast(t(WORDS.tooShort)) : await inform(t(WORDS.refused), t(WORDS.lost), t('common.ok'))
      if (account && !(await sendTaken(account, conversation, [taken]))) await inform(t(WORDS.refused), t(WORDS.unsaved), t('common.ok'))
    } finally {
      isBusy = false
    }
  }

  function follow(y: number): void {
    if (press) isCancelling.value = press.fromY - y > CANCEL_PX
  }

  function release(): void {
    // Also of a press that was refused: its tap must not ask again.
    releasedAt = clock.elapsed()
    void end(isCancelling.value ? 'cancel' : 'send')
  }

  const isAfterRelease = () => clock.elapsed() - releasedAt < TAP_AFTER_MS

  function lost(): void {
    releasedAt = clock.elapsed()
    void end('cancel')
  }

  // #ifdef H5
  const instance = getCurrentInstance()
  const follows = ({ clientY }: MouseEvent) => follow(clientY)
  const lift = () => {
    removeEventListener('mousemove', follows)
    removeEventListener('mouseup', lift)
    release()
  }
  onMounted(() => {
    const root: unknown = instance?.proxy?.$el
    if (!(root instanceof Element)) return
    root.addEventListener('mousedown', (event) => {
      const { button, clientY } = event as MouseEvent
      // A browser follows a touch with the events of a mouse.
      if (button !== 0 || press || isAfterRelease()) return
      addEventListener('mousemove', follows)
      addEventListener('mouseup', lift)
      void begin(clientY)
    })
    root.addEventListener('contextmenu', (event) => event.preventDefault())
  })
  onUnmounted(() => {
    removeEventListener('mousemove', follows)
    removeEventListener('mouseup', lift)
  })
  // #endif
  onHide(() => void end('cancel'))
  onUnmounted(() => void end('cancel'))

  return {
    isRecording,
    isCancelling,
    /** The words on the bar. */
    label: computed(() => {
      if (!isRecording.value) return t(WORDS.hold)
      return t(isCancelling.value ? WORDS.cancel : WORDS.release)
    }),
    time: computed(() => videoLength(elapsed.value - (elapsed.value % 1_000))),
    /** The styles of the meter's bars. */
    meter: computed(() => levels.value.map((part) => `height:${Math.round(HEIGHT.min + part * (HEIGHT.max - HEIGHT.min))}px`)),
    down: ({ changedTouches }: BarTouch) => void begin(changedTouches[0]?.clientY ?? 0),
    moved: ({ changedTouches }: BarTouch) => follow(changedTouches[0]?.clientY ?? 0),
    up: release,
    /** The platform took the touch away, for example for a call. */
    lost,
    /** By keyboard or screen reader, which have no press to hold. */
    tapped() {
      if (isAfterRelease()) return
      if (press) release()
      else void begin(0)
    },
  }
}
