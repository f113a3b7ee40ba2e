/**
 * A page in the folder `/chat/` may be opened as `/chat`, which some servers answer with the page. It would then look for its files beside that folder and
 * stay blank. This runs before its code, as a script in the head of the page (scripts/vite/page-head.ts).
 */

/** Opens the address with a slash at its end if a script of the page is not found without it. */
export function addMissingSlash(page: Window): void {
  page.addEventListener(
    'error',
    ({ target }) => {
      const { origin, pathname, search, hash } = page.location
      const isFolder = !pathname.endsWith('/') && !/\.html?$/.test(pathname)
      // With the origin in front, a path such as `//example.com` stays a path.
      if (isFolder && (target as Partial<Element> | null)?.tagName === 'SCRIPT') page.location.replace(`${origin}${pathname}/${search}${hash}`)
    },
    { capture: true },
  )
}
