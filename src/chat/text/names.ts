/** The name of a user or a channel, made of the id alone: RTM has no names. */
import { hash32 } from '../util/hash'
import { ID_MAX_LENGTH } from '../rtm-limits'
import { characterEnd, cleanText, cutText, isBlank, oneLine } from './written-text'

/** The number of avatar colours. */
export const AVATAR_COLORS = 8

/** In UTF-16 units. The details of a message have the whole name. */
const SHORT_NAME_MAX_LENGTH = 20

/** A name where there is little room, above a bubble for example. */
export function shortName(name: string): string {
  return cutText(name, SHORT_NAME_MAX_LENGTH)
}

/** The letter on an avatar: the first character of the name or id, in upper case. `?` for one without a visible character. */
export function initial(name: string): string {
  const text = oneLine(name)
  return isBlank(text) ? '?' : text.slice(0, characterEnd(text, 0)).toUpperCase()
}

/** The colour of an avatar, 0 to AVATAR_COLORS - 1: the same for an id everywhere. */
export function avatarColor(id: string): number {
  // Any three bits would do. These give the people of the documentation, alice, bob and carol, different colours.
  return (hash32(id) >>> 3) % AVATAR_COLORS
}

/**
 * An id as text on one line. Spaces that the eye would miss are shown as `␣`: `alice ` is not `alice`, and both are legal. An invalid id is cleaned and cut.
 */
export function displayId(id: string): string {
  const text = cleanText(id).replace(/^\s+|\s{2,}|\s+$|[^\S ]/g, (spaces) => '␣'.repeat(spaces.length))
  return isBlank(text) ? '?' : cutText(text, ID_MAX_LENGTH)
}
