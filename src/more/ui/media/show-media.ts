/** Shows a picture or a video in full, among the others of its thread: in WeChat's viewer, or on H5 in a page of its own. */
import type { Gallery } from './gallery'
// #ifdef H5
import { openViewer } from '@/src/ui/shared/more-pages'
import { setGallery } from './gallery'
// #endif
// #ifdef MP-WEIXIN
import { PREVIEWS_AROUND, showPreviews, type Preview } from '@/src/platform/media/preview'
import { tellRefusal } from '@/src/ui/shared/refusal-text'
import { WORDS } from './words'
// #endif

export async function showMedia(gallery: Gallery): Promise<void> {
  // #ifdef MP-WEIXIN
  const { items, index } = gallery
  const first = Math.max(0, index - PREVIEWS_AROUND)
  const previews: Preview[] = []
  let current = 0
  for (const [place, item] of items.slice(first, index + PREVIEWS_AROUND + 1).entries()) {
    // The others as far as they are on this device: WeChat would load them itself, past the checks.
    const address = await item.here()
    if (first + place === index) current = previews.length
    if (address !== undefined) previews.push({ kind: item.body.kind === 'video' ? 'video' : 'image', address })
  }
  const answer = await showPreviews(previews, current)
  if (!answer.ok) await tellRefusal(WORDS.open, answer)
  // #endif
  // #ifdef H5
  setGallery({ ...gallery, opener: document.activeElement })
  openViewer()
  await Promise.resolve()
  // #endif
}
