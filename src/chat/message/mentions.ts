/** Which users a message means (docs/WIRE.md). Only messages of channels mention anyone. */
import { ID_MAX_LENGTH } from '../rtm-limits'
import { EVERYBODY, MENTIONS_MAX } from './common-fields'
import { isDeleted, isRecalled, type Message } from './message'

/** A user who was chosen to be mentioned. */
export interface Mention {
  /** A user id, or {@link EVERYBODY}. */
  readonly id: string
  /** What the text has behind the `@`. '' if that is not known: then the mention stays. */
  readonly name: string
}

/** The users that a message mentions, as after its last edit. */
export function shownMentions({ mentions, amended }: Message): readonly string[] {
  return (amended?.edit ? amended.edit.mentions : mentions) ?? []
}

/** Whether a message by another user means `uid`, by id or as one of everybody. */
export function mentionsUser(message: Message, uid: string): boolean {
  if (message.status !== 'received' || isRecalled(message) || isDeleted(message)) return false
  return shownMentions(message).some((each) => each === EVERYBODY || each === uid)
}

/** The ids of the chosen users who are still in `text`, for its envelope. With everybody there are no others. Undefined for none. */
export function mentionsIn(text: string, chosen: readonly Mention[]): readonly string[] | undefined {
  const ids = [...new Set(chosen.filter(({ name }) => name === '' || hasName(text, name)).map(({ id }) => id))]
  if (ids.includes(EVERYBODY)) return [EVERYBODY]
  return ids.length > 0 ? ids.slice(0, MENTIONS_MAX) : undefined
}

/** Whether `text` has `@name`, and not as the beginning of a longer word. */
function hasName(text: string, name: string): boolean {
  const word = `@${name}`
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!/^\w\w$/.test(name.slice(-1) + text.charAt(at + word.length))) return true
  }
  return false
}

/** The end of `before`, the text before the caret, from its last `@` on. Undefined if there is none, or if it is part of an address. */
export function mentionQuery(before: string): string | undefined {
  const end = before.slice(-ID_MAX_LENGTH - 2)
  const at = end.lastIndexOf('@')
  if (at < 0 || /[\w.+-]/.test(end.charAt(at - 1))) return undefined
  const query = end.slice(at + 1)
  return /\s/.test(query) || query.length > ID_MAX_LENGTH ? undefined : query
}
