import { voiceLength } from '@/src/chat/media/length-text'
import { mediaKind, type MediaBody } from '@/src/chat/media/media-kind'
import { cutText } from '@/src/chat/text/written-text'
import type { MessageKind } from '../kind'

/** A recorded voice. */
export interface VoiceBody extends MediaBody {
  readonly kind: 'voice'
  readonly ms: number
  /** The loudness over its time: a digit of base 32 each. */
  readonly levels?: string
}

export const voice: MessageKind<VoiceBody> = {
  ...mediaKind<VoiceBody>('voice', ['ms'], ['levels']),
  alt: ({ ms }) => `[语音 Voice] ${voiceLength(ms)}`,
  excerpt: ({ ms }, maxLength) => cutText(voiceLength(ms), maxLength),
}
