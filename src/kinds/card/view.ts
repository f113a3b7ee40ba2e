import { cleanText, isBlank, oneLine } from '@/src/chat/text/written-text'
import { httpsHost } from '@/src/chat/util/web-address'
import { mayLoad } from '@/src/platform/media-hosts'
import { isAppPage, openAppPage } from '@/src/platform/pages'
import { openLink } from '@/src/ui/shared/open-link'
import type { KindView, RowValue, RowValues } from '../view'
import type { CardBody } from './spec'

/** Parts that it does not have are absent. */
export interface CardRow {
  readonly cardTitle: string
  readonly cardText?: string
  readonly cardPicture?: string
  readonly cardPairs?: readonly CardPairRow[]
  /** The host that a tap leads to. */
  readonly cardHost?: string
  /** `true` if a tap leads nowhere. */
  readonly cardFixed?: 'true'
}

export interface CardPairRow extends Readonly<Record<string, RowValue | undefined>> {
  readonly label: string
  readonly value: string
}

export const view: KindView<CardBody> = {
  row,
  taps: {
    card(body) {
      if (hasPage(body)) return openAppPage(body.page)
      return body.link === undefined ? undefined : openLink(body.link)
    },
  },
}

function row(body: CardBody): CardRow & RowValues {
  const { title, text, picture, pairs, link } = body
  const host = hasPage(body) ? undefined : link && httpsHost(link)
  return {
    cardTitle: oneLine(title),
    ...(text !== undefined && !isBlank(text) && { cardText: cleanText(text) }),
    ...(picture !== undefined && mayLoad(picture) && { cardPicture: picture }),
    ...(pairs && pairs.length > 0 && { cardPairs: pairs.map(([label, value]) => ({ label: oneLine(label), value: oneLine(value) })) }),
    ...(host && { cardHost: host }),
    ...(!host && !hasPage(body) && { cardFixed: 'true' as const }),
  }
}

/** Whether its page is one of this program: a card of another version, or of another program, may name others. */
function hasPage(body: CardBody): body is CardBody & { readonly page: string } {
  return body.page !== undefined && isAppPage(body.page)
}
