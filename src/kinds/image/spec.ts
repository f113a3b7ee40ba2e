import { mediaKind, type MediaBody } from '@/src/chat/media/media-kind'
import { lineOf } from '@/src/chat/text/written-text'
import type { MessageKind } from '../kind'

/** A picture. */
export interface ImageBody extends MediaBody {
  readonly kind: 'image'
  /** Pixels. */
  readonly width: number
  readonly height: number
  /** A thumbhash in base64. */
  readonly thumb: string
  /** A caption. Never blank. */
  readonly text?: string
}

const words = ({ text = '' }: ImageBody) => text

export const image: MessageKind<ImageBody> = {
  ...mediaKind<ImageBody>('image', ['width', 'height', 'thumb'], ['text']),
  alt: (body) => `[图片 Picture] ${words(body)}`.trimEnd(),
  excerpt: (body, maxLength) => lineOf(words(body), maxLength),
  copyText: words,
  searchText: words,
}
