/** How users and conversations are shown: their names and avatars. Call these inside a computed or a render, so that a name that changes is followed. */
import { conversationKind, conversationTarget, type ConversationId } from '@/src/chat/conversation/conversation'
import { avatarColor, displayId, initial } from '@/src/chat/text/names'

/** The shown name of a user, on one line: the user id. The text of a question about the id itself uses `displayId`. */
export function nameOf(uid: string): string {
  return displayId(uid)
}

/** The shown name of a conversation, on one line: its peer's name, or the channel id. */
export function conversationName(id: ConversationId): string {
  const target = conversationTarget(id)
  return conversationKind(id) === 'peer' ? nameOf(target) : displayId(target)
}

/** The avatar of a peer or a channel. A user's is that of the conversation with the user. */
export interface Avatar {
  /** One character; `#` for a channel. */
  readonly letter: string
  /** The class of its colour, of `styles/avatar.scss`. */
  readonly tone: string
}

export function avatarOf(id: ConversationId): Avatar {
  return { letter: conversationKind(id) === 'channel' ? '#' : initial(conversationTarget(id)), tone: `tone-${avatarColor(id)}` }
}
