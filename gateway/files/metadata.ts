/** What a client says about its upload. */
import type { UploadRecord } from './catalog'
import { FILE_KINDS, type FileKind } from './options'
import { FileRefusal } from './refusal'

/** UTF-16 units. */
const NAME_MAX_LENGTH = 200
const MIME_MAX_LENGTH = 100
/** Control characters, those that turn the direction of text, and lone surrogates. */
// eslint-disable-next-line no-control-regex
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

type Metadata = Readonly<Record<string, string | null>> | undefined

/** Reads the metadata of tus. Throws a {@link FileRefusal}. */
export function readMetadata(metadata: Metadata): Pick<UploadRecord, 'kind' | 'name' | 'mime'> {
  const kind = FILE_KINDS.find((each) => each === field(metadata, 'kind'))
  if (!kind) throw new FileRefusal('protocol')
  return { kind, name: cleanName(field(metadata, 'name'), kind), mime: field(metadata, 'mime').slice(0, MIME_MAX_LENGTH) }
}

function field(metadata: Metadata, name: string): string {
  return (metadata && Object.hasOwn(metadata, name) ? metadata[name] : undefined) ?? ''
}

/** A name that is safe to show and to save under. */
export function cleanName(name: string, kind: FileKind): string {
  const clean = name.replace(HIDDEN, '').replace(/[/\\]/g, '_').trim().slice(0, NAME_MAX_LENGTH).replace(/[\ud800-\udbff]$/, '')
  return /^\.*$/.test(clean) ? kind : clean
}

/** `Content-Disposition`: shown in place only for what the server has checked. */
export function disposition(kind: FileKind, name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  return `${kind === 'file' ? 'attachment' : 'inline'}; filename="${ascii}"; filename*=UTF-8''${encoded}`
}
