/** How users and conversations are shown: their names and avatars. Call these inside a computed or a render, so that a name that changes is followed. */
import { EMOJI_AVATAR } from '@/src/chat/message/common-fields'
import { conversationKind, conversationTarget, type ConversationId } from '@/src/chat/conversation/conversation'
import { avatarColor, displayId, initial } from '@/src/chat/text/names'
import { mayLoad } from '@/src/platform/media-hosts'
import { people } from '@/src/stores/people'

/** The shown name of a user, on one line: the name of the user's newest message, or the id. The text of a question about the id itself uses `displayId`. */
export function nameOf(uid: string): string {
  return people.value?.shown(uid).value.name ?? displayId(uid)
}

/** {@link nameOf} where there is little room: a long name is cut, an id is not. */
export function shortNameOf(uid: string): string {
  return people.value?.shown(uid).value.short ?? nameOf(uid)
}

/** The shown name of a conversation, on one line: its peer's name, or the channel id. */
export function conversationName(id: ConversationId): string {
  const target = conversationTarget(id)
  return conversationKind(id) === 'peer' ? nameOf(target) : displayId(target)
}

/** The avatar of a peer or a channel. A user's is that of the conversation with the user. */
export interface Avatar {
  /** One character, which may be an emoji; `#` for a channel. '' if there is a picture. */
  readonly letter: string
  /** The class of its colour, of `styles/avatar.scss`. */
  readonly tone: string
  /** The style of its picture. Undefined if it has none that may be loaded. */
  readonly picture?: string | undefined
}

export function avatarOf(id: ConversationId): Avatar {
  const target = conversationTarget(id)
  const tone = `tone-${avatarColor(id)}`
  if (conversationKind(id) === 'channel') return { letter: '#', tone }
  const { name, avatar } = people.value?.shown(target).value ?? {}
  if (avatar?.startsWith(EMOJI_AVATAR)) return { letter: avatar.slice(EMOJI_AVATAR.length), tone }
  if (avatar === undefined || !mayLoad(avatar)) return { letter: initial(name === undefined || name === displayId(target) ? target : name), tone }
  return { letter: '', tone, picture: `background:url("${avatar.replace(/["'()\\]/g, escaped)}") center / cover` }
}

/** Characters that would end the address in a style. */
function escaped(character: string): string {
  return `%${character.charCodeAt(0).toString(16)}`
}
