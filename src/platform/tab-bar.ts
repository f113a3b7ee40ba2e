/**
 * Gives H5 the words of the tab bar and of the navigation bars that it draws from now on: pages.json knows one language only.
 * @param word the text of `title.<page>` or `tab.<page>`; undefined where there is none
 */
export function nameBars(word: (key: string) => string | undefined): void {
  // #ifdef H5
  const nameOf = (path: string) => path.replace(/.*\//, '')
  for (const tab of __uniConfig.tabBar.list) tab.text = word(`tab.${nameOf(tab.pagePath)}`) ?? tab.text
  for (const { path, alias = path, meta } of __uniRoutes) meta.navigationBar.titleText = word(`title.${nameOf(alias)}`) ?? ''
  // #endif
}

/** Names the tab `index`. It fails while no tab page is on top; the tab pages name their tabs each time they are shown. */
export function setTabText(index: number, text: string): void {
  void uni.setTabBarItem({ index, text, fail: () => {} })
}
