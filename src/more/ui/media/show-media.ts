/** Shows a picture or a video in full: in WeChat's viewer, or on H5 in a page of its own. */
import { openViewer } from '@/src/ui/shared/more-pages'
// #ifdef MP-WEIXIN
import { showPreviews } from '@/src/platform/media/preview'
import { tellRefusal } from '@/src/ui/shared/refusal-text'
import { WORDS } from './words'
// #endif

export async function showMedia(kind: 'image' | 'video', address: string): Promise<void> {
  // #ifdef MP-WEIXIN
  const answer = await showPreviews([{ kind, address }], 0)
  if (!answer.ok) await tellRefusal(WORDS.open, answer)
  // #endif
  // #ifdef H5
  openViewer(kind, address)
  // #endif
}
