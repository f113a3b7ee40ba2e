/** Which users a message means (docs/WIRE.md). Only messages of channels mention anyone. */
import { EVERYBODY } from './common-fields'
import { isDeleted, isRecalled, type Message } from './message'

/** The users that a message mentions, as after its last edit. */
export function shownMentions({ mentions, amended }: Message): readonly string[] {
  return (amended?.edit ? amended.edit.mentions : mentions) ?? []
}

/** Whether a channel message by another user means `uid`, by id or as one of everybody. */
export function mentionsUser(message: Message, uid: string): boolean {
  if (message.status !== 'received' || isRecalled(message) || isDeleted(message)) return false
  return shownMentions(message).some((each) => each === EVERYBODY || each === uid)
}
