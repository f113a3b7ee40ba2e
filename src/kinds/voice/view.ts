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
  /** 1: it has not been heard yet. */
  readonly fresh?: 1
}

/** px, of a voice of no length and of a minute and more. */
const WIDTH = { min: 60, max: 180 } as const
const WIDEST_MS = 60_000

export const view: KindView<VoiceBody> = {
  row(body, state): VoiceRow & RowValues {
    const { isPlaying, isNew } = mediaStates.value.of(state.message, body)
    const part = Math.min(1, body.ms / WIDEST_MS)
    return {
      wide: `width:${Math.round(WIDTH.min + part * (WIDTH.max - WIDTH.min))}px`,
      label: `${t('voice.line')} ${voiceLength(body.ms)}${isNew ? t('voice.new') : ''}`,
      length: voiceLength(body.ms),
      ...(isPlaying && { plays: 'is-playing' as const }),
      ...(isNew && { fresh: 1 as const }),
      ...mediaNote(body, state),
    }
  },
  taps: { voice: tapMedia },
}
