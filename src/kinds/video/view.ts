import { videoLength } from '@/src/chat/media/length-text'
import { t } from '@/src/locales'
import { boxStyle, mediaNote, tapMedia, type MediaNote } from '@/src/ui/shared/media-row'
import type { KindView, RowValues } from '../view'
import type { VideoBody } from './spec'

export interface VideoRow extends MediaNote {
  /** The style of its box. */
  readonly box: string
  readonly label: string
  readonly length: string
}

export const view: KindView<VideoBody> = {
  row: (body, state): VideoRow & RowValues => ({ box: boxStyle(body), label: t('video.line'), length: videoLength(body.ms), ...mediaNote(body, state) }),
  taps: { video: tapMedia },
}
