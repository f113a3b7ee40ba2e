import { mediaKind, type MediaBody } from '@/src/chat/media/media-kind'
import { lineOf } from '@/src/chat/text/written-text'
import type { MessageKind } from '../kind'

/** A file of any type. */
export interface FileBody extends MediaBody {
  readonly kind: 'file'
  /** On one line, without control and direction characters and without `/` and `\`. */
  readonly name: string
}

const words = ({ name }: FileBody) => name

export const file: MessageKind<FileBody> = {
  ...mediaKind<FileBody>('file', ['name']),
  alt: (body) => `[文件 File] ${words(body)}`,
  excerpt: (body, maxLength) => lineOf(words(body), maxLength),
  copyText: words,
  searchText: words,
}
