/** The phone that is drawn and described: an iPhone without a notch. All in px. */
export const SCREEN_WIDTH = 375
export const SCREEN_HEIGHT = 667
export const PIXEL_RATIO = 2
export const STATUS_BAR_HEIGHT = 20
export const NAVIGATION_BAR_HEIGHT = 44
export const TAB_BAR_HEIGHT = 50

/** How much of the screen's height the bars take from a page's viewport. */
export interface Bars {
  readonly top: number
  readonly bottom: number
}

/** A page with `navigationStyle: custom` begins at the top of the screen. */
export function barsOf(customNavigation: boolean, tabBar: boolean): Bars {
  return { top: customNavigation ? 0 : STATUS_BAR_HEIGHT + NAVIGATION_BAR_HEIGHT, bottom: tabBar ? TAB_BAR_HEIGHT : 0 }
}
