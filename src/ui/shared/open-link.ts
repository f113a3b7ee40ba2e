/**
 * Opens links that other users have sent. In the mini program, which cannot open them, a tap copies. On H5 a page opens in a new tab; before the first visit
 * of a host the user is asked, since the text of a link can look like another one.
 */
// #ifdef H5
import { mixesScripts } from '@/src/chat/text/scripts'
import { isStrings } from '@/src/chat/util/checks'
import { t } from '@/src/locales'
import { readSetting, writeSetting } from '@/src/platform/device'
import { confirm } from '@/src/platform/dialogs'
import { openOutside, outsideAddress } from '@/src/platform/outside'
import { writtenHost } from './shown-link'
// #endif
// #ifdef MP-WEIXIN
import { copy } from './copy'
// #endif

/** Opens `href`: of `http:`, `https:`, `mailto:` or `tel:`. Others do nothing on H5. */
export async function openLink(href: string): Promise<void> {
  // #ifdef MP-WEIXIN
  await copy(wordsOf(href))
  // #endif
  // #ifdef H5
  const url = outsideAddress(href)
  if (!url) return
  if (url.host !== '' && !(await isAllowed(url, href))) return
  openOutside(href)
  // #endif
}

// #ifdef MP-WEIXIN
/** What a user would have typed: the number, the mail address, or the address of the page. */
function wordsOf(href: string): string {
  const [, scheme, rest = ''] = /^(tel|mailto):(.*)$/.exec(href) ?? []
  return scheme === undefined ? href : decodeURIComponent(rest)
}
// #endif

// #ifdef H5
const HOSTS_KEY = 'opened-hosts'
/** The oldest of more are asked about again. */
const HOSTS_MAX = 200

/** Asks, unless the user has opened the host before. Resolves to whether it may be opened. */
async function isAllowed({ host }: URL, href: string): Promise<boolean> {
  const stored = readSetting(HOSTS_KEY)
  const known = isStrings(stored) ? stored : []
  if (known.includes(host)) return true
  const isConfirmed = await confirm({
    title: t('link.ask.title'),
    text: t('link.ask.text', { host: isAscii(href) || mixesScripts(writtenHost(href)) ? host : `${writtenHost(href)} (${host})` }),
    confirmText: t('link.ask.confirm'),
    cancelText: t('common.cancel'),
  })
  if (isConfirmed) writeSetting(HOSTS_KEY, [...known, host].slice(-HOSTS_MAX))
  return isConfirmed
}

function isAscii(text: string): boolean {
  return !/[^ -~]/.test(text)
}
// #endif
