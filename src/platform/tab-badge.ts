/** The number on the tab of the conversations. */

const CONVERSATIONS_TAB = 0
const MAX_SHOWN = 99

/**
 * Shows how many messages are unread. 0 removes the number. It fails silently while no tab page is on top, since WeChat has no tab bar then. The tab pages
 * set it again when they are shown.
 */
export function setUnreadBadge(count: number): void {
  const fail = () => {}
  if (count > 0) uni.setTabBarBadge({ index: CONVERSATIONS_TAB, text: count > MAX_SHOWN ? `${MAX_SHOWN}+` : String(count), fail })
  else uni.removeTabBarBadge({ index: CONVERSATIONS_TAB, fail })
}
