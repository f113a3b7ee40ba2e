import type { Answer } from '../ask'
// #ifdef MP-WEIXIN
import { askFor } from './taken-file'
// #endif
// #ifdef H5
import { download } from './open-file'
// #endif

/**
 * Saves a picture or a video to the phone's album; on H5 it is a download under `name`. A user who has once refused WeChat's question is not asked again: the
 * answer is then `no-permission`, and {@link openPermissions} leads to where it can be changed.
 */
export async function saveToAlbum(kind: 'image' | 'video', address: string, name: string): Promise<Answer> {
  // #ifdef MP-WEIXIN
  const answer = await askFor((callbacks) => {
    const options = { filePath: address, ...callbacks }
    return kind === 'image' ? wx.saveImageToPhotosAlbum(options) : wx.saveVideoToPhotosAlbum(options)
  })
  return answer.ok ? { ok: true } : { ...answer, detail: `${answer.detail} (${name})` }
  // #endif
  // #ifdef H5
  return Promise.resolve(download(address, name))
  // #endif
}

/** Opens WeChat's page with the permissions of this program. Call it in the handler of a tap. */
export async function openPermissions(): Promise<Answer> {
  // #ifdef MP-WEIXIN
  const answer = await askFor((callbacks) => wx.openSetting(callbacks))
  return answer.ok ? { ok: true } : answer
  // #endif
  // #ifdef H5
  return Promise.resolve({ ok: false, reason: 'unsupported', detail: 'openSetting' })
  // #endif
}
