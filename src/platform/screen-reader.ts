/** Whether someone may be listening to a screen reader. */

/**
 * Resolves to false only where it is known that none runs. Browsers do not tell, and neither does WeChat with a base library below
 * 2.13.0: there it is true.
 */
export function mayHaveScreenReader(): Promise<boolean> {
  // #ifdef MP-WEIXIN
  if (typeof wx.checkIsOpenAccessibility === 'function') {
    return new Promise((resolve) => {
      wx.checkIsOpenAccessibility({ success: ({ open }) => resolve(open), fail: () => resolve(true) })
    })
  }
  // #endif
  return Promise.resolve(true)
}
