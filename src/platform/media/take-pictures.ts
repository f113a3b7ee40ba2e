import { unsupported, type Asked, type LeftOut, type Taken, type TakenFile } from './taken-file'
// #ifdef MP-WEIXIN
import { chooseMedia } from './choose'
import { readyPath } from './picture-in-weixin'
// #endif
// #ifdef H5
import { chooseFiles } from './choose'
import { tooMany } from './taken-file'
import { readyPicture } from './picture-in-browser'
// #endif

/** Of one choice. */
export const PICTURES_MAX = 9

export interface PictureOptions {
  /** Default: the album. */
  readonly from?: 'album' | 'camera'
  /** As they are, and not scaled. */
  readonly isOriginal?: boolean
  /** Default: {@link PICTURES_MAX}. */
  readonly count?: number
}

/** Lets the user choose pictures, in the order in which they are sent, or take one. Call it in the handler of a tap. */
export async function takePictures({ from = 'album', isOriginal = false, count = PICTURES_MAX }: PictureOptions = {}): Promise<Asked<Taken>> {
  if (from === 'album' && import.meta.env.RTM_ATTACH_IMAGE === false) return unsupported('image')
  if (from === 'camera' && import.meta.env.RTM_ATTACH_CAMERA === false) return unsupported('camera')
  // #ifdef MP-WEIXIN
  if (import.meta.env.RTM_ATTACH_IMAGE !== false || import.meta.env.RTM_ATTACH_CAMERA !== false) {
    const chosen = await chooseMedia({ count, mediaType: ['image'], sourceType: [from], sizeType: [isOriginal ? 'original' : 'compressed'] })
    return chosen.ok ? { ok: true, value: await readied(chosen.value, ({ tempFilePath }) => readyPath(tempFilePath, isOriginal)) } : chosen
  }
  return unsupported('image')
  // #endif
  // #ifdef H5
  return { ok: true, value: await readyPictures(await chooseFiles({ accept: 'image/*', isMultiple: count > 1, isCamera: from === 'camera' }), isOriginal, count) }
  // #endif
}

// #ifdef H5
/** The same for pictures that were pasted or dropped. */
export async function readyPictures(files: readonly File[], isOriginal = false, count = PICTURES_MAX): Promise<Taken> {
  const ready = await readied(files.slice(0, count), (file) => readyPicture(file, isOriginal))
  return { files: ready.files, left: [...ready.left, ...tooMany(files.slice(count))] }
}
// #endif

/** One after the other: a decoded picture of 12 megapixels takes 48 MB. */
async function readied<Source>(sources: readonly Source[], ready: (source: Source) => Promise<TakenFile | LeftOut>): Promise<Taken> {
  const files: TakenFile[] = []
  const left: LeftOut[] = []
  for (const source of sources) {
    const picture = await ready(source)
    if ('why' in picture) left.push(picture)
    else files.push(picture)
  }
  return { files, left }
}
