/** Whether a screen reader may be running. */

/** Resolves to false only if it is known that none runs. Browsers do not tell, nor does WeChat with a base library below 2.13.0: there it is true. */
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
