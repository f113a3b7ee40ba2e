import { conversationTarget, parseConversationId, type ConversationId } from '@/src/chat/conversation/conversation'
import { isValidId } from '@/src/chat/rtm-limits'
import { idFromQuery, type PageQuery } from '@/src/platform/pages'

/**
 * The conversation that a page was opened for, or undefined if its address has none. The address may come from a stranger, so only valid user and channel ids
 * are accepted.
 */
export function pageConversation(query: PageQuery | undefined): ConversationId | undefined {
  const id = parseConversationId(idFromQuery(query))
  return id !== undefined && isValidId(conversationTarget(id)) ? id : undefined
}
