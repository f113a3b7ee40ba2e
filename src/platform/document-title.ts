/** H5: the title of the tab, with a count before it: «(3) Chats». */

/** The title without the count. */
let bare = ''
/** The last title that was written. */
let written: string | undefined
let shown = 0

/** Puts `count` before the title of the current page, and keeps it there when the title changes. 0 removes it. */
export function countInTitle(count: number): void {
  // #ifdef H5
  shown = count
  if (written === undefined) follow()
  write()
  // #endif
}

// #ifdef H5
const COUNT_MAX = 99

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
  written = shown > 0 ? `(${shown > COUNT_MAX ? `${COUNT_MAX}+` : shown}) ${bare}` : bare
  if (document.title !== written) document.title = written
  // The browser trims the title.
  written = document.title
}
// #endif
