/** `style="height: 20rpx"` in markup: WXSS is compiled, inline styles are converted as they are set. */

export function installPhoneUnits(): void {
  const setAttribute = HTMLElement.prototype.setAttribute
  HTMLElement.prototype.setAttribute = function (name: string, value: string) {
    setAttribute.call(this, name, name === 'style' ? phoneUnits(value) : value)
  }
}

/** rpx: 750 make the phone's width. vh: of the page's own viewport, which ends at the bars. */
export function phoneUnits(value: string): string {
  return value
    .replace(/(-?\d*\.?\d+)rpx\b/g, 'calc($1 * 100vw / 750)')
    .replace(/(-?\d*\.?\d+)vh\b/g, 'calc($1 * var(--page-vh, 1vh))')
}
