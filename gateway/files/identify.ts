/** What a file is, by its bytes. The declared type is a hint only where the bytes say nothing. */
import { fileTypeFromFile } from 'file-type'

export const UNKNOWN_MIME = 'application/octet-stream'
const MIME = /^[a-z\d][a-z\d!#$&^_.+-]{0,48}\/[a-z\d][a-z\d!#$&^_.+-]{0,48}$/
/** `file-type` knows these by their bytes, so a file in which it does not find them is something else. */
const FOUND_BY_BYTES = /^(image|audio|video|font)\/(?!svg\+xml$)/

/** The MIME type in the bytes of the file, or undefined. */
export async function detectMime(path: string): Promise<string | undefined> {
  const found = await fileTypeFromFile(path)
  return found && MIME.test(found.mime) ? found.mime : undefined
}

/** The MIME type of a file that is only downloaded. */
export async function downloadMime(path: string, declared: string): Promise<string> {
  const found = await detectMime(path)
  if (found) return found
  const hint = declared.toLowerCase()
  return MIME.test(hint) && !FOUND_BY_BYTES.test(hint) ? hint : UNKNOWN_MIME
}
