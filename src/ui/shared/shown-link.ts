/** How a link to a page is written on H5. */
import { mixesScripts } from '@/src/chat/text/scripts'
import { outsideAddress } from '@/src/platform/outside'

/**
 * The words of a link to a page: the host in punycode if it mixes scripts, as `аpple.com` with a Cyrillic `а` does. Undefined if the browser cannot open it.
 */
export function shownLink(words: string, href: string): string | undefined {
  const url = outsideAddress(href)
  if (!url) return undefined
  const host = writtenHost(href)
  return url.host !== '' && mixesScripts(host) ? words.replace(host, url.host) : words
}

/** The host as it was written, with its port. */
export function writtenHost(href: string): string {
  return /^\w+:\/\/([^/?#]*)/.exec(href)?.[1] ?? ''
}
