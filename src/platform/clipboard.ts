/** Puts `text` on the clipboard; rejects when the system refuses. WeChat says so to the person by itself. */
export function copyText(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    uni.setClipboardData({
      data: text,
      showToast: false,
      success: () => resolve(),
      fail: (result: { errMsg?: string } | undefined) => reject(new Error(result?.errMsg ?? 'setClipboardData:fail')),
    })
  })
}
