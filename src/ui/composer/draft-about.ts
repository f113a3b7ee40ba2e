/** Between the state of a composer and what its draft keeps besides the text. */
import type { ConversationId } from '@/src/chat/conversation/conversation'
import type { DraftAbout } from '@/src/chat/conversation/draft'
import type { Quote } from '@/src/chat/message/common-fields'
import type { Mention } from '@/src/chat/message/mentions'
import { isDeleted, isRecalled } from '@/src/chat/message/message'
import type { Account } from '@/src/stores/chat/account'
import type { Composing } from '@/src/stores/chat/send/composing'

/** What the draft keeps. `chosen`: the users who were chosen to be mentioned. */
export function draftAbout(about: Composing, chosen: readonly Mention[]): DraftAbout {
  return {
    ...(about.mode === 'quote' && { quote: about.quote }),
    ...(about.mode === 'edit' && { editing: { seq: about.message.seq, id: about.message.id } }),
    ...(chosen.length > 0 && { mentions: chosen }),
  }
}

/** The state that a draft has kept. Undefined for a new text. `isRich`: whether messages can be changed after they were sent. */
export async function composingOf(account: Account, conversation: ConversationId, { quote, editing }: DraftAbout, isRich: boolean): Promise<Composing | undefined> {
  if (quote) return (await isQuotable(account, conversation, quote)) ? { mode: 'quote', quote } : undefined
  const message = isRich && editing && (await account.message(conversation, editing.seq))
  // It may have been recalled or deleted since: then the words are a new message.
  return message && message.id === editing.id && !isRecalled(message) && !isDeleted(message) ? { mode: 'edit', message } : undefined
}

/** False if the quoted message was recalled: the quote still has its words. */
async function isQuotable(account: Account, conversation: ConversationId, quote: Quote): Promise<boolean> {
  const message = await account.find(conversation, quote)
  return !message || !isRecalled(message)
}
