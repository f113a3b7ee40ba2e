import { shallowRef, type ShallowRef } from 'vue'
import type { Message } from '@/src/chat/message/message'
import type { PageQuery } from '@/src/platform/pages'
import { useChatStore } from '@/src/stores/chat'
import { SELECTED_MAX } from '@/src/stores/chat/threads/selections'
import { pageConversation } from '@/src/ui/page/page-conversation'
import { messageOf, type MessageAddress } from '@/src/ui/shared/more-pages'

/** The message that a page was opened for. Undefined if its address names none. */
export function addressOf(query: PageQuery | undefined): MessageAddress | undefined {
  const conversation = pageConversation(query)
  const message = messageOf(query)
  return conversation && message && { conversation, ...message }
}

/** The seqs of the messages that a page was opened for, in order. None if its address is malformed. */
export function seqsOf(query: PageQuery | undefined): number[] {
  const at = query?.at
  if (typeof at !== 'string' || !/^\d{1,15}(?:\.\d{1,15})*$/.test(at)) return []
  return [...new Set(at.split('.').map(Number))].slice(0, SELECTED_MAX).sort((a, b) => a - b)
}

/** A message, and whether it is not there: deleted, cleared, or not to be read. */
export interface PageMessage {
  readonly message: Readonly<ShallowRef<Message | undefined>>
  readonly isGone: Readonly<ShallowRef<boolean>>
  /** Reads it again. */
  read(): Promise<void>
}

/** Reads the message of a page, as it is now. */
export function usePageMessage(address: MessageAddress): PageMessage {
  const { account } = useChatStore()
  const message = shallowRef<Message>()
  const isGone = shallowRef(false)

  async function read(): Promise<void> {
    message.value = await account?.find(address.conversation, address)
    isGone.value = message.value === undefined
  }

  void read()
  return { message, isGone, read }
}
