/**
 * WeChat's privacy authorisation. A private function of `wx`, such as that of the clipboard, waits until the user has agreed to the privacy guideline in our
 * popup (docs/WECHAT.md), on the page that made the call. Before base library 2.32.3, and with WEIXIN_PRIVACY_POPUP=wechat, WeChat asks or fails by itself.
 * https://developers.weixin.qq.com/miniprogram/dev/api/open-api/privacy/wx.onNeedPrivacyAuthorization.html
 */

/** The id of the button in PrivacyPopup.vue with the open type `agreePrivacyAuthorization`: WeChat checks that it was tapped. */
const AGREE_BUTTON_ID = 'privacy-agree'

/** Shows or hides a page's popup. */
export type ShowPopup = (isShown: boolean) => void

type Resolve = (answer: { readonly event: 'exposureAuthorization' | 'disagree' } | { readonly event: 'agree'; readonly buttonId: string }) => void

/** WeChat's typings omit the listener's parameters. */
type Listen = (listener: (resolve: Resolve) => void) => void

/** The popups of the open pages, that of the top page last. */
let popups: readonly ShowPopup[] = []

/** The waiting calls, and the popup that asks for all of them. */
let waiting: readonly Resolve[] = []
let asking: ShowPopup | undefined

let isListening = false

/** Registers `show` as the popup of the top page. The returned function removes it when the page is closed, which rejects its waiting calls. */
export function addPrivacyPopup(show: ShowPopup): () => void {
  listen()
  popups = [...popups, show]
  return () => {
    popups = popups.filter((popup) => popup !== show)
    if (asking === show) refusePrivacy()
  }
}

/** Lets all waiting calls continue. Call it only in the event of the button: WeChat checks the tap. */
export function agreeToPrivacy(): void {
  settle((resolve) => resolve({ event: 'agree', buttonId: AGREE_BUTTON_ID }))
}

/** Fails all waiting calls. The next one asks again. */
export function refusePrivacy(): void {
  settle((resolve) => resolve({ event: 'disagree' }))
}

/** WeChat uses only the last listener. With one it shows no popup of its own, and waits for our answer. */
function listen(): void {
  if (isListening || import.meta.env.WEIXIN_PRIVACY_POPUP === 'wechat') return
  isListening = true
  const onNeed = wx.onNeedPrivacyAuthorization as Listen | undefined
  onNeed?.((resolve) => {
    const popup = asking ?? popups[popups.length - 1]
    // The page was closed before WeChat got to its call.
    if (!popup) return resolve({ event: 'disagree' })
    asking = popup
    waiting = [...waiting, resolve]
    popup(true)
    resolve({ event: 'exposureAuthorization' })
  })
}

function settle(answer: (resolve: Resolve) => void): void {
  const [popup, calls] = [asking, waiting]
  asking = undefined
  waiting = []
  popup?.(false)
  calls.forEach(answer)
}
