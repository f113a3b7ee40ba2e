/** The paths of this program's pages, without a slash in front. Empty here: the build replaces this file by what pages.json says (scripts/vite/app-pages.ts). */
export const APP_PAGES: readonly string[] = []

/** Those of the tab bar. */
export const TAB_PAGES: readonly string[] = []
