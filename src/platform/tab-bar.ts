/** Names the tab `index`. It fails while no tab page is on top; the tab pages name their tabs each time they are shown. */
export function setTabText(index: number, text: string): void {
  void uni.setTabBarItem({ index, text, fail: () => {} })
}
