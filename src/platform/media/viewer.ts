/**
 * Shows a picture or plays a video of this device in `place`, an element of the page, on H5. With the browser's own elements: uni-app's take some 20 KB of the
 * first load. A double click shows a picture in its own size. Returns a function that ends it.
 */
export function showInPage(place: Element | null | undefined, kind: string, address: string): () => void {
  // #ifdef MP-WEIXIN
  throw new Error(`WeChat has a viewer of its own for the ${kind} ${address}${place ? ' in the page' : ''}`)
  // #endif
  // #ifdef H5
  const shown = kind === 'video' ? player(address) : picture(address)
  shown.dataset.testid = `viewer-${kind}`
  place?.append(shown)
  return () => {
    if (shown instanceof HTMLVideoElement) shown.pause()
    shown.remove()
  }
  // #endif
}

// #ifdef H5
function player(address: string): HTMLVideoElement {
  const video = document.createElement('video')
  video.src = address
  video.controls = true
  video.autoplay = true
  video.playsInline = true
  return video
}

function picture(address: string): HTMLImageElement {
  const image = document.createElement('img')
  image.src = address
  image.alt = ''
  image.addEventListener('dblclick', () => image.classList.toggle('is-whole'))
  return image
}
// #endif
