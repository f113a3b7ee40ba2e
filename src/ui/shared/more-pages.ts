/** The addresses of the pages about messages, which are in the subpackage. */
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { decodeId, encodeId, openAppPage, type PageQuery } from '@/src/platform/pages'

/** A message of a conversation, by its author and id. */
export interface MessageAddress {
  readonly conversation: ConversationId
  readonly from: string
  readonly id: string
}

/** Opens the page with all entries of a record. */
export function openRecord(message: MessageAddress): void {
  openAppPage(`src/more/pages/record/record?${queryOf(message)}`)
}

/** Opens the page with what is known of a message. */
export function openDetails(message: MessageAddress): void {
  openAppPage(`src/more/pages/details/details?${queryOf(message)}`)
}

/** Opens the page that forwards messages of a conversation, by their seqs. */
export function openForward(conversation: ConversationId, seqs: readonly number[]): void {
  openAppPage(`src/more/pages/forward/forward?id=${encodeId(conversation)}&at=${seqs.join('.')}`)
}

/** Opens the page that shows pictures and plays videos. Only on H5: WeChat has a viewer of its own. */
export function openViewer(): void {
  openAppPage('src/more/pages/viewer/viewer')
}

/** The author and the id of the message that a page was opened for. Undefined if its address has none. */
export function messageOf(query: PageQuery | undefined): { readonly from: string; readonly id: string } | undefined {
  const [from, id] = [decodeId(query?.from), decodeId(query?.message)]
  return from && id ? { from, id } : undefined
}

function queryOf({ conversation, from, id }: MessageAddress): string {
  return `id=${encodeId(conversation)}&from=${encodeId(from)}&message=${encodeId(id)}`
}
