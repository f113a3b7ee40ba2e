import { foldedText, isBlank, shownText } from '@/src/chat/text/written-text'
import { t } from '@/src/locales'
import type { KindView, RowState, RowValues } from '../view'
import type { TextBody } from './spec'

export interface TextRow {
  readonly text: string
  readonly dim: string
  /** 1: the row shows only the beginning of the text, and a button that unfolds it. */
  readonly fold: 0 | 1
}

export const view: KindView<TextBody> = { row }

function row(body: TextBody, { isOpened }: RowState): TextRow & RowValues {
  if (isBlank(body.text)) return { text: t('thread.blank'), dim: 'is-dim', fold: 0 }
  const folded = isOpened ? undefined : foldedText(body.text)
  return folded === undefined ? { text: shownText(body.text), dim: '', fold: 0 } : { text: folded, dim: 'is-folded', fold: 1 }
}
