/** Where a navigation bar drawn by a page has to lie, in px. */
export interface NavBarMetrics {
  /** The height of the status bar above it. */
  readonly top: number
  /** What the mini program's capsule takes of it on the right. */
  readonly right: number
}

// #ifdef MP-WEIXIN
/** What the capsule and the status bar take on most phones, px. */
const USUAL: NavBarMetrics = { top: 24, right: 97 }
// #endif

/** The metrics of now. Where WeChat does not know its capsule or says what cannot be, there is the usual room. */
export function navBarMetrics(): NavBarMetrics {
  // #ifdef H5
  return { top: 0, right: 0 }
  // #endif
  // #ifdef MP-WEIXIN
  const { statusBarHeight, windowWidth } = answerOf(() => uni.getWindowInfo())
  // Zeros while WeChat starts, and on some phones always; or where the capsule was before the phone was turned (https://github.com/wechat-miniprogram/weui-miniprogram/issues/54).
  const { left } = answerOf(() => uni.getMenuButtonBoundingClientRect())
  const right = Number(windowWidth) - Number(left)
  return {
    top: Number(statusBarHeight) >= 0 ? Number(statusBarHeight) : USUAL.top,
    // It is in the right half of the window.
    right: right > 0 && right < Number(windowWidth) / 2 ? right : USUAL.right,
  }
  // #endif
}

/** Calls `fn` when the window of the mini program gets another size, as by a turn of the device. The function it returns stops that. */
export function onWindowResize(fn: () => void): () => void {
  // #ifdef H5
  return () => {}
  // #endif
  // #ifdef MP-WEIXIN
  const listener = () => fn()
  wx.onWindowResize(listener)
  return () => wx.offWindowResize(listener)
  // #endif
}

// #ifdef MP-WEIXIN
/** What the platform says; nothing where it throws or has no such function. */
function answerOf<Answer extends object>(question: () => Answer | null | undefined): Partial<Answer> {
  try {
    return question() ?? {}
  } catch {
    // Whatever the reason, there is no answer.
    return {}
  }
}
// #endif
