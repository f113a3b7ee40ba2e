import { voiceLength } from '@/src/chat/media/length-text'
import { t } from '@/src/locales'
import { mediaNote, tapMedia, type MediaNote } from '@/src/ui/shared/media-row'
import { mediaStates } from '@/src/ui/thread/media-states'
import type { KindView, RowValues } from '../view'
import type { VoiceBody } from './spec'

export interface VoiceRow extends MediaNote {
  /** Its style: the longer, the wider. */
  readonly wide: string
  readonly label: string
  readonly length: string
  /** A class. */
  readonly plays?: 'is-playing'
  /** Only while it plays. */
  readonly speed?: string
  readonly speaker?: string
  /** 1: it has not been heard yet. */
  readonly fresh?: 1
}

/** px, of a voice of no length and of a minute and more. */
const WIDTH = { min: 60, max: 180 } as const
const WIDEST_MS = 60_000

export const view: KindView<VoiceBody> = {
  row(body, state): VoiceRow & RowValues {
    const { isPlaying, isNew, speed, speaker } = mediaStates.value.of(state.message, body)
    const part = Math.min(1, body.ms / WIDEST_MS)
    return {
      wide: `width:${Math.round(WIDTH.min + part * (WIDTH.max - WIDTH.min))}px${loudness(body)}`,
      label: `${t('voice.line')} ${voiceLength(body.ms)}${isNew ? t('voice.new') : ''}`,
      length: voiceLength(body.ms),
      ...(isPlaying && { plays: 'is-playing' as const, speed, speaker }),
      ...(isNew && { fresh: 1 as const }),
      ...mediaNote(body, state),
    }
  },
  taps: { voice: tapMedia, speed: () => mediaStates.value.next('speed'), speaker: () => mediaStates.value.next('speaker') },
}

/** Eight heights. As characters they take 3 bytes each; a list of bars would take 12. */
const BARS = '▁▂▃▄▅▆▇█'
/** A level is a digit of base 32. */
const LEVELS_PER_BAR = 32 / BARS.length
/** Bars of a voice of no length and of a minute and more: as many as its width has room for. */
const BARS_SHOWN = { min: 4, max: 16 } as const

/** The loudness over its time, for `content` in its class. '' if the message has none. */
function loudness({ levels = '', ms }: VoiceBody): string {
  if (levels === '') return ''
  const count = Math.round(BARS_SHOWN.min + Math.min(1, ms / WIDEST_MS) * (BARS_SHOWN.max - BARS_SHOWN.min))
  const bars = Array.from({ length: count }, (_, bar) => {
    const from = Math.floor((bar * levels.length) / count)
    const part = levels.slice(from, Math.max(from + 1, Math.floor(((bar + 1) * levels.length) / count)))
    return BARS.charAt(Math.floor(Math.max(...Array.from(part, (digit) => parseInt(digit, 32))) / LEVELS_PER_BAR))
  })
  return `;--l:"${bars.join('')}"`
}
