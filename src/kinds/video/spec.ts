import { videoLength } from '@/src/chat/media/length-text'
import { mediaKind, type MediaBody } from '@/src/chat/media/media-kind'
import type { MessageKind } from '../kind'

/** A video. */
export interface VideoBody extends MediaBody {
  readonly kind: 'video'
  readonly ms: number
  /** Pixels. */
  readonly width: number
  readonly height: number
  /** A thumbhash of a frame of it, in base64. */
  readonly thumb: string
}

export const video: MessageKind<VideoBody> = {
  ...mediaKind<VideoBody>('video', ['ms', 'width', 'height', 'thumb']),
  alt: ({ ms }) => `[视频 Video] ${videoLength(ms)}`,
  excerpt: () => '',
}
