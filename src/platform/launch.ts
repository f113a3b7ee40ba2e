/** What the app was started with. */
import { clock } from '@/src/chat/time/clock'

/** The user id in `?uid=` before the `#` of the address, decoded; undefined in the mini program. */
export function launchUid(): string | undefined {
  // #ifdef H5
  for (const pair of location.search.slice(1).split('&')) {
    // not URLSearchParams: `+` is legal in a user id and stands for itself
    if (pair.startsWith('uid=')) return decoded(pair.slice('uid='.length)) || undefined
  }
  // #endif
  return undefined
}

/** Takes the user out of the address, so that a reload logs in no user by it; nothing in the mini program. */
export function dropLaunchUid(): void {
  // #ifdef H5
  const kept = location.search.slice(1).split('&').filter((pair) => !pair.startsWith('uid='))
  history.replaceState(history.state, '', `${location.pathname}${kept.some(Boolean) ? `?${kept.join('&')}` : ''}${location.hash}`)
  // #endif
}

/** Whether the page is inside another page; false in the mini program. */
export function isFramed(): boolean {
  // #ifdef H5
  return window.top !== window.self
  // #endif
  // #ifdef MP-WEIXIN
  return false
  // #endif
}

/** The address of the page; undefined in the mini program. */
export function pageAddress(): string | undefined {
  // #ifdef H5
  return location.href
  // #endif
  // #ifdef MP-WEIXIN
  return undefined
  // #endif
}

/** The page that the mini program was opened on, `src/pages/…`; undefined on H5. */
export function launchPath(): string | undefined {
  // #ifdef MP-WEIXIN
  return wx.getLaunchOptionsSync().path
  // #endif
  // #ifdef H5
  return undefined
  // #endif
}

/** The language of the system, of the two there are. */
export function systemLanguage(): 'zh' | 'en' {
  let tag: string | undefined
  // #ifdef H5
  tag = navigator.language
  // #endif
  // #ifdef MP-WEIXIN
  tag = uni.getAppBaseInfo().language
  // #endif
  return tag === undefined || tag === '' || /^zh/i.test(tag) ? 'zh' : 'en'
}

/**
 * Says on H5 in which language the page is, for screen readers, hyphenation and fonts, and has uni's own words in it, as on the button that
 * closes a sheet; WeChat's own have that of WeChat.
 */
export function tellLanguage(language: 'zh' | 'en'): void {
  // #ifdef H5
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
  // in a task of its own: while the app is being made there is none to tell
  clock.after(0, () => uni.setLocale(language === 'zh' ? 'zh-Hans' : 'en'))
  // #endif
}

// #ifdef H5
/** A percent sign that was typed by hand, and so escapes nothing, is meant as it stands. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
// #endif
