/** The number on the tab of the conversations. */

const CONVERSATIONS_TAB = 0

/**
 * Shows how many messages are unread: `count`, as a badge shows it. '' removes it. It fails silently while no tab page is on top, since WeChat has no tab bar then. The tab pages
 * set it again when they are shown.
 */
export function setUnreadBadge(count: string): void {
  const fail = () => {}
  if (count) uni.setTabBarBadge({ index: CONVERSATIONS_TAB, text: count, fail })
  else uni.removeTabBarBadge({ index: CONVERSATIONS_TAB, fail })
}
