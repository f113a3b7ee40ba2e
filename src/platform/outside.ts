/** Leaves the program for an address, on H5. The mini program can open none: WeChat has no function for it. */

/** Schemes that leave the page. */
const SCHEMES = ['http:', 'https:', 'mailto:', 'tel:']

/** The address as the browser reads it. Undefined if it is none, or of a scheme that may not leave the page. */
export function outsideAddress(href: string): URL | undefined {
  try {
    const url = new URL(href)
    return SCHEMES.includes(url.protocol) ? url : undefined
  } catch {
    // The browser rejects it: it cannot be opened.
    return undefined
  }
}

/** The `rel` of every link to another site: it learns neither the page nor its address, and search engines do not follow it. */
export const OUTSIDE_REL = 'noopener noreferrer nofollow'

/** Opens a page in a new tab, or the program for mail or calls. Call it in the handler of a tap, or the browser blocks it. */
export function openOutside(href: string): void {
  // #ifdef H5
  const url = outsideAddress(href)
  if (!url) return
  const link = document.createElement('a')
  link.href = url.href
  link.rel = OUTSIDE_REL
  if (url.protocol === 'http:' || url.protocol === 'https:') link.target = '_blank'
  link.click()
  // #endif
}
