/** Light or dark, as the system has it. */

export type Theme = 'light' | 'dark'

// #ifdef H5
const darkQuery = () => window.matchMedia('(prefers-color-scheme: dark)')
// #endif

export function systemTheme(): Theme {
  // #ifdef H5
  return darkQuery().matches ? 'dark' : 'light'
  // #endif
  // #ifdef MP-WEIXIN
  // absent on devices without a dark mode
  return uni.getAppBaseInfo().theme === 'dark' ? 'dark' : 'light'
  // #endif
}

/** Calls `fn` when the system changes; the function it returns stops that. */
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
