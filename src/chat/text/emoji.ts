/** What counts as an emoji. */
import { utf8Length } from '../rtm-limits'

/** The longest emoji, in bytes of UTF-8: a family with skin tones. */
export const EMOJI_MAX_BYTES = 40

/** No ASCII, so that English words do not pass for one; keycaps such as 1️⃣ are the exception. */
export function isEmoji(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && utf8Length(value) <= EMOJI_MAX_BYTES && /^(?:[\u00a1-\uffff]+|[0-9#*]\ufe0f?\u20e3)$/.test(value)
}
