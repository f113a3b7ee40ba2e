import { sizeText } from '@/src/chat/text/storage-size'
import { cutText } from '@/src/chat/text/written-text'
import { mediaNote, tapMedia, type MediaNote } from '@/src/ui/shared/media-row'
import type { KindView, RowValues } from '../view'
import type { FileBody } from './spec'

export interface FileRow extends MediaNote {
  readonly fileName: string
  readonly fileSize: string
  /** The end of its name, such as `PDF`. */
  readonly fileType: string
}

/** Longer names are cut, UTF-16 units. Their end is kept: it has the type of the file. */
const NAME_MAX_LENGTH = 36
const END_LENGTH = 10
/** A longer end of a name is no type. */
const TYPE_MAX_LENGTH = 4

export const view: KindView<FileBody> = {
  row: (body, state): FileRow & RowValues => ({
    fileName: shortFileName(body.name),
    fileSize: sizeText(body.bytes),
    fileType: typeOf(body.name),
    ...mediaNote(body, state),
  }),
  taps: { file: tapMedia },
}

/** `name` cut in its middle. */
export function shortFileName(name: string): string {
  if (name.length <= NAME_MAX_LENGTH) return name
  const end = name.slice(-END_LENGTH).replace(/^[\udc00-\udfff]/, '')
  return cutText(name.slice(0, -END_LENGTH), NAME_MAX_LENGTH - END_LENGTH) + end
}

function typeOf(name: string): string {
  const [, type = ''] = /\.([a-z0-9]+)$/i.exec(name) ?? []
  return type.length > TYPE_MAX_LENGTH ? '' : type.toUpperCase()
}
