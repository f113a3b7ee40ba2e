/** The names of files that have none of their own. */

const EXTENSIONS: Readonly<Record<string, string>> = { jpeg: 'jpg', quicktime: 'mov', mpeg: 'mp3' }

/** The extension for a type: `jpg` for `image/jpeg`. '' if it has none that is usual. */
export function extensionOfMime(mime: string): string {
  const [, type = ''] = /^[a-z]+\/([a-z0-9]{1,8})$/.exec(mime) ?? []
  return EXTENSIONS[type] ?? type
}

/** A name for a picture or a video to be saved under: what it is, and when it was sent, such as `Picture 20260703 094501.jpg`. `at`: ms since 1970. */
export function mediaFileName(what: string, at: number, mime: string): string {
  const date = new Date(at)
  const digits = (...parts: readonly number[]) => parts.map((part) => String(part).padStart(2, '0')).join('')
  const extension = extensionOfMime(mime)
  const name = `${what} ${digits(date.getFullYear(), date.getMonth() + 1, date.getDate())} ${digits(date.getHours(), date.getMinutes(), date.getSeconds())}`
  return extension === '' ? name : `${name}.${extension}`
}
