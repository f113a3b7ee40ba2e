import type { Answer } from '../ask'
// #ifdef MP-WEIXIN
import { askFor } from './taken-file'

/** The types that WeChat shows. */
const DOCUMENT = /\.(docx?|xlsx?|pptx?|pdf)$/i

type DocumentType = WechatMiniprogram.OpenDocumentOption['fileType']

/** Whether {@link openFile} gives a file of this name to another program of the device, which WeChat allows in the handler of a tap only. */
export function needsTap(name: string): boolean {
  return !DOCUMENT.test(name)
}
// #endif

/**
 * Opens a file of the mini program in WeChat's viewer, or sends it to a chat of WeChat where WeChat cannot show it: call it in the handler of a tap, with the
 * file already there. On a computer WeChat saves it instead. On H5 it is a download under `name`.
 */
export async function openFile(address: string, name: string): Promise<Answer> {
  // #ifdef MP-WEIXIN
  const [, type] = DOCUMENT.exec(name) ?? []
  if (type !== undefined) {
    const opened = await askFor((callbacks) => wx.openDocument({ filePath: address, fileType: type.toLowerCase() as DocumentType, showMenu: true, ...callbacks }))
    return opened.ok ? { ok: true } : opened
  }
  const isDesktop = /^(?:windows|mac|linux)$/.test(wx.getDeviceInfo().platform)
  const sent = await askFor((callbacks) => (isDesktop ? wx.saveFileToDisk({ filePath: address, ...callbacks }) : wx.shareFileMessage({ filePath: address, fileName: name, ...callbacks })))
  if (!sent.ok && /:fail cancel/.test(sent.detail)) return { ok: true }
  return sent.ok ? { ok: true } : sent
  // #endif
  // #ifdef H5
  return Promise.resolve(download(address, name))
  // #endif
}

// #ifdef H5
/** Starts a download. A browser shows it by itself. */
export function download(address: string, name: string): Answer {
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.rel = 'noopener noreferrer'
  link.click()
  return { ok: true }
}
// #endif
