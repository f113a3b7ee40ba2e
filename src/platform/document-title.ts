/** H5: the title of the tab, with a count before it: «(3) Chats», «(99+) Chats». */

/** The title without the count. */
let bare = ''
/** The last title that was written. */
let written: string | undefined
let shown = ''

/** Puts `count`, as a badge shows it, before the title of the current page, and keeps it there when the title changes. '' removes it. */
export function countInTitle(count: string): void {
  // #ifdef H5
  shown = count
  if (written === undefined) follow()
  write()
  // #endif
}

// #ifdef H5
function follow(): void {
  bare = document.title
  // uni writes the title of each page.
  const title = document.querySelector('title')
  if (title) new MutationObserver(changed).observe(title, { childList: true, characterData: true, subtree: true })
}

function changed(): void {
  if (document.title === written) return
  bare = document.title
  write()
}

function write(): void {
  written = shown ? `(${shown}) ${bare}` : bare
  if (document.title !== written) document.title = written
  // The browser trims the title.
  written = document.title
}
// #endif
