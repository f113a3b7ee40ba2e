import type { Answer } from '../ask'
// #ifdef MP-WEIXIN
import { askFor } from './taken-file'
// #endif
// #ifdef H5
import { unsupported } from './taken-file'
// #endif

/** A picture or a video that can be looked at. */
export interface Preview {
  readonly kind: 'image' | 'video'
  /** What the platform shows: a path or an address. */
  readonly address: string
  /** The address of a picture of a video. */
  readonly poster?: string
}

/** On either side of the one that is opened. */
export const PREVIEWS_AROUND = 50

/** Opens WeChat's own viewer at `current`, an index of `previews`. H5 has a viewer of its own in the page. */
export async function showPreviews(previews: readonly Preview[], current: number): Promise<Answer> {
  // #ifdef MP-WEIXIN
  const first = Math.max(0, current - PREVIEWS_AROUND)
  const sources = previews.slice(first, current + PREVIEWS_AROUND + 1).map(({ kind, address, poster }) => ({ url: address, type: kind, ...(poster === undefined ? {} : { poster }) }))
  const answer = await askFor((callbacks) => wx.previewMedia({ sources, current: current - first, ...callbacks }))
  return answer.ok ? { ok: true } : answer
  // #endif
  // #ifdef H5
  return Promise.resolve(unsupported(`previewMedia: ${current} of ${previews.length}`))
  // #endif
}
