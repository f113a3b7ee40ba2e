/** Where a page's own navigation bar must be, in px. */
export interface NavBarMetrics {
  /** The height of the status bar above it. */
  readonly top: number
  /** The width of the mini program's capsule on the right. */
  readonly right: number
}

// #ifdef MP-WEIXIN
/** The size of the capsule and the status bar on most phones, px. */
const USUAL: NavBarMetrics = { top: 24, right: 97 }
// #endif

/** The current metrics. If WeChat does not report its capsule, or reports an impossible one, these are the usual values. */
export function navBarMetrics(): NavBarMetrics {
  // #ifdef H5
  return { top: 0, right: 0 }
  // #endif
  // #ifdef MP-WEIXIN
  const { statusBarHeight, windowWidth } = answerOf(() => uni.getWindowInfo())
  // Zeros while WeChat starts, and on some phones always; or the position before the phone was turned
  // (https://github.com/wechat-miniprogram/weui-miniprogram/issues/54).
  const { left } = answerOf(() => uni.getMenuButtonBoundingClientRect())
  const right = Number(windowWidth) - Number(left)
  return {
    top: Number(statusBarHeight) >= 0 ? Number(statusBarHeight) : USUAL.top,
    // It must be in the right half of the window.
    right: right > 0 && right < Number(windowWidth) / 2 ? right : USUAL.right,
  }
  // #endif
}

/** Calls `fn` when the window of the mini program changes its size, as by a turn of the device. The returned function stops that. */
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
/** The platform's answer. Undefined if it throws or the function is missing. */
function answerOf<Answer extends object>(question: () => Answer | null | undefined): Partial<Answer> {
  try {
    return question() ?? {}
  } catch {
    // Whatever the reason, there is no answer.
    return {}
  }
}
// #endif
