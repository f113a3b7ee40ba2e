import { isBlank, lineOf } from '@/src/chat/text/written-text'
import { t } from '@/src/locales'
import { openMap } from '@/src/ui/shared/open-map'
import type { KindView, RowValues } from '../view'
import type { LocationBody } from './spec'

export interface LocationRow {
  readonly place: string
  /** Absent if it has no address, or only that. */
  readonly placeAddress?: string
}

export const view: KindView<LocationBody> = {
  row,
  taps: { map: (place) => openMap(place) },
}

/** Longer lines do not fit into the bubble. UTF-16 units. */
const LINE_MAX_LENGTH = 60

function row({ name, address }: LocationBody): LocationRow & RowValues {
  const lines = [name, address].filter((line) => !isBlank(line)).map((line) => lineOf(line, LINE_MAX_LENGTH))
  return { place: lines[0] ?? t('location.unnamed'), placeAddress: lines[1] }
}
