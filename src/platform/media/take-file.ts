import { unsupported, type Asked, type Taken } from './taken-file'
// #ifdef H5
import { tooMany } from './taken-file'
// #endif
// #ifdef MP-WEIXIN
import { askFor, NOTHING, orCancelled } from './taken-file'
// #endif
// #ifdef H5
import { chooseFiles } from './choose'
// #endif

/** Of one choice. */
export const FILES_MAX = 9
const UNKNOWN_MIME = 'application/octet-stream'

/** Lets the user choose files: in the mini program from a chat of WeChat, which is all that WeChat offers. Call it in the handler of a tap. */
export async function takeFiles(): Promise<Asked<Taken>> {
  if (import.meta.env.RTM_ATTACH_FILE === false) return unsupported('file')
  // #ifdef MP-WEIXIN
  const chosen = await askFor<{ tempFiles: WechatMiniprogram.ChooseFile[] }>((callbacks) => wx.chooseMessageFile({ count: FILES_MAX, type: 'all', ...callbacks }))
  const files = (list: readonly WechatMiniprogram.ChooseFile[]): Taken => ({
    files: list.map(({ path, name, size }) => ({ kind: 'file', source: path, name, mime: UNKNOWN_MIME, bytes: size })),
    left: [],
  })
  return orCancelled(chosen.ok ? { ok: true, value: files(chosen.value.tempFiles) } : chosen, NOTHING)
  // #endif
  // #ifdef H5
  return { ok: true, value: readyFiles(await chooseFiles({ isMultiple: true })) }
  // #endif
}

// #ifdef H5
/** The same for files that were pasted or dropped. */
export function readyFiles(files: readonly File[]): Taken {
  const some = files.slice(0, FILES_MAX)
  return {
    files: some.filter(({ size }) => size > 0).map((file) => ({ kind: 'file', source: file, name: file.name, mime: mimeOf(file), bytes: file.size })),
    left: [...some.filter(({ size }) => size === 0).map(({ name }) => ({ name, why: 'empty' as const })), ...tooMany(files.slice(FILES_MAX))],
  }
}

/** A browser tells the type by the name, and may add parameters. */
function mimeOf({ type }: File): string {
  return /^[\w.+-]+\/[\w.+-]+/.exec(type)?.[0].toLowerCase() ?? UNKNOWN_MIME
}
// #endif
