/**
 * Sets the texts of H5's tab bar and later navigation bars, since pages.json has one language only.
 * @param word the text of `title.<page>` or `tab.<page>`; undefined if there is none
 */
export function nameBars(word: (key: string) => string | undefined): void {
  // #ifdef H5
  const nameOf = (path: string) => path.replace(/.*\//, '')
  for (const tab of __uniConfig.tabBar.list) tab.text = word(`tab.${nameOf(tab.pagePath)}`) ?? tab.text
  for (const { path, alias = path, meta } of __uniRoutes) meta.navigationBar.titleText = word(`title.${nameOf(alias)}`) ?? ''
  // #endif
}

/** Names the tab `index`. It fails while no tab page is on top. The tab pages name their tabs each time they are shown. */
export function setTabText(index: number, text: string): void {
  void uni.setTabBarItem({ index, text, fail: () => {} })
}
