/** Where a navigation bar drawn by a page has to lie, in px. */
export interface NavBarMetrics {
  /** The height of the status bar above it. */
  readonly top: number
  /** What the mini program's capsule takes of it on the right. */
  readonly right: number
}

export function navBarMetrics(): NavBarMetrics {
  // #ifdef H5
  return { top: 0, right: 0 }
  // #endif
  // #ifdef MP-WEIXIN
  const { statusBarHeight, windowWidth } = uni.getWindowInfo()
  return { top: statusBarHeight, right: windowWidth - uni.getMenuButtonBoundingClientRect().left }
  // #endif
}
