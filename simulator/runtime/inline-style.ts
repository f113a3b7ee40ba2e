/** `style="height: 20rpx"` in markup: inline styles are converted when they are set, since only WXSS is compiled. */

let installed = false

export function installPhoneUnits(): void {
  if (installed) return
  installed = true
  const setAttribute = HTMLElement.prototype.setAttribute
  HTMLElement.prototype.setAttribute = function (name: string, value: string) {
    setAttribute.call(this, name, name === 'style' ? phoneUnits(value) : value)
  }
}

/**
 * rpx: the phone is 750 rpx wide. vw: of that width. vh: of the page's own viewport, without the bars. The safe area is that of the drawn phone, not of the
 * device that draws it.
 */
export function phoneUnits(value: string): string {
  return value
    .replace(/(-?\d*\.?\d+)(rpx|vw)\b/g, (_, size: string, unit: string) => `calc(${size} * var(--phone-width, 100vw) / ${unit === 'rpx' ? 750 : 100})`)
    .replace(/(-?\d*\.?\d+)vh\b/g, 'calc($1 * var(--page-vh, 1vh))')
    .replace(/\benv\(\s*safe-area-inset-/g, 'var(--safe-area-inset-')
}
