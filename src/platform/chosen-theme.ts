/**
 * The page is empty until its code has loaded. This runs before that code, as a script in the head of the page (scripts/vite/page-head.ts), so that a page in
 * the dark theme is dark from its first frame.
 */

/** The key and the values of src/platform/device.ts. */
const KEY = 'setting/theme'
const CHOICES: Readonly<Record<string, string>> = { '"light"': 'light', '"dark"': 'dark' }

/** Marks `page` with the chosen theme for the style sheets, if there is one. Requires readable local storage. */
export function showChosenTheme(page: Window): void {
  const chosen = CHOICES[page.localStorage.getItem(KEY) ?? '']
  if (chosen) page.document.documentElement.dataset.theme = chosen
}
