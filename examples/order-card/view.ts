import type { KindView } from '@/src/kinds/view'
import { t } from '@/src/locales'
import { openAppPage } from '@/src/platform/pages'
import { yuan, type OrderBody } from './spec'
import { WORDS } from './words'

/** The path of page.vue in pages.json. */
const PAGE = '/src/kinds/own/order-card/page'

export const view: KindView<OrderBody> = {
  row: ({ number, state, amount }) => ({ orderNumber: t(WORDS.number, { number }), orderState: t(WORDS[state]), orderAmount: yuan(amount) }),
  taps: { order: ({ number }) => openAppPage(`${PAGE}?number=${number}`) },
}
