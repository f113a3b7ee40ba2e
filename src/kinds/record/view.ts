import { lineOf, oneLine } from '@/src/chat/text/written-text'
import { entryLine } from '@/src/ui/shared/entry-text'
import { openRecord } from '@/src/ui/shared/more-pages'
import { countText } from '@/src/ui/shared/number-text'
import type { KindView, RowValue, RowValues } from '../view'
import type { RecordBody } from './spec'

export interface RecordRow {
  readonly recordTitle: string
  /** The first entries, a line each. */
  readonly recordLines: readonly RecordLine[]
  readonly recordCount: string
}

export interface RecordLine extends Readonly<Record<string, RowValue | undefined>> {
  readonly words: string
}

/** The bubble shows this many entries, each cut to one line of at most this many UTF-16 units. */
const LINES_MAX = 4
const LINE_MAX_LENGTH = 40

export const view: KindView<RecordBody> = {
  row,
  taps: { record: (_body, { message }) => openRecord(message) },
}

function row({ title, entries, more = 0 }: RecordBody): RecordRow & RowValues {
  return {
    recordTitle: oneLine(title),
    recordLines: entries.slice(0, LINES_MAX).map((entry) => ({ words: lineOf(`${entry.name}: ${entryLine(entry)}`, LINE_MAX_LENGTH) })),
    recordCount: countText('record.count', entries.length + more),
  }
}
