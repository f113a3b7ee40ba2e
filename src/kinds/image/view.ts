import { cleanText } from '@/src/chat/text/written-text'
import { t } from '@/src/locales'
import { boxStyle, mediaNote, tapMedia, type MediaNote } from '@/src/ui/shared/media-row'
import { mediaStates } from '@/src/ui/thread/media-states'
import type { KindView, RowValues } from '../view'
import type { ImageBody } from './spec'

export interface ImageRow extends MediaNote {
  /** The style of its box. */
  readonly box: string
  readonly label: string
  readonly picture?: string
  readonly caption?: string
}

export const view: KindView<ImageBody> = {
  row: (body, state): ImageRow & RowValues => ({
    box: boxStyle(body),
    label: t('image.line'),
    picture: mediaStates.value.of(state.message, body).src,
    ...(body.text !== undefined && { caption: cleanText(body.text).trim() }),
    ...mediaNote(body, state),
  }),
  taps: { image: tapMedia },
}
