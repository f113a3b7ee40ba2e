/** The launch parameters of the app. */
import { clock } from '@/src/chat/time/clock'

/** The user id in `?uid=` before the `#` of the address, decoded. Undefined in the mini program. */
export function launchUid(): string | undefined {
  // #ifdef H5
  for (const pair of location.search.slice(1).split('&')) {
    // Not URLSearchParams, which reads a `+` as a space. `+` is legal in a user id.
    if (pair.startsWith('uid=')) return decoded(pair.slice('uid='.length)) || undefined
  }
  // #endif
  return undefined
}

/** Removes the user from the address, so that a reload does not log in with it. Does nothing in the mini program. */
export function dropLaunchUid(): void {
  // #ifdef H5
  const kept = location.search.slice(1).split('&').filter((pair) => !pair.startsWith('uid='))
  history.replaceState(history.state, '', `${location.pathname}${kept.some(Boolean) ? `?${kept.join('&')}` : ''}${location.hash}`)
  // #endif
}

/** Whether the page is inside another page. False in the mini program. */
export function isFramed(): boolean {
  // #ifdef H5
  return window.top !== window.self
  // #endif
  // #ifdef MP-WEIXIN
  return false
  // #endif
}

/** The address of the page. Undefined in the mini program. */
export function pageAddress(): string | undefined {
  // #ifdef H5
  return location.href
  // #endif
  // #ifdef MP-WEIXIN
  return undefined
  // #endif
}

/** The page that the mini program was opened on, `src/pages/…`. Undefined on H5. */
export function launchPath(): string | undefined {
  // #ifdef MP-WEIXIN
  return wx.getLaunchOptionsSync().path
  // #endif
  // #ifdef H5
  return undefined
  // #endif
}

/** The language of the system, Chinese or English. */
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
 * Sets the page's language on H5, for screen readers, hyphenation and fonts, and for uni's own words, as on the button that closes a sheet. WeChat's own
 * words are in WeChat's language.
 */
export function tellLanguage(language: 'zh' | 'en'): void {
  // #ifdef H5
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
  // In another task: while the app is being created it cannot be set.
  clock.after(0, () => uni.setLocale(language === 'zh' ? 'zh-Hans' : 'en'))
  // #endif
}

// #ifdef H5
/** A percent sign typed by hand, which escapes nothing, stays a percent sign. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
// #endif
