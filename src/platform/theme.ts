/** Light or dark: that of the system, or the one chosen in the app. */
import colours from '@/theme.json'

export type Theme = 'light' | 'dark'

export type ThemeChoice = Theme | 'system'

// #ifdef H5
const darkQuery = () => window.matchMedia('(prefers-color-scheme: dark)')
// #endif

export function systemTheme(): Theme {
  // #ifdef H5
  return darkQuery().matches ? 'dark' : 'light'
  // #endif
  // #ifdef MP-WEIXIN
  // Missing on devices without a dark mode.
  return uni.getAppBaseInfo().theme === 'dark' ? 'dark' : 'light'
  // #endif
}

/** Calls `fn` when the system's theme changes. The returned function stops that. */
export function onThemeChange(fn: (theme: Theme) => void): () => void {
  // #ifdef H5
  const query = darkQuery()
  const onChange = () => fn(query.matches ? 'dark' : 'light')
  query.addEventListener('change', onChange)
  return () => query.removeEventListener('change', onChange)
  // #endif
  // #ifdef MP-WEIXIN
  const listener = ({ theme }: { theme: string }) => fn(theme === 'dark' ? 'dark' : 'light')
  wx.onThemeChange(listener)
  return () => wx.offThemeChange(listener)
  // #endif
}

/** Passes the chosen theme to the style sheets, and to uni for later bars. On H5 this is done once for all pages. */
export function markDocument(choice: ThemeChoice): void {
  // #ifdef H5
  if (choice === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = choice
  __uniConfig.darkmode = choice === 'system' || choice
  // #endif
}

/** The class that passes it to the style sheets on the root of each page, in the mini program. '' for none. */
export function pageClass(choice: ThemeChoice): string {
  // #ifdef MP-WEIXIN
  if (choice !== 'system') return `theme-${choice}`
  // #endif
  return ''
}

/**
 * Sets the platform's colours around the current page, which are those of the system's theme until then. On a page without a tab bar that part fails. The tab
 * pages do it again each time they are shown.
 */
export function colourBars(theme: Theme): void {
  const bars = colours[theme]
  const fail = () => {}
  void uni.setNavigationBarColor({ frontColor: theme === 'dark' ? '#ffffff' : '#000000', backgroundColor: bars.navigationBarBackgroundColor, fail })
  void uni.setTabBarStyle({ color: bars.tabColor, selectedColor: bars.tabSelectedColor, backgroundColor: bars.tabBackgroundColor, borderStyle: bars.tabBorderStyle as 'black' | 'white', fail })
  // #ifdef MP-WEIXIN
  // The background that shows when a page is pulled beyond its end.
  void wx.setBackgroundColor({ backgroundColor: bars.backgroundColor, backgroundColorTop: bars.backgroundColor, backgroundColorBottom: bars.backgroundColor, fail })
  // #endif
}
