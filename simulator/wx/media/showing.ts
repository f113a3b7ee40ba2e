/** What shows files or gives them away: previews, the album, documents, and files sent to a chat of WeChat. */
import type { AlbumEntry } from '../../drive/driver'
import { asyncApi, WxFailure, type Options } from '../callbacks'
import { toBase64 } from '../encodings'
import type { PhoneFiles } from '../phone-files'
import type { Surroundings } from './index'
import { kindOf } from './choosing'
import { pictureHeader } from './picture-header'

const DOCUMENTS = new Set(['doc', 'docx', 'xls', 'xlsx', 'ppt', 'pptx', 'pdf'])

export class Showing {
  /** The files saved to the album, the first one first. */
  readonly album: AlbumEntry[] = []

  constructor(
    private readonly around: Surroundings,
    private readonly files: PhoneFiles,
  ) {}

  api(): Record<string, unknown> {
    const { files } = this
    const save = (name: string, kind: 'image' | 'video', isKind: (path: string) => boolean) =>
      this.recorded(name, async ({ filePath }) => {
        const path = String(filePath)
        if (/^https?:/.test(path)) throw new WxFailure('file not exists')
        const bytes = files.read(path)
        if (!isKind(path)) throw new WxFailure('invalid file type')
        await this.around.privacy.allow(name)
        await this.around.permit.scope('scope.writePhotosAlbum')
        this.album.push({ kind, base64: toBase64(bytes) })
      })
    return {
      saveImageToPhotosAlbum: save('saveImageToPhotosAlbum', 'image', (path) => pictureHeader(files.read(path)) !== undefined),
      saveVideoToPhotosAlbum: save('saveVideoToPhotosAlbum', 'video', (path) => kindOf({ name: path }) === 'video'),
      previewMedia: this.recorded('previewMedia', ({ sources, current = 0 }) => {
        const count = Array.isArray(sources) ? sources.length : 0
        if (count === 0) throw new WxFailure('parameter error: parameter.sources should have at least 1 item')
        if (!(Number(current) >= 0 && Number(current) < count)) throw new WxFailure('parameter error: parameter.current is out of range')
        this.requireThere((sources as { url: unknown }[]).map(({ url }) => url))
      }),
      previewImage: this.recorded('previewImage', ({ urls }) => {
        if (!Array.isArray(urls) || urls.length === 0) throw new WxFailure('parameter error: parameter.urls should have at least 1 item')
        this.requireThere(urls)
      }),
      openDocument: this.recorded('openDocument', ({ filePath, fileType }) => {
        const type = String(fileType ?? /\.(\w+)$/.exec(String(filePath))?.[1] ?? '')
        this.requireThere([filePath])
        if (!DOCUMENTS.has(type)) throw new WxFailure('filetype not supported')
      }),
      shareFileMessage: this.recorded('shareFileMessage', ({ filePath }) => this.requireThere([filePath])),
    }
  }

  private requireThere(paths: readonly unknown[]): void {
    for (const path of paths) if (!/^https?:/.test(String(path))) this.files.size(path)
  }

  private recorded(name: string, run: (options: Options) => void | Promise<void>): unknown {
    const call = asyncApi(this.around.problems, name, run)
    return (options?: Options) => {
      this.around.record(name, options)
      return call(options)
    }
  }
}
