/** Addresses by which a browser shows the files of the program. */
import type { PhoneFiles } from '../wx/phone-files'

export class FileUrls {
  private readonly known = new Map<string, { readonly url: string; readonly version: string }>()

  constructor(private readonly files: PhoneFiles) {}

  /** Of a file of the program, one that a browser takes. Any other path, and one of a missing file, is returned as it is. */
  url(path: string): string {
    if (!path.startsWith('wxfile://') || typeof URL === 'undefined') return path
    const stat = this.files.disk.stat(this.files.locateSource(path))
    if (!stat) return path
    const version = `${stat.size} ${stat.modifiedAt}`
    const before = this.known.get(path)
    if (before?.version === version) return before.url
    if (before) URL.revokeObjectURL(before.url)
    const url = URL.createObjectURL(new Blob([new Uint8Array(this.files.read(path))]))
    this.known.set(path, { url, version })
    return url
  }
}
