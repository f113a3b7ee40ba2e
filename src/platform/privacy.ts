/**
 * WeChat's privacy authorisation. A private function of `wx`, such as that of the clipboard, waits until the user has agreed to the
 * privacy guideline in a popup of ours (docs/WECHAT.md). It is asked for on the page that called; before base library 2.32.3, and
 * with WEIXIN_PRIVACY_POPUP=wechat, WeChat asks or fails by itself.
 * https://developers.weixin.qq.com/miniprogram/dev/api/open-api/privacy/wx.onNeedPrivacyAuthorization.html
 */

/** The id of the button in PrivacyPopup.vue with the open type `agreePrivacyAuthorization`: WeChat looks whether it was tapped. */
const AGREE_BUTTON_ID = 'privacy-agree'

/** Of one page: shows or hides it. */
export type ShowPopup = (isShown: boolean) => void

type Resolve = (answer: { readonly event: 'exposureAuthorization' | 'disagree' } | { readonly event: 'agree'; readonly buttonId: string }) => void

/** In the typings of WeChat the listener has no parameters. */
type Listen = (listener: (resolve: Resolve) => void) => void

/** The popups of the pages that are open, that of the page on top last. */
let popups: readonly ShowPopup[] = []

/** The calls that wait, and the popup that asks for all of them. */
let waiting: readonly Resolve[] = []
let asking: ShowPopup | undefined

let isListening = false

/** Makes `show` the popup of the page on top. The function it returns takes it away when the page is closed, which refuses what waits for it. */
export function addPrivacyPopup(show: ShowPopup): () => void {
  listen()
  popups = [...popups, show]
  return () => {
    popups = popups.filter((popup) => popup !== show)
    if (asking === show) refusePrivacy()
  }
}

/** Lets all calls that wait go on. To be called in the event of the button, and nowhere else: WeChat checks the tap. */
export function agreeToPrivacy(): void {
  settle((resolve) => resolve({ event: 'agree', buttonId: AGREE_BUTTON_ID }))
}

/** Fails all calls that wait. The next one asks again. */
export function refusePrivacy(): void {
  settle((resolve) => resolve({ event: 'disagree' }))
}

/** WeChat keeps one listener, the last; with one it shows no popup of its own, and waits for our answer. */
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
