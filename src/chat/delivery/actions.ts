/** Own edits, recalls and reactions on their way: a part of the conversation, so that a restart keeps them. */
import type { Conversation, PendingAction } from '../conversation/conversation'
import type { SendFailure } from '../message/message'

/** The most actions that wait in one conversation. Above it no more are taken. */
export const ACTIONS_MAX = 500

/** The number of places for actions between two messages. */
const PLACES = 65_536

/** The place of a new action: behind everything written so far. Undefined if too many wait. */
export function nextPlace({ length, actions = [] }: Conversation): number | undefined {
  if (actions.length >= ACTIONS_MAX) return undefined
  const place = actions.reduce((last, action) => Math.max(last, action.place), length - 1) + 1 / PLACES
  return place < length ? place : undefined
}

/** Whether this is the place of an action, not the seq of a message. */
export function isActionPlace(place: number): boolean {
  return !Number.isInteger(place)
}

export function addAction(conversation: Conversation, action: PendingAction): Conversation {
  return { ...conversation, actions: [...(conversation.actions ?? []), action] }
}

/** The same conversation if it does not have the action `id`. */
export function removeAction(conversation: Conversation, id: string): Conversation {
  const { actions, ...rest } = conversation
  const left = actions?.filter((action) => action.id !== id)
  if (!left || left.length === actions?.length) return conversation
  return left.length === 0 ? rest : { ...rest, actions: left }
}

/** The action `id` could not be sent, or, without `failure`, is tried again. The same conversation if it does not have the action. */
export function withActionFailure(conversation: Conversation, id: string, failure: SendFailure | undefined): Conversation {
  if (!conversation.actions?.some((action) => action.id === id)) return conversation
  const actions = conversation.actions.map((action) => {
    const { failure: _former, ...rest } = action
    return action.id !== id ? action : failure ? { ...rest, failure } : rest
  })
  return { ...conversation, actions }
}
