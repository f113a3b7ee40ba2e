/**
 * The page stays empty until its code is there, which takes a moment. This runs before that code, as a script in the head of the page
 * (scripts/vite/page-head.ts), so that a page in the dark theme is dark from its first frame.
 */

/** The key and the values as src/platform/device.ts keeps them. */
const KEY = 'setting/theme'
const CHOICES: Readonly<Record<string, string>> = { '"light"': 'light', '"dark"': 'dark' }

/** Tells the style sheets of `page` which theme was chosen in it, if one was. Its local storage must be readable. */
export function showChosenTheme(page: Window): void {
  const chosen = CHOICES[page.localStorage.getItem(KEY) ?? '']
  if (chosen) page.document.documentElement.dataset.theme = chosen
}
