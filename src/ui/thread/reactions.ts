/** Reacting to a message. */
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { OWN_EMOJIS_MAX } from '@/src/chat/message/message-changes'
import type { Message } from '@/src/chat/message/message'
import { t } from '@/src/locales'
import { toast } from '@/src/platform/dialogs'
import type { Account } from '@/src/stores/chat/account'

export function hasReacted({ amended }: Message, emoji: string, uid: string): boolean {
  return amended?.reactions?.some((reaction) => reaction.on && reaction.by === uid && reaction.emoji === emoji) === true
}

/** Adds an emoji to a message, or removes it. Says why if that is not possible. */
export async function toggleReaction(account: Account, conversation: ConversationId, message: Message, emoji: string, on: boolean): Promise<void> {
  const own = message.amended?.reactions?.filter((reaction) => reaction.on && reaction.by === account.uid).length ?? 0
  if (on && own >= OWN_EMOJIS_MAX) return toast(t('thread.reaction.most', { count: OWN_EMOJIS_MAX }))
  if (!(await account.own.actions.react(conversation, message, emoji, on))) toast(t('thread.action.full'))
}
