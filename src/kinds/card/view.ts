import { cleanText, isBlank, oneLine } from '@/src/chat/text/written-text'
import { httpsHost } from '@/src/chat/util/web-address'
import { mayLoad } from '@/src/platform/media-hosts'
import { isAppPage, openAppPage } from '@/src/platform/pages'
import { openLink } from '@/src/ui/shared/open-link'
import type { KindView, RowState, RowValue, RowValues } from '../view'
import type { CardBody } from './spec'

/** Parts that it does not have are absent. */
export interface CardRow {
  readonly cardTitle: string
  readonly cardText?: string
  readonly cardPicture?: string
  readonly cardPairs?: readonly CardPairRow[]
  /** The host that a tap leads to. */
  readonly cardHost?: string
  /** 1: a tap leads somewhere. */
  readonly cardOpens?: 1
  /** A class: each part shows its first lines only, and a button unfolds the card. */
  readonly cardFolds?: 'is-short'
}

export interface CardPairRow extends Readonly<Record<string, RowValue | undefined>> {
  readonly label: string
  readonly value: string
}

/** A longer host is cut, UTF-16 units. */
const HOST_MAX_LENGTH = 32
/** A card whose words are longer is folded, in halves of a Chinese character: more than its parts have with the lines that Bubble.vue leaves them. */
const WIDTH_MAX = 300
/** What a line break counts: about a line. */
const BREAK_WIDTH = 30

export const view: KindView<CardBody> = {
  row,
  taps: {
    card(body) {
      if (hasPage(body)) return openAppPage(body.page)
      return body.link === undefined ? undefined : openLink(body.link)
    },
  },
}

function row(body: CardBody, { isOpened }: RowState): CardRow & RowValues {
  const { title, text, picture, pairs = [], link } = body
  const seen = pairs.filter((pair) => !isBlank(pair.join('')))
  const host = hasPage(body) ? undefined : link && httpsHost(link)
  const words = oneLine(title) + cleanText(text ?? '').trim() + seen.map(([, value]) => oneLine(value)).join('')
  return {
    cardTitle: oneLine(title),
    ...(text !== undefined && !isBlank(text) && { cardText: cleanText(text).trim() }),
    ...(picture !== undefined && mayLoad(picture) && { cardPicture: picture }),
    ...(seen.length > 0 && { cardPairs: seen.map(([label, value]) => ({ label: oneLine(label), value: oneLine(value) })) }),
    ...(!isOpened && widthOf(words) > WIDTH_MAX && { cardFolds: 'is-short' as const }),
    // Its end says whose it is.
    ...(host && { cardHost: host.length > HOST_MAX_LENGTH ? `…${host.slice(1 - HOST_MAX_LENGTH)}` : host }),
    ...((host || hasPage(body)) && { cardOpens: 1 as const }),
  }
}

/** About how much room these words take. From Hangul on most letters are as wide as two of others. */
function widthOf(words: string): number {
  return words.length + words.replace(/[\0-\u10ff]/g, '').length + (words.split('\n').length - 1) * BREAK_WIDTH
}

/** Whether its page is one of this program: a card of another version, or of another program, may name others. */
function hasPage(body: CardBody): body is CardBody & { readonly page: string } {
  return body.page !== undefined && isAppPage(body.page)
}
