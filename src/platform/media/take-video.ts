import { NOTHING, unsupported, type Asked, type Taken } from './taken-file'
// #ifdef MP-WEIXIN
import { chooseMedia } from './choose'
import { thumbOfFile } from './picture-in-weixin'
import { greyThumbhash } from './thumbhash'
// #endif
// #ifdef H5
import { chooseFiles } from './choose'
import { thumbOf } from './picture-in-browser'
// #endif

/** A longer one is left out, with its length. */
export const VIDEO_MAX_MS = 60_000

/** Lets the user choose a video, or take one. Call it in the handler of a tap. */
export async function takeVideo(from: 'album' | 'camera' = 'album'): Promise<Asked<Taken>> {
  if (import.meta.env.RTM_ATTACH_VIDEO === false) return unsupported('video')
  // #ifdef MP-WEIXIN
  const chosen = await chooseMedia({ count: 1, mediaType: ['video'], sourceType: [from], sizeType: ['compressed'], maxDuration: VIDEO_MAX_MS / 1000 })
  if (!chosen.ok) return chosen
  const [video] = chosen.value
  if (!video) return { ok: true, value: NOTHING }
  const { tempFilePath: source, thumbTempFilePath: picture, width, height, size: bytes } = video
  const name = source.slice(source.lastIndexOf('/') + 1)
  const ms = Math.round(video.duration * 1000)
  // WeChat cuts a recording at the limit, give or take a frame.
  if (ms >= VIDEO_MAX_MS + 1000) return { ok: true, value: { files: [], left: [{ name, why: 'too-long', ms }] } }
  const thumb = picture ? await thumbOfFile(picture, width, height) : greyThumbhash(width, height)
  return { ok: true, value: { files: [{ kind: 'video', source, name, mime: 'video/mp4', bytes, width, height, ms, thumb }], left: [] } }
  // #endif
  // #ifdef H5
  return { ok: true, value: await firstVideo(await chooseFiles({ accept: 'video/*', isCamera: from === 'camera' })) }
  // #endif
}

// #ifdef H5
async function firstVideo([file]: readonly File[]): Promise<Taken> {
  return file ? readyVideo(file) : NOTHING
}

/** The same for a video that was pasted or dropped. */
export async function readyVideo(file: File): Promise<Taken> {
  const { name } = file
  const element = document.createElement('video')
  element.muted = true
  element.playsInline = true
  element.preload = 'auto'
  const address = URL.createObjectURL(file)
  try {
    await new Promise((resolve, reject) => {
      element.addEventListener('loadeddata', resolve)
      element.addEventListener('error', reject)
      element.src = address
    })
    const ms = Math.round(element.duration * 1000)
    const { videoWidth: width, videoHeight: height } = element
    if (!Number.isFinite(ms) || ms < 1 || width < 1) return { files: [], left: [{ name, why: 'unreadable' }] }
    if (ms >= VIDEO_MAX_MS + 1000) return { files: [], left: [{ name, why: 'too-long', ms }] }
    return { files: [{ kind: 'video', source: file, name, mime: file.type || 'video/mp4', bytes: file.size, width, height, ms, thumb: thumbOf(element) }], left: [] }
  } catch {
    // The event of a video has no reason in it.
    return { files: [], left: [{ name, why: 'unreadable' }] }
  } finally {
    element.removeAttribute('src')
    URL.revokeObjectURL(address)
  }
}
// #endif
