/** Readies files that were pasted or dropped: in their order, as the kinds that a chooser would have given. Only on H5. */
import type { Handed } from './handed-files'
import type { LeftOut, Taken, TakenFile } from './taken-file'
// #ifdef H5
import { tooMany } from './taken-file'
import { readyFiles } from './take-file'
import { readyPictures } from './take-pictures'
import { readyVideo } from './take-video'
// #endif

/** Of one message after the other. */
export const HANDED_MAX = 9

/** `room`: how many may still come. */
export async function takeHanded({ files, folders }: Handed, isOriginal: boolean, room: number): Promise<Taken> {
  const taken: TakenFile[] = []
  const left: LeftOut[] = folders.map((name) => ({ name, why: 'folder' }))
  for (const file of files.slice(0, room)) {
    const ready = await readyOne(file, isOriginal)
    taken.push(...ready.files)
    left.push(...ready.left)
  }
  // #ifdef H5
  left.push(...tooMany(files.slice(room)))
  // #endif
  return { files: taken, left }
}

async function readyOne(file: File, isOriginal: boolean): Promise<Taken> {
  // #ifdef H5
  // A browser runs what an SVG has in it: it is sent as a file.
  if (file.type.startsWith('image/') && file.type !== 'image/svg+xml' && import.meta.env.RTM_ATTACH_IMAGE !== false) return readyPictures([file], isOriginal)
  if (file.type.startsWith('video/') && import.meta.env.RTM_ATTACH_VIDEO !== false) return readyVideo(file)
  if (import.meta.env.RTM_ATTACH_FILE !== false) return readyFiles([file])
  // #endif
  return Promise.resolve({ files: [], left: [{ name: file.name, why: 'type' }] })
}
