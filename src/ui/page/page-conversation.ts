import { conversationTarget, type ConversationId } from '@/src/chat/conversation/conversation'
import { isValidId } from '@/src/chat/rtm-limits'
import { conversationFromQuery, type PageQuery } from '@/src/platform/pages'

/**
 * The conversation that a page was opened for, or undefined when its address names none. Anybody can write an address and
 * have others open it, so that only what can be a user or channel id is taken.
 */
export function pageConversation(query: PageQuery | undefined): ConversationId | undefined {
  const id = conversationFromQuery(query)
  return id !== undefined && isValidId(conversationTarget(id)) ? id : undefined
}
