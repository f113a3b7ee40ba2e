/** The platform's own choosers: wx.chooseMedia in the mini program, a file input on H5. */
// #ifdef MP-WEIXIN
import { askFor, orCancelled, type Asked } from './taken-file'

type ChosenMedia = Pick<WechatMiniprogram.MediaFile, 'tempFilePath' | 'thumbTempFilePath' | 'size' | 'duration' | 'width' | 'height'>
type MediaOptions = Pick<WechatMiniprogram.ChooseMediaOption, 'count' | 'mediaType' | 'sourceType' | 'sizeType' | 'maxDuration'>

/** Nothing if the user cancels. */
export async function chooseMedia(options: MediaOptions): Promise<Asked<readonly ChosenMedia[]>> {
  const chosen = await askFor<{ tempFiles: ChosenMedia[] }>((callbacks) => wx.chooseMedia({ ...options, ...callbacks }))
  return orCancelled<readonly ChosenMedia[]>(chosen.ok ? { ok: true, value: chosen.value.tempFiles } : chosen, [])
}
// #endif

// #ifdef H5
export interface InputOptions {
  /** As in the attribute of the input. Default: all files. */
  readonly accept?: string
  /** Whether several can be chosen. A browser has no limit to their number. */
  readonly isMultiple?: boolean
  /** A phone opens its camera at once. */
  readonly isCamera?: boolean
}

/** Nothing if the user cancels. Call it in the handler of a tap, or the browser opens no chooser. */
export function chooseFiles({ accept = '', isMultiple = false, isCamera = false }: InputOptions): Promise<readonly File[]> {
  const input = document.createElement('input')
  input.type = 'file'
  input.accept = accept
  input.multiple = isMultiple
  if (isCamera) input.setAttribute('capture', 'environment')
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve(Array.from(input.files ?? [])))
    input.addEventListener('cancel', () => resolve([]))
    input.click()
  })
}
// #endif
