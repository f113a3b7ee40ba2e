/**
 * The page may be opened as `/chat` where it lies in the folder `/chat/`, and some servers give it all the same. It would look for its files
 * beside that folder and stay blank. This runs before its code, as a script in the head of the page (scripts/vite/page-head.ts).
 */

/** Opens the address with a slash at its end where a script of the page is not found without it. */
export function addMissingSlash(page: Window): void {
  page.addEventListener(
    'error',
    ({ target }) => {
      const { origin, pathname, search, hash } = page.location
      const isFolder = !pathname.endsWith('/') && !/\.html?$/.test(pathname)
      // With the origin before it a path such as `//example.com` stays a path.
      if (isFolder && (target as Partial<Element> | null)?.tagName === 'SCRIPT') page.location.replace(`${origin}${pathname}/${search}${hash}`)
    },
    { capture: true },
  )
}
